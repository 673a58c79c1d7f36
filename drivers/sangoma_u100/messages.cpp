// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::sangoma_u100 {
namespace {

using hal::ErrorCode;
using Kind = Message::Kind;

constexpr std::chrono::seconds kLimit{1};

std::uint8_t moduleOf(Owner owner) {
    return owner == Owner::Daa1 ? 1 : 0;
}
bool isRead(const Message& message) {
    return message.kind == Kind::ReadFxo || message.kind == Kind::ReadCpu;
}
const char* nameOf(const Message& message) {
    return message.kind == Kind::ReadCpu ? "the adapter's processor"
           : message.module == 0         ? "line 1"
                                         : "line 2";
}

}  // namespace

Messages::Messages(hal::EventLoop& loop) : timer_(loop, [this] { onTimeout(); }) {}

void Messages::write(Owner owner, std::uint8_t reg, std::uint8_t value,
                     chips::RegisterBus::Written done, bool first) {
    const Kind kind = owner == Owner::Cpu ? Kind::WriteCpu : Kind::WriteFxo;
    put({.message = {kind, moduleOf(owner), reg, value}, .written = std::move(done)}, first);
}

void Messages::read(Owner owner, std::uint8_t reg, chips::RegisterBus::Read done) {
    const Kind kind = owner == Owner::Cpu ? Kind::ReadCpu : Kind::ReadFxo;
    put({.message = {kind, moduleOf(owner), reg, 0}, .read = std::move(done)}, false);
}

void Messages::put(Entry entry, bool first) {
    if (count_ == kRoom) {
        const hal::Error full{ErrorCode::ResourceUnavail, "too many messages to the adapter wait"};
        if (entry.read) {
            entry.read(tl::unexpected(full));
        } else if (entry.written) {
            entry.written(tl::unexpected(full));
        }
        return;
    }
    ++count_;
    if (first) {
        begin_ = (begin_ + kRoom - 1) % kRoom;
        queue_[begin_] = std::move(entry);
    } else {
        queue_[(begin_ + count_ - 1) % kRoom] = std::move(entry);
    }
}

void Messages::fill(Frame& frame) {
    if (count_ == 0 || (reading_ && isRead(queue_[begin_].message))) {
        return;
    }
    Entry entry = std::exchange(queue_[begin_], {});
    begin_ = (begin_ + 1) % kRoom;
    --count_;
    writeMessage(entry.message, frame);
    if (isRead(entry.message)) {
        reading_ = std::move(entry);
        timer_.arm(kLimit);
    } else if (entry.written) {
        entry.written({});
    }
}

void Messages::heard(const Message& message) {
    // Echoes of writes and answers to what was given up: not ours.
    const bool ours = reading_ && message.kind == reading_->message.kind &&
                      message.module == reading_->message.module &&
                      message.reg == reading_->message.reg;
    if (!ours) {
        return;
    }
    timer_.cancel();
    const auto done = std::exchange(reading_, std::nullopt)->read;
    if (done) {
        done(std::uint16_t{message.value});
    }
}

void Messages::onTimeout() {
    const auto entry = std::exchange(reading_, std::nullopt);
    if (entry && entry->read) {
        entry->read(hal::fail(
            ErrorCode::Timeout,
            fmt::format("register {} of {} never answers (or holds 0x7E, which the frames cannot "
                        "carry)",
                        entry->message.reg, nameOf(entry->message))));
    }
}

void Messages::clear() {
    timer_.cancel();
    reading_.reset();
    queue_ = {};
    begin_ = count_ = 0;
}

}  // namespace tipring::sangoma_u100
