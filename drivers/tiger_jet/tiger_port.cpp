// SPDX-License-Identifier: Apache-2.0
#include "tiger_port.h"

#include <utility>

#include "tipring/drivers/adapters/slic_feed.h"

namespace tipring::tiger_jet {
namespace {

using chips::Linefeed;
using hal::ErrorCode;

// Register 74: the battery is raised while it rings (wcusb.c, "boost ringer").
constexpr std::uint8_t kRingBattery = 0x3F, kIdleBattery = 0x32;

}  // namespace

TigerPort::TigerPort(SlicRegisters& slic, std::function<void(const hal::Error&)> broken)
    : slic_(slic),
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
TigerPort::~TigerPort() = default;

hal::Result<void> TigerPort::start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                                   std::uint8_t outEndpoint) {
    return sound_.start(device, inEndpoint, outEndpoint);
}

void TigerPort::gone(const hal::Error& why) {
    if (std::exchange(gone_, true)) {
        return;
    }
    sound_.stop();
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

void TigerPort::onLoopStatus(std::uint8_t status) {
    const bool offHook = chips::si321xOffHook(status);
    if (std::exchange(offHook_, offHook) != offHook && listener_ != nullptr) {
        listener_->onHook(offHook);
    }
}

bool TigerPort::onLinefeed(std::uint8_t linefeed) {
    const bool lost = writing_ == 0 && (linefeed & 0x07) == 0 && wanted_ != Linefeed::Open;
    if (lost) {
        writeFeed();
    }
    return !lost;
}

void TigerPort::fault(const hal::Error* why) {
    if (listener_ != nullptr) {
        listener_->onFault(why);
    }
}

void TigerPort::writeFeed() {
    const bool ring = wanted_ == Linefeed::Ringing;
    ++writing_;
    slic_.write(chips::si321x::kVbatHigh, ring ? kRingBattery : kIdleBattery, {});
    slic_.write(chips::si321x::kLinefeed, static_cast<std::uint8_t>(wanted_),
                [this](const hal::Result<void>& result) {
                    --writing_;
                    if (!result && !gone_) {
                        broken_(result.error());
                    }
                });
}

hal::Result<void> TigerPort::setFeed(analog::FxsFeed feed) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    const Linefeed linefeed = adapters::linefeedOf(feed);
    if (std::exchange(wanted_, linefeed) != linefeed) {
        writeFeed();
    }
    return {};
}

hal::Result<void> TigerPort::setSound(bool on) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    sound_.setSound(on);
    return {};
}

hal::Result<void> TigerPort::setNeon(bool /*on*/) {
    return hal::fail(ErrorCode::OperationUnavail, "neon lamps are not driven");
}

}  // namespace tipring::tiger_jet
