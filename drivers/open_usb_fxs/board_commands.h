// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "tipring/drivers/chips/register_bus.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::open_usb_fxs {

/// The board's commands over its bulk endpoints, one at a time (firmware: user.c), with the
/// Si3210's registers as a RegisterBus. A command without its answer within a second is sent once
/// more; a stall is cleared once; answers that belong to something else are read past. Whatever
/// else is a failure of that command, in words. Thread: the loop's.
class BoardCommands final : public chips::RegisterBus {
public:
    using Reply = std::function<void(const hal::Result<std::span<const std::byte>>&)>;

    BoardCommands(hal::UsbDevice& device, std::uint8_t out, std::uint8_t in);
    ~BoardCommands() override;

    void write(std::uint8_t reg, std::uint8_t value, Written done) override;
    void read(std::uint8_t reg, Read done) override;
    void writeIndirect(std::uint8_t reg, std::uint16_t value, Written done) override;
    void readIndirect(std::uint8_t reg, Read done) override;

    /// Major, minor, revision.
    using Version = std::array<std::uint8_t, 3>;
    void version(std::function<void(const hal::Result<Version>&)> done);
    /// Isochronous packets with register writes in them, or none; the board gives no answer.
    void stream(bool on, std::uint8_t writeSequence, Written done);

private:
    struct Command {
        std::array<std::byte, 4> request{};
        std::uint8_t size = 0;
        std::uint8_t replySize = 0;  ///< 0: none comes
        Reply done;
        unsigned tries = 0;
    };

    void ask(const Command& command);
    void send();
    void onSent(const hal::Result<std::size_t>& sent);
    void listen(unsigned passed);
    void onReply(const hal::Result<std::span<const std::byte>>& got, unsigned passed);
    void onTrouble(std::uint8_t endpoint, const hal::Error& why);
    void finish(const hal::Result<std::span<const std::byte>>& result);
    [[nodiscard]] hal::Error named(const hal::Error& why) const;

    hal::UsbDevice& device_;
    std::uint8_t out_, in_;
    std::deque<Command> queue_;  ///< the first is under way
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tipring::open_usb_fxs
