// SPDX-License-Identifier: Apache-2.0
// A line's part in a block of sound.
#include <algorithm>

#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"
#include "sound/sine.h"

namespace tipring::sim {

LineAudio& Line::Impl::audio() {
    if (sound == nullptr) {
        sound = std::make_unique<LineAudio>(seed);
        sound->setCopper(copper);
        updateTone();
    }
    return *sound;
}

void Line::Impl::listen(bool on) {
    listening = on;
    if (on) {
        audio();
        exchange.wantSound(*this);
    }
}

void Line::Impl::watch(LineWatcher& who, WatchedSound what) {
    unwatch(who);
    watchers.push_back({&who, what});
    wantWatchedSound();
}

void Line::Impl::unwatch(LineWatcher& who) {
    std::erase_if(watchers, [&who](const Watching& each) { return each.who == &who; });
    wantWatchedSound();
}

void Line::Impl::wantWatchedSound() {
    watched = WatchedSound::None;
    for (const Watching& each : watchers) {
        watched = std::max(watched, each.sound);
    }
    if (hears()) {
        audio();
        exchange.wantSound(*this);
    }
}

void Line::Impl::updateTone() {
    if (sound != nullptr) {
        const bool speaks = signal == Signal::VacantNumber || signal == Signal::NumberChanged;
        sound->play(profile->tone(signal),
                    speaks ? std::string_view{announcement} : std::string_view{});
    }
}

/// What the telephones of the pair sent in the last block, as it arrives at the exchange.
void Line::Impl::speak() {
    if (!hears() || !off) {
        return;
    }
    if (deviceOff && !loopBroken) {
        said = sound->spoken;
    }
    takeExtension();
    addSamples(said, sound->parallel);
    if (!sound->perfect) {
        sound->toExchange.carry(said, sound->heard);
    }
    hearDigits();
}

/// 20 ms of what the other telephone says: both the device and the exchange hear it.
void Line::Impl::takeExtension() {
    sound->parallel.fill(0);
    if (!extensionOff) {
        sound->extension.clear();
        return;
    }
    const std::size_t count = std::min(kBlock, sound->extension.size());
    const auto end = sound->extension.begin() + static_cast<std::ptrdiff_t>(count);
    std::copy(sound->extension.begin(), end, sound->parallel.begin());
    sound->extension.erase(sound->extension.begin(), end);
}

void Line::Impl::hearDigits() {
    if (!settings.toneDialling || !(registering || recall)) {
        return;
    }
    std::array<char, 4> keys{};  // more do not begin within 20 ms
    std::size_t count = 0;
    sound->ear.process(said, [&](const dsp::DtmfEvent& event) {
        if (event.kind == dsp::DtmfEvent::Kind::Start && count < keys.size()) {
            keys[count++] = event.key;
        }
    });
    for (std::size_t i = 0; i < count; ++i) {
        dial(keys[i]);
    }
}

void Line::Impl::hear() {
    if (!hears()) {
        return;
    }
    std::array<std::int16_t, kBlock> block{};
    if (off) {
        WaitingCaller::Event told = WaitingCaller::Event::None;
        if (waitingCaller != nullptr && waitingCaller->active()) {
            told = waitingCaller->process(said, block);
            if (!waitingCaller->active()) {
                waitingTold();
            }
        }
        if (waitingCaller == nullptr || !waitingCaller->mutes()) {
            sound->mixTones(block);
            if (connection != nullptr) {
                exchange.collect(*this, *connection, block);
            }
            if (conference) {
                exchange.collect(*this, *held, block);
            }
        }
        if (told == WaitingCaller::Event::Told && device != nullptr) {
            device->onCallerId(message->id);
        }
    }
    sound->mixMessages(block);
    sound->heard = block;
    addSamples(block, sound->parallel);
    if (!sound->perfect) {
        sound->toDevice.carry(block, sound->spoken);
    }
    sound->spoken.fill(0);
    if (device != nullptr && listening) {
        device->onSound(block, sound->spoken);
    }
    tellWatchers([&](LineWatcher& each) { each.onLineSound(face, block, sound->spoken); });
}

}  // namespace tipring::sim
