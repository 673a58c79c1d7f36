// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_holder.h"
#include "fxs_interface.h"
#include "fxs_unit.h"

namespace tipring::analog {

/// One open line over an FXS port. A telephone that is lifted makes an outbound call, whose number
/// an application routes (org.tipring.FxsCall); lineMakeCall rings the telephone.
class FxsTapiLine final : public tspi::Line, private CallHolder, private FxsUser {
public:
    FxsTapiLine(hal::EventLoop& loop, const AnalogOptions& options, FxsUnit& unit,
                const tspi::LineEvents& events, bool& open);
    ~FxsTapiLine() override;

    hal::Result<void> status(TspiLineStatus& status) override;
    hal::Result<void> setDefaultMediaDetection(std::uint32_t mediaModes) override;
    /// The address is what the telephone shows as the caller's number; a name may follow a `^`.
    hal::Result<tspi::Call*> makeCall(tspi::Request&& request, HTAPICALL call,
                                      std::string_view address,
                                      const TspiCallParams& params) override;
    hal::Result<void> callInterface(FxsInterface which, std::uint32_t method,
                                    std::span<const TspiValue> arguments);

private:
    hal::Result<void> answer(AnalogCall& call, tspi::Request&& request) override;
    hal::Result<void> drop(AnalogCall& call, tspi::Request&& request) override;
    hal::Result<void> dialMore(AnalogCall& call, tspi::Request&& request,
                               std::string_view address) override;
    void closeCall(AnalogCall& call) override;
    hal::Result<void> generateDigits(AnalogCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                     std::string_view digits, std::uint32_t duration) override;
    hal::Result<void> monitorDigits(AnalogCall& call, std::uint32_t modes) override;

    void onPort(bool there, std::string_view cause) override;
    void onFxs(const FxsEvent& event) override;
    void onFxsSound(std::uint64_t position, std::span<const std::int16_t> heard,
                    std::span<std::int16_t> spoken) override {
        pump(position, heard, spoken);
    }
    void onLifted();
    void onDigit(const FxsEvent& event);
    void onCall(const FxsEvent& event);
    void onFault(const FxsEvent& event);
    hal::Result<void> callMethod(FxsCallMethod method, bool argument);
    void makingSucceeded();
    void finish(std::uint32_t mode, std::string_view cause);
    void hangUp();

    FxsUnit& unit_;
    bool& open_;
    hal::Timer makingTimer_, noAnswerTimer_;
};

}  // namespace tipring::analog
