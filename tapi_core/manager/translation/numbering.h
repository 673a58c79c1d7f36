// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tipring::core {

/// A number of E.164 as the numbering plan of its country sees it. Digits only.
struct PlanNumber {
    std::uint32_t countryCode = 0;
    std::string significant;  ///< what follows the country code
    std::string area;         ///< as dialled inside the country; empty: the number has none
    std::string subscriber;   ///< as dialled inside the country
    std::string ownForm;    ///< the whole as dialled there, if with another prefix than the plan's
    std::string doubt;      ///< why there may be no such number, in words
    bool possible = false;  ///< its length is one that the plan has
    bool valid = false;     ///< the plan has assigned its range
};

/// How a country dials by its plan.
struct NumberingPlan {
    std::string trunk;       ///< before area and subscriber, for example "0"; may be empty
    std::string idd;         ///< before the country code, digits and `,`; empty: not known
    bool hasAreas = false;   ///< fixed numbers begin with an area code
    bool localForm = false;  ///< inside an area the subscriber number alone is enough
};

// All knowledge that libphonenumber has stands behind these. Thread: any. Total for any input.

/// Country code of an ISO code; 0: none.
[[nodiscard]] std::uint32_t countryCodeOf(std::string_view iso);
/// ISO code of the main country of a country code ("001" for the shared ones such as +800); empty:
/// no country has it.
[[nodiscard]] std::string regionOf(std::uint32_t countryCode);
/// All ISO codes, in order.
[[nodiscard]] const std::vector<std::string>& regions();
[[nodiscard]] std::string countryName(std::string_view iso);
/// Of ISO codes that countryCodeOf knows; others get an empty plan.
[[nodiscard]] const NumberingPlan& planOf(std::string_view iso);

/// The country code at the front of digits; 0: none has it.
[[nodiscard]] std::uint32_t leadingCountryCode(std::string_view digits);
/// `areaLength`: how many of the national digits were written as area code; 0: the plan decides.
/// `national` may have a trunk prefix written in, which is dropped. At most 32 digits are looked
/// at.
[[nodiscard]] PlanNumber readNumber(std::uint32_t countryCode, std::string_view national,
                                    std::size_t areaLength = 0);
/// Digits as dialled in a country, with trunk or international prefix. Nothing: not a number.
[[nodiscard]] std::optional<PlanNumber> readDialled(std::string_view iso, std::string_view digits);
/// An emergency number of the country, dialled so.
[[nodiscard]] bool isEmergencyNumber(std::string_view iso, std::string_view digits);

}  // namespace tipring::core
