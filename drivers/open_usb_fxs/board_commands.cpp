// SPDX-License-Identifier: Apache-2.0
#include "board_commands.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::open_usb_fxs {
namespace {

using hal::ErrorCode;
using Bytes = std::span<const std::byte>;

constexpr hal::Duration kLimit = std::chrono::seconds{1};
constexpr std::size_t kReplyRoom = 32;  // a packet of the bulk endpoint
constexpr unsigned kMostTries = 2;
constexpr unsigned kMostPassed = 4;  // answers to something that timed out before

// The commands for the boot loader (0x62), the board's reset (0xFF) and its EEPROM (0x61) are left
// out: nothing here sends them.
constexpr std::uint8_t kVersion = 0x60, kStream = 0x7D, kReadDirect = 0x82, kWriteDirect = 0x83,
                       kReadIndirect = 0x84, kWriteIndirect = 0x85;

// What an indirect access answers with that did not end (firmware: proslic.c).
constexpr std::uint16_t kStuck = 0xDEAD, kStuckToo = 0xBEEF;

std::uint8_t at(Bytes bytes, std::size_t i) {
    return std::to_integer<std::uint8_t>(bytes[i]);
}
std::uint16_t word(Bytes bytes, std::size_t i) {
    return static_cast<std::uint16_t>(at(bytes, i) | at(bytes, i + 1) << 8);
}
std::byte byte(unsigned value) {
    return static_cast<std::byte>(value & 0xFF);
}
hal::Result<std::uint16_t> indirectValue(std::uint8_t reg, const hal::Result<Bytes>& reply) {
    if (!reply) {
        return tl::unexpected(reply.error());
    }
    const std::uint16_t value = word(*reply, 2);
    if (value == kStuck || value == kStuckToo) {
        return hal::fail(ErrorCode::OperationFailed,
                         fmt::format("indirect register {} of the ProSLIC is stuck", reg));
    }
    return value;
}

}  // namespace

BoardCommands::BoardCommands(hal::UsbDevice& device, std::uint8_t out, std::uint8_t in)
    : device_(device), out_(out), in_(in) {}
BoardCommands::~BoardCommands() = default;

void BoardCommands::write(std::uint8_t reg, std::uint8_t value, Written done) {
    ask({.request = {byte(kWriteDirect), byte(reg), byte(value)},
         .size = 3,
         .replySize = 3,
         .done = [done = std::move(done)](const hal::Result<Bytes>& reply) {
             done(reply ? hal::Result<void>{} : tl::unexpected(reply.error()));
         }});
}

void BoardCommands::read(std::uint8_t reg, Read done) {
    ask({.request = {byte(kReadDirect), byte(reg)},
         .size = 2,
         .replySize = 3,
         .done = [done = std::move(done)](const hal::Result<Bytes>& reply) {
             done(reply ? hal::Result<std::uint16_t>(at(*reply, 2))
                        : tl::unexpected(reply.error()));
         }});
}

void BoardCommands::writeIndirect(std::uint8_t reg, std::uint16_t value, Written done) {
    ask({.request = {byte(kWriteIndirect), byte(reg), byte(value), byte(value >> 8U)},
         .size = 4,
         .replySize = 4,
         .done = [reg, done = std::move(done)](const hal::Result<Bytes>& reply) {
             const auto kept = indirectValue(reg, reply);
             done(kept ? hal::Result<void>{} : tl::unexpected(kept.error()));
         }});
}

void BoardCommands::readIndirect(std::uint8_t reg, Read done) {
    ask({.request = {byte(kReadIndirect), byte(reg)},
         .size = 2,
         .replySize = 4,
         .done = [reg, done = std::move(done)](const hal::Result<Bytes>& reply) {
             done(indirectValue(reg, reply));
         }});
}

void BoardCommands::version(std::function<void(const hal::Result<Version>&)> done) {
    ask({.request = {byte(kVersion), byte(0)},
         .size = 2,
         .replySize = 5,
         .done = [done = std::move(done)](const hal::Result<Bytes>& reply) {
             done(reply ? hal::Result<Version>({at(*reply, 2), at(*reply, 3), at(*reply, 4)})
                        : tl::unexpected(reply.error()));
         }});
}

void BoardCommands::stream(bool on, std::uint8_t writeSequence, Written done) {
    ask({.request = {byte(kStream), byte(on ? 0 : 1), byte(writeSequence)},
         .size = 3,
         .replySize = 0,
         .done = [done = std::move(done)](const hal::Result<Bytes>& reply) {
             done(reply ? hal::Result<void>{} : tl::unexpected(reply.error()));
         }});
}

void BoardCommands::ask(const Command& command) {
    queue_.push_back(command);
    if (queue_.size() == 1) {
        send();
    }
}

void BoardCommands::send() {
    Command& command = queue_.front();
    ++command.tries;
    device_.write(out_, Bytes(command.request).first(command.size), kLimit,
                  [this, alive = std::weak_ptr(alive_)](const hal::Result<std::size_t>& sent) {
                      if (!alive.expired()) {
                          onSent(sent);
                      }
                  });
}

void BoardCommands::onSent(const hal::Result<std::size_t>& sent) {
    if (!sent) {
        onTrouble(out_, sent.error());
    } else if (queue_.front().replySize == 0) {
        finish(Bytes{});
    } else {
        listen(0);
    }
}

void BoardCommands::listen(unsigned passed) {
    device_.read(in_, kReplyRoom, kLimit,
                 [this, passed, alive = std::weak_ptr(alive_)](const hal::Result<Bytes>& got) {
                     if (!alive.expired()) {
                         onReply(got, passed);
                     }
                 });
}

void BoardCommands::onReply(const hal::Result<Bytes>& got, unsigned passed) {
    if (!got) {
        onTrouble(in_, got.error());
        return;
    }
    const Command& command = queue_.front();
    const bool ours = got->size() == command.replySize && (*got)[0] == command.request[0] &&
                      (*got)[1] == command.request[1];
    if (ours) {
        finish(*got);
    } else if (passed < kMostPassed) {
        listen(passed + 1);
    } else {
        finish(
            hal::fail(ErrorCode::OperationFailed,
                      named({ErrorCode::OperationFailed, "the answers belong to others"}).cause));
    }
}

/// A second try where it can help: after silence, and after a halt that could be ended.
void BoardCommands::onTrouble(std::uint8_t endpoint, const hal::Error& why) {
    if (queue_.front().tries >= kMostTries || why.code == ErrorCode::NoDevice) {
        finish(tl::unexpected(named(why)));
    } else if (why.code == ErrorCode::Timeout) {
        send();
    } else {
        device_.clearHalt(endpoint,
                          [this, alive = std::weak_ptr(alive_)](const hal::Result<void>& cleared) {
                              if (alive.expired()) {
                                  return;
                              }
                              if (cleared) {
                                  send();
                              } else {
                                  finish(tl::unexpected(named(cleared.error())));
                              }
                          });
    }
}

hal::Error BoardCommands::named(const hal::Error& why) const {
    const auto& request = queue_.front().request;
    return {why.code, fmt::format("command 0x{:02X} 0x{:02X} of the board: {}",
                                  std::to_integer<unsigned>(request[0]),
                                  std::to_integer<unsigned>(request[1]), why.cause)};
}

void BoardCommands::finish(const hal::Result<Bytes>& result) {
    const Reply done = std::move(queue_.front().done);
    queue_.pop_front();
    // The next one goes first: `done` may ask for more, or end this.
    if (!queue_.empty()) {
        send();
    }
    done(result);
}

}  // namespace tipring::open_usb_fxs
