// SPDX-License-Identifier: Apache-2.0
#include "digit_gathering.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace tipring::core {
namespace {

using std::chrono::milliseconds;

hal::Result<void> checkModes(const TspiLineCaps& caps, std::uint32_t modes) {
    constexpr std::uint32_t kPresses = LINEDIGITMODE_PULSE | LINEDIGITMODE_DTMF;
    if (modes == 0 || (modes & ~kPresses) != 0) {
        return hal::fail(hal::ErrorCode::InvalDigitMode,
                         fmt::format("digits are gathered as DTMF, as pulses or as both: {:#x} is "
                                     "none of these",
                                     modes));
    }
    if ((modes & ~caps.monitorDigitModes) != 0) {
        return hal::fail(hal::ErrorCode::InvalDigitMode,
                         fmt::format("the line hears the digit modes {:#x}, asked were {:#x}",
                                     caps.monitorDigitModes, modes));
    }
    return {};
}

hal::Result<void> checkTimeout(const TspiLineCaps& caps, milliseconds timeout) {
    constexpr milliseconds kLongest = std::chrono::hours(1);
    const bool limited = caps.gatherDigitsMaxTimeout != 0;
    const milliseconds least{limited ? caps.gatherDigitsMinTimeout : 0};
    const milliseconds most = limited ? milliseconds{caps.gatherDigitsMaxTimeout} : kLongest;
    if (timeout.count() == 0 || (timeout >= least && timeout.count() > 0 && timeout <= most)) {
        return {};
    }
    return hal::fail(hal::ErrorCode::InvalTimeout,
                     fmt::format("a time-out of this line is 0 (none) or {} to {} ms",
                                 std::max<std::int64_t>(least.count(), 1), most.count()));
}

}  // namespace

hal::Result<tapi::GatherDigits> checkGathering(const TspiLineCaps& caps,
                                               const tapi::GatherDigits& wanted) {
    const hal::Result<void> checks[] = {checkModes(caps, wanted.modes.bits()),
                                        checkTimeout(caps, wanted.firstDigitTimeout),
                                        checkTimeout(caps, wanted.interDigitTimeout)};
    for (const auto& check : checks) {
        if (!check) {
            return tl::unexpected(check.error());
        }
    }
    if (wanted.count > tapi::kMaxGatheredDigits) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("at most {} digits are gathered", tapi::kMaxGatheredDigits));
    }
    const bool pulsesOnly = !wanted.modes.has(tapi::DigitMode::Dtmf);
    const std::string_view possible = pulsesOnly ? "0123456789" : "0123456789*#ABCD";
    tapi::GatherDigits checked = wanted;
    for (char& digit : checked.terminators) {
        digit = digit >= 'a' && digit <= 'd' ? static_cast<char>(digit - 'a' + 'A') : digit;
        if (possible.find(digit) == possible.npos) {
            return hal::fail(hal::ErrorCode::InvalDigitList,
                             fmt::format("terminators are any of {}", possible));
        }
    }
    if (checked.terminators.size() > possible.size()) {
        return hal::fail(hal::ErrorCode::InvalDigitList, "a terminator is named once");
    }
    return checked;
}

DigitGathering::DigitGathering(hal::EventLoop& loop, tapi::GatherDigits wanted, Done done)
    : wanted_(std::move(wanted)), done_(std::move(done)) {
    timer_.emplace(loop, [this] {
        finish(digits_.empty() ? tapi::GatherEnd::FirstTimeout : tapi::GatherEnd::InterTimeout);
    });
    if (wanted_.firstDigitTimeout.count() > 0) {
        timer_->arm(wanted_.firstDigitTimeout);
    }
}

DigitGathering::DigitGathering(tapi::GatherDigits wanted, std::uint32_t endToEndId)
    : wanted_(std::move(wanted)), endToEndId_(endToEndId) {}

void DigitGathering::hear(char digit, tapi::DigitMode mode) {
    if (endToEndId_ != 0 || !wanted_.modes.has(mode)) {
        return;
    }
    timer_->cancel();
    digits_ += digit;
    if (wanted_.terminators.find(digit) != std::string::npos) {
        return finish(tapi::GatherEnd::TerminationDigit);
    }
    if (digits_.size() >= wanted_.count) {
        return finish(tapi::GatherEnd::BufferFull);
    }
    if (wanted_.interDigitTimeout.count() > 0) {
        timer_->arm(wanted_.interDigitTimeout);
    }
}

/// Last thing that it does: `done` destroys it.
void DigitGathering::finish(tapi::GatherEnd end) {
    const Done done = std::move(done_);
    done(end);
}

}  // namespace tipring::core
