// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tipring/hal/dsp/beep_detector.h"
#include "tipring/hal/dsp/listener.h"
#include "tipring/hal/dsp/voice_detector.h"

namespace tipring::dsp {

/// Times in samples.
struct AnsweringMachineSettings {
    std::size_t shortGreeting = 13600;  ///< people say less than 1.7 s
    std::size_t longGreeting = 28000;   ///< machines say more than 3.5 s
    std::size_t pause = 8800;           ///< 1.1 s: a person waits for an answer
    std::size_t late = 16000;           ///< people speak within 2 s
    std::size_t noVoice = 48000;        ///< nothing said in 6 s
    std::size_t greetingEnd = 20000;    ///< 2.5 s after a machine's last word, without a beep
};

enum class Answerer : std::uint8_t { Unknown, Human, Machine };

enum class AnswerReason : std::uint8_t {
    ShortGreeting,
    MediumGreeting,
    LongGreeting,
    WaitsForAnswer,
    ManyPhrases,
    LateVoice,
    NoVoice,
    Tone,
    Beep,
};
/// "the greeting is as short as a person's", for logs and messages.
[[nodiscard]] std::string_view reasonText(AnswerReason reason) noexcept;

enum class AnswerEventKind : std::uint8_t {
    Verdict,      ///< who answered; may come again when a beep proves it wrong
    Beep,         ///< the machine records from `position` on
    GreetingEnd,  ///< a machine has said its greeting and no beep came
};

struct AnswerEvent {
    AnswerEventKind kind{};
    SamplePosition position = 0;  ///< where it was known; the end of the beep or greeting
    Answerer answerer{};
    float confidence = 0;                   ///< 0.5..1; 0 for Unknown
    std::span<const AnswerReason> reasons;  ///< valid during the call
};

/// Who answered a call, a person or an answering machine: by how long the first utterance is,
/// whether it ends in a pause, how soon it came, and the machine's beep. Start (or reset) it at the
/// answer, feed it the far end alone. It goes on after its verdict, for the beep.
class AnsweringMachineDetector {
public:
    explicit AnsweringMachineDetector(const AnsweringMachineSettings& settings = {}) noexcept;
    void process(std::span<const std::int16_t> samples, Listener<AnswerEvent> tell);
    void reset() noexcept { *this = AnsweringMachineDetector{settings_}; }

private:
    static constexpr std::size_t kStep = 160;

    void hear(const VoiceEvent& event) noexcept;
    void hear(const BeepEvent& event, Listener<AnswerEvent> tell);
    void look(Listener<AnswerEvent> tell);
    void decide(Listener<AnswerEvent> tell);
    void weigh(AnswerReason reason) noexcept;
    [[nodiscard]] AnswerEvent verdict() const noexcept;

    AnsweringMachineSettings settings_;
    VoiceDetector voice_;
    BeepDetector beep_;
    SamplePosition now_ = 0;
    std::size_t phase_ = 0;  ///< of now_ in a step

    bool heard_ = false, speaking_ = false;
    SamplePosition firstWord_ = 0, lastWord_ = 0;
    std::size_t phrases_ = 0;
    std::size_t tone_ = 0;  ///< samples of tones before any voice

    Answerer answerer_ = Answerer::Unknown;
    bool decided_ = false, endTold_ = false;
    float score_ = 0;  ///< log odds; above 0 a person
    std::array<AnswerReason, 9> reasons_{};
    std::size_t reasonCount_ = 0;
};

}  // namespace tipring::dsp
