// SPDX-License-Identifier: Apache-2.0
#include "caller_id_parameters.h"

#include <array>

#include "caller_id_text.h"

namespace tipring::dsp {

namespace {

constexpr std::array<std::uint8_t, 13> kDays{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr std::string_view kNumberCharacters = "0123456789+*# -.()/";

struct StatusCode {
    char code;
    CallerIdStatus status;
};
constexpr std::array<StatusCode, 6> kStatusCodes{{{'P', CallerIdStatus::Private},
                                                  {'O', CallerIdStatus::Unavailable},
                                                  {'C', CallerIdStatus::Payphone},
                                                  {'L', CallerIdStatus::LongDistance},
                                                  {'S', CallerIdStatus::ServiceConflict},
                                                  {'I', CallerIdStatus::International}}};

bool isCode(CallerIdStatus status) {
    return status != CallerIdStatus::Absent && status != CallerIdStatus::Present;
}

bool isDigits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint8_t digits(std::string_view text, std::size_t place) {
    return static_cast<std::uint8_t>((text[place] - '0') * 10 + (text[place + 1] - '0'));
}

// A time that makes no sense is left out; the rest of the message may still do.
template <auto Member>
struct Time {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        id.*Member = readTime(content.substr(0, 8));
        return content.size() >= 8 && isDigits(content);
    }
    static bool has(const CallerId& id) { return (id.*Member).has_value(); }
    static void write(const CallerId& id, ParameterWriter& out) { out.time(*(id.*Member)); }
};

template <auto Member>
struct NumberText {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        return readNumber(id.*Member, content);
    }
    static bool has(const CallerId& id) { return !(id.*Member).empty(); }
    static void write(const CallerId& id, ParameterWriter& out) { out.raw((id.*Member).view()); }
};

struct CallingNumber {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        // Some networks put the code of absence where the number goes.
        if (content.size() == 1 && isCode(statusOf(content[0])) &&
            statusOf(content[0]) != CallerIdStatus::Other) {
            id.numberStatus = statusOf(content[0]);
            return true;
        }
        const bool read = readNumber(id.number, content);
        id.numberStatus = read ? CallerIdStatus::Present : CallerIdStatus::Other;
        return read;
    }
    static bool has(const CallerId& id) { return id.numberStatus == CallerIdStatus::Present; }
    static void write(const CallerId& id, ParameterWriter& out) { out.raw(id.number.view()); }
};

template <auto Member>
struct Text {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters characters) {
        (id.*Member).clear();
        for (const char byte : content) {
            (id.*Member).append(toUtf8(static_cast<unsigned char>(byte), characters).view());
        }
        return true;
    }
    static bool has(const CallerId& id) { return !(id.*Member).empty(); }
    static void write(const CallerId& id, ParameterWriter& out) { out.text((id.*Member).view()); }
};

struct Name : Text<&CallerId::name> {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters characters) {
        Text::read(id, content, characters);
        id.nameStatus = id.name.empty() ? CallerIdStatus::Other : CallerIdStatus::Present;
        return !id.name.empty();
    }
    static bool has(const CallerId& id) { return id.nameStatus == CallerIdStatus::Present; }
};

template <auto Member>
struct Status {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        if (content.empty()) {
            return false;
        }
        const CallerIdStatus status = statusOf(content[0]);
        if (id.*Member != CallerIdStatus::Present) {  // a reason for the absence of what is there
            id.*Member = status;
        }
        return status != CallerIdStatus::Other;
    }
    static bool has(const CallerId& id) { return isCode(id.*Member); }
    static void write(const CallerId& id, ParameterWriter& out) {
        out.byte(static_cast<std::uint8_t>(codeOf(id.*Member)));
    }
};

template <auto Member>
struct Byte {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        if (content.empty()) {
            return false;
        }
        id.*Member = static_cast<std::uint8_t>(content[0]);
        return true;
    }
    static bool has(const CallerId& id) { return (id.*Member).has_value(); }
    static void write(const CallerId& id, ParameterWriter& out) { out.byte(*(id.*Member)); }
};

struct Lamp {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        const bool on = content == "\xFF";
        const bool off = content == std::string_view("\0", 1);
        if (on || off) {
            id.messageWaiting = on;
        }
        return on || off;
    }
    static bool has(const CallerId& id) { return id.messageWaiting.has_value(); }
    static void write(const CallerId& id, ParameterWriter& out) {
        out.byte(*id.messageWaiting ? 0xFF : 0x00);
    }
};

template <auto Member>
struct Raw {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        (id.*Member).assign(content);
        return true;
    }
    static bool has(const CallerId& id) { return !(id.*Member).empty(); }
    static void write(const CallerId& id, ParameterWriter& out) { out.raw((id.*Member).view()); }
};

