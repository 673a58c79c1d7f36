// SPDX-License-Identifier: Apache-2.0
#include "caller_id_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tipring::tools {
namespace {

using dsp::CallerId;
using dsp::CallerIdStatus;

template <class Number>
std::optional<Number> numberOf(std::string_view text, std::uint32_t least, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && value >= least && value <= most ? std::optional(static_cast<Number>(value))
                                                    : std::nullopt;
}

template <auto Member>
bool setText(CallerId& id, std::string_view text) {
    return !text.empty() && (id.*Member).assign(text);
}

template <auto Member, std::uint32_t Most = 255>
bool setNumber(CallerId& id, std::string_view text) {
    using Number = typename std::remove_reference_t<decltype(id.*Member)>::value_type;
    id.*Member = numberOf<Number>(text, 0, Most);
    return (id.*Member).has_value();
}

std::optional<CallerIdStatus> statusOf(std::string_view letter) {
    constexpr std::pair<std::string_view, CallerIdStatus> kLetters[] = {
        {"P", CallerIdStatus::Private},         {"O", CallerIdStatus::Unavailable},
        {"C", CallerIdStatus::Payphone},        {"L", CallerIdStatus::LongDistance},
        {"S", CallerIdStatus::ServiceConflict}, {"I", CallerIdStatus::International}};
    for (const auto& each : kLetters) {
        if (each.first == letter) {
            return each.second;
        }
    }
    return std::nullopt;
}

template <auto Member>
bool setStatus(CallerId& id, std::string_view letter) {
    id.*Member = statusOf(letter).value_or(CallerIdStatus::Absent);
    return id.*Member != CallerIdStatus::Absent;
}

bool setWaiting(CallerId& id, std::string_view text) {
    id.messageWaiting = text == "on";
    return text == "on" || text == "off";
}

/// "11-25" or "09:30".
template <auto First, auto Second>
bool setPair(CallerId& id, std::string_view text, char between, std::uint32_t least,
             std::uint32_t mostFirst, std::uint32_t mostSecond) {
    const auto at = text.find(between);
    if (at == std::string_view::npos) {
        return false;
    }
    const auto first = numberOf<std::uint8_t>(text.substr(0, at), least, mostFirst);
    const auto second = numberOf<std::uint8_t>(text.substr(at + 1), least, mostSecond);
    dsp::CallerIdTime time = id.time.value_or(dsp::CallerIdTime{});
    time.*First = first.value_or(0);
    time.*Second = second.value_or(0);
    id.time = time;
    return first && second;
}
bool setDate(CallerId& id, std::string_view text) {
    return setPair<&dsp::CallerIdTime::month, &dsp::CallerIdTime::day>(id, text, '-', 1, 12, 31);
}
bool setTime(CallerId& id, std::string_view text) {
    return setPair<&dsp::CallerIdTime::hour, &dsp::CallerIdTime::minute>(id, text, ':', 0, 23, 59);
}

bool setCaller(CallerId& id, std::string_view text) {
    id.numberStatus = CallerIdStatus::Present;
    return setText<&CallerId::number>(id, text);
}
bool setName(CallerId& id, std::string_view text) {
    id.nameStatus = CallerIdStatus::Present;
    return setText<&CallerId::name>(id, text);
}

struct Field {
    std::string_view name;
    bool (*set)(CallerId& id, std::string_view text);
};
constexpr Field kFields[] = {
    {"number", setCaller},
    {"reason", setStatus<&CallerId::numberStatus>},
    {"name", setName},
    {"nameReason", setStatus<&CallerId::nameStatus>},
    {"date", setDate},
    {"time", setTime},
    {"called", setText<&CallerId::called>},
    {"firstCalled", setText<&CallerId::firstCalled>},
    {"redirecting", setText<&CallerId::redirecting>},
    {"redirectReason", setText<&CallerId::redirectReason>},
    {"complementary", setText<&CallerId::complementary>},
    {"alternateRoute", setText<&CallerId::alternateRoute>},
    {"lastMessageNumber", setText<&CallerId::lastMessageNumber>},
    {"qualifier", setText<&CallerId::qualifier>},
    {"messageId", setText<&CallerId::messageId>},
    {"messageWaiting", setWaiting},
    {"messages", setNumber<&CallerId::messages>},
    {"callType", setNumber<&CallerId::callType>},
    {"forwarded", setNumber<&CallerId::forwarded>},
    {"callingUser", setNumber<&CallerId::callingUser>},
    {"charge", setText<&CallerId::charge>},
    {"additionalCharge", setText<&CallerId::additionalCharge>},
    {"chargedSeconds", setNumber<&CallerId::durationSeconds, 359'999>},
    {"networkProvider", setText<&CallerId::networkProvider>},
    {"carrier", setText<&CallerId::carrier>},
    {"display", setText<&CallerId::display>},
};

/// Takes a value off the front, its quotes too; nothing when a quote has no end.
std::optional<std::string_view> takeValue(std::string_view& text) {
    const bool quoted = text.starts_with('"');
    text.remove_prefix(quoted ? 1 : 0);
    const auto end = text.find(quoted ? '"' : ',');
    if (quoted && end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view value = text.substr(0, end);
    text.remove_prefix(std::min(value.size() + (quoted ? 1 : 0), text.size()));
    return value;
}

hal::Result<void> setField(CallerId& id, std::string_view name, std::string_view value) {
    for (const Field& field : kFields) {
        if (field.name == name) {
            return field.set(id, value)
                       ? hal::Result<void>{}
                       : hal::fail(hal::ErrorCode::InvalParam,
                                   fmt::format("the field {} of a caller ID cannot be \"{}\"", name,
                                               value));
        }
    }
    return hal::fail(
        hal::ErrorCode::InvalParam,
        fmt::format("a caller ID has no field \"{}\"; it has {}", name, callerIdFieldNames()));
}

}  // namespace

hal::Result<CallerId> parseCallerIdFields(std::string_view text) {
    CallerId id;
    while (!text.empty()) {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) {
            return hal::fail(hal::ErrorCode::InvalParam,
                             fmt::format("\"{}\" is no FIELD=VALUE of a caller ID", text));
        }
        const std::string_view name = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        const auto value = takeValue(text);
        if (!value || (!text.empty() && text.front() != ',')) {
            return hal::fail(hal::ErrorCode::InvalParam,
                             fmt::format("the quotes of the field {} do not fit", name));
        }
        text.remove_prefix(text.empty() ? 0 : 1);
        if (auto set = setField(id, name, *value); !set) {
            return tl::unexpected(std::move(set.error()));
        }
    }
    return id;
}

std::string callerIdFieldNames() {
    std::string names;
    for (const Field& field : kFields) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", field.name);
    }
    return names;
}

}  // namespace tipring::tools
