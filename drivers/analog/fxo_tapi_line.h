// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "analog_options.h"
#include "call_holder.h"
#include "tipring/drivers/analog/fxo_line.h"
#include "tipring/drivers/analog/port_source.h"

namespace tipring::analog {

/// One open line over an FXO port.
class FxoTapiLine final : public tspi::Line, private CallHolder, private FxoObserver {
public:
    FxoTapiLine(hal::EventLoop& loop, const AnalogOptions& options, const tspi::LineEvents& events,
                FxoTapiLine*& slot);
    ~FxoTapiLine() override;

    /// The port is there (again), or is about to go.
    void attach(const PortInfo& port);
    void detach();

    hal::Result<void> status(TspiLineStatus& status) override;
    hal::Result<void> setDefaultMediaDetection(std::uint32_t mediaModes) override;
    hal::Result<void> addressStatus(std::uint32_t addressId, TspiAddressStatus& status) override;
    hal::Result<tspi::Call*> makeCall(tspi::Request&& request, HTAPICALL call,
                                      std::string_view address,
                                      const TspiCallParams& params) override;

private:
    hal::Result<void> answer(AnalogCall& call, tspi::Request&& request) override;
    hal::Result<void> drop(AnalogCall& call, tspi::Request&& request) override;
    hal::Result<void> dialMore(AnalogCall& call, tspi::Request&& request,
                               std::string_view address) override;
    void closeCall(AnalogCall& call) override;
    hal::Result<void> generateDigits(AnalogCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                     std::string_view digits, std::uint32_t duration) override;
    hal::Result<void> monitorDigits(AnalogCall& call, std::uint32_t modes) override;
    hal::Result<void> swapHold(AnalogCall& call, tspi::Request&& request,
                               AnalogCall& held) override;

    void onFxo(const FxoEvent& event) override;
    void onFxoSound(std::uint64_t position, std::span<const std::int16_t> heard,
                    std::span<std::int16_t> spoken) override {
        pump(position, heard, spoken);
    }
    void onProgress(const FxoEvent& event);
    void onLine(const FxoEvent& event);
    void makingSucceeded();

    // fxo_waiting.cpp: a second call, by call waiting
    void onWaiting(const FxoEvent& event);
    void expectBeeps(bool on);
    void waitingGone();
    [[nodiscard]] hal::Result<void> flashTo(AnalogCall& other, tspi::Request&& request);
    void onFlashed();
    hal::Result<void> dropAside(AnalogCall& call, tspi::Request&& request);
    /// The line is put down: the exchange calls again for those that are left.
    void endOthers();

    /// A call that waits has a beep in less than that.
    static constexpr std::chrono::seconds kWaits{30};

    hal::EventLoop& loop_;
    FxoTapiLine*& slot_;  ///< of the device: the open line
    const AnalogOptions& options_;
    std::optional<FxoLine> line_;
    std::string name_, outCause_;
    hal::Timer makingTimer_, waitingTimer_;
    bool messageWaiting_ = false;
    AnalogCall* waiting_ = nullptr;  ///< offered while another one talks
    AnalogCall* held_ = nullptr;
    AnalogCall* next_ = nullptr;  ///< to be talked to when the flash is out
    tspi::Request flashing_;
};

}  // namespace tipring::analog
