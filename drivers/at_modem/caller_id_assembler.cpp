// SPDX-License-Identifier: Apache-2.0
#include "caller_id_assembler.h"

#include <algorithm>

#include "caller_id_fields.h"
#include "caller_id_frame.h"
#include "text.h"

namespace tipring::at_modem {

namespace {

/// A hex line that nobody announced: only what has the exact shape of a message counts, because
/// identification answers are lines of digits too.
bool isWholeMessage(std::string_view text) {
    std::array<std::uint8_t, 300> buffer;
    const auto bytes = bytesFromHex(text, buffer);
    const std::size_t size = frameSize(bytes);
    if (size == 0 || bytes.size() > size || bytes.size() + 1 < size) {
        return false;
    }
    CallerId scratch;
    return readFrame(bytes, scratch) != FrameCheck::NoFrame;
}

/// The first line of a dump that goes on: an MDMF message whose first parameter is a known one.
bool beginsMessage(std::string_view text) {
    std::array<std::uint8_t, 300> buffer;
    const auto bytes = bytesFromHex(text, buffer);
    return bytes.size() >= 4 && bytes[0] == 0x80 && bytes.size() + 1 < frameSize(bytes) &&
           bytes[2] != 0 && bytes[2] <= 0x13;
}

/// Fields of a caller ID, as bits.
enum Field : std::uint8_t { kNumber = 1, kName = 2, kDate = 4, kTime = 8 };

bool saysAnything(const CallerId& id) {
    return id.known() || id.date || id.time || id.messageWaiting || id.checksumValid ||
           !id.called.empty() || !id.redirecting.empty();
}

template <class T>
bool replace(T& to, const T& from) {
    const bool changed = !(to == from);
    if (changed) {
        to = from;
    }
    return changed;
}

}  // namespace

CallerIdAssembler::Effect CallerIdAssembler::take(const AtLine& line) {
    Effect effect;
    switch (line.kind) {
    case LineKind::Ring:
    case LineKind::CidRing: effect = ring(line); break;
    case LineKind::CallerId: effect = field(line); break;
    case LineKind::Hex: effect = hex(line.value); break;
    case LineKind::NetCallerId: effect = netCallerId(line.value); break;
    case LineKind::DtmfDigits: {
        CallerId next;
        takeDtmf(next, line.value);
        effect = merge(next, saysAnything(next));
        break;
    }
    case LineKind::Cadence: sawCallSign_ = true; break;
    case LineKind::Result:
        if (line.result == ResultCode::Ringing) {
            effect = ring(line);
        } else if (line.result == ResultCode::Ok || line.result == ResultCode::Error) {
            effect = flush();
        }
        break;
    case LineKind::Text:
        if (dumping_ && line.value == "NO DATA") {
            sawCallSign_ = true;
            dumping_ = false;
        }
        break;
    case LineKind::CallerIdMark: break;
    }
    if (!line.rest.empty()) {
        const Effect more = take(classify(line.rest));
        effect.ring = effect.ring || more.ring;
        effect.callerId = effect.callerId || more.callerId;
        effect.otherCall = effect.otherCall || more.otherCall;
        effect.messageWaiting = effect.messageWaiting || more.messageWaiting;
    }
    return effect;
}

CallerIdAssembler::Effect CallerIdAssembler::takeRing() {
    AtLine line;
    line.kind = LineKind::Ring;
    return take(line);
}

CallerIdAssembler::Effect CallerIdAssembler::flush() {
    const std::string_view all(dump_.data(), dumping_ ? dumpSize_ : 0);
    dumping_ = false;
    dumpSize_ = 0;
    return isWholeMessage(all) ? message(all) : Effect{};
}

CallerIdAssembler::Effect CallerIdAssembler::ring(const AtLine& line) {
    Effect effect = flush();
    ++rings_;
    burst_ = 0;
    ringType_ = line.ringType != 0 ? line.ringType : ringType_;
    const bool carriesNumber = isNumber(line.value);
    const bool carriesCalled = isNumber(line.called);
    if (carriesNumber || carriesCalled) {
        CallerId next;
        if (carriesNumber) {
            takeNumber(next, line.value);
        }
        if (carriesCalled) {
            next.called.assign(line.called);
        }
        const Effect more = merge(next, carriesNumber);
        effect.callerId = effect.callerId || more.callerId;
        effect.otherCall = effect.otherCall || more.otherCall;
    }
    effect.ring = true;
    return effect;
}

CallerIdAssembler::Effect CallerIdAssembler::field(const AtLine& line) {
    // A date behind a date and a number opens the next message, with or without a ring between.
    const bool opens = line.tag == Tag::Date || line.tag == Tag::DateTime;
    if (opens && (burst_ & kDate) != 0 && (burst_ & kNumber) != 0) {
        burst_ = 0;
    }
    CallerId next;
    bool seen = true;
    switch (line.tag) {
    case Tag::Date: takeDate(next, line.value); break;
    case Tag::Time:
    case Tag::DateTime:
        takeTime(next, line.value);
        // ZyXEL's TIME holds the date too: "09-15 17:00"
        if (!next.time && line.value.find(' ') != std::string_view::npos) {
            takeDate(next, line.value);
        }
        break;
    case Tag::Number:
    case Tag::DialableNumber: takeNumber(next, line.value); break;
    case Tag::Name: takeName(next, line.value); break;
    case Tag::LookupName:
        takeName(next, line.value);
        if (id_.nameStatus == FieldStatus::Ok) {
            return {};  // the network's own name goes first
        }
        break;
    case Tag::NoNameReason: takeNameReason(next, line.value); break;
    case Tag::NoNumberReason: takeNumberReason(next, line.value); break;
    case Tag::Called:
    case Tag::Redirecting:
        if (isNumber(line.value)) {
            (line.tag == Tag::Called ? next.called : next.redirecting).assign(line.value);
        }
        break;
    case Tag::Message: return message(line.value);
    case Tag::RawDump:
        dumping_ = true;
        dumpSize_ = 0;
        return line.value.empty() ? Effect{} : hex(line.value);
    case Tag::ChecksumError: next.checksumValid = false; break;
    case Tag::MessageWaiting: next.messageWaiting = line.value != "0" && !line.value.empty(); break;
    case Tag::Skipped: seen = false; break;
    }
    return merge(next, seen && saysAnything(next));
}

CallerIdAssembler::Effect CallerIdAssembler::message(std::string_view text) {
    CallerId next;
    next.numberStatus = id_.numberStatus;  // tells what parameter 03 means
    next.number = id_.number;
    const bool used = readHex(text, next);
    return used ? merge(next, true) : Effect{};
}

CallerIdAssembler::Effect CallerIdAssembler::hex(std::string_view text) {
    if (!dumping_) {
        if (isWholeMessage(text)) {
            return message(text);
        }
        if (!beginsMessage(text)) {
            return {};
        }
        dumping_ = true;
        dumpSize_ = 0;
    }
    const std::size_t room = std::min(text.size(), dump_.size() - dumpSize_);
    std::copy_n(text.data(), room, dump_.data() + dumpSize_);
    dumpSize_ += room;
    const std::string_view all(dump_.data(), dumpSize_);
    std::array<std::uint8_t, 512> buffer;
    const auto bytes = bytesFromHex(all, buffer);
    if (const std::size_t size = frameSize(bytes); size == 0 || bytes.size() < size) {
        return {};
    }
    dumping_ = false;
    dumpSize_ = 0;
    return message(all);
}

CallerIdAssembler::Effect CallerIdAssembler::netCallerId(std::string_view text) {
    CallerId next;
    while (!text.empty()) {
        const auto dots = text.find("...");
        const std::string_view part = text.substr(0, dots);
        text = dots == std::string_view::npos ? std::string_view{} : text.substr(dots + 3);
        if (part.starts_with("DATE")) {
            takeDate(next, part.substr(4));
        } else if (part.starts_with("NMBR")) {
            takeNumber(next, part.substr(4));
        } else if (part.starts_with("NAME") && trim(part.substr(4)) == "MESSAGE WAITING") {
            next.messageWaiting = true;
        } else if (part.starts_with("NAME")) {
            takeName(next, part.substr(4));
        }
    }
    // The box has no number field for a withheld caller: the name's label stands for both.
    if (next.numberStatus == FieldStatus::Absent && next.nameStatus != FieldStatus::Ok) {
        next.numberStatus = next.nameStatus;
    }
    return merge(next, true);
}

bool CallerIdAssembler::isOfOtherCall(const CallerId& next) const {
    // Fields that differ within one burst are the network's own corrections.
    const auto comparable = [&](Field field) { return (burst_ & field) == 0; };
    const auto differs = [](const auto& a, const auto& b) { return a && b && *a != *b; };
    const bool otherNumber = comparable(kNumber) && id_.numberStatus == FieldStatus::Ok &&
                             next.numberStatus == FieldStatus::Ok && !(id_.number == next.number);
    return otherNumber || (comparable(kDate) && differs(id_.date, next.date)) ||
           (comparable(kTime) && differs(id_.time, next.time));
}

void CallerIdAssembler::beginOtherCall() {
    // Where caller ID comes after the first ring, the ring just before it belongs to it; so do the
    // fields since that ring, which happened to equal those of the call before.
    CallerIdAssembler other;
    other.rings_ = ringsBeforeId_ > 0 && rings_ > ringsBeforeId_ ? 1 : 0;
    other.burst_ = burst_;
    other.sawCallerId_ = burst_ != 0;
    other.ringsBeforeId_ = other.sawCallerId_ ? other.rings_ : 0;
    if ((burst_ & kNumber) != 0) {
        other.id_.number = id_.number;
        other.id_.numberStatus = id_.numberStatus;
    }
    if ((burst_ & kName) != 0) {
        other.id_.name = id_.name;
        other.id_.nameStatus = id_.nameStatus;
    }
    if ((burst_ & kDate) != 0) {
        other.id_.date = id_.date;
    }
    if ((burst_ & kTime) != 0) {
        other.id_.time = id_.time;
    }
    *this = other;
}

bool CallerIdAssembler::addFields(const CallerId& next) {
    bool changed = false;
    if (saysMore(next.numberStatus, id_.numberStatus)) {
        changed = replace(id_.number, next.number);
        changed = replace(id_.numberStatus, next.numberStatus) || changed;
        burst_ |= kNumber;
    }
    if (saysMore(next.nameStatus, id_.nameStatus)) {
        changed = replace(id_.name, next.name) || changed;
        changed = replace(id_.nameStatus, next.nameStatus) || changed;
        burst_ |= kName;
    }
    if (next.date) {
        changed = replace(id_.date, next.date) || changed;
        burst_ |= kDate;
    }
    if (next.time) {
        changed = replace(id_.time, next.time) || changed;
        burst_ |= kTime;
    }
    if (!next.called.empty()) {
        changed = replace(id_.called, next.called) || changed;
    }
    if (!next.redirecting.empty()) {
        changed = replace(id_.redirecting, next.redirecting) || changed;
    }
    if (next.messageWaiting) {
        changed = replace(id_.messageWaiting, next.messageWaiting) || changed;
    }
    if (next.checksumValid) {
        changed = replace(id_.checksumValid, next.checksumValid) || changed;
    }
    return changed;
}

CallerIdAssembler::Effect CallerIdAssembler::merge(const CallerId& next, bool seen) {
    Effect effect;
    if (isOfOtherCall(next)) {
        effect.otherCall = true;
        beginOtherCall();
    }
    effect.callerId = addFields(next);
    effect.messageWaiting = next.messageWaiting.has_value();
    if (seen) {
        ringsBeforeId_ = sawCallerId_ ? ringsBeforeId_ : rings_;
        sawCallerId_ = true;
    }
    return effect;
}

bool CallerIdAssembler::complete() const {
    return id_.numberStatus != FieldStatus::Absent && id_.nameStatus != FieldStatus::Absent;
}

}  // namespace tipring::at_modem
