// SPDX-License-Identifier: Apache-2.0
#include "fxs_tapi_phone.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::analog {
namespace {

using hal::ErrorCode;
using Kind = FxsEvent::Kind;

constexpr std::string_view kKeypad = "0123456789*#";

std::uint32_t hookMode(bool offHook) {
    return offHook ? PHONEHOOKSWITCHMODE_MICSPEAKER : PHONEHOOKSWITCHMODE_ONHOOK;
}

}  // namespace

FxsTapiPhone::FxsTapiPhone(FxsUnit& unit, const tspi::PhoneEvents& events, bool& open)
    : unit_(unit), events_(events), open_(open) {
    open_ = true;
    unit_.join(*this);
}

FxsTapiPhone::~FxsTapiPhone() {
    open_ = false;
    if (FxsLine* line = unit_.line(); line != nullptr && ringMode_ != 0) {
        line->stopRinging();
    }
    unit_.leave(*this);
}

hal::Result<void> FxsTapiPhone::status(TspiPhoneStatus& status) {
    FxsLine* line = unit_.line();
    const bool there = line != nullptr && line->state() != FxsState::Gone;
    status.statusFlags = there ? PHONESTATUSFLAGS_CONNECTED : 0U;
    status.ringMode = ringMode_;
    status.ringVolume = 0xFFFF;
    status.hookSwitchMode[TSPI_HANDSET] =
        there ? hookMode(line->offHook()) : std::uint32_t{PHONEHOOKSWITCHMODE_UNKNOWN};
    status.features = PHONEFEATURE_GETHOOKSWITCHHANDSET | PHONEFEATURE_GETRING |
                      PHONEFEATURE_GETBUTTONINFO | PHONEFEATURE_GETLAMP;
    if (there && line->state() != FxsState::Dead) {
        status.features |= PHONEFEATURE_SETLAMP;
        status.features |= line->offHook() ? 0U : std::uint32_t{PHONEFEATURE_SETRING};
    }
    tspi::copyText(status.cause, unit_.cause());
    return {};
}

hal::Result<void> FxsTapiPhone::setStatusMessages(std::uint32_t, std::uint32_t, std::uint32_t) {
    return {};
}

hal::Result<void> FxsTapiPhone::setRing(tspi::Request&& request, std::uint32_t ringMode,
                                        std::uint32_t) {
    FxsLine* line = unit_.line();
    if (line == nullptr) {
        return hal::fail(ErrorCode::InvalPhoneState, unit_.cause());
    }
    if (ringMode >= kRingModes) {
        return hal::fail(ErrorCode::InvalRingMode, "there is no such cadence");
    }
    if (ringMode_ != 0 || ringMode == 0) {
        line->stopRinging();
    }
    if (ringMode != 0) {
        if (auto rings = line->ring(ringMode, nullptr); !rings) {
            setRingMode(0);
            return rings;
        }
    }
    request.succeed();
    setRingMode(ringMode);
    return {};
}

void FxsTapiPhone::setRingMode(std::uint32_t mode) {
    if (std::exchange(ringMode_, mode) != mode) {
        events_.state(PHONESTATE_RINGMODE, mode);
    }
}

hal::Result<std::uint32_t> FxsTapiPhone::lamp(std::uint32_t lampId) {
    FxsLine* line = unit_.line();
    if (lampId != kLampButton) {
        return std::uint32_t{PHONELAMPMODE_DUMMY};
    }
    return line != nullptr && line->messageWaiting() ? std::uint32_t{PHONELAMPMODE_STEADY}
                                                     : std::uint32_t{PHONELAMPMODE_OFF};
}

hal::Result<void> FxsTapiPhone::setLamp(tspi::Request&& request, std::uint32_t lampId,
                                        std::uint32_t lampMode) {
    FxsLine* line = unit_.line();
    if (lampId != kLampButton) {
        return hal::fail(ErrorCode::InvalButtonLampId, fmt::format("lamp {} is not there", lampId));
    }
    if (lampMode != PHONELAMPMODE_OFF && lampMode != PHONELAMPMODE_STEADY) {
        return hal::fail(ErrorCode::InvalLampMode, "the message lamp is on or off");
    }
    if (line == nullptr) {
        return hal::fail(ErrorCode::InvalPhoneState, unit_.cause());
    }
    line->setMessageWaiting(lampMode == PHONELAMPMODE_STEADY);
    request.succeed();
    events_.state(PHONESTATE_LAMP, kLampButton);
    return {};
}

hal::Result<void> FxsTapiPhone::buttonInfo(std::uint32_t buttonId, TspiButtonInfo& info) {
    if (buttonId >= kButtons) {
        return hal::fail(ErrorCode::InvalButtonLampId,
                         fmt::format("button {} is not there", buttonId));
    }
    info.state = PHONEBUTTONSTATE_UP;
    if (buttonId < kKeypad.size()) {
        info.mode = PHONEBUTTONMODE_KEYPAD;
        info.function = PHONEBUTTONFUNCTION_NONE;
        tspi::copyText(info.text, kKeypad.substr(buttonId, 1));
    } else if (buttonId == kFlashButton) {
        info.mode = PHONEBUTTONMODE_FEATURE;
        info.function = PHONEBUTTONFUNCTION_FLASH;
        tspi::copyText(info.text, "flash");
    } else {
        info.mode = PHONEBUTTONMODE_DUMMY;
        info.function = PHONEBUTTONFUNCTION_NONE;
        info.state = PHONEBUTTONSTATE_UNAVAIL;
        tspi::copyText(info.text, "message waiting");
    }
    return {};
}

void FxsTapiPhone::onPort(bool there, std::string_view) {
    ringMode_ = 0;
    events_.state(there ? PHONESTATE_CONNECTED : PHONESTATE_DISCONNECTED);
}

void FxsTapiPhone::onFxs(const FxsEvent& event) {
    switch (event.kind) {
    case Kind::Lifted:
    case Kind::Answered:
        setRingMode(0);
        events_.state(PHONESTATE_HANDSETHOOKSWITCH, hookMode(true));
        break;
    case Kind::PutDown: events_.state(PHONESTATE_HANDSETHOOKSWITCH, hookMode(false)); break;
    case Kind::Digit:
        if (const std::size_t at = kKeypad.find(event.key); at != kKeypad.npos) {
            press(static_cast<std::uint32_t>(at), PHONEBUTTONMODE_KEYPAD);
        }
        break;
    case Kind::Flash: press(kFlashButton, PHONEBUTTONMODE_FEATURE); break;
    case Kind::RungOut: setRingMode(0); break;
    default: break;
    }
}

/// Down and up together: a telephone on two wires tells no more.
void FxsTapiPhone::press(std::uint32_t button, std::uint32_t mode) {
    events_.button(button, mode, PHONEBUTTONSTATE_DOWN);
    events_.button(button, mode, PHONEBUTTONSTATE_UP);
}

}  // namespace tipring::analog
