// SPDX-License-Identifier: Apache-2.0
// Control commands, one a line. Whatever they hold, each has a reply of one line, and what they
// begin can be played for a while.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/control.h"

namespace {

using namespace tipring;

void need(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// What would touch files is left out.
bool staysInMemory(std::string_view line) {
    return line.find("play") == line.npos && line.find("record") == line.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = hal::configureLog("off").has_value();
    if (!quiet || size > 4096) {
        return 0;
    }
    std::string_view text(reinterpret_cast<const char*>(data), size);
    hal::VirtualLoop loop;
    sim::Exchange exchange{loop, {}};
    sim::Line& line = exchange.addLine("5550100");
    sim::FarEnd end{exchange};
    sim::AtModem modem{loop, line, *sim::findPersonality("v253")};
    sim::Control control{exchange, line, end, &modem};
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size());
        const std::string_view command = text.substr(0, length);
        text.remove_prefix(std::min(length + 1, text.size()));
        if (!staysInMemory(command)) {
            continue;
        }
        const std::string reply = control.run(command);
        need(reply.starts_with("ok") || reply.starts_with("error "));
        need(reply.find('\n') == reply.npos);
        loop.advance(std::chrono::milliseconds{700});
    }
    loop.advance(std::chrono::seconds{20});
    return 0;
}
