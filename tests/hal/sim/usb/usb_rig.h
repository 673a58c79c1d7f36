// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/usb/descriptor_bytes.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/sim_usb.h"

namespace tipring::sim {

using Bytes = std::vector<std::byte>;
using hal::testing::bytes;
using namespace std::chrono_literals;

/// Bytes out of a text as the reference writes them: "7F CF cf".
inline Bytes hex(std::string_view text) {
    Bytes result;
    int high = -1;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                 : -1;
        if (digit < 0) {
            continue;
        }
        if (high < 0) {
            high = digit;
        } else {
            result.push_back(std::byte(high * 16 + digit));
            high = -1;
        }
    }
    return result;
}

/// What a stream from the device delivered.
struct Collector final : hal::UsbInStreamObserver {
    void onPackets(std::span<const hal::UsbPacket> all) override {
        for (const hal::UsbPacket& one : all) {
            packets.emplace_back(one.data.begin(), one.data.end());
            stream.insert(stream.end(), one.data.begin(), one.data.end());
            statuses.push_back(one.status);
        }
        if (hook) {
            hook();
        }
    }
    void onStopped(const hal::Error* why) override {
        stopped = true;
        reason = why == nullptr ? "" : why->text();
        if (why != nullptr) {
            code = why->code;
        }
    }
    std::vector<Bytes> packets;
    Bytes stream;
    std::vector<hal::UsbPacketStatus> statuses;
    bool stopped = false;
    std::string reason;
    std::optional<hal::ErrorCode> code;
    std::function<void()> hook;
};

/// What a stream to the device takes.
struct Feeder final : hal::UsbOutStreamObserver {
    explicit Feeder(std::function<Bytes(std::uint64_t)> how) : next(std::move(how)) {}
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override {
        const Bytes one = next(number);
        std::copy(one.begin(), one.end(), packet.begin());
        return one.size();
    }
    void onStopped(const hal::Error*) override { stopped = true; }
    std::function<Bytes(std::uint64_t)> next;
    bool stopped = false;
};

/// A model on the in-process bus, opened, every request waited for.
struct UsbRig {
    UsbRig(hal::VirtualLoop& ownLoop, UsbModel& ownModel)
        : loop(ownLoop), model(ownModel), name("dut", ownModel) {
        open();
    }
    void open() {
        auto opened = hal::openUsbDevice(loop, "sim:dut");
        ASSERT_TRUE(opened) << opened.error().text();
        device = std::move(*opened);
    }
    /// Waits until `done` was called; what it got.
    template <class T>
    hal::Result<T> wait(std::optional<hal::Result<T>>& got) {
        loop.advanceUntil([&got] { return got.has_value(); }, 20s);
        return got ? *got : hal::Result<T>(hal::fail(hal::ErrorCode::OperationFailed, "no answer"));
    }
    hal::Result<Bytes> controlIn(const hal::UsbSetup& setup, std::size_t length,
                                 hal::Duration limit = 500ms) {
        std::optional<hal::Result<Bytes>> got;
        device->controlIn(setup, length, limit, [&got](auto result) { got = copy(result); });
        return wait(got);
    }
    hal::Result<std::size_t> controlOut(const hal::UsbSetup& setup, const Bytes& data,
                                        hal::Duration limit = 500ms) {
        std::optional<hal::Result<std::size_t>> got;
        device->controlOut(setup, data, limit, [&got](auto result) { got = result; });
        return wait(got);
    }
    hal::Result<Bytes> read(std::uint8_t endpoint, std::size_t length,
                            hal::Duration limit = 1000ms) {
        std::optional<hal::Result<Bytes>> got;
        device->read(endpoint, length, limit, [&got](auto result) { got = copy(result); });
        return wait(got);
    }
    hal::Result<std::size_t> write(std::uint8_t endpoint, const Bytes& data,
                                   hal::Duration limit = 1000ms) {
        std::optional<hal::Result<std::size_t>> got;
        device->write(endpoint, data, limit, [&got](auto result) { got = result; });
        return wait(got);
    }
    hal::Result<void> claim(std::uint8_t number) {
        std::optional<hal::Result<void>> got;
        device->claimInterface(number, hal::KernelDriver::Detach,
                               [&got](auto result) { got = result; });
        return wait(got);
    }
    hal::Result<void> alternate(std::uint8_t number, std::uint8_t setting) {
        std::optional<hal::Result<void>> got;
        device->selectAlternate(number, setting, [&got](auto result) { got = result; });
        return wait(got);
    }
    hal::Result<void> configure(std::uint8_t value) {
        std::optional<hal::Result<void>> got;
        device->setConfiguration(value, hal::KernelDriver::Keep,
                                 [&got](auto result) { got = result; });
        return wait(got);
    }

    static hal::Result<Bytes> copy(const hal::Result<std::span<const std::byte>>& result) {
        if (!result) {
            return tl::unexpected(result.error());
        }
        return Bytes(result->begin(), result->end());
    }

    hal::VirtualLoop& loop;
    UsbModel& model;
    SimUsbName name;
    std::unique_ptr<hal::UsbDevice> device;
};

}  // namespace tipring::sim
