// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/types.h"
#include "tipring/tapi_core/tspi/line.h"

namespace tipring::core {

/// Checks what is to be gathered; the terminators come back in upper case.
/// INVALDIGITMODE: no mode, DTMFEND, or one that the line does not hear. INVALDIGITLIST: a
/// terminator that is no digit of these modes (pulses are 0-9). INVALTIMEOUT: below zero, or
/// outside the line's limits; where it has none, above an hour. INVALPARAM: more digits than
/// tapi::kMaxGatheredDigits. Source: lineGatherDigits.
[[nodiscard]] hal::Result<tapi::GatherDigits> checkGathering(const TspiLineCaps& caps,
                                                             const tapi::GatherDigits& wanted);

/// One gathering of digits: out of those that are heard, or, with an `endToEndId`, by the provider.
/// The first time-out runs from the start, the other one from each digit. Thread: the loop's.
class DigitGathering {
public:
    /// Called once, unless the gathering dies before. It may be destroyed in there.
    using Done = std::function<void(tapi::GatherEnd end)>;

    DigitGathering(hal::EventLoop& loop, tapi::GatherDigits wanted, Done done);
    DigitGathering(tapi::GatherDigits wanted, std::uint32_t endToEndId);

    /// A press; those of other modes are not meant.
    void hear(char digit, tapi::DigitMode mode);

    [[nodiscard]] const tapi::GatherDigits& wanted() const { return wanted_; }
    [[nodiscard]] const std::string& digits() const { return digits_; }
    /// 0: the core gathers.
    [[nodiscard]] std::uint32_t endToEndId() const { return endToEndId_; }

private:
    void finish(tapi::GatherEnd end);

    const tapi::GatherDigits wanted_;
    const std::uint32_t endToEndId_ = 0;
    Done done_;
    std::string digits_;
    std::optional<hal::Timer> timer_;
};

}  // namespace tipring::core
