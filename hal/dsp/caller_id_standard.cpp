// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/caller_id_standard.h"

#include <array>

namespace tipring::dsp {

namespace {

using Alert = CallerIdAlert;
using Form = DtmfCallerIdForm;

constexpr auto kLatin = CallerIdCharacters::Latin1;
constexpr auto kCounted = FskFraming::Counted;
constexpr FskModulation kNoFsk{0, 0, 0};
constexpr FskFrame kNoFrame{0, 0, 0, 0};
constexpr DtmfCallerIdForms kNoDtmf{};

constexpr FskFrame kBellFrame{300, 180, 0, 10};
constexpr FskFrame kEtsiFrame{300, 180, 0, 10};
constexpr FskFrame kBtFrame{160, 72, 0, 10};  // 96..315 bits, 55 or more
constexpr FskFrame kNttFrame{0, 72, 0, 10};
constexpr FskFrame kCallWaitingFrame{0, 80, 0, 10};

// Alert, key, its length, by when it begins, pause before the message, time until giving up.
constexpr CallWaitingTiming kBellWaiting{80, 'D', {55, 65}, 100, {50, 500}, 200};
constexpr CallWaitingTiming kBtWaiting{85, 'D', {65, 75}, 100, {5, 100}, 200};
constexpr CallWaitingTiming kNoWaiting{0, 0, {0, 0}, 0, {0, 0}, 0};

constexpr std::string_view kBellcore = "Bellcore GR-30-CORE, GR-31-CORE";
constexpr std::string_view kSin = "BT SIN227, SIN242";
constexpr std::string_view kEtsi = "ETSI EN 300 659-1";
constexpr std::string_view kDtmfSource = "ETSI EN 300 659-1 annex B; spandsp adsi.h";

// Which country has which: GB from BT, JP from NTT, those with DTMF from spandsp's list; the others
// by common knowledge, not read in a national standard. An exchange may differ: every standard can
// be chosen by its name.
constexpr std::array<CallerIdStandard, 12> kStandards{{
    {"bell",
     "US CA AU CN HK SG NZ ",
     kBellcore,
     Alert::FirstRing,
     kBell202,
     kCounted,
     kLatin,
     kNoDtmf,
     2000,
     {0, 0},
     {500, 1500},
     {200, 2000},
     kBellFrame,
     kCallWaitingFrame,
     kBellWaiting},
    {"bt",
     "GB ",
     kSin,
     Alert::ReversalAndDualTone,
     kV23,
     kCounted,
     CallerIdCharacters::British,
     kNoDtmf,
     100,
     {100, 200},
     {45, 5000},
     {200, 1000},
     kBtFrame,
     kCallWaitingFrame,
     kBtWaiting},
    {"etsi-dtas",
     "FR ES IT ",
     kEtsi,
     Alert::DualTone,
     kV23,
     kCounted,
     kLatin,
     kNoDtmf,
     100,
     {0, 0},
     {45, 500},
     {200, 500},
     kEtsiFrame,
     kCallWaitingFrame,
     kBtWaiting},
    {"etsi-rpas",
     "",
     kEtsi,
     Alert::RingPulse,
     kV23,
     kCounted,
     kLatin,
     kNoDtmf,
     250,
     {0, 0},
     {500, 800},
     {200, 500},
     kEtsiFrame,
     kCallWaitingFrame,
     kBtWaiting},
    {"etsi-lr-dtas",
     "",
     kEtsi,
     Alert::ReversalAndDualTone,
     kV23,
     kCounted,
     kLatin,
     kNoDtmf,
     100,
     {100, 200},
     {45, 500},
     {200, 500},
     kEtsiFrame,
     kCallWaitingFrame,
     kBtWaiting},
    {"etsi-ring",
     "DE AT CH NO PL ",
     kEtsi,
     Alert::FirstRing,
     kV23,
     kCounted,
     kLatin,
     kNoDtmf,
     1000,
     {0, 0},
     {500, 2000},
     {200, 500},
     kEtsiFrame,
     kCallWaitingFrame,
     kBtWaiting},
    {"ntt",
     "JP ",
     "NTT telephone service interfaces; spandsp adsi.c",
     Alert::CallSignal,
     kV23,
     FskFraming::Ntt,
     kLatin,
     kNoDtmf,
     500,
     {0, 0},
     {100, 1000},
     {200, 2000},
     kNttFrame,
     kNttFrame,
     kNoWaiting},
    // Denmark and the Netherlands have lines that send the digits alone.
    {"dtmf-parts",
     "DK NL ",
     kDtmfSource,
     Alert::Reversal,
     kNoFsk,
     kCounted,
     kLatin,
     DtmfCallerIdForms(Form::PartsToC) | Form::DigitsToHash,
     0,
     {0, 0},
     {100, 1000},
     {200, 1000},
     kNoFrame,
     kNoFrame,
     kNoWaiting},
    {"dtmf-parts-only",
     "BE BR FI IS IN SA SE UY ",
     kDtmfSource,
     Alert::Reversal,
     kNoFsk,
     kCounted,
     kLatin,
     Form::PartsToC,
     0,
     {0, 0},
     {100, 1000},
     {200, 1000},
     kNoFrame,
     kNoFrame,
     kNoWaiting},
    {"dtmf-hash",
     "",
     kDtmfSource,
     Alert::None,
     kNoFsk,
     kCounted,
     kLatin,
     Form::NumberToHash,
     0,
     {0, 0},
     {0, 1000},
     {200, 1000},
     kNoFrame,
     kNoFrame,
     kNoWaiting},
    {"dtmf-d-to-c",
     "TW KW ",
     kDtmfSource,
     Alert::None,
     kNoFsk,
     kCounted,
     kLatin,
     Form::NumberToC,
     0,
     {0, 0},
     {0, 1000},
     {200, 1000},
     kNoFrame,
     kNoFrame,
     kNoWaiting},
    {"dtmf-digits",
     "",
     kDtmfSource,
     Alert::None,
     kNoFsk,
     kCounted,
     kLatin,
     Form::DigitsToHash,
     0,
     {0, 0},
     {0, 1000},
     {200, 1000},
     kNoFrame,
     kNoFrame,
     kNoWaiting},
}};

bool names(std::string_view countries, std::string_view country) {
    while (country.size() == 2 && countries.size() >= 3) {
        if (countries.substr(0, 2) == country) {
            return true;
        }
        countries.remove_prefix(3);
    }
    return false;
}

}  // namespace

std::span<const CallerIdStandard> callerIdStandards() noexcept {
    return kStandards;
}

const CallerIdStandard* callerIdStandard(std::string_view nameOrCountry) noexcept {
    for (const CallerIdStandard& standard : kStandards) {
        if (standard.name == nameOrCountry || names(standard.countries, nameOrCountry)) {
            return &standard;
        }
    }
    return nullptr;
}

}  // namespace tipring::dsp
