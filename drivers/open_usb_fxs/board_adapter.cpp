// SPDX-License-Identifier: Apache-2.0
#include "board_adapter.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::open_usb_fxs {
namespace {

using hal::ErrorCode;
using hal::UsbTransferType;
using std::chrono::milliseconds;

constexpr std::uint8_t kInterface = 0;
constexpr milliseconds kAfterPlug{1000};  // the board's own start
constexpr milliseconds kLook{250};
constexpr unsigned kMostAlarms = 10, kLooksToForgive = 40;  // one alarm in 10 s
constexpr std::uint8_t kFirstSequence = 0;

}  // namespace

BoardAdapter::BoardAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                           adapters::AdapterHost& host)
    : UsbAdapter(loop, std::move(device), host),
      port_([this](const hal::Error& why) { fail(why); }),
      timer_(loop, [this] { onTimer(); }) {}

BoardAdapter::~BoardAdapter() = default;

void BoardAdapter::onStart() {
    const hal::UsbInterface* found = interface(kInterface);
    if (found == nullptr) {
        fail(ErrorCode::OperationFailed, "the descriptors have no interface 0");
        return;
    }
    const hal::UsbAlternate& face = found->alternates.front();
    const auto* bulkOut = adapters::findEndpoint(face, UsbTransferType::Bulk, false);
    const auto* bulkIn = adapters::findEndpoint(face, UsbTransferType::Bulk, true);
    const auto* out =
        adapters::findEndpoint(face, UsbTransferType::Isochronous, false, kPacketSize);
    const auto* in = adapters::findEndpoint(face, UsbTransferType::Isochronous, true, kPacketSize);
    if (bulkOut == nullptr || bulkIn == nullptr || out == nullptr || in == nullptr) {
        fail(ErrorCode::OperationFailed,
             "the descriptors lack a bulk or isochronous endpoint (of 16 bytes) both ways");
        return;
    }
    commands_ = std::make_unique<BoardCommands>(device(), bulkOut->address, bulkIn->address);
    in_ = in->address;
    out_ = out->address;
    device().claimInterface(kInterface, hal::KernelDriver::Detach,
                            then([this] { timer_.arm(kAfterPlug); }));
}

void BoardAdapter::onFailure(const hal::Error& why) {
    timer_.cancel();
    startUp_.reset();
    port_.gone(why);
}

void BoardAdapter::onTimer() {
    if (running_) {
        look();
    } else {
        begin();
    }
}

/// Packets may run from a session that ended without a word; registers are then in the board's
/// hand.
void BoardAdapter::begin() {
    commands_->stream(false, kFirstSequence, then([this] { askVersion(); }));
}

void BoardAdapter::askVersion() {
    commands_->version([this, alive = alive()](const hal::Result<BoardCommands::Version>& got) {
        if (alive.expired()) {
            return;
        }
        if (!got) {
            fail(got.error());
            return;
        }
        version_ = *got;
        startChip();
    });
}

void BoardAdapter::startChip() {
    startUp_.emplace(loop(), *commands_, chips::Si321xSettings{});
    startUp_->start(then([this] { startPackets(); }));
}

void BoardAdapter::startPackets() {
    commands_->stream(true, kFirstSequence, then([this] {
                          if (const auto started = port_.start(device(), in_, out_); !started) {
                              fail(started.error());
                              return;
                          }
                          inService();
                      }));
}

void BoardAdapter::inService() {
    running_ = true;
    timer_.arm(kLook);
    ready({{.name = {}, .fxs = &port_}},
          fmt::format("firmware {}.{}.{}", version_[0], version_[1], version_[2]));
}

void BoardAdapter::look() {
    if (std::exchange(packetsSeen_, port_.statistics().good) == port_.statistics().good) {
        fail(ErrorCode::OperationFailed,
             fmt::format("no good packet came from the board for {} ms", kLook.count()));
        return;
    }
    if (++looks_ % kLooksToForgive == 0 && alarms_ > 0) {
        --alarms_;
    }
    if (!port_.settled()) {
        timer_.arm(kLook);
        return;
    }
    read(chips::si321x::kLinefeed, &BoardAdapter::onLinefeed);
}

void BoardAdapter::read(std::uint8_t reg, void (BoardAdapter::*next)(std::uint16_t)) {
    commands_->read(reg, [this, next, alive = alive()](const hal::Result<std::uint16_t>& got) {
        if (alive.expired()) {
            return;
        }
        if (got) {
            (this->*next)(*got);
        } else {
            fail(got.error());
        }
    });
}

void BoardAdapter::onLinefeed(std::uint16_t linefeed) {
    const bool lost = (linefeed & 0x07) == 0 && port_.wanted() != chips::Linefeed::Open;
    // A write that was asked for meanwhile may be on its way.
    if (lost && port_.settled()) {
        read(chips::si321x::kLoopback, &BoardAdapter::onLoss);
        return;
    }
    if (!lost && std::exchange(alarmed_, false)) {
        port_.fault(nullptr);
    }
    timer_.arm(kLook);
}

void BoardAdapter::onLoss(std::uint16_t loopback) {
    if (chips::si321xLoss(0, static_cast<std::uint8_t>(loopback), port_.wanted()) ==
        chips::Si321xLoss::Reset) {
        fail(ErrorCode::OperationFailed, "the ProSLIC lost its registers: its power dropped");
        return;
    }
    if (++alarms_ > kMostAlarms) {
        fail(ErrorCode::OperationFailed,
             "the ProSLIC takes the line's power away again and again: a short circuit?");
        return;
    }
    const hal::Error why{ErrorCode::OperationFailed,
                         "a power alarm of the ProSLIC opened the line"};
    if (!std::exchange(alarmed_, true)) {
        port_.fault(&why);
    }
    port_.repeatFeed();
    timer_.arm(kLook);
}

}  // namespace tipring::open_usb_fxs
