// SPDX-License-Identifier: Apache-2.0
#include "usb/usb_host.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tipring/hal/base/death_watch.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kControlTime = 1ms;

std::uint32_t bitOf(const HostTransfer& transfer) {
    const unsigned number = transfer.endpoint & 0x0FU;
    const bool in = transfer.isIn() && number != 0;
    return std::uint32_t{1} << (number + (in ? 16U : 0U));
}

UsbOutcome outcomeOf(UsbHandshake handshake) {
    constexpr std::array kOutcomes{UsbOutcome::Ok, UsbOutcome::Lost, UsbOutcome::Stalled,
                                   UsbOutcome::Lost, UsbOutcome::Babble};
    return kOutcomes[std::size_t(handshake)];
}

}  // namespace

UsbHost::UsbHost(hal::EventLoop& loop, UsbModel& model, hal::EventLoop::Task gone)
    : loop_(loop),
      model_(&model),
      gone_(std::move(gone)),
      timer_(loop, [this] { work(); }),
      limitTimer_(loop, [this] { work(); }) {
    model.setHost(this);
}

UsbHost::~UsbHost() {
    if (died_ != nullptr) {
        *died_ = true;
    }
    if (model_ != nullptr) {
        model_->setHost(nullptr);
    }
}

void UsbHost::submit(HostTransfer& transfer) {
    transfer.outcome = UsbOutcome::Ok;
    transfer.actual = transfer.next = 0;
    transfer.queued = true;
    transfer.due = loop_.now() + kControlTime;
    transfer.deadline = loop_.now() + std::max(transfer.limit, hal::Duration(1ms));
    pending_.push_back(&transfer);
    timer_.arm(hal::Duration::zero());
    if (transfer.isochronous && model_ != nullptr) {
        model_->updateFrames();
    }
}

void UsbHost::cancel(HostTransfer& transfer) {
    const auto at = std::find(pending_.begin(), pending_.end(), &transfer);
    if (at != pending_.end()) {
        transfer.outcome = UsbOutcome::Cancelled;
        finish(std::size_t(at - pending_.begin()));
        timer_.arm(hal::Duration::zero());
    }
}

void UsbHost::drop(HostTransfer& transfer) {
    std::erase(pending_, &transfer);
    std::erase(done_, &transfer);
    transfer.queued = false;
}

bool UsbHost::wantsFrames() const {
    return std::any_of(pending_.begin(), pending_.end(),
                       [](const HostTransfer* one) { return one->isochronous; });
}

void UsbHost::onUnplugged() {
    left_ = true;
    timer_.arm(hal::Duration::zero());
}

void UsbHost::leave() {
    if (model_ != nullptr) {
        std::exchange(model_, nullptr)->setHost(nullptr);
        onUnplugged();
    }
}

void UsbHost::work() {
    if (left_ && model_ != nullptr) {
        model_->setHost(nullptr);
        model_ = nullptr;
    }
    expire();
    pump();
    armNext();
    deliver();
}

void UsbHost::expire() {
    for (std::size_t i = 0; i < pending_.size();) {
        HostTransfer& one = *pending_[i];
        const bool late = one.limit > hal::Duration::zero() && loop_.now() >= one.deadline;
        if (model_ != nullptr && !late) {
            ++i;
            continue;
        }
        one.outcome = model_ == nullptr ? UsbOutcome::Gone : UsbOutcome::TimedOut;
        finish(i);
    }
}

void UsbHost::pump() {
    std::uint32_t blocked = 0;
    for (std::size_t i = 0; i < pending_.size() && !left_;) {
        HostTransfer& one = *pending_[i];
        const std::uint32_t bit = bitOf(one);
        if (one.isochronous || (blocked & bit) != 0 || !step(one)) {
            blocked |= bit;
            ++i;
        } else {
            finish(i);
        }
    }
}

/// True when the transfer is over.
bool UsbHost::step(HostTransfer& transfer) {
    if ((transfer.endpoint & 0x0FU) == 0) {
        return loop_.now() >= transfer.due && control(transfer);
    }
    return transfer.isIn() ? read(transfer) : write(transfer);
}

bool UsbHost::control(HostTransfer& transfer) {
    const std::span<std::byte> data{transfer.data.data(), transfer.length};
    const UsbHandshake answer = transfer.isIn()
                                    ? model_->controlIn(transfer.setup, data, transfer.actual)
                                    : model_->controlOut(transfer.setup, data);
    if (answer == UsbHandshake::Nak) {
        return false;
    }
    transfer.outcome = outcomeOf(answer);
    if (!transfer.isIn()) {
        transfer.actual = answer == UsbHandshake::Ok ? transfer.length : 0;
    }
    return true;
}

