// SPDX-License-Identifier: Apache-2.0
#include "exchange/caller_id_message.h"

#include <algorithm>

namespace tipring::sim {

namespace {

dsp::CallerIdStatus statusOf(const std::string& text, Absence absence) {
    switch (absence) {
    case Absence::Private: return dsp::CallerIdStatus::Private;
    case Absence::Unavailable: return dsp::CallerIdStatus::Unavailable;
    case Absence::None: break;
    }
    return text.empty() ? dsp::CallerIdStatus::Absent : dsp::CallerIdStatus::Present;
}

/// The first of the standard's forms that can say it.
dsp::DtmfCallerIdKeys keysOf(const dsp::CallerIdStandard& standard, const dsp::CallerId& message) {
    for (const dsp::DtmfCallerIdForm form :
         {dsp::DtmfCallerIdForm::PartsToC, dsp::DtmfCallerIdForm::NumberToHash,
          dsp::DtmfCallerIdForm::NumberToC, dsp::DtmfCallerIdForm::DigitsToHash}) {
        if (standard.dtmf.has(form)) {
            if (dsp::DtmfCallerIdKeys keys = dsp::writeDtmfCallerId(message, form); !keys.empty()) {
                return keys;
            }
        }
    }
    return {};
}

dsp::CallerId messageOf(const CallerId& id, bool bare) {
    dsp::CallerId message;
    message.number = id.number;
    message.numberStatus = statusOf(id.number, id.numberAbsence);
    if (!bare) {
        message.time = dsp::CallerIdTime{id.month, id.day, id.hour, id.minute};
        message.name = id.name;
        message.nameStatus = statusOf(id.name, id.nameAbsence);
        message.called = id.called;
    }
    message.redirecting = id.redirecting;
    return message;
}

}  // namespace

bool CallerIdMessage::encode(const dsp::CallerId& message) {
    size = dsp::encodeCallerId(message, bytes, standard->characters);
    if (size > 0 && standard->framing == dsp::FskFraming::Ntt) {
        std::array<std::uint8_t, FskPlayer::kRoom> inner = bytes;
        size = dsp::frameNtt({inner.data(), size}, bytes);
    }
    length =
        std::chrono::milliseconds{FskPlayer::milliseconds(standard->modulation, frame(), size)};
    return size > 0;
}

bool CallerIdMessage::setCaller(const dsp::CallerIdStandard& ownStandard, const CallerId& caller,
                                bool single, Kind ownKind) {
    standard = &ownStandard;
    kind = ownKind;
    id = caller;
    size = 0;
    keys.clear();
    const bool ntt = standard->framing == dsp::FskFraming::Ntt;
    const bool bare = !standard->hasFsk() || ntt;
    if (bare || single) {
        id.name.clear();
        id.nameAbsence = Absence::None;
    }
    dsp::CallerId message = messageOf(id, bare);
    if (!standard->hasFsk()) {
        keys = keysOf(*standard, message);
        length = 2 * kCallerIdKey * keys.size();
        return !keys.empty();
    }
    if (ntt) {
        message.type = dsp::CallerIdType::NttCallSetup;
        message.redirecting.clear();
    } else if (single) {
        message.type = dsp::CallerIdType::SingleCallSetup;
        message.called.clear();
        message.redirecting.clear();
    }
    return encode(message);
}

bool CallerIdMessage::setLamp(const dsp::CallerIdStandard& ownStandard, unsigned messages) {
    standard = &ownStandard;
    kind = Kind::Lamp;
    id = {};
    keys.clear();
    lampOn = messages > 0;
    if (!standard->hasFsk() || standard->framing == dsp::FskFraming::Ntt) {
        return false;
    }
    dsp::CallerId message;
    message.type = dsp::CallerIdType::MessageWaiting;
    message.messageWaiting = lampOn;
    return encode(message);
}

}  // namespace tipring::sim
