// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/country.h"

#include <algorithm>

namespace tipring::sim {

namespace {

using Supervision = ExchangeHabits::Supervision;
using Flash = ExchangeHabits::Flash;
using Pulses = ExchangeHabits::Pulses;

constexpr Cadence kDouble{400, 200, 400, 2000};

// What exchanges of a region do. Break times of a flash: North America 300 to 1000 ms, ETSI
// EN 300 001 and ES 201 235 a timed break of about 100 ms. Ring frequencies are the usual ones.
constexpr ExchangeHabits kNorthAmerica{
    Supervision::BatteryDrop, Flash::NorthAmerican, 300, 1000, 20, Pulses::Standard};
constexpr ExchangeHabits kEurope{Supervision::Tones, Flash::European, 85, 250, 25,
                                 Pulses::Standard};
constexpr ExchangeHabits kNewZealand{Supervision::Tones, Flash::European, 85, 900, 20,
                                     Pulses::NewZealand};
constexpr ExchangeHabits kSweden{Supervision::Tones, Flash::European, 85, 250, 25, Pulses::Sweden};
constexpr ExchangeHabits kJapan{Supervision::Tones, Flash::NorthAmerican, 300, 1000, 16,
                                Pulses::Standard};

// Ring cadences go back to ITU-T E.180 supplement 2; tones stand in the tone table of hal/dsp
// alone. Which caller ID a country has is that of hal/dsp's table where it names the country,
// otherwise the usual one of its neighbours: not read in a national standard.
constexpr Country kCountries[] = {
    {"AT", 0x0A, "Austria", {1000, 5000}, "etsi-ring", kEurope},
    {"AU", 0x09, "Australia", kDouble, "bell", kEurope},
    {"BE", 0x0F, "Belgium", {1000, 3000}, "dtmf-parts-only", kEurope},
    {"BR", 0x16, "Brazil", {1000, 4000}, "dtmf-parts-only", kEurope},
    {"CA", 0x20, "Canada", {2000, 4000}, "bell", kNorthAmerica},
    {"CH", 0xA6, "Switzerland", {1000, 4000}, "etsi-ring", kEurope},
    {"CN", 0x26, "China", {1000, 4000}, "bell", kEurope},
    {"CZ", 0x2E, "Czechia", {1000, 4000}, "etsi-ring", kEurope},
    {"DE", 0x42, "Germany", {1000, 4000}, "etsi-ring", kEurope},
    {"DK", 0x31, "Denmark", {1000, 4000}, "dtmf-parts", kEurope},
    {"ES", 0xA0, "Spain", {1500, 3000}, "etsi-dtas", kEurope},
    {"FI", 0x3C, "Finland", {1000, 4000}, "dtmf-parts-only", kEurope},
    {"FR", 0x3D, "France", {1500, 3500}, "etsi-dtas", kEurope},
    {"GB", 0xB4, "United Kingdom", kDouble, "bt", kEurope},
    {"GR", 0x46, "Greece", {1000, 4000}, "etsi-ring", kEurope},
    {"HU", 0x51, "Hungary", {1250, 3750}, "etsi-ring", kEurope},
    {"IE", 0x57, "Ireland", kDouble, "etsi-lr-dtas", kEurope},
    {"IL", 0x58, "Israel", {1000, 3000}, "bell", kEurope},
    {"IN", 0x53, "India", kDouble, "dtmf-parts-only", kEurope},
    {"IT", 0x59, "Italy", {1000, 4000}, "etsi-dtas", kEurope},
    {"JP", 0x00, "Japan", {1000, 2000}, "ntt", kJapan},
    {"MX", 0x73, "Mexico", {2000, 4000}, "bell", kEurope},
    {"MY", 0x6C, "Malaysia", {2000, 4000}, "etsi-ring", kEurope},
    {"NL", 0x7B, "Netherlands", {1000, 4000}, "dtmf-parts", kEurope},
    {"NO", 0x82, "Norway", {1000, 4000}, "etsi-ring", kEurope},
    {"NZ", 0x7E, "New Zealand", kDouble, "bell", kNewZealand},
    {"PL", 0x8A, "Poland", {1000, 4000}, "etsi-ring", kEurope},
    {"PT", 0x8B, "Portugal", {1000, 5000}, "etsi-ring", kEurope},
    {"RU", 0xB8, "Russia", {1000, 4000}, "etsi-ring", kEurope},
    {"SE", 0xA5, "Sweden", {1000, 5000}, "dtmf-parts-only", kSweden},
    {"SG", 0x9C, "Singapore", kDouble, "bell", kEurope},
    {"TH", 0xA9, "Thailand", {1000, 4000}, "bell", kEurope},
    {"TW", 0xFE, "Taiwan", {1000, 4000}, "dtmf-d-to-c", kNorthAmerica},
    {"US", 0xB5, "United States", {2000, 4000}, "bell", kNorthAmerica},
    {"ZA", 0x9F, "South Africa", kDouble, "etsi-ring", kEurope},
};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::size_t cadenceLength(const Cadence& cadence) noexcept {
    return static_cast<std::size_t>(std::find(cadence.begin(), cadence.end(), 0) - cadence.begin());
}

std::span<const Country> countries() noexcept {
    return kCountries;
}

const Country* findCountry(std::string_view code) noexcept {
    const auto same = [&](const Country& country) {
        return std::equal(code.begin(), code.end(), country.code.begin(), country.code.end(),
                          [](char a, char b) { return upper(a) == b; });
    };
    const auto* at = std::find_if(std::begin(kCountries), std::end(kCountries), same);
    return at == std::end(kCountries) ? nullptr : at;
}

const Country* findCountry(std::uint8_t t35) noexcept {
    const auto* at = std::find_if(std::begin(kCountries), std::end(kCountries),
                                  [&](const Country& country) { return country.t35 == t35; });
    return at == std::end(kCountries) ? nullptr : at;
}

}  // namespace tipring::sim
