// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/answering_machine.h"
#include "tipring/hal/dsp/beep_detector.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_detector.h"
#include "tipring/hal/dsp/voice_detector.h"
#include "tipring/tapi_core/media/hangup_fusion.h"

namespace tipring::media {

/// What to listen for. Everything that a device hears by itself may be left out.
struct DetectorSettings {
    std::string country = "US";  ///< ISO 3166-1, for the tones of the network
    bool digits = true;          ///< DTMF
    bool progress = true;        ///< dial tone, busy and the rest
    bool fax = true;             ///< fax calling tone
    bool answerTone = true;      ///< fax and modem answer tone
    bool voice = true;           ///< voice, silence
    bool beep = false;           ///< answering machine's
    bool answerer = false;       ///< who answered: calls that we made; includes the beep
    /// Caller ID of a line that is on hook: a name of caller_id_standard.h or a country's code;
    /// empty for none.
    std::string callerId;
    std::vector<dsp::WantedTone> tones;  ///< an application's monitored tones
    dsp::DtmfSettings dtmf;
    dsp::VoiceDetectorSettings voices;
};

/// A caller ID, which is too large to be passed around. Valid during the call.
struct CallerIdHeard {
    const dsp::CallerIdEvent* event;
};

/// Positions are samples since the set was made or reset.
using DetectorEvent =
    std::variant<dsp::DtmfEvent, dsp::ProgressEvent, dsp::FaxCallingEvent, dsp::AnswerToneEvent,
                 dsp::VoiceEvent, dsp::BeepEvent, dsp::AnswerEvent, dsp::ToneEvent, CallerIdHeard>;

/// All software detectors of a call behind one object: samples in, events out, in the order of the
/// samples up to the time that each detector takes to be sure. The same events for any block size.
/// No allocation after construction. Thread: one at a time.
class DetectorSet {
public:
    /// INVALPARAM: the country, or the standard of caller ID, is not in the table. INVALTONE: too
    /// many frequencies, or none, in `tones`.
    static hal::Result<DetectorSet> create(const DetectorSettings& settings);
    DetectorSet(DetectorSet&&) noexcept;
    DetectorSet& operator=(DetectorSet&&) noexcept;
    ~DetectorSet();

    void process(std::span<const std::int16_t> samples, dsp::Listener<DetectorEvent> tell);
    void reset();
    /// Samples heard.
    [[nodiscard]] dsp::SamplePosition position() const;

private:
    struct State;
    explicit DetectorSet(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What an event says about a hang-up of the far end, at `now`; nothing for most.
[[nodiscard]] std::optional<HangupVote> hangupVote(const DetectorEvent& event,
                                                   std::chrono::milliseconds now);
/// The event shows that somebody is there: HangupFusion::alive().
[[nodiscard]] bool showsLife(const DetectorEvent& event);

}  // namespace tipring::media
