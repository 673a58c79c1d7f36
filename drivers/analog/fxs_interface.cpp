// SPDX-License-Identifier: Apache-2.0
#include "fxs_interface.h"

#include <iterator>

namespace tipring::analog {
namespace {

constexpr TspiArgument kOn[] = {{"on", 'b'}};
constexpr TspiArgument kCongestion[] = {{"congestion", 'b'}};

constexpr TspiMethod kCallMethods[] = {
    {"Connect", "Connects the telephone that dialled: it hears the call's sound from now on.",
     nullptr, 0, nullptr, 0},
    {"Ringback", "Plays ringback to the telephone that dialled.", nullptr, 0, nullptr, 0},
    {"Refuse", "Plays busy tone, or congestion tone, to the telephone that dialled.", kCongestion,
     1, nullptr, 0},
    {"CallWaiting", "Plays the call-waiting tone in a call.", nullptr, 0, nullptr, 0},
};
constexpr TspiInterfaceSignal kCallEvents[] = {
    {"Flash", "The hook of the telephone was flashed.", nullptr, 0},
};
constexpr TspiMethod kLineMethods[] = {
    {"SetMessageWaiting",
     "Tells the telephone that messages wait, or no more: stutter dial tone, FSK, neon lamp.", kOn,
     1, nullptr, 0},
    {"SetLinePower", "Feeds the telephone, or takes the feed away.", kOn, 1, nullptr, 0},
};
const TspiInterface kInterfaces[] = {
    {sizeof(TspiInterface), TSPI_OBJECT_CALL, "org.tipring.FxsCall", 1,
     "A call that a telephone on an FXS port makes: whoever owns it is the exchange.", kCallMethods,
     std::size(kCallMethods), kCallEvents, std::size(kCallEvents)},
    {sizeof(TspiInterface), TSPI_OBJECT_ADDRESS, "org.tipring.FxsLine", 1,
     "An FXS port: message waiting, line power.", kLineMethods, std::size(kLineMethods), nullptr,
     0},
};

}  // namespace

const std::span<const TspiInterface> kFxsInterfaces = kInterfaces;

}  // namespace tipring::analog