bool UsbHost::read(HostTransfer& transfer) {
    const hal::UsbEndpoint* endpoint = model_->endpoint(transfer.endpoint);
    std::array<std::byte, UsbModel::kMaxPacket> packet;
    const std::size_t whole =
        std::clamp<std::size_t>(endpoint == nullptr ? 1 : endpoint->maxPacket, 1, packet.size());
    while (true) {
        std::size_t size = 0;
        const UsbHandshake answer =
            model_->in(transfer.endpoint, std::span(packet).first(whole), size);
        if (answer == UsbHandshake::Nak) {
            return false;
        }
        const std::size_t room = transfer.length - transfer.actual;
        transfer.outcome = size > room ? UsbOutcome::Babble : outcomeOf(answer);
        if (transfer.outcome != UsbOutcome::Ok) {
            return true;
        }
        std::copy_n(packet.begin(), size, transfer.data.begin() + std::ptrdiff_t(transfer.actual));
        transfer.actual += size;
        if (size < whole || transfer.actual == transfer.length) {
            return true;
        }
    }
}

bool UsbHost::write(HostTransfer& transfer) {
    const hal::UsbEndpoint* endpoint = model_->endpoint(transfer.endpoint);
    const std::size_t whole = std::clamp<std::size_t>(endpoint == nullptr ? 1 : endpoint->maxPacket,
                                                      1, UsbModel::kMaxPacket);
    do {
        const std::size_t size = std::min(whole, transfer.length - transfer.actual);
        const UsbHandshake answer =
            model_->out(transfer.endpoint, std::span(transfer.data).subspan(transfer.actual, size));
        if (answer == UsbHandshake::Nak) {
            return false;
        }
        transfer.outcome = outcomeOf(answer);
        if (transfer.outcome != UsbOutcome::Ok) {
            return true;
        }
        transfer.actual += size;
    } while (transfer.actual < transfer.length);
    return true;
}

void UsbHost::moveFrame(bool in) {
    frame_ += in ? 1U : 0U;
    std::uint32_t moved = 0;
    for (std::size_t i = 0; i < pending_.size() && !left_;) {
        HostTransfer& one = *pending_[i];
        const std::uint32_t bit = bitOf(one);
        if (!one.isochronous || one.isIn() != in || (moved & bit) != 0) {
            ++i;
            continue;
        }
        moved |= bit;
        movePacket(one);
        if (one.next < one.packets.size()) {
            ++i;
        } else {
            finish(i);
            timer_.arm(hal::Duration::zero());
        }
    }
}

void UsbHost::movePacket(HostTransfer& transfer) {
    const hal::UsbEndpoint* endpoint = model_->endpoint(transfer.endpoint);
    // USB 2.0, 9.6.6: every 2^(bInterval-1) frames.
    const unsigned exponent =
        endpoint == nullptr ? 0 : std::clamp<unsigned>(endpoint->interval, 1, 16) - 1;
    if (frame_ % (std::uint64_t{1} << exponent) != 0 || transfer.packets.empty()) {
        return;
    }
    HostPacket& packet = transfer.packets[transfer.next++];
    const auto data = std::span(transfer.data).subspan(packet.offset, packet.length);
    UsbHandshake answer = UsbHandshake::Ok;
    if (transfer.isIn()) {
        answer = model_->in(transfer.endpoint, data, packet.actual);
        packet.actual = answer == UsbHandshake::Ok ? packet.actual : 0;
    } else {
        answer = model_->out(transfer.endpoint, data);
        packet.actual = answer == UsbHandshake::Ok ? packet.length : 0;
    }
    // An isochronous endpoint has no NAK: where nothing is ready the packet is empty.
    packet.outcome = answer == UsbHandshake::Nak ? UsbOutcome::Ok : outcomeOf(answer);
    transfer.actual += packet.actual;
}

void UsbHost::finish(std::size_t index) {
    done_.push_back(pending_[index]);
    pending_.erase(pending_.begin() + std::ptrdiff_t(index));
}

/// For the next control request that is due, and the next limit.
void UsbHost::armNext() {
    hal::TimePoint next = hal::TimePoint::max();
    for (const HostTransfer* one : pending_) {
        if ((one->endpoint & 0x0FU) == 0 && one->due > loop_.now()) {
            next = std::min(next, one->due);
        }
        if (one->limit > hal::Duration::zero()) {
            next = std::min(next, one->deadline);
        }
    }
    if (next == hal::TimePoint::max()) {
        limitTimer_.cancel();
    } else {
        limitTimer_.armAt(next);
    }
}

void UsbHost::deliver() {
    const hal::DeathWatch watch(died_);
    while (!done_.empty()) {
        HostTransfer& one = *done_.front();
        done_.erase(done_.begin());
        one.queued = false;
        one.owner->onTransfer(one);
        if (watch.died()) {
            return;
        }
    }
    if (left_ && pending_.empty() && !std::exchange(told_, true)) {
        gone_();
    }
}

}  // namespace tipring::sim
