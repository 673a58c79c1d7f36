// SPDX-License-Identifier: Apache-2.0
#include "board_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tipring/drivers/adapters/slic_feed.h"
#include "tipring/hal/dsp/codec.h"

namespace tipring::open_usb_fxs {
namespace {

using analog::FxsFeed;
using chips::Linefeed;
using hal::ErrorCode;

constexpr std::byte kSilence{0xFF};  // mu-law
constexpr std::uint8_t kDigitValid = 0x10;

// Of 4 packets: 64 ms to the host, in which no sound waits (the kernel driver has as much).
constexpr unsigned kInTransfers = 16;

}  // namespace

BoardPort::BoardPort(std::function<void(const hal::Error&)> broken) : broken_(std::move(broken)) {}
BoardPort::~BoardPort() = default;

hal::Result<void> BoardPort::start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                                   std::uint8_t outEndpoint) {
    return streams_.start(device,
                          {.in = inEndpoint,
                           .out = outEndpoint,
                           .packetSize = kPacketSize,
                           .inTransfers = kInTransfers},
                          *this, *this);
}

void BoardPort::gone(const hal::Error& why) {
    if (std::exchange(gone_, true)) {
        return;
    }
    streams_.stop();
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

void BoardPort::onStopped(const hal::Error* why) {
    if (why != nullptr && !gone_) {
        broken_(*why);
    }
}

// ---- from the board

void BoardPort::onPackets(std::span<const hal::UsbPacket> packets) {
    for (const hal::UsbPacket& packet : packets) {
        if (!gone_) {
            take(packet);
        }
    }
    flush();
    if (bad_ >= kMostBad && !gone_) {
        broken_({ErrorCode::OperationFailed,
                 fmt::format("no packet of the last {} had the board's form (BA DD or BA EE, 16 "
                             "bytes); {} were lost so far",
                             bad_, statistics_.lost)});
    }
}

void BoardPort::take(const hal::UsbPacket& packet) {
    const bool lost = packet.status != hal::UsbPacketStatus::Ok;
    const auto parsed = lost ? std::nullopt : parseBoardPacket(packet.data);
    if (parsed) {
        takeGood(*parsed);
        return;
    }
    statistics_.lost += lost ? 1 : 0;
    statistics_.wrong += lost ? 0 : 1;
    ++bad_;
    lastOdd_.reset();
    addSound();  // the one before once more
}

void BoardPort::takeGood(const BoardPacket& packet) {
    bad_ = 0;
    ++statistics_.good;
    if (lastOdd_ == packet.odd) {
        ++statistics_.skipped;
        addSound();
    }
    lastOdd_ = packet.odd;
    dsp::decodeMuLaw(packet.codes, last_);
    addSound();
    if (packet.odd) {
        takeSignals(packet);
    }
}

void BoardPort::takeSignals(const BoardPacket& packet) {
    if (lastMissed_) {
        statistics_.boardMissed += static_cast<std::uint8_t>(packet.missed - *lastMissed_);
    }
    lastMissed_ = packet.missed;
    if (offHook_ != packet.offHook) {
        flush();  // what was heard before is told before
        offHook_ = packet.offHook;
        if (listener_ != nullptr) {
            listener_->onHook(offHook_);
        }
    }
    const auto before = std::exchange(digit_, packet.dtmf);
    const auto key = chips::si321xDigit(packet.dtmf);
    const bool isNew = (before & kDigitValid) == 0 || before != packet.dtmf;
    if (key && isNew && listener_ != nullptr) {
        flush();
        listener_->onDigit(*key);
    }
}

/// One packet's worth: of last_.
void BoardPort::addSound() {
    if (!sound_) {
        return;
    }
    if (filled_ + kSamples > kBlock) {
        flush();
    }
    std::copy(last_.begin(), last_.end(), heard_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += kSamples;
}

void BoardPort::flush() {
    const std::size_t size = std::exchange(filled_, 0);
    if (size == 0 || !sound_ || listener_ == nullptr) {
        return;
    }
    std::fill_n(spoken_.begin(), size, std::int16_t{0});
    const std::uint64_t position = std::exchange(position_, position_ + size);
    listener_->onSound(position, std::span(heard_).first(size), std::span(spoken_).first(size));
    toPhone_.push(std::span(spoken_).first(size));
}

// ---- to the board

std::size_t BoardPort::fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) {
    if (packet.size() < kPacketSize) {
        return 0;
    }
    if (held_ >= kHold && writes_ != 0) {
        nextWrite();
    }
    held_ += held_ < kHold ? 1 : 0;
    writeHostHeader(packet.first<kPacketSize>(), ++number_, write_);
    const auto codes = packet.subspan(kHeaderSize, kSamples);
    if (sound_) {
        std::array<std::int16_t, kSamples> samples{};
        toPhone_.pull(samples);
        dsp::encodeMuLaw(samples, codes);
    } else {
        std::fill(codes.begin(), codes.end(), kSilence);
    }
    return kPacketSize;
}

void BoardPort::nextWrite() {
    ++write_.sequence;
    write_.reg = waiting_[0][0];
    write_.value = waiting_[0][1];
    std::move(waiting_.begin() + 1, waiting_.end(), waiting_.begin());
    --writes_;
    held_ = 0;
}

void BoardPort::queueWrite(std::uint8_t reg, std::uint8_t value) {
    if (writes_ == waiting_.size()) {
        --writes_;  // the last word counts
    }
    waiting_[writes_++] = {reg, value};
}

void BoardPort::repeatFeed() {
    queueWrite(chips::si321x::kLinefeed, static_cast<std::uint8_t>(wanted_));
}

// ---- FxsPort

analog::FxsAbilities BoardPort::abilities() const {
    return {.digits = true, .polarity = true, .onHookSound = true};
}

hal::Result<void> BoardPort::setFeed(FxsFeed feed) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the board is gone");
    }
    const Linefeed linefeed = adapters::linefeedOf(feed);
    if (std::exchange(wanted_, linefeed) != linefeed || !std::exchange(fed_, true)) {
        repeatFeed();
    }
    return {};
}

hal::Result<void> BoardPort::setSound(bool on) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the board is gone");
    }
    if (on && !sound_) {
        position_ = 0;
        filled_ = 0;
        toPhone_.reset();
    }
    sound_ = on;
    return {};
}

hal::Result<void> BoardPort::setNeon(bool /*on*/) {
    return hal::fail(ErrorCode::OperationUnavail, "the board has no voltage for neon lamps");
}

void BoardPort::fault(const hal::Error* why) {
    if (listener_ != nullptr) {
        listener_->onFault(why);
    }
}

}  // namespace tipring::open_usb_fxs
