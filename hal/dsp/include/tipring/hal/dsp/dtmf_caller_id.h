// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "tipring/hal/dsp/caller_id.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// The ways in which networks send caller ID as DTMF (as spandsp's adsi.h lists them).
enum class DtmfCallerIdForm : unsigned char {
    PartsToC,      ///< A number, D redirecting number, B reason, any of them left out, then C
    NumberToHash,  ///< A number #; or D reason #
    NumberToC,     ///< D number C
    DigitsToHash,  ///< number #
};

/// Forms that a network uses, as a set.
class DtmfCallerIdForms {
public:
    constexpr DtmfCallerIdForms() = default;
    constexpr DtmfCallerIdForms(DtmfCallerIdForm form)  // NOLINT(google-explicit-constructor)
        : bits_(1U << static_cast<unsigned>(form)) {}
    [[nodiscard]] constexpr bool has(DtmfCallerIdForm form) const {
        return (bits_ & 1U << static_cast<unsigned>(form)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] friend constexpr DtmfCallerIdForms operator|(DtmfCallerIdForms a,
                                                               DtmfCallerIdForms b) {
        DtmfCallerIdForms both;
        both.bits_ = a.bits_ | b.bits_;
        return both;
    }

private:
    unsigned bits_ = 0;
};

/// What the keys say, the last one included; nothing when they have none of the forms.
[[nodiscard]] std::optional<CallerId> readDtmfCallerId(std::string_view keys,
                                                       DtmfCallerIdForms forms);

using DtmfCallerIdKeys = ShortText<64>;
/// The keys of a caller ID in that form: its number, redirecting number and the status of the
/// number. Empty when the form cannot say it, or when a number has other than digits.
[[nodiscard]] DtmfCallerIdKeys writeDtmfCallerId(const CallerId& id, DtmfCallerIdForm form);

/// A caller ID that came as DTMF, and the place of its first digit.
struct DtmfCallerIdEvent {
    SamplePosition began = 0;
    SamplePosition ended = 0;  ///< where the last digit began
    CallerId id;
};

/// Puts digits together. Fed with what a DTMF detector hears on a line that is on hook.
class DtmfCallerIdDecoder {
public:
    /// `maximumGap`: samples from one digit's beginning to the next one's; later, a new one begins.
    explicit DtmfCallerIdDecoder(DtmfCallerIdForms forms, std::size_t maximumGap = 4000)
        : forms_(forms), maximumGap_(maximumGap) {}
    /// A digit that began there. Tells when it was the last one of a caller ID.
    void push(char digit, SamplePosition began, Listener<DtmfCallerIdEvent> tell);
    void reset() { keys_.clear(); }

private:
    DtmfCallerIdForms forms_;
    std::size_t maximumGap_;
    DtmfCallerIdKeys keys_;
    SamplePosition first_ = 0, last_ = 0;
};

}  // namespace tipring::dsp
