// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/line_profile.h"

#include <algorithm>

namespace tipring::analog {
namespace {

constexpr auto kBreak = Supervision::LoopBreak;
constexpr auto kTones = Supervision::Tones;
constexpr auto kAll = kBreak | Supervision::Reversal | kTones;

constexpr RingCadence kDouble{400, 200, 400, 2000};

struct Flash {
    std::uint16_t ours, least, most;
};
constexpr Flash kTimedBreak{100, 60, 300}, kAmericanFlash{600, 250, 1100};

struct Pulses {
    std::uint16_t open, made;
    PulseScheme scheme = PulseScheme::Standard;
};
constexpr Pulses k60{60, 40}, k67{67, 33};

constexpr LineProfile country(std::string_view code, const RingCadence& ring,
                              std::string_view callerId, std::uint16_t ringLeast, Flash flash,
                              Pulses pulses) {
    return {.code = code,
            .ring = ring,
            .callerId = callerId,
            .ringLeast = ringLeast,
            .flash = flash.ours,
            .flashLeast = flash.least,
            .flashMost = flash.most,
            .supervision = kAll,
            .pulses = pulses.scheme,
            .pulseBreak = pulses.open,
            .pulseMake = pulses.made,
            .pulsePause = 800,
            .toneOn = 90,
            .toneOff = 90};
}

/// No reversal tells a hang-up there, and keys may be shorter.
constexpr LineProfile northAmerica(std::string_view code) {
    LineProfile profile = country(code, {2000, 4000}, "bell", 250, kAmericanFlash, k60);
    profile.supervision = kBreak | kTones;
    profile.toneOn = profile.toneOff = 80;
    return profile;
}

// Ring cadences: ITU-T E.180 supplement 2. Flash: North America 300 to 1000 ms; elsewhere the timed
// break of ETSI ES 201 235 and its neighbours, about 100 ms. Pulses: ITU-T Q.23's 60:40 or 67:33 at
// ten a second. Caller ID: hal/dsp's table names the countries; where it does not, the neighbours'
// (not read in a national standard). The bursts before a message are 0.2 to 0.3 s in ETSI networks
// (EN 300 659-1, RP-AS) and 0.5 s in Japan, a real ring is longer.
// Code, ring, caller ID, shortest ring, flash, pulses.
constexpr LineProfile kProfiles[] = {
    country("AT", {1000, 5000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("AU", kDouble, "bell", 250, kTimedBreak, k67),
    country("BE", {1000, 3000}, "dtmf-parts-only etsi-ring", 350, kTimedBreak, k67),
    country("BR", {1000, 4000}, "dtmf-parts-only etsi-ring", 350, {300, 60, 500}, k67),
    northAmerica("CA"),
    country("CH", {1000, 4000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("CN", {1000, 4000}, "bell dtmf-parts", 350, {100, 60, 700}, k60),
    country("CZ", {1000, 4000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("DE", {1000, 4000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("DK", {1000, 4000}, "dtmf-parts etsi-ring", 350, kTimedBreak, k60),
    country("ES", {1500, 3000}, "etsi-dtas", 350, kTimedBreak, k67),
    country("FI", {1000, 4000}, "dtmf-parts-only etsi-ring", 350, kTimedBreak, k60),
    country("FR", {1500, 3500}, "etsi-dtas etsi-ring", 350, {250, 80, 350}, k67),
    country("GB", kDouble, "bt", 250, kTimedBreak, k67),
    country("IE", kDouble, "etsi-lr-dtas", 250, kTimedBreak, k67),
    country("IN", kDouble, "dtmf-parts-only bell", 250, {600, 60, 1000}, k60),
    country("IT", {1000, 4000}, "etsi-dtas etsi-ring", 350, kTimedBreak, k60),
    country("JP", {1000, 2000}, "ntt", 700, kAmericanFlash, k67),
    country("NL", {1000, 4000}, "dtmf-parts etsi-ring", 350, kTimedBreak, k60),
    country("NO", {1000, 4000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("NZ", kDouble, "bell", 250, {600, 60, 900}, {67, 33, PulseScheme::NewZealand}),
    country("PL", {1000, 4000}, "etsi-ring etsi-rpas", 350, kTimedBreak, k60),
    country("SE", {1000, 5000}, "dtmf-parts-only etsi-ring", 350, kTimedBreak,
            {60, 40, PulseScheme::Sweden}),
    country("SG", kDouble, "bell", 250, {600, 60, 900}, k60),
    country("TW", {1000, 4000}, "dtmf-d-to-c bell", 350, kAmericanFlash, k60),
    northAmerica("US"),
    country("ZA", kDouble, "etsi-ring", 250, kTimedBreak, k60),
};

// Modems' -SDR types 2 and 3, and the fourth pattern of North American exchanges.
constexpr RingCadence kDistinctive[] = {
    {800, 400, 800, 4000}, {400, 200, 400, 200, 800, 4000}, {300, 200, 1000, 200, 300, 4000}};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::size_t cadenceLength(const RingCadence& cadence) noexcept {
    return static_cast<std::size_t>(std::find(cadence.begin(), cadence.end(), 0) - cadence.begin());
}

unsigned pulsesOf(char key, PulseScheme scheme) noexcept {
    if (key < '0' || key > '9') {
        return 0;
    }
    const auto digit = static_cast<unsigned>(key - '0');
    switch (scheme) {
    case PulseScheme::NewZealand: return digit == 0 ? 10 : 10 - digit;
    case PulseScheme::Sweden: return digit + 1;
    case PulseScheme::Standard: break;
    }
    return digit == 0 ? 10 : digit;
}

char keyOfPulses(unsigned pulses, PulseScheme scheme) noexcept {
    for (char key = '0'; key <= '9'; ++key) {
        if (pulsesOf(key, scheme) == pulses) {
            return key;
        }
    }
    return 0;
}

std::span<const LineProfile> lineProfiles() noexcept {
    return kProfiles;
}

const LineProfile* lineProfile(std::string_view code) noexcept {
    const auto* found =
        std::find_if(std::begin(kProfiles), std::end(kProfiles), [&](const LineProfile& profile) {
            return code.size() == 2 && profile.code[0] == upper(code[0]) &&
                   profile.code[1] == upper(code[1]);
        });
    return found == std::end(kProfiles) ? nullptr : found;
}

const RingCadence& ringOfMode(const LineProfile& profile, unsigned mode) noexcept {
    return mode >= 2 && mode < kRingModes ? kDistinctive[mode - 2] : profile.ring;
}

}  // namespace tipring::analog
