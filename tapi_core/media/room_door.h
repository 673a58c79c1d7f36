// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/tapi_core/media/conference_room.h"

namespace tipring::media {

/// A sound of the room's: the file, or a tone where there is none.
enum class RoomSound : std::uint8_t { AskPin, WrongPin, Join, Leave };
[[nodiscard]] hal::Result<std::unique_ptr<Terminal>> makeRoomSound(const RoomSettings& settings,
                                                                   RoomSound sound);

/// Somebody at the door of a room: hears the prompts, and types the PIN.
class RoomDoor {
public:
    enum class Verdict : std::uint8_t { Waiting, Wrong, Open, TooManyWrong, TooLate };

    /// The settings outlive it. The error of the prompt.
    static hal::Result<std::unique_ptr<RoomDoor>> open(const RoomSettings& settings);

    /// The line's sound, up to the first verdict that is not Waiting.
    Verdict receive(std::span<const std::int16_t> samples);
    /// The prompt. Returns how many were written from the start.
    std::size_t send(std::span<std::int16_t> samples);

private:
    explicit RoomDoor(const RoomSettings& settings) : settings_(settings) {}
    hal::Result<void> prompt(RoomSound sound);
    Verdict onKey(char key);
    Verdict judge();

    const RoomSettings& settings_;
    dsp::DtmfDetector ear_;
    std::unique_ptr<Terminal> prompt_;
    std::string typed_;
    unsigned wrong_ = 0;
    std::uint64_t quiet_ = 0;  ///< samples since the last key
};

}  // namespace tipring::media
