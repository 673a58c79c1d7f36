// SPDX-License-Identifier: Apache-2.0
#include "script/script_ear.h"

#include <algorithm>

#include "tipring/hal/dsp/tone_detector.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kMostKeys = 256;

bool waitsFor(const Script& script, std::initializer_list<Step::Until> which) {
    return std::any_of(script.steps.begin(), script.steps.end(), [&](const Step& step) {
        return step.verb == Step::Verb::Wait &&
               std::find(which.begin(), which.end(), step.until) != which.end();
    });
}

const dsp::CountryTones& tonesOf(std::string_view country) {
    const dsp::CountryTones* tones = dsp::builtinTones().find(country);
    return tones != nullptr ? *tones : *dsp::builtinTones().find("US");
}

std::string_view machineTone(std::uint32_t tag) {
    switch (static_cast<dsp::ModemTone>(tag)) {
    case dsp::ModemTone::FaxCalling: return "cng";
    case dsp::ModemTone::DataCalling: return "ct";
    case dsp::ModemTone::Answer: return "ced";
    case dsp::ModemTone::BellAnswer: return "bell";
    case dsp::ModemTone::CallerAlert:
    case dsp::ModemTone::DataAlert: break;
    }
    return {};
}

}  // namespace

struct ScriptEar::Tones {
    explicit Tones(std::string_view country)
        : progress(tonesOf(country)), machines(dsp::modemTones()) {}
    dsp::CallProgressDetector progress;
    dsp::ToneDetector machines;
    dsp::AnswerToneDetector answer;
};

ScriptEar::ScriptEar(const Script& script, std::string_view country, Told told)
    : told_(std::move(told)) {
    if (waitsFor(script, {Step::Until::Key})) {
        keys_ = std::make_unique<dsp::DtmfDetector>();
    }
    if (waitsFor(script, {Step::Until::Speech, Step::Until::Silence})) {
        voice_ = std::make_unique<dsp::VoiceDetector>();
    }
    if (waitsFor(script, {Step::Until::Beep})) {
        beeps_ = std::make_unique<dsp::BeepDetector>();
    }
    if (waitsFor(script, {Step::Until::Tone})) {
        tones_ = std::make_shared<Tones>(country);
    }
}

void ScriptEar::reset() {
    pressed_.clear();
    heard_.clear();
    silence_ = 0;
    if (keys_) {
        keys_->reset();
    }
    if (voice_) {
        voice_->reset();
    }
    if (beeps_) {
        beeps_->reset();
    }
    if (tones_) {
        tones_->progress.reset();
        tones_->machines.reset();
        tones_->answer.reset();
    }
}

void ScriptEar::note(std::string_view name) {
    if (!name.empty() && heard_.emplace(name).second) {
        told_(name);
    }
}

void ScriptEar::hear(HeardBlock block) {
    if (keys_) {
        keys_->process(block, [this](const dsp::DtmfEvent& event) {
            if (event.kind == dsp::DtmfEvent::Kind::Start && pressed_.size() < kMostKeys) {
                pressed_ += event.key;
                told_(std::string("key ") + event.key);
            }
        });
    }
    if (voice_) {
        voice_->process(block, [this](const dsp::VoiceEvent& event) {
            if (event.kind == dsp::VoiceEventKind::VoiceStarted) {
                told_("speech");
            }
        });
        silence_ = voice_->voice() || voice_->tone() ? 0 : silence_ + block.size();
    }
    if (beeps_) {
        beeps_->process(block, [this](const dsp::BeepEvent&) { note("beep"); });
    }
    if (tones_) {
        tones_->progress.process(block, [this](const dsp::ProgressEvent& event) {
            if (event.kind == dsp::ProgressEvent::Kind::Heard) {
                for (std::size_t kind = 0; kind < dsp::kToneKinds; ++kind) {
                    if (event.mayBe(static_cast<dsp::ToneKind>(kind))) {
                        note(dsp::toneKindName(static_cast<dsp::ToneKind>(kind)));
                    }
                }
                note(dsp::toneKindName(event.tone));
            }
        });
        tones_->machines.process(block, [this](const dsp::ToneEvent& event) {
            if (event.kind == dsp::ToneEvent::Kind::Start) {
                note(machineTone(event.tag));
            }
        });
        tones_->answer.process(block, [this](const dsp::AnswerToneEvent& event) {
            if (event.modulated) {
                note("ansam");
            }
        });
    }
}

char ScriptEar::takeKey(char key) {
    const std::size_t at = key == 0 ? 0 : pressed_.find(key);
    if (at >= pressed_.size()) {
        return 0;
    }
    const char found = pressed_[at];
    pressed_.erase(0, at + 1);
    return found;
}

bool ScriptEar::take(std::string_view name) {
    const auto at = heard_.find(name);
    if (at == heard_.end()) {
        return false;
    }
    heard_.erase(at);
    return true;
}

}  // namespace tipring::sim