// HHMMSS
struct Duration {
    static bool read(CallerId& id, std::string_view content, CallerIdCharacters) {
        if (content.size() != 6 || !isDigits(content)) {
            return false;
        }
        id.durationSeconds =
            digits(content, 0) * 3600U + digits(content, 2) * 60U + digits(content, 4);
        return true;
    }
    static bool has(const CallerId& id) {
        return id.durationSeconds.has_value() && *id.durationSeconds < 100U * 3600;
    }
    static void write(const CallerId& id, ParameterWriter& out) {
        const std::uint32_t seconds = *id.durationSeconds;
        out.twoDigits(seconds / 3600);
        out.twoDigits(seconds / 60 % 60);
        out.twoDigits(seconds % 60);
    }
};

template <class Kind>
constexpr CallerIdParameter parameter(std::uint8_t id) {
    return {id, Kind::read, Kind::has, Kind::write};
}

constexpr std::array kMdmf{
    parameter<Byte<&CallerId::callType>>(0x11),  // first, or a display knows it too late
    parameter<Time<&CallerId::time>>(0x01),
    parameter<CallingNumber>(0x02),
    parameter<NumberText<&CallerId::called>>(0x03),
    parameter<Status<&CallerId::numberStatus>>(0x04),
    parameter<Raw<&CallerId::redirectReason>>(0x05),
    parameter<Raw<&CallerId::qualifier>>(0x06),
    parameter<Name>(0x07),
    parameter<Status<&CallerId::nameStatus>>(0x08),
    parameter<NumberText<&CallerId::alternateRoute>>(0x09),
    parameter<Lamp>(0x0B),
    parameter<Raw<&CallerId::messageId>>(0x0D),
    parameter<NumberText<&CallerId::lastMessageNumber>>(0x0E),
    parameter<Time<&CallerId::complementaryTime>>(0x0F),
    parameter<NumberText<&CallerId::complementary>>(0x10),
    parameter<NumberText<&CallerId::firstCalled>>(0x12),
    parameter<Byte<&CallerId::messages>>(0x13),
    parameter<Byte<&CallerId::forwarded>>(0x15),
    parameter<Byte<&CallerId::callingUser>>(0x16),
    parameter<NumberText<&CallerId::redirecting>>(0x1A),
    parameter<Text<&CallerId::charge>>(0x20),
    parameter<Text<&CallerId::additionalCharge>>(0x21),
    parameter<Duration>(0x23),
    parameter<Text<&CallerId::networkProvider>>(0x30),
    parameter<Text<&CallerId::carrier>>(0x31),
    parameter<Raw<&CallerId::terminal>>(0x40),
    parameter<Text<&CallerId::display>>(0x50),
    parameter<Raw<&CallerId::service>>(0x55),
    parameter<Raw<&CallerId::extension>>(0xE0),
};

constexpr std::array kNtt{
    parameter<CallingNumber>(0x02),
    parameter<Status<&CallerId::numberStatus>>(0x04),
    parameter<NumberText<&CallerId::called>>(0x09),
};

}  // namespace

std::span<const CallerIdParameter> mdmfParameters() noexcept {
    return kMdmf;
}

std::span<const CallerIdParameter> nttParameters() noexcept {
    return kNtt;
}

void ParameterWriter::raw(std::string_view text) {
    for (const char value : text) {
        byte(static_cast<std::uint8_t>(value));
    }
}

void ParameterWriter::text(std::string_view utf8) {
    while (!utf8.empty()) {
        byte(static_cast<std::uint8_t>(takeCharacter(utf8, characters_)));
    }
}

void ParameterWriter::twoDigits(unsigned value) {
    byte(static_cast<std::uint8_t>('0' + value / 10 % 10));
    byte(static_cast<std::uint8_t>('0' + value % 10));
}

void ParameterWriter::time(const CallerIdTime& time) {
    twoDigits(time.month);
    twoDigits(time.day);
    twoDigits(time.hour);
    twoDigits(time.minute);
}

std::optional<CallerIdTime> readTime(std::string_view text) {
    if (text.size() != 8 || !isDigits(text)) {
        return std::nullopt;
    }
    const CallerIdTime time{digits(text, 0), digits(text, 2), digits(text, 4), digits(text, 6)};
    const bool sound = time.month >= 1 && time.month <= 12 && time.day >= 1 &&
                       time.day <= kDays[time.month] && time.hour < 24 && time.minute < 60;
    return sound ? std::optional(time) : std::nullopt;
}

CallerIdStatus statusOf(char code) {
    for (const StatusCode& known : kStatusCodes) {
        if (known.code == code) {
            return known.status;
        }
    }
    return CallerIdStatus::Other;
}

char codeOf(CallerIdStatus status) {
    for (const StatusCode& known : kStatusCodes) {
        if (known.status == status) {
            return known.code;
        }
    }
    return 'O';
}

bool readNumber(CallerId::Number& number, std::string_view text) {
    if (text.empty() || text.find_first_not_of(kNumberCharacters) != std::string_view::npos) {
        return false;
    }
    return number.assign(text);
}

}  // namespace tipring::dsp
