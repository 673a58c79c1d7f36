// SPDX-License-Identifier: Apache-2.0
#include "hal/base/allocation_count.h"
#include "port_fixture.h"

namespace tipring::hal::testing {
namespace {

using test::allocationCount;

/// Counts what arrives and keeps nothing.
struct Counter : SerialPortObserver {
    void onReceived(std::span<const std::byte> bytes) override { received += bytes.size(); }
    void onWritable() override { ++writable; }
    void onGone(const Error& /*why*/) override {}
    std::size_t received = 0;
    int writable = 0;
};

class PortInSteadyState : public PortFixture {
protected:
    PortInSteadyState() { port->setObserver(&counter); }

    /// Reads the master empty without allocating.
    std::size_t drain() {
        std::size_t all = 0;
        for (ssize_t n = 0; (n = ::read(master.fd(), scratch.data(), scratch.size())) > 0;) {
            all += std::size_t(n);
        }
        return all;
    }

    PtyMaster master;
    std::unique_ptr<SerialPort> port = open("pty:" + master.slave());
    Counter counter;
    std::array<char, 4096> scratch{};
};

TEST_F(PortInSteadyState, allocatesNothingForEventsAndBytes) {
    const auto roundTrip = [&] {
        ASSERT_EQ(::write(master.fd(), "RING\r\n", 6), 6);
        ASSERT_EQ(port->write(bytesOf("ATA\r")).value(), 4U);
        for (const std::size_t want = counter.received + 6; counter.received < want;) {
            loop->runOnce(std::chrono::milliseconds(100));
        }
        ASSERT_EQ(drain(), 4U);
    };
    roundTrip();
    const auto before = allocationCount();
    for (int i = 0; i < 1000; ++i) {
        roundTrip();
    }
    EXPECT_EQ(allocationCount(), before);
}

TEST_F(PortInSteadyState, allocatesNothingUnderBackPressure) {
    const std::string block(200000, 'x');
    const auto fillAndEmpty = [&] {
        const std::size_t taken = port->write(bytesOf(block)).value();
        for (std::size_t out = 0; out < taken;) {
            out += drain();
            loop->runOnce(std::chrono::milliseconds(1));
        }
    };
    fillAndEmpty();
    const auto before = allocationCount();
    for (int i = 0; i < 20; ++i) {
        fillAndEmpty();
    }
    EXPECT_EQ(allocationCount(), before);
    EXPECT_EQ(counter.writable, 21);
}

}  // namespace
}  // namespace tipring::hal::testing
