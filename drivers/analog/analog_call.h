// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "media_tap.h"
#include "tipring/hal/dsp/caller_id.h"
#include "tipring/tapi_core/tspi/provider.h"

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
    /// `held` is another call of the line.
    virtual hal::Result<void> swapHold(AnalogCall& call, tspi::Request&& request,
                                       AnalogCall& held) = 0;

protected:
    CallOwner() = default;
    CallOwner(const CallOwner&) = delete;
    CallOwner& operator=(const CallOwner&) = delete;
};

/// One call as the core sees it. Lives until the core closes it.
class AnalogCall final : public tspi::Call {
public:
    AnalogCall(CallOwner& owner, const tspi::LineEvents& events, std::uint32_t origin);

    hal::Result<void> dial(tspi::Request&& request, std::string_view address) override;
    hal::Result<void> accept(tspi::Request&& request) override;
    hal::Result<void> answer(tspi::Request&& request) override;
    hal::Result<void> drop(tspi::Request&& request) override;
    hal::Result<void> swapHold(tspi::Request&& request, tspi::Call& held) override;
    void close() override;
    hal::Result<void> info(TspiCallInfo& info) override;
    hal::Result<void> status(TspiCallStatus& status) override;
    hal::Result<void> setMediaMode(std::uint32_t mediaMode) override;
    hal::Result<void> generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                     std::string_view digits, std::uint32_t duration) override;
    hal::Result<void> generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                   std::uint32_t duration,
                                   std::span<const TspiGenerateTone> tones) override;
    hal::Result<void> monitorDigits(std::uint32_t digitModes) override;
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps) override;

    /// Tells the core, once it knows the call; nothing after idle, and no state twice in a row.
    void enter(std::uint32_t state, std::uint32_t mode, std::string_view cause);
    [[nodiscard]] bool is(std::uint32_t states) const { return (state_ & states) != 0; }
    void failRequests(const hal::Error& why);
    void setCallerId(const dsp::CallerId& id);

    HTAPICALL handle = nullptr;
    TspiCallInfo facts{};
    bool announced = false;       ///< the core may hear of it: incoming, or its request succeeded
    bool incomplete = false;      ///< more digits may be dialled
    std::uint32_t monitored = 0;  ///< LINEDIGITMODE_*
    bool swaps = false;           ///< another call is there to be swapped with
    MediaTap media;
    tspi::Request making, dropping;

private:
    CallOwner& owner_;
    tspi::LineEvents events_;
    std::uint32_t state_ = 0, mode_ = 0;
    std::string cause_;
};

}  // namespace tipring::analog
