// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "tipring/tapi_core/api/types.h"

/// Conferences and transfers that the core carries itself: on lines whose provider has none, and
/// across lines.
namespace tipring::tapi {

class Call;

/// FINISH_MODE: what becomes of a consultation.
enum class FinishMode : std::uint8_t { AsTransfer = 0, AsConference = 1 };

/// How a member is mixed. Source: our own; TAPI has nothing of it.
struct MemberSettings {
    bool muted = false;          ///< the others do not hear it
    float gain = 0;              ///< dB, of what the others hear: -40 to 20
    std::uint32_t echoTail = 0;  ///< samples of its line's echo to take out: 0 to 1024
    bool comfortNoise = true;    ///< while it sends nothing
    std::uint32_t delay = 400;   ///< samples each way: a block of the device and 21 ms
};

/// How a member is mixed now.
struct MemberStatus {
    MemberSettings settings;
    float dbm0 = -100;     ///< of its last 20 ms, before gain and mute
    bool talking = false;  ///< louder than -40 dBm0 within the last 400 ms
    double drift = 0;      ///< ppm by which its clock is too fast
    float reduction = 0;   ///< dB by which its mix is turned down, so as not to clip
    std::uint64_t concealed = 0, dropped = 0;  ///< samples from it: made up for a gap, too late
    std::chrono::nanoseconds cost{0};          ///< of mixing it, per 20 ms, mean
};

/// The most members of a conference of the core's own.
inline constexpr std::uint32_t kMostMembers = 64;

}  // namespace tipring::tapi
