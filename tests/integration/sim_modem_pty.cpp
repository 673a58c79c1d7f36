// SPDX-License-Identifier: Apache-2.0
// A simulated modem behind a PTY for the tests with other people's programs:
//     sim_modem_pty MODEM COUNTRY DIR
// prints "ready /dev/pts/N", serves the controls at DIR/control, and writes what goes over the
// line's voice path to DIR/from_dte and DIR/to_dte, and every command to DIR/commands. Ends at
// SIGTERM, or when a client says quit.
#include <csignal>
#include <cstdio>
#include <string>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/simulation.h"

namespace {

using namespace tipring;

struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

File openFile(const std::string& path) {
    return File{std::fopen(path.c_str(), "wb")};
}

void put(const File& file, const void* bytes, std::size_t size) {
    std::fwrite(bytes, 1, size, file.get());
    std::fflush(file.get());
}

int fail(const std::string& why) {
    std::fprintf(stderr, "sim_modem_pty: %s\n", why.c_str());
    return 1;
}

int run(const std::string& modem, const std::string& country, const std::string& dir) {
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return fail(loop.error().text());
    }
    sim::SimulationOptions options;
    options.modem = modem;
    options.country = country;
    auto simulation = sim::Simulation::create(**loop, options);
    if (!simulation) {
        return fail(simulation.error().text());
    }
    const File commands = openFile(dir + "/commands");
    const File fromDte = openFile(dir + "/from_dte");
    const File toDte = openFile(dir + "/to_dte");
    if (!commands || !fromDte || !toDte) {
        return fail("cannot write into " + dir);
    }
    (*simulation)
        ->modem()
        .setTap(
            {[&](std::string_view command) {
                 const std::string line = std::string{command} + "\n";
                 put(commands, line.data(), line.size());
             },
             [&](std::span<const std::byte> bytes) { put(fromDte, bytes.data(), bytes.size()); },
             [&](std::span<const std::byte> bytes) { put(toDte, bytes.data(), bytes.size()); }});
    const auto path = (*simulation)->openPty();
    const auto served = (*simulation)->listen(dir + "/control");
    if (!path || !served) {
        return fail(path ? served.error().text() : path.error().text());
    }
    (*simulation)->onQuit([&] { (*loop)->stop(); });
    auto term = hal::SignalWatch::create(**loop, SIGTERM, [&] { (*loop)->stop(); });
    if (!term) {
        return fail(term.error().text());
    }
    std::printf("ready %s\n", path->c_str());
    std::fflush(stdout);
    (*loop)->run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        return fail("usage: sim_modem_pty MODEM COUNTRY DIR");
    }
    static_cast<void>(hal::configureLogFromEnvironment());
    return run(argv[1], argv[2], argv[3]);
}
