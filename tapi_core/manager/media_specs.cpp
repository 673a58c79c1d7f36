// SPDX-License-Identifier: Apache-2.0
// Terminals out of what applications ask for, and what is heard by whom.
#include <utility>

#include "line_record.h"
#include "media_control.h"
#include "tipring/tapi_core/media/descriptor_terminal.h"
#include "tipring/tapi_core/media/file_terminals.h"
#include "tipring/tapi_core/media/sound_device_terminal.h"
#include "tipring/tapi_core/media/tone_terminal.h"

namespace tipring::core {
namespace {

using Kind = CallTerminal::Kind;
constexpr std::size_t kSamplesPerMs = 8;
constexpr std::uint32_t kMonitoredTones = 8;
constexpr std::uint32_t kFrequencies = 2;  // of a monitored tone

media::TerminalDirection directionOf(tapi::TerminalDirection direction) {
    return static_cast<media::TerminalDirection>(direction);
}

std::optional<media::SoundFormat> formatOf(tapi::FileFormat format) {
    switch (format) {
    case tapi::FileFormat::Wav: return media::SoundFormat::Wav;
    case tapi::FileFormat::Flac: return media::SoundFormat::Flac;
    case tapi::FileFormat::Opus: return media::SoundFormat::Opus;
    case tapi::FileFormat::ByName: break;
    }
    return std::nullopt;
}

template <class Made>
hal::Result<MadeTerminal> made(hal::Result<std::unique_ptr<Made>> terminal, Kind kind,
                               std::string name) {
    if (!terminal) {
        return tl::unexpected(std::move(terminal.error()));
    }
    return MadeTerminal{std::move(*terminal), kind, std::move(name)};
}

struct Maker {
    hal::Result<MadeTerminal> operator()(tapi::FilePlayTerminal& spec) const {
        std::string name = spec.paths.empty() ? std::string() : spec.paths.front();
        return made(media::FilePlayTerminal::open(std::move(spec.paths)), Kind::File,
                    std::move(name));
    }
    hal::Result<MadeTerminal> operator()(tapi::FileRecordTerminal& spec) const {
        return made(media::FileRecordTerminal::create(spec.path, formatOf(spec.format)), Kind::File,
                    spec.path);
    }
    hal::Result<MadeTerminal> operator()(tapi::DescriptorTerminal& spec) const {
        return made(media::DescriptorTerminal::create(spec.name, std::move(spec.descriptor),
                                                      directionOf(spec.direction)),
                    Kind::Descriptor, spec.name);
    }
    hal::Result<MadeTerminal> operator()(tapi::SoundDeviceTerminal& spec) const {
        return MadeTerminal{
            std::make_unique<media::SoundDeviceTerminal>(spec.device, directionOf(spec.direction)),
            Kind::SoundDevice, spec.device};
    }
    hal::Result<MadeTerminal> operator()(tapi::ToneTerminal& spec) const {
        constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(10);
        std::vector<media::ToneStep> steps;
        for (const auto& step : spec.steps) {
            if (step.duration.count() < 0 || step.duration > kLongest) {
                return hal::fail(hal::ErrorCode::InvalTone,
                                 "a step of a tone lasts at most 10 minutes");
            }
            steps.push_back({step.hertz1, step.hertz2, step.dbm0,
                             static_cast<std::size_t>(step.duration.count()) * kSamplesPerMs});
        }
        return made(media::ToneTerminal::create(std::move(steps), spec.repeats), Kind::Tone,
                    "tone");
    }
    hal::Result<MadeTerminal> operator()(tapi::NullTerminal& spec) const {
        return MadeTerminal{std::make_unique<media::NullTerminal>(directionOf(spec.direction)),
                            Kind::Null, "null"};
    }
};

}  // namespace

hal::Result<MadeTerminal> makeTerminal(tapi::TerminalSpec spec) {
    return std::visit(Maker{}, spec);
}

tapi::Detections deviceDetections(const TspiLineCaps& caps) noexcept {
    using tapi::Detection;
    constexpr std::uint32_t kOwn = TSPI_DETECT_SILENCE | TSPI_DETECT_PROGRESS | TSPI_DETECT_MEDIA;
    static_assert(TSPI_DETECT_SILENCE == static_cast<std::uint32_t>(Detection::Silence));
    static_assert(TSPI_DETECT_PROGRESS == static_cast<std::uint32_t>(Detection::Progress));
    static_assert(TSPI_DETECT_MEDIA == static_cast<std::uint32_t>(Detection::Media));
    tapi::Detections device = tapi::Detections::fromBits(caps.detections & kOwn);
    const auto add = [&](bool has, Detection detection) {
        device = has ? device | tapi::Detections(detection) : device;
    };
    add((caps.monitorDigitModes & LINEDIGITMODE_DTMF) != 0, Detection::Digits);
    add(caps.monitorToneMaxEntries != 0, Detection::Tones);
    add((caps.callerIdFlags & ~LINECALLPARTYID_UNAVAIL) != 0, Detection::CallerId);
    return device;
}

tapi::Detections coreDetections(const TspiLineCaps& caps) noexcept {
    using tapi::Detection;
    if ((caps.media.directions & TSPI_MEDIA_RECORD) == 0) {
        return {};
    }
    tapi::Detections all = tapi::Detections(Detection::Digits) | Detection::Tones |
                           Detection::Silence | Detection::Progress | Detection::Media;
    if ((caps.mediaStates & LINECALLSTATE_OFFERING) != 0) {
        all = all | Detection::CallerId;
    }
    return tapi::Detections::fromBits(all.bits() & ~deviceDetections(caps).bits());
}

TspiLineCaps withCoreDetections(const TspiLineCaps& caps) noexcept {
    const tapi::Detections core = coreDetections(caps);
    TspiLineCaps out = caps;
    if (core.has(tapi::Detection::Digits)) {
        out.monitorDigitModes |= LINEDIGITMODE_DTMF | LINEDIGITMODE_DTMFEND;
    }
    if (core.has(tapi::Detection::Tones)) {
        out.monitorToneMaxEntries = kMonitoredTones;
        out.monitorToneMaxFrequencies = kFrequencies;
    }
    return out;
}

}  // namespace tipring::core
