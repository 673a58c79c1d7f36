// SPDX-License-Identifier: Apache-2.0
// A scenario gives the same events, samples and USB frames with every compiler, optimisation and
// processor: their sums are data. A change on purpose changes them; what is to be written is told.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "hal/sim/scratch_dir.h"
#include "tipring/hal/sim/network.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

/// FNV-1a of the bytes.
class Sum {
public:
    void add(std::span<const std::byte> bytes) {
        for (const std::byte one : bytes) {
            value_ = (value_ ^ std::to_integer<std::uint64_t>(one)) * 0x100000001B3ULL;
        }
    }
    [[nodiscard]] std::string text() const { return fmt::format("{:016x}", value_); }

private:
    std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

std::string contentsOf(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Who has the U100 of the scenario: a frame for each that comes, a register now and then.
struct U100Host final : hal::UsbInStreamObserver, hal::UsbOutStreamObserver {
    explicit U100Host(hal::EventLoop& loop) : device(*hal::openUsbDevice(loop, "sim:adapter")) {}

    void start() {
        device->claimInterface(0, hal::KernelDriver::Detach, [](const auto&) {});
        for (const auto& [request, value] : {std::pair{0, 1}, {1, 7}, {3, 0x0800}}) {
            device->controlOut({0x41, std::uint8_t(request), std::uint16_t(value), 0}, {}, 500ms,
                               [](const auto&) {});
        }
        hal::UsbStreamOptions options;
        options.endpoint = 0x81;
        in = std::move(*device->openInStream(options, *this));
        options.endpoint = 0x01;
        options.packetSize = 32;
        out = std::move(*device->openOutStream(options, *this));
        ASSERT_TRUE(in->start() && out->start());
    }
    void write(int reg, int value) { order = {0x08, reg, value}; }

    void onPackets(std::span<const hal::UsbPacket> all) override {
        for (const hal::UsbPacket& one : all) {
            sum.add(one.data);
            bytes += one.data.size();
        }
        ++credit;
        out->resume();
    }
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) override {
        if (credit == 0) {
            return 0;
        }
        --credit;
        std::array<int, 8> control{0x7E, 0x7E, 0x7E, 0x7E, 0x7E, 0x7E, 0x7E, 0x7E};
        std::copy(order.begin(), order.end(), control.begin() + 1);
        order.clear();
        for (std::size_t i = 0; i < 32; ++i) {
            const int bits = (control[i / 4] >> (6 - 2 * int(i % 4))) & 3;
            const int marks = (i % 4 == 0 ? 0x10 : 0) | (i == 0 ? 0x20 : 0);
            packet[i] = std::byte((bits << 6) | marks | 0x0F);
        }
        return 32;
    }
    void onStopped(const hal::Error* /*why*/) override {}

    std::unique_ptr<hal::UsbDevice> device;
    std::unique_ptr<hal::UsbInStream> in;
    std::unique_ptr<hal::UsbOutStream> out;
    std::vector<int> order;
    unsigned credit = 1;
    Sum sum;
    std::size_t bytes = 0;
};

/// Runs the town to its end in a folder, its adapter in our hands. Sums by name.
std::map<std::string, std::string> runTown(const std::filesystem::path& folder) {
    const std::string file = TIPRING_SOURCE_DIR "/tests/data/sim/town.toml";
    const auto scenario = readScenario(contentsOf(file), "town.toml");
    EXPECT_TRUE(scenario) << scenario.error().cause;
    hal::VirtualLoop loop;
    NetworkOptions options;
    options.folder = folder;
    auto network = Network::create(loop, *scenario, options);
    EXPECT_TRUE(network) << network.error().cause;
    std::string trace;
    (*network)->onEvent([&trace](const NetworkEvent& event) {
        trace += fmt::format("{} {} {} {} {}\n", event.at.count(), event.where, event.number,
                             event.what, event.detail);
    });
    U100Host host{loop};
    host.start();
    (*network)->start();
    loop.advance(10s);
    for (const auto& [reg, value] : {std::pair{1, 0x80}, {33, 0x28}, {6, 0}, {5, 0x08}}) {
        host.write(reg, value);
        loop.advance(500ms);
    }
    loop.advance(92s);  // the adapter's line has rung twice at 103 s
    host.write(5, 0x01);
    loop.advance(8s);
    host.write(5, 0x08);
    EXPECT_TRUE(loop.advanceUntil([&network] { return (*network)->isOver(); }, 600s));
    EXPECT_EQ(trace.find("failed"), std::string::npos) << trace;
    EXPECT_NE(trace.find("far-end 5551238 done"), std::string::npos) << trace;
    EXPECT_GT(host.bytes, 3'000'000U);

    std::map<std::string, std::string> sums;
    Sum ofTrace;
    ofTrace.add(std::as_bytes(std::span(trace)));
    sums["trace"] = ofTrace.text();
    sums["frames"] = host.sum.text();
    network->reset();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string bytes = contentsOf(entry.path());
        Sum sum;
        sum.add(std::as_bytes(std::span(bytes)));
        sums[entry.path().filename()] = sum.text();
    }
    return sums;
}

TEST(Town, GivesTheEventsSamplesAndFramesThatItAlwaysGave) {
    const ScratchDir dir;
    std::string text;
    for (const auto& [name, sum] : runTown(dir.path())) {
        text += fmt::format("{} {}\n", sum, name);
    }
    EXPECT_EQ(text, contentsOf(TIPRING_SOURCE_DIR "/tests/data/sim/town.sums"))
        << "if that is on purpose, these are the new contents of tests/data/sim/town.sums";
}

TEST(Town, GivesThemAgain) {
    const ScratchDir once, again;
    EXPECT_EQ(runTown(once.path()), runTown(again.path()));
}

}  // namespace
}  // namespace tipring::sim
