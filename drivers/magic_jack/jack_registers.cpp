// SPDX-License-Identifier: Apache-2.0
#include "jack_registers.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::magic_jack {
namespace {

using hal::ErrorCode;

// HID 1.11, 7.2: SET_REPORT and GET_REPORT of a feature report without an id.
constexpr std::uint8_t kOut = 0x21, kSet = 0x09, kIn = 0xA1, kGet = 0x01;
constexpr std::uint16_t kFeature = 0x0300;
constexpr std::chrono::milliseconds kLimit{500};
// From the order to read until the answer is there.
constexpr std::chrono::milliseconds kReadTime{2};

std::byte byte(std::uint32_t value) {
    return static_cast<std::byte>(value & 0xFFU);
}

}  // namespace

JackReport writeReport(std::uint8_t reg, std::uint32_t value) noexcept {
    JackReport report{};
    report[0] = byte(0x20);
    report[1] = byte(reg);
    report[3] = byte(0x01);
    for (std::size_t i = 0; i < 4; ++i) {
        report[4 + i] = byte(value >> (8 * i));
    }
    return report;
}

JackReport askReport(std::uint8_t reg) noexcept {
    JackReport report{};
    report[2] = byte(reg);
    return report;
}

std::optional<std::uint32_t> readReport(std::span<const std::byte> report) noexcept {
    if (report.size() < 4) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= std::to_integer<std::uint32_t>(report[i]) << (8 * i);
    }
    return value;
}

JackRegisters::JackRegisters(hal::EventLoop& loop, hal::UsbDevice& device)
    : device_(device), pause_(loop, [this] { fetch(); }) {}

void JackRegisters::write(std::uint8_t reg, std::uint32_t value, Written done) {
    put({.reg = reg, .value = value, .written = std::move(done)});
}

void JackRegisters::read(std::uint8_t reg, Read done) {
    put({.reg = reg, .value = std::nullopt, .read = std::move(done)});
}

void JackRegisters::cancel() {
    pause_.cancel();
    alive_.reset();
    queue_.clear();
}

void JackRegisters::put(Operation operation) {
    if (!alive_) {
        return;
    }
    queue_.push_back(std::move(operation));
    if (queue_.size() == 1) {
        begin();
    }
}

void JackRegisters::begin() {
    const Operation& now = queue_.front();
    if (now.value) {
        send(writeReport(now.reg, *now.value), &JackRegisters::onWritten);
    } else {
        send(askReport(now.reg), &JackRegisters::onAsked);
    }
}

void JackRegisters::send(const JackReport& report, void (JackRegisters::*next)()) {
    device_.controlOut(
        {kOut, kSet, kFeature, interface_}, report, kLimit,
        [this, next, alive = std::weak_ptr(alive_)](const hal::Result<std::size_t>& sent) {
            if (alive.expired()) {
                return;
            }
            if (sent && *sent == kReportSize) {
                (this->*next)();
            } else if (sent) {
                finish(hal::fail(ErrorCode::OperationFailed, "the device took a part of a report"));
            } else {
                finish(tl::unexpected(sent.error()));
            }
        });
}

void JackRegisters::onWritten() {
    finish(std::uint32_t{0});
}

void JackRegisters::onAsked() {
    pause_.arm(kReadTime);
}

void JackRegisters::fetch() {
    device_.controlIn(
        {kIn, kGet, kFeature, interface_}, kReportSize, kLimit,
        [this, alive = std::weak_ptr(alive_)](const hal::Result<std::span<const std::byte>>& got) {
            if (alive.expired()) {
                return;
            }
            const auto value = got ? readReport(*got) : std::nullopt;
            if (value) {
                onValue(*value);
            } else if (got) {
                finish(hal::fail(ErrorCode::OperationFailed,
                                 "the device answered with less than a register"));
            } else {
                finish(tl::unexpected(got.error()));
            }
        });
}

void JackRegisters::onValue(std::uint32_t value) {
    Operation& now = queue_.front();
    if (now.reg == kState) {
        state_ = value;
        finish(value);
        return;
    }
    const bool agrees = now.before == value;
    now.before = value;
    if (agrees && value != state_) {
        finish(value);
    } else if (++now.reads < kMostReads) {
        begin();
    } else {
        finish(hal::fail(ErrorCode::OperationFailed,
                         fmt::format("register 0x{:02x} reads otherwise every time", now.reg)));
    }
}

void JackRegisters::finish(const hal::Result<std::uint32_t>& result) {
    const Operation ended = std::move(queue_.front());
    queue_.pop_front();
    if (!queue_.empty()) {
        begin();
    }
    if (ended.read) {
        ended.read(result);
    } else if (ended.written) {
        ended.written(result ? hal::Result<void>{} : tl::unexpected(result.error()));
    }
}

}  // namespace tipring::magic_jack
