// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/api/types.h"

/// The sound of a call: 16-bit linear, 8000 samples per second, mono, whatever the device speaks.
/// Terminals are its ends: what plays to the line, and what takes what comes from it.
namespace tipring::tapi {

/// As in TAPI: a capture terminal gives the sound that goes to the line, a render terminal takes
/// what comes from it.
enum class TerminalDirection : std::uint8_t { Capture = 1, Render = 2, Both = 3 };
enum class TerminalState : std::uint8_t { Idle, Active, Paused };
/// Names a terminal of one call; never 0.
enum class TerminalId : std::uint32_t {};

/// Files one after the other, of any format, rate and number of channels that libsndfile reads. The
/// first is opened at once: NODEVICE, OPERATIONFAILED with what it is instead of sound.
struct FilePlayTerminal {
    std::vector<std::string> paths;
};
enum class FileFormat : std::uint8_t {
    ByName,  ///< .flac; .opus, .ogg, .oga (Opus); everything else is WAV
    Wav,     ///< 16-bit linear
    Flac,    ///< 16-bit, lossless
    Opus,    ///< in Ogg
};
/// Records into `path` + ".part", which gets its name when it is whole. A killed process leaves a
/// file that plays up to the last second. INUSE where either exists: nothing is overwritten.
/// Written by the thread that brings the sound, one write() for each block, never flushed.
struct FileRecordTerminal {
    std::string path;
    FileFormat format = FileFormat::ByName;
};
/// A pipe, FIFO or socket: samples as they are, low byte first. Never waited for: what nobody takes
/// within a second is dropped and counted.
struct DescriptorTerminal {
    std::string name;
    hal::FileDescriptor descriptor;
    TerminalDirection direction = TerminalDirection::Render;
};
/// A sound device by its ALSA name. Opened when it is started.
struct SoundDeviceTerminal {
    std::string device = "default";
    TerminalDirection direction = TerminalDirection::Both;
};
/// A tone with its cadence, made by the core: on lines that have sound it needs no tones of the
/// device.
struct ToneTerminal {
    struct Step {
        double hertz1 = 0, hertz2 = 0;  ///< 0..4000; both 0: a pause
        double dbm0 = -13;              ///< of each sine, up to 3.14
        std::chrono::milliseconds duration{0};
    };
    std::vector<Step> steps;    ///< 1..64
    std::uint32_t repeats = 0;  ///< 0: until it is stopped
};
/// Takes everything and gives nothing: keeps a direction running.
struct NullTerminal {
    TerminalDirection direction = TerminalDirection::Render;
};
using TerminalSpec = std::variant<FilePlayTerminal, FileRecordTerminal, DescriptorTerminal,
                                  SoundDeviceTerminal, ToneTerminal, NullTerminal>;

struct TerminalStatus {
    TerminalId id{};
    std::string name;  ///< path, device, name of the descriptor, "tone" or "null"
    TerminalDirection direction{};
    TerminalState state{};
    // Samples
    std::uint64_t captured = 0;  ///< given towards the line
    std::uint64_t rendered = 0;  ///< taken from the line
    std::uint64_t missing = 0;   ///< wanted by the line, but there was none
    std::uint64_t dropped = 0;   ///< lost, because nobody took them in time
};

/// One direction of a call's sound; samples since it was started, on the device's own count.
struct MediaFlow {
    bool possible = false;        ///< the device can
    bool running = false;         ///< the device sends or receives now
    std::uint64_t moved = 0;      ///< real sound
    std::uint64_t lost = 0;       ///< the device's count jumped over them
    std::uint64_t concealed = 0;  ///< of these, made up from the sound before; the rest is silence
    std::uint64_t late = 0;       ///< came again, or after their time; thrown away
    std::uint64_t silent = 0;     ///< towards the line: there was nothing to send
    std::uint64_t gaps = 0;       ///< how many jumps
    std::uint64_t alarms = 0;     ///< how often the device told an underrun or an overrun
    std::optional<double> drift;  ///< ppm that the device is faster than the clock; after 10 s
};

/// What is heard on calls of a line, and by whom.
enum class Detection : std::uint32_t {
    Digits = 0x1,     ///< DTMF: monitorDigits, gatherDigits
    Tones = 0x2,      ///< Call::monitorTones
    Silence = 0x4,    ///< voice and silence
    Progress = 0x8,   ///< dial tone, busy and the rest
    Media = 0x10,     ///< fax and modem tones: Call::monitorMedia
    CallerId = 0x20,  ///< of a call that rings
};
using Detections = Flags<Detection>;
constexpr Detections operator|(Detection a, Detection b) {
    return Detections(a) | Detections(b);
}

/// How the sound of a call is. After its end: how it was.
struct MediaStatus {
    bool open = false;        ///< the device has a stream for the call
    bool fullDuplex = false;  ///< false: it plays or it records
    MediaFlow play, record;   ///< towards the line, from the line
    std::vector<TerminalStatus> terminals;
    Detections listening;  ///< what the core hears for out of the stream right now
};

/// What speaks for the far end having hung up.
enum class HangUpSign : std::uint8_t {
    PolarityReversal,
    BatteryDrop,
    BusyTone,
    CongestionTone,
    DialTone,
    UnobtainableTone,
    ModemBusyCode,    ///< the modem says that it heard a tone of the network
    ModemHangupCode,  ///< the modem says that the loop current broke
    Silence,
    NoCarrier,
};
[[nodiscard]] std::string_view name(HangUpSign sign) noexcept;  ///< "busy tone"

/// A vote of the decision that a far end is gone.
struct HangUpReason {
    HangUpSign sign{};
    double weight = 0;                    ///< log odds; 0 decides nothing, 6 is as good as sure
    std::chrono::milliseconds tick{0};    ///< when it was seen last, as DigitEvent::tick
    std::chrono::milliseconds lasted{0};  ///< a silence or tone; 0: not known
};

/// When a connected call is taken for hung up by the far end. Signs add up; a decision disconnects
/// the call with its reasons.
struct HangUpWatch {
    bool on = true;
    /// A line that is silent for so long is hung up, with nothing else to say so; 0: never.
    std::chrono::seconds silence{60};
};

}  // namespace tipring::tapi
