// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace tipring::sim {

/// What goes wrong with a modem on purpose. A command name is as typed, in capitals, up to its
/// parameters: "+VTX", "A", "+FCLASS". Empty texts and zeros: a healthy modem.
struct ModemFaults {
    std::chrono::milliseconds answerDelay{0};  ///< every final result comes late
    std::string neverAnswer{};                 ///< this command is taken and gets no result at all
    std::string answerTwice{};                 ///< its result comes twice
    std::string acceptAndIgnore{};             ///< answers OK and does nothing
    std::string garbage{};                     ///< sent before the next final result, once
    bool dropEcho = false;                     ///< ATE1 is believed but not done
    bool forgetShielding = false;              ///< DLE bytes of received sound are not doubled
    std::string wrongResultAt{};               ///< this command is done, and answered with
    std::string wrongResult{"ERROR"};          ///< this text
    std::string forgetCallerIdAt{};            ///< caller ID is off after this command
    std::size_t splitLines = 0;  ///< text comes in pieces of so many bytes, 20 ms apart
    bool mergeLines = false;     ///< one CR between lines, and nothing before them

    std::string stallAt{};  ///< once: nothing is taken or sent from this command on
    std::chrono::milliseconds stall{10000};  ///< for so long; then all of it at once
    std::string wedgeAt{};   ///< once: bytes disappear and none come from this command on,
    bool wedgeHard = false;  ///< until the port is opened anew; or, hard, until AtModem::reset()
    std::string vanishAt{};  ///< the port closes when this command comes, as if unplugged
    std::chrono::milliseconds awayFor{0};  ///< it cannot be opened for so long; then as power on

    bool dropEndMark = false;     ///< no DLE ETX behind received sound
    std::size_t starveEvery = 0;  ///< each so many blocks of 20 ms what waits to be played is lost
    std::size_t loseEvery = 0;    ///< each so many blocks of 20 ms one of received sound is lost
};

}  // namespace tipring::sim
