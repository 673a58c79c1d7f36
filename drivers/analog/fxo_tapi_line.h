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
class FxoTapiLine final : public tspi::Line,
                          private CallHolder,
                          private FxoObserver,
                          private FlashHost {
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
    hal::Result<ConferenceCalls> setupConference(tspi::Request&& request, tspi::Call* call,
                                                 HTAPICALL conference, HTAPICALL consultCall,
                                                 std::uint32_t parties,
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

    // FlashHost (fxo_tapi_flash.cpp)
    [[nodiscard]] const FlashServices& services() const override;
    [[nodiscard]] bool mayFlash() const override;
    [[nodiscard]] LineCall* active() const override { return call_; }
    void setActive(LineCall* call) override;
    LineCall& addCall(HTAPICALL handle, std::uint32_t origin) override;
    [[nodiscard]] hal::Result<std::string> wholeNumber(std::string_view address) const override;
    void sendFlash(std::string_view service, std::string_view number, FlashAim aim) override;
    void prepareConsult(const TspiCallParams& params) override;
    void partyChanged() override;
    void soundOver(const LineCall* call, std::string_view cause) override { endSound(call, cause); }
    void soundGoesOn(const LineCall& call) override;
    void endCalls(std::uint32_t mode, std::string_view cause) override { endCall(mode, cause); }
    void hangUp() override;
    void onFlashed(const FxoEvent& event);

    void onFxo(const FxoEvent& event) override;
    void onFxoSound(std::uint64_t position, std::span<const std::int16_t> heard,
                    std::span<std::int16_t> spoken) override {
        pump(position, heard, spoken);
    }
    void onProgress(const FxoEvent& event);
    void onEnded(const FxoEvent& event);
    void onOver();
    void onLine(const FxoEvent& event);
    void makingSucceeded();
    void countCalls(std::uint32_t& active, std::uint32_t& onHold) const;

    // fxo_waiting.cpp: a second call, by call waiting
    void onWaiting(const FxoEvent& event);
    void expectBeeps(bool on);
    void waitingGone();
    [[nodiscard]] hal::Result<void> flashTo(AnalogCall& other, tspi::Request&& request);
    void flashBack();
    void onWaitingTaken();
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
    CallGroup group_{*this};
    std::chrono::milliseconds consultNoAnswer_{0};
    hal::Timer makingTimer_, waitingTimer_;
    bool messageWaiting_ = false;
    AnalogCall* waiting_ = nullptr;  ///< offered while another one talks
    AnalogCall* held_ = nullptr;     ///< of two by call waiting
    AnalogCall* next_ = nullptr;     ///< to be talked to when the flash is out
    unsigned flashesBack_ = 0;       ///< to come: that of a call closed meanwhile, and one more
    tspi::Request flashing_;
};

}  // namespace tipring::analog
