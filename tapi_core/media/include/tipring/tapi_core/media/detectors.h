// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/dsp/answering_machine.h"
#include "tipring/hal/dsp/beep_detector.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_detector.h"
#include "tipring/hal/dsp/voice_detector.h"

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

/// Positions are samples since the line joined or was reset.
using DetectorEvent =
    std::variant<dsp::DtmfEvent, dsp::ProgressEvent, dsp::FaxCallingEvent, dsp::AnswerToneEvent,
                 dsp::VoiceEvent, dsp::BeepEvent, dsp::AnswerEvent, dsp::ToneEvent, CallerIdHeard>;

}  // namespace tipring::media
