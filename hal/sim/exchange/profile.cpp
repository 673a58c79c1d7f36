// SPDX-License-Identifier: Apache-2.0
#include "exchange/profile.h"

#include "sound/tone_player.h"

namespace tipring::sim {

namespace {

using dsp::ToneKind;

/// A signal and the tones that may stand for it, the best one first.
struct SignalRow {
    Signal signal;
    std::array<ToneKind, 3> kinds;
};
constexpr SignalRow kSignalRows[] = {
    {Signal::DialTone, {ToneKind::Dial, ToneKind::Dial, ToneKind::Dial}},
    {Signal::Ringback, {ToneKind::Ringback, ToneKind::Ringback, ToneKind::Ringback}},
    {Signal::Busy, {ToneKind::Busy, ToneKind::Busy, ToneKind::Busy}},
    {Signal::Congestion, {ToneKind::Congestion, ToneKind::Unobtainable, ToneKind::Busy}},
    {Signal::SpecialDial, {ToneKind::SpecialDial, ToneKind::Dial, ToneKind::Dial}},
    {Signal::VacantNumber, {ToneKind::SitVacantCode, ToneKind::Information, ToneKind::Information}},
    {Signal::NumberChanged, {ToneKind::SitIntercept, ToneKind::Information, ToneKind::Information}},
    {Signal::Howler, {ToneKind::Howler, ToneKind::Howler, ToneKind::Howler}},
};

}  // namespace

Profile::Profile(const Country& ownCountry)
    : country(&ownCountry), callerId(dsp::callerIdStandard(ownCountry.callerId)) {
    const dsp::CountryTones* table = dsp::builtinTones().find(ownCountry.code);
    if (table == nullptr) {
        return;  // a country of a test's own, without tones
    }
    for (const SignalRow& row : kSignalRows) {
        const dsp::TonePattern*& tone = tones[static_cast<std::size_t>(row.signal)];
        for (const ToneKind kind : row.kinds) {
            tone = tone != nullptr ? tone : table->find(kind);
        }
    }
    waiting = table->find(ToneKind::CallWaiting);
    if (const dsp::TonePattern* ringback = tone(Signal::Ringback); ringback != nullptr) {
        ringbackRound = std::chrono::milliseconds{patternLength(*ringback)};
    }
}

}  // namespace tipring::sim
