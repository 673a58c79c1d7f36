// SPDX-License-Identifier: Apache-2.0
#include "numbering.h"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>
#include <unicode/locid.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

namespace tipring::core {
namespace {

using i18n::phonenumbers::PhoneNumber;
using Util = i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kMostDigits = 32;
constexpr std::size_t kMostOfE164 = 15;  // clause 6.1; some plans have longer extensions

const Util& util() {
    static const Util* const instance = [] {
        Util* made = Util::GetInstance();
        // Its own logger writes to standard output, numbers included. It owns the new one.
        made->SetLogger(new i18n::phonenumbers::NullLogger);
        return made;
    }();
    return *instance;
}

std::string digitsOf(std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

std::string nationalDigits(const PhoneNumber& number) {
    std::string text;
    util().Format(number, Util::NATIONAL, &text);
    return digitsOf(text);
}

std::string significantOf(const PhoneNumber& number) {
    std::string text;
    util().GetNationalSignificantNumber(number, &text);
    return text;
}

/// What the national form of `number` has before its significant digits; nothing: they differ.
std::optional<std::string> prefixOf(const PhoneNumber& number) {
    const std::string national = nationalDigits(number);
    const std::string significant = significantOf(number);
    if (!national.ends_with(significant)) {
        return std::nullopt;
    }
    return national.substr(0, national.size() - significant.size());
}

/// The international prefix, seen on a number of another country.
std::string iddOf(const std::string& iso) {
    PhoneNumber abroad;
    const bool british = util().GetCountryCodeForRegion(iso) == 44;
    abroad.set_country_code(british ? 1 : 44);
    abroad.set_national_number(british ? 6502530000u : 2079460958u);
    std::string text;
    util().FormatOutOfCountryCallingNumber(abroad, iso, &text);
    std::string idd;
    for (const char c : text.substr(0, text.find(' '))) {
        if (c == '~') {
            idd += ',';  // a second dial tone, which a pause outlasts on every device
        } else if (c >= '0' && c <= '9') {
            idd += c;
        }
    }
    return text.starts_with('+') ? std::string() : idd;
}

/// Whether the plan takes the subscriber digits of `fixed` without its area code.
bool hasLocalForm(const PhoneNumber& fixed, std::size_t areaLength) {
    PhoneNumber local;
    local.set_country_code(fixed.country_code());
    local.set_national_number(
        std::strtoull(significantOf(fixed).substr(areaLength).c_str(), nullptr, 10));
    const auto verdict = util().IsPossibleNumberWithReason(local);
    return verdict == Util::IS_POSSIBLE_LOCAL_ONLY || verdict == Util::IS_POSSIBLE;
}

const char* doubtOf(const PhoneNumber& number) {
    switch (util().IsPossibleNumberWithReason(number)) {
    case Util::IS_POSSIBLE:
        return util().IsValidNumber(number) ? "" : "the numbering plan has no such range";
    case Util::IS_POSSIBLE_LOCAL_ONLY: return "the area code is missing";
    case Util::TOO_SHORT: return "too short";
    case Util::TOO_LONG: return "too long";
    default: return "not of a length that the numbering plan has";
    }
}

/// Area and subscriber as the country dials them: a mobile token goes (+54 9 11 becomes 11).
void divide(const PhoneNumber& parsed, std::size_t areaLength, PlanNumber& number) {
    std::string form = number.significant;
    std::size_t area = areaLength;
    const std::string region = regionOf(number.countryCode);
    const auto prefix = prefixOf(parsed);
    if (number.valid && !prefix) {
        std::string token;
        util().GetCountryMobileToken(static_cast<int>(number.countryCode), &token);
        const NumberingPlan& plan = planOf(region);
        const std::string national = nationalDigits(parsed);
        form = national.starts_with(plan.trunk) ? national.substr(plan.trunk.size()) : national;
        const auto ndc =
            static_cast<std::size_t>(util().GetLengthOfNationalDestinationCode(parsed));
        area = ndc > token.size() ? ndc - token.size() : 0;
    } else if (number.valid && *prefix != planOf(region).trunk) {
        number.ownForm = nationalDigits(parsed);
    }
    area = std::min(area, form.size());
    number.area = form.substr(0, area);
    number.subscriber = form.substr(area);
}

PlanNumber describe(const PhoneNumber& parsed, std::string_view national, std::size_t written) {
    PlanNumber number;
    number.countryCode = static_cast<std::uint32_t>(parsed.country_code());
    number.significant = significantOf(parsed);
    number.doubt = doubtOf(parsed);
    const std::size_t digits =
        std::to_string(number.countryCode).size() + number.significant.size();
    number.possible =
        digits <= kMostOfE164 && util().IsPossibleNumberWithReason(parsed) == Util::IS_POSSIBLE;
    number.valid = number.possible && util().IsValidNumber(parsed);
    std::size_t area = 0;
    if (written > 0 && national.ends_with(number.significant)) {
        const std::size_t dropped = national.size() - number.significant.size();
        area = written > dropped ? written - dropped : 0;
    }
    if (area == 0) {
        area = static_cast<std::size_t>(util().GetLengthOfGeographicalAreaCode(parsed));
    }
    divide(parsed, area, number);
    return number;
}

}  // namespace

std::uint32_t countryCodeOf(std::string_view iso) {
    return static_cast<std::uint32_t>(util().GetCountryCodeForRegion(std::string(iso)));
}

std::string regionOf(std::uint32_t countryCode) {
    if (countryCode == 0 || countryCode > 999) {
        return {};
    }
    std::string region;
    util().GetRegionCodeForCountryCode(static_cast<int>(countryCode), &region);
    return region == "ZZ" ? std::string() : region;
}

const std::vector<std::string>& regions() {
    static const std::vector<std::string> all = [] {
        std::set<std::string> found;
        util().GetSupportedRegions(&found);
        return std::vector<std::string>(found.begin(), found.end());
    }();
    return all;
}

std::string countryName(std::string_view iso) {
    const icu::Locale country("", std::string(iso).c_str());
    icu::UnicodeString name;
    std::string text;
    country.getDisplayCountry(icu::Locale::getEnglish(), name).toUTF8String(text);
    return text;
}

namespace {
NumberingPlan makePlan(std::string_view iso) {
    NumberingPlan plan;
    PhoneNumber fixed;
    const std::string region(iso);
    if (!util().GetExampleNumberForType(region, Util::FIXED_LINE, &fixed)) {
        return plan;
    }
    const auto area = static_cast<std::size_t>(util().GetLengthOfGeographicalAreaCode(fixed));
    plan.trunk = prefixOf(fixed).value_or("");
    plan.idd = iddOf(region);
    plan.hasAreas = area > 0;
    plan.localForm = plan.hasAreas && hasLocalForm(fixed, area);
    return plan;
}
}  // namespace

const NumberingPlan& planOf(std::string_view iso) {
    // Asking costs some milliseconds of regular expressions, so each country is asked once.
    static std::mutex mutex;
    static std::map<std::string, NumberingPlan, std::less<>> known;
    const std::scoped_lock lock(mutex);
    const auto found = known.find(iso);
    return found != known.end() ? found->second
                                : known.emplace(std::string(iso), makePlan(iso)).first->second;
}

std::uint32_t leadingCountryCode(std::string_view digits) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, digits.size()); ++i) {
        if (digits[i] < '0' || digits[i] > '9' || (i == 0 && digits[i] == '0')) {
            return 0;
        }
        code = code * 10 + static_cast<std::uint32_t>(digits[i] - '0');
        if (!regionOf(code).empty()) {
            return code;
        }
    }
    return 0;
}

