// SPDX-License-Identifier: Apache-2.0
#include "room_door.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tipring/tapi_core/media/file_terminals.h"
#include "tipring/tapi_core/media/tone_terminal.h"

namespace tipring::media {
namespace {

struct Sound {
    std::string RoomSettings::*file;
    std::array<ToneStep, 2> tones;
};

ToneStep step(double hertz, std::size_t samples) {
    ToneStep made;
    made.hertz1 = hertz;
    made.dbm0 = -20;
    made.samples = samples;
    return made;
}

const Sound& soundOf(RoomSound sound) {
    static const std::array<Sound, 4> kSounds{{
        {&RoomSettings::pinFile, {step(600, 1600), step(800, 1600)}},
        {&RoomSettings::wrongPinFile, {step(400, 2400), step(300, 2400)}},
        {&RoomSettings::joinFile, {step(500, 800), step(750, 800)}},
        {&RoomSettings::leaveFile, {step(750, 800), step(500, 800)}},
    }};
    return kSounds[static_cast<std::size_t>(sound)];
}

template <class Made>
hal::Result<std::unique_ptr<Terminal>> asTerminal(Made made) {
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    return std::unique_ptr<Terminal>(std::move(*made));
}

}  // namespace

hal::Result<std::unique_ptr<Terminal>> makeRoomSound(const RoomSettings& settings,
                                                     RoomSound sound) {
    const Sound& wanted = soundOf(sound);
    if (const std::string& file = settings.*wanted.file; !file.empty()) {
        return asTerminal(FilePlayTerminal::open({file}));
    }
    return asTerminal(ToneTerminal::create({wanted.tones.begin(), wanted.tones.end()}, 1));
}

hal::Result<std::unique_ptr<RoomDoor>> RoomDoor::open(const RoomSettings& settings) {
    std::unique_ptr<RoomDoor> door(new RoomDoor(settings));
    if (auto prompted = door->prompt(RoomSound::AskPin); !prompted) {
        return tl::unexpected(std::move(prompted.error()));
    }
    return door;
}

hal::Result<void> RoomDoor::prompt(RoomSound sound) {
    auto made = makeRoomSound(settings_, sound);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    prompt_ = std::move(*made);
    return prompt_->start();
}

RoomDoor::Verdict RoomDoor::receive(std::span<const std::int16_t> samples) {
    quiet_ += samples.size();
    Verdict verdict = Verdict::Waiting;
    ear_.process(samples, [&](const dsp::DtmfEvent& event) {
        if (verdict == Verdict::Waiting && event.kind == dsp::DtmfEvent::Kind::End) {
            verdict = onKey(event.key);
        }
    });
    const auto patience = static_cast<std::uint64_t>(settings_.pinTime.count()) * 8000;
    return verdict == Verdict::Waiting && quiet_ > patience ? Verdict::TooLate : verdict;
}

/// A key cuts the prompt short; `*` begins again.
RoomDoor::Verdict RoomDoor::onKey(char key) {
    quiet_ = 0;
    prompt_.reset();
    if (key == '*') {
        typed_.clear();
        return Verdict::Waiting;
    }
    if (key != '#') {
        typed_ += key;
        return typed_.size() < settings_.pin.size() ? Verdict::Waiting : judge();
    }
    return typed_.empty() ? Verdict::Waiting : judge();  // the `#` after a PIN of full length
}

RoomDoor::Verdict RoomDoor::judge() {
    if (std::exchange(typed_, {}) == settings_.pin) {
        return Verdict::Open;
    }
    if (++wrong_ >= settings_.pinAttempts) {
        return Verdict::TooManyWrong;
    }
    static_cast<void>(prompt(RoomSound::WrongPin));  // without it, silence says the same
    return Verdict::Wrong;
}

std::size_t RoomDoor::send(std::span<std::int16_t> samples) {
    return prompt_ ? prompt_->capture(samples) : 0;
}

}  // namespace tipring::media
