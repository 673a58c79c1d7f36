// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/caller_id.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <string_view>

#include "caller_id_parameters.h"
#include "message_framer.h"

namespace tipring::dsp {

namespace {

using Bytes = std::span<const std::uint8_t>;

// GR-30-CORE, as a list of caller ID formats quotes it: the message-waiting lamp in single data
// message format, said three times.
constexpr char kLampOn = 0x42, kLampOff = 0x6F;
constexpr std::size_t kLampTimes = 3;

std::string_view textOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool readSingle(CallerId& id, std::string_view content) {
    if (id.type == CallerIdType::SingleMessageWaiting) {
        const auto on = std::count(content.begin(), content.end(), kLampOn);
        const auto off = std::count(content.begin(), content.end(), kLampOff);
        if (on == off) {
            return false;
        }
        id.messageWaiting = on > off;
        return static_cast<std::size_t>(std::max(on, off)) * 2 > content.size();
    }
    if (content.size() < 9) {
        return false;
    }
    id.time = readTime(content.substr(0, 8));
    const std::string_view number = content.substr(8);
    if (number.size() == 1 && statusOf(number[0]) != CallerIdStatus::Other) {
        id.numberStatus = statusOf(number[0]);
        return id.time.has_value();
    }
    if (!readNumber(id.number, number)) {
        return false;
    }
    id.numberStatus = CallerIdStatus::Present;
    return content.substr(0, 8).find_first_not_of("0123456789") == std::string_view::npos;
}

void keepUnknown(CallerId& id, Bytes parameter) {
    id.unknown.append(textOf(parameter));
}

/// How many parameters made sense; nothing when their lengths do not fit.
std::optional<unsigned> readParameters(CallerId& id, Bytes content,
                                       std::span<const CallerIdParameter> known,
                                       CallerIdCharacters characters) {
    unsigned sound = 0;
    while (!content.empty()) {
        if (content.size() < 2 || content.size() - 2 < content[1]) {
            return std::nullopt;
        }
        const Bytes parameter = content.first(std::size_t{content[1]} + 2);
        content = content.subspan(parameter.size());
        const auto kind = std::find_if(known.begin(), known.end(), [parameter](const auto& each) {
            return each.id == parameter[0];
        });
        if (kind == known.end()) {
            keepUnknown(id, parameter);
        } else if (kind->read(id, textOf(parameter.subspan(2)), characters)) {
            ++sound;
        }
    }
    return sound;
}

std::span<const CallerIdParameter> parametersOf(CallerIdType type) {
    return type == CallerIdType::NttCallSetup ? nttParameters() : mdmfParameters();
}

bool isSingle(CallerIdType type) {
    return type == CallerIdType::SingleCallSetup || type == CallerIdType::SingleMessageWaiting;
}

bool isKnown(std::uint8_t type) {
    constexpr std::array<std::uint8_t, 8> kTypes{0x04, 0x06, 0x40, 0x80, 0x82, 0x84, 0x86, 0x89};
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

void writeSingle(const CallerId& id, ParameterWriter& out) {
    if (id.type == CallerIdType::SingleMessageWaiting) {
        for (std::size_t i = 0; i < kLampTimes; ++i) {
            out.byte(static_cast<std::uint8_t>(*id.messageWaiting ? kLampOn : kLampOff));
        }
        return;
    }
    out.time(*id.time);
    if (id.numberStatus == CallerIdStatus::Present) {
        out.raw(id.number.view());
    } else {
        out.byte(static_cast<std::uint8_t>(codeOf(id.numberStatus)));
    }
}

bool canSay(const CallerId& id) {
    switch (id.type) {
    case CallerIdType::SingleCallSetup:
        return id.time.has_value() && id.numberStatus != CallerIdStatus::Absent;
    case CallerIdType::SingleMessageWaiting: return id.messageWaiting.has_value();
    case CallerIdType::ShortMessage:
    case CallerIdType::Dtmf: return false;
    default: return true;
    }
}

std::uint8_t withParity(std::uint8_t byte) {
    const auto low = static_cast<std::uint8_t>(byte & 0x7F);
    return static_cast<std::uint8_t>(low | (std::popcount(low) % 2) << 7);
}

}  // namespace

std::optional<CallerId> decodeCallerId(Bytes message, CallerIdCharacters characters) {
    if (message.size() < 3 || message.size() != std::size_t{message[1]} + 2 ||
        !isKnown(message[0])) {
        return std::nullopt;
    }
    CallerId id;
    id.type = static_cast<CallerIdType>(message[0]);
    const Bytes content = message.subspan(2);
    if (id.type == CallerIdType::ShortMessage) {
        return id;
    }
    if (isSingle(id.type)) {
        return readSingle(id, textOf(content)) ? std::optional(id) : std::nullopt;
    }
    const auto sound = readParameters(id, content, parametersOf(id.type), characters);
    return sound.value_or(0) > 0 ? std::optional(id) : std::nullopt;
}

std::optional<CallerId> decodeCallerIdFrame(Bytes frame, CallerIdCharacters characters) {
    if (frame.empty()) {
        return std::nullopt;
    }
    auto id = decodeCallerId(frame.first(frame.size() - 1), characters);
    if (id) {
        id->checksumValid = std::accumulate(frame.begin(), frame.end(), 0U) % 256 == 0;
    }
    return id;
}

std::size_t encodeCallerId(const CallerId& id, std::span<std::uint8_t> out,
                           CallerIdCharacters characters) {
    if (!canSay(id)) {
        return 0;
    }
    ParameterWriter writer(out.first(std::min(out.size(), kMaxCallerIdFrame - 1)), characters);
    writer.byte(static_cast<std::uint8_t>(id.type));
    writer.byte(0);
    if (isSingle(id.type)) {
        writeSingle(id, writer);
    } else {
        for (const CallerIdParameter& parameter : parametersOf(id.type)) {
            if (!parameter.has(id)) {
                continue;
            }
            writer.byte(parameter.id);
            const std::size_t place = writer.size();
            writer.byte(0);
            parameter.write(id, writer);
            writer.set(place, static_cast<std::uint8_t>(writer.size() - place - 1));
        }
    }
    const std::size_t size = writer.size();
    if (!writer.fits() || size == 2) {
        return 0;
    }
    writer.set(1, static_cast<std::uint8_t>(size - 2));
    if (id.type == CallerIdType::NttCallSetup) {
        return size;
    }
    if (size == out.size()) {
        return 0;
    }
    out[size] = static_cast<std::uint8_t>(
        0U - std::accumulate(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size), 0U));
    return size + 1;
}

std::size_t frameNtt(Bytes message, std::span<std::uint8_t> out) {
    ParameterWriter writer(out, CallerIdCharacters::Latin1);
    for (const std::uint8_t byte : {std::uint8_t{0x10}, std::uint8_t{0x01}, std::uint8_t{0x07},
                                    std::uint8_t{0x10}, std::uint8_t{0x02}}) {
        writer.byte(withParity(byte));
    }
    for (const std::uint8_t byte : message) {
        if ((byte & 0x7F) == 0x10) {
            writer.byte(withParity(0x10));
        }
        writer.byte(withParity(byte));
    }
    writer.byte(withParity(0x10));
    writer.byte(withParity(0x03));
    if (!writer.fits()) {
        return 0;
    }
    const std::uint16_t crc = nttCrc(Bytes(out.first(writer.size())).subspan(2));
    writer.byte(static_cast<std::uint8_t>(crc & 0xFF));
    writer.byte(static_cast<std::uint8_t>(crc >> 8));
    return writer.fits() ? writer.size() : 0;
}

}  // namespace tipring::dsp
