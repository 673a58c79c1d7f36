// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "tiger_registers.h"
#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/chips/si321x.h"
#include "tipring/drivers/chips/usb_pcm.h"

namespace tipring::tiger_jet {

/// The telephone port of a TigerJet whose chip is up. A packet that is lost or of another length is
/// replaced by the sound of the one before. Thread: the loop's.
class TigerPort final : public analog::FxsPort,
                        private hal::UsbInStreamObserver,
                        private hal::UsbOutStreamObserver {
public:
    static constexpr std::size_t kPacketSize = 16, kSamples = 8;  ///< 16-bit, low byte first
    static constexpr unsigned kMostBad = 200;                     ///< packets in a row

    TigerPort(SlicRegisters& slic, std::function<void(const hal::Error&)> broken);
    ~TigerPort() override;

    hal::Result<void> start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                            std::uint8_t outEndpoint);
    void gone(const hal::Error& why);
    void onLoopStatus(std::uint8_t status);
    /// Register 64 as it was read; false when the feed was lost and is written again.
    bool onLinefeed(std::uint8_t linefeed);
    void fault(const hal::Error* why);

    [[nodiscard]] analog::FxsAbilities abilities() const override {
        return {.polarity = true, .onHookSound = true};
    }
    void setListener(analog::FxsPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] bool offHook() const override { return offHook_; }
    hal::Result<void> setFeed(analog::FxsFeed feed) override;
    hal::Result<void> setSound(bool on) override;
    hal::Result<void> setNeon(bool on) override;

private:
    void onPackets(std::span<const hal::UsbPacket> packets) override;
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override;
    void onStopped(const hal::Error* why) override;
    void writeFeed();

    SlicRegisters& slic_;
    std::function<void(const hal::Error&)> broken_;
    analog::FxsPortListener* listener_ = nullptr;
    bool offHook_ = false, sound_ = false, gone_ = false;
    chips::Linefeed wanted_ = chips::Linefeed::Forward;
    unsigned bad_ = 0, writing_ = 0;
    std::array<std::int16_t, kSamples> last_{};
    std::uint64_t position_ = 0;
    chips::SlipBuffer toPhone_{40};
    std::unique_ptr<hal::UsbInStream> in_;
    std::unique_ptr<hal::UsbOutStream> out_;
};

}  // namespace tipring::tiger_jet
