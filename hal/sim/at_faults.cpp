// SPDX-License-Identifier: Apache-2.0
// What goes wrong with a modem on purpose.
#include <algorithm>

#include "at_modem_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.modem"};

constexpr std::size_t kMostHeld = 65536;
constexpr auto kBetweenPieces = 20ms;

/// A fault that happens once.
bool takeOnce(std::string& at, std::string_view command) {
    if (at.empty() || at != command) {
        return false;
    }
    at.clear();
    return true;
}

}  // namespace

/// Before a command is done.
AtModem::Impl::Swallowed AtModem::Impl::faultAt(std::string_view command) {
    if (command.empty()) {
        return Swallowed::No;
    }
    if (command == faults.vanishAt) {
        kLog.info("the modem vanishes at AT{}", command);
        if (faults.awayFor > 0ms) {
            faults.vanishAt.clear();
            awayTimer.arm(faults.awayFor);
        }
        if (outlet != nullptr) {
            outlet->vanish();
        }
        return Swallowed::Lost;
    }
    if (takeOnce(faults.wedgeAt, command)) {
        kLog.info("the modem is wedged");
        wedged = true;
        return Swallowed::Lost;
    }
    if (takeOnce(faults.stallAt, command)) {
        kLog.info("the modem stalls");
        stallTimer.arm(faults.stall);
    }
    if (command == faults.forgetCallerIdAt) {
        for (const std::string_view name : {"+VCID", "#CID"}) {
            if (const auto row = findSetting(name, personality)) {
                static_cast<void>(assignSetting(settings, *row, "0"));
            }
        }
    }
    if (command == faults.neverAnswer) {
        return Swallowed::Lost;
    }
    return command == faults.acceptAndIgnore ? Swallowed::Done : Swallowed::No;
}

void AtModem::Impl::send(std::string_view text) {
    if (wedged) {
        return;
    }
    const bool pieces = faults.splitLines > 0 && mode != Mode::Online;
    if (stallTimer.armed() || pieces) {
        held.append(text.substr(0, kMostHeld - std::min(kMostHeld, held.size())));
        if (pieces && !stallTimer.armed() && !pieceTimer.armed()) {
            pieceTimer.arm(kBetweenPieces);
        }
        return;
    }
    if (outlet != nullptr && !outlet->toDte(std::as_bytes(std::span{text}))) {
        lost = true;
    }
}

void AtModem::Impl::sendPiece() {
    const std::size_t count = std::min(held.size(), std::max<std::size_t>(faults.splitLines, 1));
    if (outlet != nullptr) {
        static_cast<void>(outlet->toDte(std::as_bytes(std::span{held}.first(count))));
    }
    held.erase(0, count);
    if (!held.empty()) {
        pieceTimer.arm(kBetweenPieces);
    }
}

void AtModem::Impl::flushHeld() {
    pieceTimer.cancel();
    if (!held.empty() && outlet != nullptr) {
        static_cast<void>(outlet->toDte(std::as_bytes(std::span{held})));
    }
    held.clear();
}

/// The end of a stall.
void AtModem::Impl::wake() {
    flushHeld();
    if (stalled && outlet != nullptr) {
        stalled = false;
        outlet->onReady();
    }
}

void AtModem::Impl::powerOn() {
    wedged = false;
    stallTimer.cancel();
    pieceTimer.cancel();
    delayTimer.cancel();
    held.clear();
    hangUp();
    factory();
    commandLine.clear();
    wait = Wait::None;
}

void AtModem::Impl::plugIn() {
    powerOn();
    if (outlet != nullptr) {
        outlet->appear();
    }
}

}  // namespace tipring::sim
