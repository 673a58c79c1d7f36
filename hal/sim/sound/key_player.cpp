// SPDX-License-Identifier: Apache-2.0
#include "sound/key_player.h"

#include <algorithm>

#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kCommaPause = 16000;

}  // namespace

bool KeyPlayer::push(std::string_view keys) noexcept {
    const auto isKey = [](char key) { return key == ',' || dsp::dtmfPair(key).has_value(); };
    if (keys.size() > kRoom - count_ || !std::all_of(keys.begin(), keys.end(), isKey)) {
        return false;
    }
    for (const char key : keys) {
        keys_[(head_ + count_++) % kRoom] = key;
    }
    return true;
}

void KeyPlayer::startNext() noexcept {
    const char key = keys_[head_];
    head_ = (head_ + 1) % kRoom;
    --count_;
    if (key == ',') {
        pause_ = kCommaPause;
        return;
    }
    const dsp::DtmfPair pair = *dsp::dtmfPair(key);
    tone_.start(pair.low, pair.high, dbm0_, on_);
    pause_ = off_;
}

void KeyPlayer::mix(std::span<std::int16_t> samples) noexcept {
    while (!samples.empty() && active()) {
        if (tone_.active()) {
            samples = samples.subspan(tone_.mix(samples));
        } else if (pause_ > 0) {
            const std::size_t count = std::min(pause_, samples.size());
            pause_ -= count;
            samples = samples.subspan(count);
        } else {
            startNext();
        }
    }
}

void KeyPlayer::stop() noexcept {
    tone_.stop();
    count_ = 0;
    pause_ = 0;
}

}  // namespace tipring::sim
