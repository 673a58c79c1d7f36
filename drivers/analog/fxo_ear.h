// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/call_waiting.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/tone_detector.h"
#include "tipring/hal/dsp/voice_detector.h"

namespace tipring::analog {

/// Who hears what the ear made of the samples.
class EarListener {
public:
    virtual ~EarListener() = default;
    virtual void onMessage(const dsp::CallerId& id) = 0;
    virtual void onTone(const dsp::ProgressEvent& event) = 0;
    /// A voice, or the tone of an answering machine at the far end.
    virtual void onFarEnd() = 0;
    /// Somebody calls while we talk.
    virtual void onWaiting(const dsp::CallWaitingEvent& event) = 0;
    /// The beep of a call that waits, or something that sounds like it.
    virtual void onWaitingBeep() = 0;

protected:
    EarListener() = default;
    EarListener(const EarListener&) = delete;
    EarListener& operator=(const EarListener&) = delete;
};

/// The detectors of one line, each fed only when it has something to listen for. No allocation
/// after construction.
class FxoEar {
public:
    explicit FxoEar(const LineProfile& profile);

    /// Caller ID and the lamp's messages, in all orders of the profile. A line that is silent costs
    /// next to nothing.
    void hearOnHook(std::span<const std::int16_t> samples, EarListener& listener);
    /// Tones of the network.
    void hearTones(std::span<const std::int16_t> samples, EarListener& listener);
    /// Whether somebody answered.
    void hearAnswer(std::span<const std::int16_t> samples, EarListener& listener);

    /// A second caller, while we talk.
    void hearWaiting(std::span<const std::int16_t> samples, EarListener& listener);
    void expectBeeps(bool on);
    /// What goes out meanwhile, as many samples: the acknowledgement alone, once there was an
    /// alert.
    void answerWaiting(std::span<std::int16_t> spoken);
    /// The exchange tells who calls: nothing that is heard is the far end.
    [[nodiscard]] bool muted() const { return waiting_ && waiting_->muted(); }

    void resetOnHook();
    void resetTones();
    void resetAnswer();
    void resetWaiting();
    [[nodiscard]] bool hasTones() const { return progress_.has_value(); }
    [[nodiscard]] bool hasCallSignal() const;

private:
    std::vector<dsp::CallerIdReceiver> messages_;
    std::optional<dsp::CallProgressDetector> progress_;
    std::optional<dsp::CallWaitingReceiver> waiting_;
    std::optional<dsp::ToneDetector> beep_;  ///< of a call that waits
    bool beepsExpected_ = false;
    dsp::VoiceDetector voice_;
    dsp::AnswerToneDetector answerTone_;
    std::size_t quiet_;  ///< samples of silence heard by the message receivers
};

}  // namespace tipring::analog
