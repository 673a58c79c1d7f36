// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/media.h"
#include "tipring/tapi_core/media/detector_set.h"
#include "tipring/tapi_core/tspi/line.h"

namespace tipring::core {

/// What the core hears of a call out of its stream, in place of the device. It listens whether or
/// not an application does. No allocation for sound or events. Thread: any; told on the one that
/// hears.
class CallEar {
public:
    enum class Event : std::uint8_t {
        Digit,     ///< value = ASCII, extra = LINEDIGITMODE_*
        Tone,      ///< value = appSpecific of the tone
        Media,     ///< value = LINEMEDIAMODE_*
        Silence,   ///< extra = ms so far; told once for each
        Sound,     ///< the silence is over
        Alive,     ///< somebody speaks or keys
        Vote,      ///< value = media::HangupSign, extra = confidence in per cent
        Progress,  ///< value = dsp::ToneKind
        CallerId,  ///< takeCallerId() has it
    };
    using Tell = std::function<void(Event event, std::uint32_t value, std::uint32_t extra)>;
    /// As long as a line must be silent to be called so.
    static constexpr std::uint32_t kSilence = 5000;  ///< ms

    /// `detect`: what is wanted besides tones. A country without known tones counts as the US.
    static hal::Result<std::unique_ptr<CallEar>> create(std::string country,
                                                        tapi::Detections detect, Tell tell);

    /// INVALTONE: a frequency that cannot be heard, or too many.
    static hal::Result<void> check(std::span<const TspiMonitorTone> tones);
    /// Replaces those before; errors of check().
    hal::Result<void> setTones(std::span<const TspiMonitorTone> tones);
    /// `playedKey`: a DTMF key that is no digit of the far end's, because the call plays it; or 0.
    void hear(std::span<const std::int16_t> samples, char playedKey = 0);
    /// Sound is missing from here on: what went on is forgotten.
    void pause();
    [[nodiscard]] std::optional<dsp::CallerId> takeCallerId();
    [[nodiscard]] tapi::Detections detects() const { return detect_; }

private:
    struct Quiet {
        std::uint64_t samples = 0;  ///< of silence that are needed
        std::uint32_t tag = 0;      ///< of a tone; 0: the silence itself
        bool told = false;
    };

    CallEar(media::DetectorSet all, tapi::Detections detect, Tell tell);
    void take(const media::DetectorEvent& event);
    [[nodiscard]] bool ownKey(const media::DetectorEvent& event);
    void on(const dsp::DtmfEvent& event);
    void on(const dsp::ProgressEvent& event);
    void on(const dsp::FaxCallingEvent& event);
    void on(const dsp::AnswerToneEvent& event);
    void on(const dsp::VoiceEvent& event);
    void on(const dsp::ToneEvent& event);
    void on(const media::CallerIdHeard& event);
    void on(const dsp::BeepEvent&) {}
    void on(const dsp::AnswerEvent&) {}
    void endQuiet();
    void forgetQuiet();
    void countQuiet();

    const tapi::Detections detect_;
    const Tell tell_;
    std::mutex mutex_;  ///< guards all below
    media::DetectorSet all_;
    std::optional<media::DetectorSet> tones_;
    std::vector<Quiet> quiets_;
    std::optional<dsp::SamplePosition> quietSince_;
    std::optional<dsp::CallerId> callerId_;
    char playedKey_ = 0;
    bool echoOfKey_ = false;  ///< the key that is heard is our own
};

}  // namespace tipring::core
