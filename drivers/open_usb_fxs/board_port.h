// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "board_packet.h"
#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/chips/pcm_duplex.h"
#include "tipring/drivers/chips/si321x.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::open_usb_fxs {

/// What became of the packets; for the log and for tests.
struct PacketStatistics {
    std::uint64_t good = 0;
    std::uint64_t lost = 0;         ///< damaged on the bus
    std::uint64_t wrong = 0;        ///< not of the board's form: length, sync bytes
    std::uint64_t skipped = 0;      ///< two of the same parity in a row
    std::uint64_t boardMissed = 0;  ///< the board lacked a packet of ours
    bool operator==(const PacketStatistics&) const = default;
};

/// The telephone port of a board whose chip is up: its packets both ways. A packet that is missing
/// is replaced by the sound of the one before, so that positions stay true. No allocation while it
/// runs. Thread: the loop's.
class BoardPort final : public analog::FxsPort,
                        private hal::UsbInStreamObserver,
                        private hal::UsbOutStreamObserver {
public:
    /// Packets without one good among them after which the board is given up.
    static constexpr unsigned kMostBad = 200;

    /// `broken` is told once when packets end or make no sense any more.
    explicit BoardPort(std::function<void(const hal::Error&)> broken);
    ~BoardPort() override;

    hal::Result<void> start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                            std::uint8_t outEndpoint);
    /// Tells the listener; nothing comes then.
    void gone(const hal::Error& why);

    [[nodiscard]] const PacketStatistics& statistics() const { return statistics_; }
    [[nodiscard]] chips::Linefeed wanted() const { return wanted_; }
    /// Every write has reached the board, as far as packets tell.
    [[nodiscard]] bool settled() const { return writes_ == 0 && held_ >= kHold; }
    /// Writes the feed again.
    void repeatFeed();
    void fault(const hal::Error* why);

    [[nodiscard]] analog::FxsAbilities abilities() const override;
    void setListener(analog::FxsPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] bool offHook() const override { return offHook_; }
    hal::Result<void> setFeed(analog::FxsFeed feed) override;
    hal::Result<void> setSound(bool on) override;
    hal::Result<void> setNeon(bool on) override;

private:
    static constexpr unsigned kHold = 4;  ///< packets that a write stands at least
    static constexpr std::size_t kBlock = 160;

    void onPackets(std::span<const hal::UsbPacket> packets) override;
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override;
    void onStopped(const hal::Error* why) override;

    void take(const hal::UsbPacket& packet);
    void takeGood(const BoardPacket& packet);
    void takeSignals(const BoardPacket& packet);
    void addSound();
    void flush();
    void queueWrite(std::uint8_t reg, std::uint8_t value);
    void nextWrite();

    std::function<void(const hal::Error&)> broken_;
    analog::FxsPortListener* listener_ = nullptr;
    bool offHook_ = false, sound_ = false, gone_ = false, fed_ = false;
    std::uint8_t digit_ = 0;
    chips::Linefeed wanted_ = chips::Linefeed::Forward;

    PacketStatistics statistics_;
    unsigned bad_ = 0;  ///< in a row
    std::optional<bool> lastOdd_;
    std::optional<std::uint8_t> lastMissed_;

    std::array<std::int16_t, kSamples> last_{};  ///< of the packet before
    std::array<std::int16_t, kBlock> heard_{}, spoken_{};
    std::size_t filled_ = 0;
    std::uint64_t position_ = 0;
    chips::SlipBuffer toPhone_{40};

    std::uint8_t number_ = 0;
    RiderWrite write_;
    unsigned held_ = kHold;
    std::array<std::array<std::uint8_t, 2>, 8> waiting_{};
    std::size_t writes_ = 0;

    chips::IsoPair streams_;
};

}  // namespace tipring::open_usb_fxs
