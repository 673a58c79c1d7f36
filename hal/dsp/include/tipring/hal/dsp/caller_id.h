// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tipring/hal/dsp/short_text.h"

namespace tipring::dsp {

/// Message types (GR-30-CORE; ETSI EN 300 659-3 clause 5.2; NTT for the last one).
enum class CallerIdType : std::uint8_t {
    SingleCallSetup = 0x04,       ///< SDMF: date, time and number
    SingleMessageWaiting = 0x06,  ///< SDMF
    NttCallSetup = 0x40,          ///< Japan
    CallSetup = 0x80,             ///< MDMF
    MessageWaiting = 0x82,
    Reserved = 0x84,
    Charge = 0x86,
    ShortMessage = 0x89,  ///< its content is not read
    Dtmf = 0x00,          ///< not on the wire: came as DTMF
};

/// What is known of a number or a name.
enum class CallerIdStatus : std::uint8_t {
    Absent,  ///< nothing was sent
    Present,
    Private,          ///< P
    Unavailable,      ///< O, out of area
    Payphone,         ///< C, coin
    LongDistance,     ///< L
    ServiceConflict,  ///< S
    International,    ///< I
    Other,            ///< a code that is not known
};

/// The characters of names and of texts to display.
enum class CallerIdCharacters : std::uint8_t {
    Latin1,   ///< ISO 8859-1, and so ASCII
    British,  ///< IA5 with the pound sign at 0x24
};

/// When the network says the call came. It says no year.
struct CallerIdTime {
    std::uint8_t month = 1, day = 1, hour = 0, minute = 0;
    [[nodiscard]] friend bool operator==(const CallerIdTime&, const CallerIdTime&) = default;
};

/// All that a caller-ID message can say. The parameters, and how long each may be, are those of
/// GR-30 and ETSI EN 300 659-3 clause 5.3 as other programs quote them (spandsp's adsi.h; Yate's
/// modem.h for 0x0E last message, 0x0F its date, 0x12 first called, 0x30 provider, 0x31 carrier,
/// 0x40 terminal, 0xE0 extension, which Dialogic's manual of France has too); the documents were
/// not at hand. Unsure: what the two bytes more in a date of ten are, and all of what 0x40 and 0xE0
/// mean, so those are raw. Texts are UTF-8; numbers are as they were sent: digits, and now and then
/// a plus, a star, a space or a dash.
struct CallerId {
    using Number = ShortText<32>;

    CallerIdType type = CallerIdType::CallSetup;
    bool checksumValid = true;  ///< false: any of the rest may be wrong

    std::optional<CallerIdTime> time;
    Number number;
    CallerIdStatus numberStatus = CallerIdStatus::Absent;
    ShortText<100> name;
    CallerIdStatus nameStatus = CallerIdStatus::Absent;

    Number called;         ///< the number that was dialled
    Number firstCalled;    ///< where a diverted call went first
    Number redirecting;    ///< who diverted the call
    Number complementary;  ///< a second number of the caller, as he gave it
    Number alternateRoute;
    Number lastMessageNumber;  ///< who left the newest message
    std::optional<CallerIdTime> complementaryTime;

    std::optional<bool> messageWaiting;       ///< light the lamp, put it out
    std::optional<std::uint8_t> messages;     ///< how many wait; 1: or more
    std::optional<std::uint8_t> callType;     ///< 1 voice, 2 ring back, 3 name only, 0x81 message
    std::optional<std::uint8_t> forwarded;    ///< ETSI type of forwarded call
    std::optional<std::uint8_t> callingUser;  ///< ETSI type of calling user
    ShortText<4> redirectReason;
    ShortText<4> qualifier;  ///< L: a long distance call
    ShortText<4> messageId;

    ShortText<24> charge;  ///< units or currency, as sent
    ShortText<24> additionalCharge;
    std::optional<std::uint32_t> durationSeconds;

    ShortText<40> networkProvider;
    ShortText<40> carrier;
    ShortText<24> terminal;   ///< selection of terminal function, raw
    ShortText<506> display;   ///< display information
    ShortText<128> service;   ///< service information, raw
    ShortText<64> extension;  ///< for network operator use, raw
    ShortText<64> unknown;  ///< parameters that are not known: id, length and content of each, raw
    ShortText<4> dtmfCode;  ///< reason for absence that came as DTMF, raw

    /// Something about the caller is known, if only that he withholds it.
    [[nodiscard]] bool knowsCaller() const {
        return numberStatus != CallerIdStatus::Absent || nameStatus != CallerIdStatus::Absent;
    }
};

/// What stands in a message, its type first and without its sum; nothing when its lengths do not
/// fit together, or when it says nothing that makes sense. Total and bounded: any bytes may come.
[[nodiscard]] std::optional<CallerId> decodeCallerId(
    std::span<const std::uint8_t> message,
    CallerIdCharacters characters = CallerIdCharacters::Latin1);

/// As decodeCallerId, of a message with its sum as its last byte; a wrong sum is told by
/// `checksumValid`.
[[nodiscard]] std::optional<CallerId> decodeCallerIdFrame(
    std::span<const std::uint8_t> frame,
    CallerIdCharacters characters = CallerIdCharacters::Latin1);

/// The longest message with its sum.
inline constexpr std::size_t kMaxCallerIdFrame = 258;

/// Writes the message with its sum (Ntt: without; see frameNtt) and gives its length; 0 when it
/// does not fit, or when its type cannot say it. A character that the alphabet lacks becomes a `?`.
[[nodiscard]] std::size_t encodeCallerId(
    const CallerId& id, std::span<std::uint8_t> out,
    CallerIdCharacters characters = CallerIdCharacters::Latin1);

/// Puts the frame of Japan round a message: head, parity, CRC. Gives the length; 0 when `out` is
/// too small. Bytes above 0x7F lose their high bit.
[[nodiscard]] std::size_t frameNtt(std::span<const std::uint8_t> message,
                                   std::span<std::uint8_t> out);

}  // namespace tipring::dsp
