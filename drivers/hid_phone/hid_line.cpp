// SPDX-License-Identifier: Apache-2.0
#include "hid_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::hid_phone {
namespace {

using hal::ErrorCode;
using hal::UsbTransferType;

constexpr std::uint8_t kHidClass = 3;
// GET_DESCRIPTOR of an interface, type report (HID 1.11, 7.1.1); SET_REPORT, output (7.2.2).
constexpr std::uint8_t kGetType = 0x81, kGetDescriptor = 0x06, kSetType = 0x21, kSetReport = 0x09;
constexpr std::uint16_t kReportDescriptor = 0x2200, kOutputReport = 0x0200;
constexpr std::chrono::seconds kLimit{1};
constexpr std::chrono::seconds kConfirm{
    5};  // a device that does not take the line by then is broken
// An endpoint that is dead looks like a line on which nothing happens: what it should have told is
// asked for (GET_REPORT, 7.2.1) now and then, often enough for both ends of a ring.
constexpr std::uint8_t kAskType = 0xA1, kGetReport = 0x01;
constexpr std::uint16_t kInputReport = 0x0100;
constexpr std::chrono::seconds kAsk{2};
constexpr unsigned kMostUntold = 2;
constexpr unsigned kMostWrong = 100;
constexpr unsigned kTransfers = 4;

}  // namespace

HidLine::HidLine(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                 adapters::AdapterHost& host)
    : UsbAdapter(loop, std::move(device), host),
      confirm_(loop,
               [this] {
                   fail(ErrorCode::OperationFailed, "it did not take or leave the line within 5 s");
               }),
      ask_(loop, [this] { askReport(); }) {}

HidLine::~HidLine() = default;

void HidLine::onStart() {
    const auto& descriptors = device().descriptors();
    if (const auto* active = descriptors.configuration(device().configuration())) {
        for (const hal::UsbInterface& each : active->interfaces) {
            if (!each.alternates.empty() && each.alternates.front().classCode == kHidClass) {
                candidates_.push_back(each.number);
            }
        }
    }
    std::reverse(candidates_.begin(), candidates_.end());
    tryNext();
}

void HidLine::tryNext() {
    if (candidates_.empty()) {
        fail(ErrorCode::OperationFailed, "none of its HID interfaces is a telephone line");
        return;
    }
    interface_ = candidates_.back();
    candidates_.pop_back();
    device().claimInterface(interface_, hal::KernelDriver::Detach,
                            then([this] { readDescriptor(); }));
}

void HidLine::readDescriptor() {
    device().controlIn({kGetType, kGetDescriptor, kReportDescriptor, interface_},
                       chips::HidReports::kMostBytes, kLimit,
                       [this, alive = alive()](const hal::Result<std::span<const std::byte>>& got) {
                           if (alive.expired()) {
                               return;
                           }
                           if (got) {
                               onDescriptor(*got);
                           } else if (got.error().code == ErrorCode::OperationUnavail) {
                               passOver();  // refused: not a telephone's
                           } else {
                               fail(got.error());
                           }
                       });
}

void HidLine::passOver() {
    device().releaseInterface(interface_, then([this] { tryNext(); }));
}

void HidLine::onDescriptor(std::span<const std::byte> descriptor) {
    auto reports = LineReports::create(descriptor);
    const hal::UsbInterface* found = interface(interface_);
    const auto* in = found == nullptr ? nullptr
                                      : adapters::findEndpoint(found->alternates.front(),
                                                               UsbTransferType::Interrupt, true);
    if (!reports || in == nullptr) {
        passOver();
        return;
    }
    reports_ = std::move(*reports);
    in_ = in->address;
    packet_ = in->maxPacket;
    const auto* out =
        adapters::findEndpoint(found->alternates.front(), UsbTransferType::Interrupt, false);
    out_ = out == nullptr ? std::uint8_t{0} : out->address;
    begin();
}

void HidLine::begin() {
    auto stream = device().openInStream(
        {.endpoint = in_, .packetSize = packet_, .transfers = kTransfers}, *this);
    if (!stream) {
        fail(stream.error());
        return;
    }
    stream_ = std::move(*stream);
    if (const auto started = stream_->start(); !started) {
        fail(started.error());
        return;
    }
    sendOrder();  // in service when it was taken
}

