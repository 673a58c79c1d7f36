// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tipring::at_modem {

/// Final and intermediate result codes (V.250 5.7.1 and the vendors' additions).
enum class ResultCode : std::uint8_t {
    None,
    Ok,
    Error,    ///< also +CME ERROR and its kin
    Connect,  ///< CONNECT [text]: data call, or the start of a voice phase
    Vcon,     ///< VCON, #VCON, +VCON: voice call
    NoCarrier,
    Busy,
    NoDialTone,
    NoAnswer,
    Ringing,  ///< USR X4: the far end rings. While no call is placed: a ring
    Delayed,  ///< redial limit; the text may hold the seconds
    Blacklisted,
    LineInUse,
    NoLine,
    DigitalLine,  ///< DIGITAL LINE DETECTED: the modem protects itself
    Fax,
    Data,
};

/// What a line of text is.
enum class LineKind : std::uint8_t {
    Text,  ///< information, echo, garbage: whatever is none of the others
    Result,
    Ring,          ///< RING in one of its forms
    Cadence,       ///< DRON/DROF: the length of a ring or a pause, in `value`, 0.1 s
    CallerId,      ///< TAG = value
    CallerIdMark,  ///< frames caller ID or announces it: CIDM, CALLING MSG, END MSG
    CidRing,       ///< CID RING: the ring burst that announces caller ID
    Hex,           ///< a line of hexadecimal bytes: raw caller ID
    NetCallerId,   ///< ###DATE...NMBR...NAME...+++ of caller-ID boxes
    DtmfDigits,    ///< DTMF1234: digits that came in before the call (DID)
};

/// Tags of formatted caller ID, by what they mean.
enum class Tag : std::uint8_t {
    Date,
    Time,
    DateTime,
    Number,
    DialableNumber,
    Name,
    LookupName,
    NoNameReason,
    NoNumberReason,
    Called,
    Redirecting,
    Message,
    RawDump,
    ChecksumError,
    MessageWaiting,
    Skipped,
};

/// A line and what it says. Views point into the line.
struct AtLine {
    LineKind kind = LineKind::Text;
    ResultCode result = ResultCode::None;
    Tag tag = Tag::Skipped;
    /// CallerId: the value. Result: what follows the code. Ring: the calling number, if the RING
    /// carries it. Hex, DtmfDigits, NetCallerId, Text: the text.
    std::string_view value;
    std::string_view called;    ///< Ring: the called number, if the RING carries it
    std::uint8_t ringType = 0;  ///< Ring: 1.. distinctive (A = 1), 0 = plain
    std::string_view rest;      ///< what follows on the same line: classify it too
};

/// Classifies a line. Total: any bytes, any length. A result code counts only as a whole line.
[[nodiscard]] AtLine classify(std::string_view line);

/// The same in numeric format (V0), for recovery only: the numbers differ between makers beyond 8.
[[nodiscard]] std::optional<ResultCode> numericResult(std::string_view line);

}  // namespace tipring::at_modem
