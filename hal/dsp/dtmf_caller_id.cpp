// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/dtmf_caller_id.h"

#include <array>

namespace tipring::dsp {

namespace {

constexpr std::string_view kDigits = "0123456789";

// Sources disagree on which of 00 and 10 says which: both mean that there is no number, and the
// code is kept.
struct Reason {
    std::string_view code;
    CallerIdStatus status;
};
constexpr std::array<Reason, 3> kPartReasons{{{"00", CallerIdStatus::Unavailable},
                                              {"10", CallerIdStatus::Private},
                                              {"", CallerIdStatus::Other}}};
constexpr std::array<Reason, 3> kHashReasons{{{"1", CallerIdStatus::Private},
                                              {"2", CallerIdStatus::International},
                                              {"3", CallerIdStatus::Unavailable}}};

/// Takes digits off the front.
std::string_view takeDigits(std::string_view& keys) {
    const std::size_t count = std::min(keys.find_first_not_of(kDigits), keys.size());
    const std::string_view digits = keys.substr(0, count);
    keys.remove_prefix(count);
    return digits;
}

bool takeKey(std::string_view& keys, char key) {
    if (keys.empty() || keys.front() != key) {
        return false;
    }
    keys.remove_prefix(1);
    return true;
}

bool setNumber(CallerId& id, std::string_view number) {
    id.numberStatus = CallerIdStatus::Present;
    return !number.empty() && id.number.assign(number);
}

bool setReason(CallerId& id, std::string_view code, const std::array<Reason, 3>& reasons) {
    id.numberStatus = CallerIdStatus::Other;
    for (const Reason& reason : reasons) {
        if (reason.code == code) {
            id.numberStatus = reason.status;
        }
    }
    return !code.empty() && id.dtmfCode.assign(code);
}

bool readPartsToC(CallerId& id, std::string_view keys) {
    bool sound = false;
    while (keys.size() > 1) {
        if (takeKey(keys, 'A')) {
            sound = setNumber(id, takeDigits(keys));
        } else if (takeKey(keys, 'D')) {
            const std::string_view number = takeDigits(keys);
            sound = !number.empty() && id.redirecting.assign(number);
        } else if (takeKey(keys, 'B')) {
            sound = setReason(id, takeDigits(keys), kPartReasons);
        } else {
            return false;
        }
        if (!sound) {
            return false;
        }
    }
    return sound && keys == "C";
}

bool readNumberToHash(CallerId& id, std::string_view keys) {
    if (takeKey(keys, 'A')) {
        return setNumber(id, takeDigits(keys)) && keys == "#";
    }
    return takeKey(keys, 'D') && setReason(id, takeDigits(keys), kHashReasons) && keys == "#";
}

bool readNumberToC(CallerId& id, std::string_view keys) {
    return takeKey(keys, 'D') && setNumber(id, takeDigits(keys)) && keys == "C";
}

bool readDigitsToHash(CallerId& id, std::string_view keys) {
    constexpr std::size_t kLeast = 3;  // less is a key that someone tried
    const std::string_view digits = takeDigits(keys);
    return digits.size() >= kLeast && setNumber(id, digits) && keys == "#";
}

// In this order: where a network uses both, D and digits before C are a redirecting number only
// if there is another part.
struct Form {
    DtmfCallerIdForm form;
    bool (*read)(CallerId& id, std::string_view keys);
};
constexpr std::array<Form, 4> kForms{{{DtmfCallerIdForm::NumberToC, readNumberToC},
                                      {DtmfCallerIdForm::PartsToC, readPartsToC},
                                      {DtmfCallerIdForm::NumberToHash, readNumberToHash},
                                      {DtmfCallerIdForm::DigitsToHash, readDigitsToHash}}};

std::string_view reasonFor(CallerIdStatus status, const std::array<Reason, 3>& reasons) {
    for (const Reason& reason : reasons) {
        if (reason.status == status) {
            return reason.code;
        }
    }
    return reasons[0].code;
}

bool isDigits(std::string_view text) {
    return text.find_first_not_of(kDigits) == std::string_view::npos;
}

bool begins(char key) {
    return key == 'A' || key == 'B' || key == 'D';
}

}  // namespace

std::optional<CallerId> readDtmfCallerId(std::string_view keys, DtmfCallerIdForms forms) {
    for (const Form& form : kForms) {
        CallerId id;
        id.type = CallerIdType::Dtmf;
        if (forms.has(form.form) && form.read(id, keys)) {
            return id;
        }
    }
    return std::nullopt;
}

DtmfCallerIdKeys writeDtmfCallerId(const CallerId& id, DtmfCallerIdForm form) {
    DtmfCallerIdKeys keys;
    const std::string_view number = id.number.view();
    const bool present = id.numberStatus == CallerIdStatus::Present && !number.empty();
    if (!isDigits(number) || !isDigits(id.redirecting.view()) ||
        (!present && id.numberStatus == CallerIdStatus::Absent)) {
        return keys;
    }
    switch (form) {
    case DtmfCallerIdForm::PartsToC:
        keys.append(present ? "A" : "");
        keys.append(present ? number : "");
        keys.append(id.redirecting.empty() ? "" : "D");
        keys.append(id.redirecting.view());
        keys.append(present ? "" : "B");
        keys.append(present ? "" : reasonFor(id.numberStatus, kPartReasons));
        keys.append("C");
        break;
    case DtmfCallerIdForm::NumberToHash:
        keys.append(present ? "A" : "D");
        keys.append(present ? number : reasonFor(id.numberStatus, kHashReasons));
        keys.append("#");
        break;
    case DtmfCallerIdForm::NumberToC:
    case DtmfCallerIdForm::DigitsToHash:
        if (present) {
            const bool toC = form == DtmfCallerIdForm::NumberToC;
            keys.append(toC ? "D" : "");
            keys.append(number);
            keys.append(toC ? "C" : "#");
        }
        break;
    }
    return keys;
}

void DtmfCallerIdDecoder::push(char digit, SamplePosition began, Listener<DtmfCallerIdEvent> tell) {
    const bool late = !keys_.empty() && began > last_ + maximumGap_;
    // A begins a caller ID wherever it comes; D and B may also be inside of one.
    const bool fresh = digit == 'A' || (begins(digit) && !forms_.has(DtmfCallerIdForm::PartsToC));
    if (late || fresh) {
        keys_.clear();
    }
    if (keys_.empty()) {
        first_ = began;
    }
    last_ = began;
    if (!keys_.push(digit)) {
        keys_.clear();
        return;
    }
    if (digit != 'C' && digit != '#') {
        return;
    }
    if (const auto id = readDtmfCallerId(keys_.view(), forms_)) {
        tell(DtmfCallerIdEvent{first_, began, *id});
    }
    keys_.clear();
}

}  // namespace tipring::dsp
