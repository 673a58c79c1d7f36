// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "tipring/hal/dsp/beep_detector.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/modem_tone.h"
#include "tipring/hal/dsp/voice_detector.h"
#include "tipring/hal/sim/line.h"
#include "tipring/hal/sim/script.h"

namespace tipring::sim {

/// What a script hears in a call, by the detectors of hal/dsp; only those that it waits for run.
class ScriptEar {
public:
    using Told = std::function<void(std::string_view what)>;

    ScriptEar(const Script& script, std::string_view country, Told told);
    /// Nothing that a script waits for has to be heard.
    [[nodiscard]] bool idle() const { return !keys_ && !voice_ && !tones_ && !beeps_; }
    void reset();
    void hear(HeardBlock block);

    /// Takes a key that was heard: the next one, or 0 where there is none. What came before `key`
    /// is dropped.
    [[nodiscard]] char takeKey(char key);
    /// Takes a tone, by its name, or "beep".
    [[nodiscard]] bool take(std::string_view name);
    /// What was heard up to now counts no more, but keys.
    void forget() { heard_.clear(); }
    [[nodiscard]] bool speech() const { return voice_ && voice_->voice(); }
    /// Samples since there was a voice or a tone, or since beginSilence().
    [[nodiscard]] std::size_t silence() const { return silence_; }
    void beginSilence() { silence_ = 0; }

private:
    void note(std::string_view name);

    Told told_;
    std::unique_ptr<dsp::DtmfDetector> keys_;
    std::unique_ptr<dsp::VoiceDetector> voice_;
    std::unique_ptr<dsp::BeepDetector> beeps_;
    struct Tones;
    std::shared_ptr<Tones> tones_;
    std::string pressed_;
    std::set<std::string, std::less<>> heard_;
    std::size_t silence_ = 0;
};

}  // namespace tipring::sim
