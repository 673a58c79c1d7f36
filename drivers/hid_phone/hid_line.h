// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "line_reports.h"
#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/drivers/analog/fxo_port.h"

namespace tipring::hid_phone {

/// One device, which is one line. Reports come by an interrupt endpoint; orders go by one too, or
/// as SET_REPORT where there is none (HID 1.11, 7.2.2). Every 2 s the report is asked for as well:
/// a dead endpoint is noticed when two changes in a row came only so.
class HidLine final : public adapters::UsbAdapter,
                      public analog::FxoPort,
                      private hal::UsbInStreamObserver {
public:
    HidLine(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
            adapters::AdapterHost& host);
    ~HidLine() override;

    [[nodiscard]] analog::FxoAbilities abilities() const override;
    void setListener(analog::FxoPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] analog::FxoElectrics electrics() const override { return electrics_; }
    hal::Result<void> setHook(bool offHook) override;
    hal::Result<void> setSound(bool on) override;

private:
    void onStart() override;
    void onFailure(const hal::Error& why) override;
    void tryNext();
    void readDescriptor();
    void passOver();
    void onDescriptor(std::span<const std::byte> descriptor);
    void begin();
    void sendOrder();
    void onOrdered(const hal::Result<std::size_t>& sent);
    void onPackets(std::span<const hal::UsbPacket> packets) override;
    void onStopped(const hal::Error* why) override;
    void askReport();
    void onAsked(std::span<const std::byte> bytes);
    void take(const LineReport& report);

    std::vector<std::uint8_t> candidates_;           ///< HID interfaces, the next one to try last
    std::uint8_t interface_ = 0, in_ = 0, out_ = 0;  ///< out_ 0: by SET_REPORT
    std::size_t packet_ = 0;
    std::optional<LineReports> reports_;
    std::unique_ptr<hal::UsbInStream> stream_;
    hal::Timer confirm_, ask_;
    unsigned wrong_ = 0;                          ///< reports in a row that are none
    unsigned untold_ = 0;                         ///< changes in a row that only asking told
    std::uint64_t told_ = 0, toldWhenAsked_ = 0;  ///< reports of the endpoint
    bool gone_ = false, offHook_ = false, ring_ = false, sending_ = false, again_ = false,
         announced_ = false;
    LineReport last_;
    analog::FxoElectrics electrics_;
    analog::FxoPortListener* listener_ = nullptr;
};

}  // namespace tipring::hid_phone
