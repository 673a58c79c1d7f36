// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "tiger_port.h"
#include "tiger_registers.h"
#include "tipring/drivers/adapters/usb_adapter.h"

namespace tipring::tiger_jet {

/// One device: the TigerJet's registers, then the Si3210's, then sound; and the hook by asking.
class TigerAdapter final : public adapters::UsbAdapter {
public:
    TigerAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                 adapters::AdapterHost& host, bool hasRelay);
    ~TigerAdapter() override;

private:
    /// Where one direction of the sound is.
    struct Place {
        std::uint8_t interface = 0, alternate = 0, endpoint = 0;
    };

    void onStart() override;
    void onFailure(const hal::Error& why) override;
    [[nodiscard]] std::optional<Place> findSound(bool in) const;
    void claim(const Place& place, std::function<void()> next);
    void startTiger();
    void startSlic();
    void drivePins();
    void inService();
    void onTimer();
    void onLinefeed(std::uint8_t linefeed);
    void read(std::uint8_t reg, void (TigerAdapter::*next)(std::uint8_t));
    void onLoopStatus(std::uint8_t status);

    bool hasRelay_;
    Place in_, out_;
    TigerRegisters tiger_;
    SlicRegisters slic_;
    chips::RegisterScript tigerScript_, slicScript_;
    std::vector<chips::ScriptStep> steps_;
    TigerPort port_;
    hal::Timer timer_;
    unsigned polls_ = 0, alarms_ = 0;
};

}  // namespace tipring::tiger_jet
