// SPDX-License-Identifier: Apache-2.0
#include "country_code.h"

#include <algorithm>
#include <array>

namespace tipring::at_modem {
namespace {

struct Row {
    std::string_view country;  // ISO 3166-1
    std::string_view code;     // ITU-T T.35, annex A
};
constexpr std::array<Row, 49> kRows{{
    {"AE", "B3"}, {"AR", "07"}, {"AT", "0A"}, {"AU", "09"}, {"BE", "0F"}, {"BG", "1B"},
    {"BR", "16"}, {"CA", "20"}, {"CH", "A6"}, {"CN", "26"}, {"CZ", "2E"}, {"DE", "42"},
    {"DK", "31"}, {"EE", "F9"}, {"ES", "A0"}, {"FI", "3C"}, {"FR", "3D"}, {"GB", "B4"},
    {"GR", "46"}, {"HK", "50"}, {"HR", "FA"}, {"HU", "51"}, {"IE", "57"}, {"IL", "58"},
    {"IN", "53"}, {"IS", "52"}, {"IT", "59"}, {"JP", "00"}, {"KR", "61"}, {"LK", "A1"},
    {"LU", "69"}, {"MX", "73"}, {"MY", "6C"}, {"NL", "7B"}, {"NO", "82"}, {"NZ", "7E"},
    {"PL", "8A"}, {"PT", "8B"}, {"RO", "8E"}, {"RU", "B8"}, {"SE", "A5"}, {"SG", "9C"},
    {"SI", "FC"}, {"SK", "FB"}, {"TH", "A9"}, {"TR", "AE"}, {"TW", "FE"}, {"US", "B5"},
    {"ZA", "9F"},
}};

bool isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::string_view countryCode(std::string_view country) noexcept {
    const auto* found = std::find_if(kRows.begin(), kRows.end(),
                                     [&](const Row& row) { return row.country == country; });
    if (found != kRows.end()) {
        return found->code;
    }
    const bool code = country.size() == 2 && std::all_of(country.begin(), country.end(), isHex);
    return code ? country : std::string_view{};
}

std::string_view countryOfCode(std::string_view code) noexcept {
    const auto* found =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.code == code; });
    return found != kRows.end() ? found->country : std::string_view{};
}

}  // namespace tipring::at_modem