PlanNumber readNumber(std::uint32_t countryCode, std::string_view national,
                      std::size_t areaLength) {
    const std::string digits(national.substr(0, kMostDigits));
    PhoneNumber parsed;
    if (util().Parse("+" + std::to_string(countryCode) + digits, "ZZ", &parsed) ==
            Util::NO_PARSING_ERROR &&
        parsed.country_code() == static_cast<int>(countryCode)) {
        return describe(parsed, digits, areaLength);
    }
    PlanNumber number;
    number.countryCode = countryCode;
    number.significant = digits;
    number.area = digits.substr(0, areaLength);
    number.subscriber = digits.substr(number.area.size());
    number.doubt = "not of a length that the numbering plan has";
    return number;
}

std::optional<PlanNumber> readDialled(std::string_view iso, std::string_view digits) {
    PhoneNumber parsed;
    if (digits.size() > kMostDigits ||
        util().Parse(std::string(digits), std::string(iso), &parsed) != Util::NO_PARSING_ERROR) {
        return std::nullopt;
    }
    return describe(parsed, {}, 0);
}

bool isEmergencyNumber(std::string_view iso, std::string_view digits) {
    static const i18n::phonenumbers::ShortNumberInfo info;
    return digits.size() <= kMostDigits &&
           info.IsEmergencyNumber(std::string(digits), std::string(iso));
}

}  // namespace tipring::core
