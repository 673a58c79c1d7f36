// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "board_commands.h"
#include "board_port.h"
#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/drivers/chips/si321x.h"

namespace tipring::open_usb_fxs {

/// One board: commands first, then the chip's start-up, then packets; and a look at the chip four
/// times a second, since a power alarm or a reset opens the line without a word.
class BoardAdapter final : public adapters::UsbAdapter {
public:
    BoardAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                 adapters::AdapterHost& host);
    ~BoardAdapter() override;

    [[nodiscard]] const PacketStatistics& statistics() const { return port_.statistics(); }

private:
    void onStart() override;
    void onFailure(const hal::Error& why) override;

    void begin();
    void askVersion();
    void startChip();
    void startPackets();
    void inService();
    void onTimer();
    void look();
    void read(std::uint8_t reg, void (BoardAdapter::*next)(std::uint16_t));
    void onLinefeed(std::uint16_t linefeed);
    void onLoss(std::uint16_t loopback);

    BoardPort port_;
    std::unique_ptr<BoardCommands> commands_;
    std::optional<chips::Si321xStartUp> startUp_;
    BoardCommands::Version version_{};
    std::uint8_t in_ = 0, out_ = 0;  ///< isochronous
    hal::Timer timer_;
    bool running_ = false, alarmed_ = false;
    unsigned alarms_ = 0, looks_ = 0;
    std::uint64_t packetsSeen_ = 0;
};

}  // namespace tipring::open_usb_fxs
