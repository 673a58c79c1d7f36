// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "tipring/drivers/chips/register_bus.h"
#include "u100_frame.h"

namespace tipring::sangoma_u100 {

/// Who has the registers: one of the two DAAs, or the adapter's processor.
enum class Owner : std::uint8_t { Daa0, Daa1, Cpu };

/// Reads and writes of registers, one message in a frame, one read at a time; answers may be lost:
/// a read that has none within a second is a Timeout. Thread: the loop's.
class Messages {
public:
    static constexpr std::size_t kRoom = 20;  ///< what the adapter's own queues hold

    explicit Messages(hal::EventLoop& loop);

    /// Told when the message is in a frame. `first`: before all that waits, a read that is under
    /// way included. ResourceUnavail when kRoom wait.
    void write(Owner owner, std::uint8_t reg, std::uint8_t value, chips::RegisterBus::Written done,
               bool first = false);
    void read(Owner owner, std::uint8_t reg, chips::RegisterBus::Read done);
    [[nodiscard]] bool idle() const { return count_ == 0 && !reading_; }

    /// Puts what is next into a frame to the adapter.
    void fill(Frame& frame);
    /// A message from the adapter: an answer or not.
    void heard(const Message& message);
    /// Nothing is answered any more.
    void clear();

private:
    struct Entry {
        Message message;
        chips::RegisterBus::Written written{};
        chips::RegisterBus::Read read{};
    };
    void put(Entry entry, bool first);
    void onTimeout();

    std::array<Entry, kRoom> queue_;
    std::size_t begin_ = 0, count_ = 0;
    std::optional<Entry> reading_;
    hal::Timer timer_;
};

/// The registers of one owner.
class MessageBus final : public chips::RegisterBus {
public:
    MessageBus(Messages& messages, Owner owner) : messages_(messages), owner_(owner) {}
    void write(std::uint8_t reg, std::uint8_t value, Written done) override {
        messages_.write(owner_, reg, value, std::move(done));
    }
    void read(std::uint8_t reg, Read done) override {
        messages_.read(owner_, reg, std::move(done));
    }

private:
    Messages& messages_;
    Owner owner_;
};

}  // namespace tipring::sangoma_u100
