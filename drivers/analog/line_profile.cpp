// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/line_profile.h"

#include <algorithm>

namespace tipring::analog {
namespace {

constexpr auto kBreak = Supervision::LoopBreak;
constexpr auto kTones = Supervision::Tones;
constexpr auto kAll = kBreak | Supervision::Reversal | kTones;
constexpr auto kStandard = PulseScheme::Standard;

constexpr RingCadence kDouble{400, 200, 400, 2000};

// Ring cadences: ITU-T E.180 supplement 2. Flash: North America 300 to 1000 ms; elsewhere the timed
// break of ETSI ES 201 235 and its neighbours, about 100 ms. Pulses: ITU-T Q.23's 60:40 or 67:33 at
// ten a second. Caller ID: hal/dsp's table names the countries; where it does not, the neighbours'
// (not read in a national standard). The bursts before a message are 0.2 to 0.3 s in ETSI networks
// (EN 300 659-1, RP-AS) and 0.5 s in Japan, a real ring is longer.
constexpr LineProfile kProfiles[] = {
    {"AT",
     {1000, 5000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"AU", kDouble, "bell", 250, 100, 60, 300, kAll, kStandard, 67, 33, 800, 90, 90},
    {"BE",
     {1000, 3000},
     "dtmf-parts-only etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     67,
     33,
     800,
     90,
     90},
    {"BR",
     {1000, 4000},
     "dtmf-parts-only etsi-ring",
     350,
     300,
     60,
     500,
     kAll,
     kStandard,
     67,
     33,
     800,
     90,
     90},
    {"CA",
     {2000, 4000},
     "bell",
     250,
     600,
     250,
     1100,
     kBreak | kTones,
     kStandard,
     60,
     40,
     800,
     80,
     80},
    {"CH",
     {1000, 4000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"CN",
     {1000, 4000},
     "bell dtmf-parts",
     350,
     100,
     60,
     700,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"CZ",
     {1000, 4000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"DE",
     {1000, 4000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"DK",
     {1000, 4000},
     "dtmf-parts etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"ES", {1500, 3000}, "etsi-dtas", 350, 100, 60, 300, kAll, kStandard, 67, 33, 800, 90, 90},
    {"FI",
     {1000, 4000},
     "dtmf-parts-only etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"FR",
     {1500, 3500},
     "etsi-dtas etsi-ring",
     350,
     250,
     80,
     350,
     kAll,
     kStandard,
     67,
     33,
     800,
     90,
     90},
    {"GB", kDouble, "bt", 250, 100, 60, 300, kAll, kStandard, 67, 33, 800, 90, 90},
    {"IE", kDouble, "etsi-lr-dtas", 250, 100, 60, 300, kAll, kStandard, 67, 33, 800, 90, 90},
    {"IN", kDouble, "dtmf-parts-only bell", 250, 600, 60, 1000, kAll, kStandard, 60, 40, 800, 90,
     90},
    {"IT",
     {1000, 4000},
     "etsi-dtas etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"JP", {1000, 2000}, "ntt", 700, 600, 250, 1100, kAll, kStandard, 67, 33, 800, 90, 90},
    {"NL",
     {1000, 4000},
     "dtmf-parts etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"NO",
     {1000, 4000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"NZ", kDouble, "bell", 250, 600, 60, 900, kAll, PulseScheme::NewZealand, 67, 33, 800, 90, 90},
    {"PL",
     {1000, 4000},
     "etsi-ring etsi-rpas",
     350,
     100,
     60,
     300,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"SE",
     {1000, 5000},
     "dtmf-parts-only etsi-ring",
     350,
     100,
     60,
     300,
     kAll,
     PulseScheme::Sweden,
     60,
     40,
     800,
     90,
     90},
    {"SG", kDouble, "bell", 250, 600, 60, 900, kAll, kStandard, 60, 40, 800, 90, 90},
    {"TW",
     {1000, 4000},
     "dtmf-d-to-c bell",
     350,
     600,
     250,
     1100,
     kAll,
     kStandard,
     60,
     40,
     800,
     90,
     90},
    {"US",
     {2000, 4000},
     "bell",
     250,
     600,
     250,
     1100,
     kBreak | kTones,
     kStandard,
     60,
     40,
     800,
     80,
     80},
    {"ZA", kDouble, "etsi-ring", 250, 100, 60, 300, kAll, kStandard, 60, 40, 800, 90, 90},
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
