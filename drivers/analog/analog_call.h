// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "media_tap.h"
#include "tipring/drivers/analog/line_call.h"
#include "tipring/hal/dsp/caller_id.h"

namespace tipring::analog {

class AnalogCall;

/// The line behind a call. The call has checked its own state.
class CallOwner {
public:
    virtual ~CallOwner() = default;
    virtual hal::Result<void> answer(AnalogCall& call, tspi::Request&& request) = 0;
    virtual hal::Result<void> drop(AnalogCall& call, tspi::Request&& request) = 0;
    virtual hal::Result<void> dialMore(AnalogCall& call, tspi::Request&& request,
                                       std::string_view address) = 0;
    virtual void closeCall(AnalogCall& call) = 0;
    virtual hal::Result<void> generateDigits(AnalogCall& call, std::uint32_t endToEndId,
                                             std::uint32_t mode, std::string_view digits,
                                             std::uint32_t duration) = 0;
    virtual hal::Result<void> generateTone(AnalogCall& call, std::uint32_t endToEndId,
                                           std::uint32_t mode, std::uint32_t duration,
                                           std::span<const TspiGenerateTone> tones) = 0;
    virtual hal::Result<void> monitorDigits(AnalogCall& call, std::uint32_t modes) = 0;
    virtual hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(
        AnalogCall& call, const tspi::MediaEvents& events, TspiMediaCaps& caps) = 0;
    /// `held` is another call of the line, which waited or was talked to before.
    virtual hal::Result<void> swapHold(AnalogCall& call, tspi::Request&& request,
                                       AnalogCall& held) = 0;

protected:
    CallOwner() = default;
    CallOwner(const CallOwner&) = delete;
    CallOwner& operator=(const CallOwner&) = delete;
};

/// One call as the core sees it.
class AnalogCall final : public LineCall {
public:
    AnalogCall(CallOwner& owner, const tspi::LineEvents& events, CallGroup* group,
               std::uint32_t origin);

    hal::Result<void> dial(tspi::Request&& request, std::string_view address) override;
    hal::Result<void> answer(tspi::Request&& request) override;
    hal::Result<void> drop(tspi::Request&& request) override;
    hal::Result<void> swapHold(tspi::Request&& request, tspi::Call& held) override;
    void close() override;
    hal::Result<void> status(TspiCallStatus& status) override;
    hal::Result<void> generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                     std::string_view digits, std::uint32_t duration) override;
    hal::Result<void> generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                   std::uint32_t duration,
                                   std::span<const TspiGenerateTone> tones) override;
    hal::Result<void> monitorDigits(std::uint32_t digitModes) override;
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps) override;

    void failRequests(const hal::Error& why);
    void setCallerId(const dsp::CallerId& id);

    std::uint32_t monitored = 0;  ///< LINEDIGITMODE_*
    bool swaps = false;           ///< a call that waited is there to be swapped with
    MediaTap media;

private:
    CallOwner& owner_;
};

}  // namespace tipring::analog
