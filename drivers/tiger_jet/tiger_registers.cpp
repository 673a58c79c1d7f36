// SPDX-License-Identifier: Apache-2.0
#include "tiger_registers.h"

#include <array>
#include <utility>

namespace tipring::tiger_jet {
namespace {

using hal::ErrorCode;

// bRequest 4: auto-increment, bus pulses of 8 cycles.
constexpr std::uint8_t kOut = 0x40, kIn = 0xC0, kRequest = 4;
constexpr std::chrono::milliseconds kLimit{500};

constexpr std::uint8_t kSpiFifo = 0x26, kSpiRead = 0x27;
constexpr unsigned kReadBit = 0x80;
constexpr unsigned kWriteEnd = 0x27, kReadEnd = 0x67;  // the last byte of the FIFO's four
// Of the Si3210: an indirect write is its data, low byte first, then the address.
constexpr std::uint8_t kIndirectLow = 28, kIndirectHigh = 29, kIndirectAddress = 30;

std::byte byte(unsigned value) {
    return static_cast<std::byte>(value & 0xFF);
}

}  // namespace

void TigerRegisters::write(std::uint8_t reg, std::uint8_t value, Written done) {
    const std::array one{byte(value)};
    writeBytes(reg, one, std::move(done));
}

void TigerRegisters::writeBytes(std::uint8_t reg, std::span<const std::byte> bytes, Written done) {
    device_.controlOut({kOut, kRequest, 0, reg}, bytes, kLimit,
                       [alive = std::weak_ptr(alive_), size = bytes.size(),
                        done = std::move(done)](const hal::Result<std::size_t>& sent) {
                           if (alive.expired() || !done) {
                               return;
                           }
                           if (sent && *sent != size) {
                               done(hal::fail(ErrorCode::OperationFailed,
                                              "the device took a part of a register write"));
                           } else {
                               done(sent ? hal::Result<void>{} : tl::unexpected(sent.error()));
                           }
                       });
}

void TigerRegisters::read(std::uint8_t reg, Read done) {
    device_.controlIn(
        {kIn, kRequest, 0, reg}, 1, kLimit,
        [alive = std::weak_ptr(alive_),
         done = std::move(done)](const hal::Result<std::span<const std::byte>>& got) {
            if (alive.expired()) {
                return;
            }
            if (got && got->empty()) {
                done(
                    hal::fail(ErrorCode::OperationFailed, "the device gave no byte of a register"));
            } else {
                done(got ? hal::Result<std::uint16_t>(std::to_integer<std::uint8_t>((*got)[0]))
                         : tl::unexpected(got.error()));
            }
        });
}

void SlicRegisters::write(std::uint8_t reg, std::uint8_t value, Written done) {
    put({.reg = reg, .value = value, .written = std::move(done)});
}

void SlicRegisters::read(std::uint8_t reg, Read done) {
    put({.isRead = true, .reg = reg, .done = std::move(done)});
}

void SlicRegisters::writeIndirect(std::uint8_t reg, std::uint16_t value, Written done) {
    put({.indirect = true, .reg = reg, .value = value, .written = std::move(done)});
}

void SlicRegisters::put(Operation operation) {
    queue_.push_back(std::move(operation));
    if (queue_.size() == 1) {
        begin();
    }
}

void SlicRegisters::begin() {
    const Operation& now = queue_.front();
    if (now.isRead) {
        const std::array fifo{byte(now.reg | kReadBit), byte(0), byte(0), byte(kReadEnd)};
        tiger_.writeBytes(kSpiFifo, fifo,
                          [this, alive = std::weak_ptr(alive_)](const hal::Result<void>& result) {
                              if (!alive.expired()) {
                                  onStep(result);
                              }
                          });
    } else if (now.indirect) {
        spiWrite(kIndirectLow, static_cast<std::uint8_t>(now.value & 0xFF));
    } else {
        spiWrite(now.reg, static_cast<std::uint8_t>(now.value));
    }
}

void SlicRegisters::spiWrite(std::uint8_t reg, std::uint8_t value) {
    const std::array fifo{byte(reg & 0x7FU), byte(value), byte(0), byte(kWriteEnd)};
    tiger_.writeBytes(kSpiFifo, fifo,
                      [this, alive = std::weak_ptr(alive_)](const hal::Result<void>& result) {
                          if (!alive.expired()) {
                              onStep(result);
                          }
                      });
}

void SlicRegisters::onStep(const hal::Result<void>& result) {
    Operation& now = queue_.front();
    ++now.step;
    if (!result) {
        finish(tl::unexpected(result.error()));
    } else if (now.isRead) {
        tiger_.read(kSpiRead, [this, alive = std::weak_ptr(alive_)](const auto& got) {
            if (!alive.expired()) {
                finish(got);
            }
        });
    } else if (now.indirect && now.step == 1) {
        spiWrite(kIndirectHigh, static_cast<std::uint8_t>(now.value >> 8));
    } else if (now.indirect && now.step == 2) {
        spiWrite(kIndirectAddress, now.reg);
    } else {
        finish(std::uint16_t{0});
    }
}

void SlicRegisters::finish(const hal::Result<std::uint16_t>& result) {
    const Operation ended = std::move(queue_.front());
    queue_.pop_front();
    if (!queue_.empty()) {
        begin();
    }
    if (ended.done) {
        ended.done(result);
    } else if (ended.written) {
        ended.written(result ? hal::Result<void>{} : tl::unexpected(result.error()));
    }
}

}  // namespace tipring::tiger_jet
