// SPDX-License-Identifier: Apache-2.0
#include "jack_port.h"

#include <string_view>
#include <utility>

namespace tipring::magic_jack {
namespace {

using analog::FxsFeed;
using hal::ErrorCode;

constexpr std::uint32_t kPower = 1, kRing = 0x300, kReverse = 1U << 16U;
constexpr std::uint32_t kOffHook = 1U << 31U, kKeyValid = 1U << 16U;
constexpr unsigned kKeyShift = 24;
constexpr std::string_view kKeys = " 1234567890*#   ";  // by the four bits of a key

std::uint32_t bitsOf(FxsFeed feed) {
    switch (feed) {
    case FxsFeed::Open: return 0;
    case FxsFeed::Reverse:
    case FxsFeed::OnHookReverse: return kPower | kReverse;
    case FxsFeed::Ringing: return kPower | kRing;
    default: return kPower;
    }
}

}  // namespace

JackState jackState(std::uint32_t value) noexcept {
    JackState state;
    state.offHook = (value & kOffHook) != 0;
    const char key = kKeys[(value >> kKeyShift) & 0x0FU];
    if ((value & kKeyValid) != 0 && key != ' ') {
        state.key = key;
    }
    return state;
}

std::uint32_t lineBits(FxsFeed feed, std::uint32_t others) noexcept {
    return (others & ~(kPower | kRing | kReverse)) | bitsOf(feed);
}

JackPort::JackPort(JackRegisters& registers, std::function<void(const hal::Error&)> broken)
    : registers_(registers),
      broken_(std::move(broken)),
      sound_(
          [this](std::uint64_t position, auto heard, auto spoken) {
              if (listener_ != nullptr) {
                  listener_->onSound(position, heard, spoken);
              }
          },
          [this](const hal::Error& why) {
              if (!gone_) {
                  broken_(why);
              }
          }) {}

hal::Result<void> JackPort::start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                                  std::uint8_t outEndpoint, std::uint32_t line) {
    others_ = lineBits(FxsFeed::Open, line);
    return sound_.start(device, inEndpoint, outEndpoint);
}

void JackPort::gone(const hal::Error& why) {
    if (std::exchange(gone_, true)) {
        return;
    }
    sound_.stop();
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

void JackPort::onState(std::uint32_t value) {
    const JackState now = jackState(value);
    const JackState before = std::exchange(state_, now);
    if (now.offHook && wanted_ == FxsFeed::Ringing) {  // whether it trips by itself is not known
        wanted_ = FxsFeed::Forward;
        writeFeed();
    }
    if (now.offHook != before.offHook && listener_ != nullptr) {
        listener_->onHook(now.offHook);
    }
    if (now.key && now.key != before.key && listener_ != nullptr) {
        listener_->onDigit(*now.key);
    }
}

bool JackPort::onLine(std::uint32_t value) {
    const bool lost = writing_ == 0 && wanted_ != FxsFeed::Open && (value & kPower) == 0;
    if (lost) {
        writeFeed();
    }
    return !lost;
}

void JackPort::fault(const hal::Error* why) {
    if (listener_ != nullptr) {
        listener_->onFault(why);
    }
}

void JackPort::writeFeed() {
    ++writing_;
    registers_.write(kLineRegister, lineBits(wanted_, others_),
                     [this](const hal::Result<void>& result) {
                         --writing_;
                         if (!result && !gone_) {
                             broken_(result.error());
                         }
                     });
}

hal::Result<void> JackPort::setFeed(FxsFeed feed) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    const std::uint32_t before = bitsOf(std::exchange(wanted_, feed));
    if (bitsOf(feed) != before) {
        writeFeed();
    }
    return {};
}

hal::Result<void> JackPort::setSound(bool on) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    sound_.setSound(on);
    return {};
}

hal::Result<void> JackPort::setNeon(bool /*on*/) {
    return hal::fail(ErrorCode::OperationUnavail, "neon lamps are not driven");
}

}  // namespace tipring::magic_jack
