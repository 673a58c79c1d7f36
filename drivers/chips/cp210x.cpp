// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/cp210x.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::chips {
namespace {

constexpr std::uint32_t kClock = 0x384000;
constexpr hal::Duration kLimit = std::chrono::milliseconds{300};
constexpr std::uint8_t kOut = 0x41, kIn = 0xC1;  // vendor request to the interface
constexpr std::uint8_t kEnable = 0x00, kDivisor = 0x01, kSetLine = 0x03, kGetLine = 0x04;

}  // namespace

namespace cp210x {

hal::UsbSetup enable(bool on, std::uint16_t interface) noexcept {
    return {kOut, kEnable, static_cast<std::uint16_t>(on ? 1 : 0), interface};
}

hal::Result<hal::UsbSetup> baudDivisor(std::uint32_t rate, std::uint16_t interface) {
    const std::uint32_t divisor = rate == 0 ? 0 : kClock / rate;
    if (divisor == 0 || divisor > 0xFFFF || (kClock / divisor - rate) * 16 > rate) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the bridge cannot do {} baud", rate));
    }
    return hal::UsbSetup{kOut, kDivisor, static_cast<std::uint16_t>(divisor), interface};
}

hal::UsbSetup getLineControl(std::uint16_t interface) noexcept {
    return {kIn, kGetLine, 0, interface};
}

std::uint16_t lineControlOf(std::span<const std::byte> bytes) noexcept {
    std::uint16_t value = 0;
    for (std::size_t i = 0; i < kLineControlSize && i < bytes.size(); ++i) {
        value = static_cast<std::uint16_t>(value | std::to_integer<unsigned>(bytes[i]) << 8 * i);
    }
    return value;
}

hal::UsbSetup setEightBits(std::uint16_t before, std::uint16_t interface) noexcept {
    return {kOut, kSetLine, static_cast<std::uint16_t>((before & ~0x0F00) | 0x0800), interface};
}

}  // namespace cp210x

void Cp210xSetup::start(Done done) {
    done_ = std::move(done);
    out(cp210x::enable(true), &Cp210xSetup::setRate);
}

void Cp210xSetup::out(const hal::UsbSetup& setup, void (Cp210xSetup::*next)()) {
    device_.controlOut(setup, {}, kLimit,
                       [this, next, alive = std::weak_ptr(alive_)](const auto& result) {
                           if (alive.expired()) {
                               return;
                           }
                           if (!result) {
                               std::exchange(done_, {})(tl::unexpected(result.error()));
                               return;
                           }
                           (this->*next)();
                       });
}

void Cp210xSetup::setRate() {
    const auto setup = cp210x::baudDivisor(rate_);
    if (!setup) {
        std::exchange(done_, {})(tl::unexpected(setup.error()));
        return;
    }
    out(*setup, &Cp210xSetup::readFormat);
}

void Cp210xSetup::readFormat() {
    device_.controlIn(cp210x::getLineControl(), cp210x::kLineControlSize, kLimit,
                      [this, alive = std::weak_ptr(alive_)](const auto& result) {
                          if (alive.expired()) {
                              return;
                          }
                          if (!result) {
                              std::exchange(done_, {})(tl::unexpected(result.error()));
                              return;
                          }
                          setFormat(cp210x::lineControlOf(*result));
                      });
}

void Cp210xSetup::setFormat(std::uint16_t before) {
    out(cp210x::setEightBits(before), &Cp210xSetup::finished);
}

void Cp210xSetup::finished() {
    std::exchange(done_, {})({});
}

}  // namespace tipring::chips