void HidLine::onFailure(const hal::Error& why) {
    gone_ = true;
    confirm_.cancel();
    ask_.cancel();
    if (stream_) {
        stream_->stop();
    }
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

// ---- orders

/// One at a time; what was asked for meanwhile goes after it.
void HidLine::sendOrder() {
    if (std::exchange(sending_, true)) {
        again_ = true;
        return;
    }
    std::array<std::byte, LineReports::kMostBytes> report{};
    const std::size_t size = reports_->order(true, offHook_, report);
    const auto bytes = std::span<const std::byte>(report).first(size);
    hal::UsbOutDone done = [this, alive = alive()](const hal::Result<std::size_t>& sent) {
        if (!alive.expired()) {
            onOrdered(sent);
        }
    };
    if (out_ != 0) {
        device().write(out_, bytes, kLimit, std::move(done));
    } else {
        device().controlOut({kSetType, kSetReport, kOutputReport, interface_}, bytes, kLimit,
                            std::move(done));
    }
}

void HidLine::onOrdered(const hal::Result<std::size_t>& sent) {
    sending_ = false;
    if (sent && !std::exchange(announced_, true)) {
        ready({{.name = {}, .fxo = this}}, {});
        ask_.arm(kAsk);
    }
    if (!sent) {
        fail(sent.error());
    } else if (std::exchange(again_, false)) {
        sendOrder();
    }
}

hal::Result<void> HidLine::setHook(bool offHook) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    if (std::exchange(offHook_, offHook) != offHook) {
        confirm_.cancel();
        if (last_.offHook && *last_.offHook != offHook) {
            confirm_.arm(kConfirm);
        }
        sendOrder();
    }
    return {};
}

hal::Result<void> HidLine::setSound(bool on) {
    if (!on) {
        return {};
    }
    return hal::fail(ErrorCode::OperationUnavail,
                     "the sound of this line belongs to a sound card of its own");
}

analog::FxoAbilities HidLine::abilities() const {
    return {.battery = reports_->tells(chips::hid_telephony::kHostControl),
            .polarity = reports_->tells(kPolarity),
            .sound = false};
}

// ---- reports

void HidLine::onStopped(const hal::Error* why) {
    if (why != nullptr && !failed()) {
        fail(*why);
    }
}

void HidLine::onPackets(std::span<const hal::UsbPacket> packets) {
    for (const hal::UsbPacket& packet : packets) {
        const auto report =
            packet.status == hal::UsbPacketStatus::Ok ? reports_->read(packet.data) : std::nullopt;
        if (gone_) {
            return;
        }
        if (report) {
            wrong_ = untold_ = 0;
            ++told_;
            take(*report);
        } else if (++wrong_ >= kMostWrong) {
            fail(ErrorCode::OperationFailed,
                 fmt::format("its last {} reports do not have the form that it tells", wrong_));
        }
    }
}

void HidLine::askReport() {
    toldWhenAsked_ = told_;
    const auto value = static_cast<std::uint16_t>(kInputReport | reports_->inputId());
    device().controlIn({kAskType, kGetReport, value, interface_}, LineReports::kMostBytes, kLimit,
                       [this, alive = alive()](const hal::Result<std::span<const std::byte>>& got) {
                           if (alive.expired() || gone_) {
                               return;
                           }
                           if (got) {
                               onAsked(*got);
                           } else if (got.error().code != ErrorCode::OperationUnavail) {
                               ask_.arm(kAsk);  // a device that refuses it is not asked again
                           }
                       });
}

void HidLine::onAsked(std::span<const std::byte> bytes) {
    ask_.arm(kAsk);
    const auto report = reports_->read(bytes);
    // What the endpoint told meanwhile is newer.
    if (!report || *report == last_ || told_ != toldWhenAsked_) {
        return;
    }
    // Nothing need be told before the first change.
    untold_ += last_ == LineReport{} ? 0 : 1;
    if (untold_ >= kMostUntold) {
        fail(ErrorCode::OperationFailed,
             "its input endpoint is silent: changes of the line come only when asked for");
        return;
    }
    take(*report);
}

void HidLine::take(const LineReport& report) {
    last_ = report;
    if (report.offHook && *report.offHook == offHook_) {
        confirm_.cancel();
    }
    const bool ring = report.ring.value_or(false);
    if (std::exchange(ring_, ring) != ring && listener_ != nullptr) {
        listener_->onRing(ring);
    }
    analog::FxoElectrics now;
    now.battery = report.loop.value_or(true);
    now.reversed = report.reversed.value_or(false);
    if (now == electrics_) {
        return;
    }
    electrics_ = now;
    if (listener_ != nullptr) {
        listener_->onElectrics(now);
    }
}

}  // namespace tipring::hid_phone
