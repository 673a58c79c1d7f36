// SPDX-License-Identifier: Apache-2.0
#include "exchange/line_audio.h"

namespace tipring::sim {

namespace {

constexpr double kAlertLow = 2130, kAlertHigh = 2750;  // Hz
constexpr std::size_t kSamplesPerMs = 8;

}  // namespace

void LineAudio::play(const dsp::TonePattern* pattern, std::string_view announcement) {
    text = announcement;
    voice.stop();
    tone.start(pattern, !text.empty());
    if (!text.empty() && !tone.active()) {
        voice.start(text);
    }
}

void LineAudio::send(const CallerIdMessage& message) {
    if (message.standard->hasFsk()) {
        fsk.start(message.standard->modulation, message.frame(), message.content(), kMessageLevel);
    } else {
        keys.stop();
        (void)keys.push(message.keys.view());
    }
}

void LineAudio::alert(std::chrono::milliseconds length) {
    alerting.start(kAlertLow, kAlertHigh, kMessageLevel,
                   static_cast<std::size_t>(length.count()) * kSamplesPerMs);
}

void LineAudio::mixTones(std::span<std::int16_t> block) {
    const bool toneFirst = tone.active();
    const std::size_t done = tone.mix(block);
    if (text.empty() || tone.active()) {
        return;
    }
    if (toneFirst) {
        voice.start(text);
    }
    block = block.subspan(toneFirst ? done : 0);
    voice.mix(block);
    if (!voice.active()) {
        voice.start(text);  // over and over until the caller hangs up
    }
}

void LineAudio::mixMessages(std::span<std::int16_t> block) {
    alerting.mix(block);
    fsk.mix(block);
    keys.mix(block);
}

void LineAudio::stopMessages() {
    alerting.stop();
    fsk.stop();
    keys.stop();
}

void LineAudio::setCopper(const CopperSettings& settings) {
    perfect = settings == CopperSettings{};
    toDevice.set(settings);
    toExchange.set(settings);
}

}  // namespace tipring::sim
