// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tiger_registers.h"
#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/chips/pcm_duplex.h"
#include "tipring/drivers/chips/si321x.h"

namespace tipring::tiger_jet {

/// The telephone port of a TigerJet whose chip is up. Thread: the loop's.
class TigerPort final : public analog::FxsPort {
public:
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
    void writeFeed();

    SlicRegisters& slic_;
    std::function<void(const hal::Error&)> broken_;
    analog::FxsPortListener* listener_ = nullptr;
    bool offHook_ = false, gone_ = false;
    chips::Linefeed wanted_ = chips::Linefeed::Forward;
    unsigned writing_ = 0;
    chips::PcmDuplex sound_;
};

}  // namespace tipring::tiger_jet
