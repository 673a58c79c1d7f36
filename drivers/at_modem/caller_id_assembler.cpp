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

/// What `next` says goes over what `id` says, unless that would lose something.
void addFields(CallerId& id, const CallerId& next) {
    if (saysMore(next.numberStatus, id.numberStatus)) {
        id.number = next.number;
        id.numberStatus = next.numberStatus;
    }
    if (saysMore(next.nameStatus, id.nameStatus)) {
        id.name = next.name;
        id.nameStatus = next.nameStatus;
    }
    const auto take = [](auto& to, const auto& from) {
        if (from) {
            to = from;
        }
    };
    take(id.date, next.date);
    take(id.time, next.time);
    take(id.messageWaiting, next.messageWaiting);
    take(id.checksumValid, next.checksumValid);
    if (!next.called.empty()) {
        id.called = next.called;
    }
    if (!next.redirecting.empty()) {
        id.redirecting = next.redirecting;
    }
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
        next.called.assign(line.value);
        effect = merge(next, true);
        break;
    }
    case LineKind::Cadence: sawCallSign_ = true; break;
    case LineKind::Result:
        if (line.result == ResultCode::Ringing) {
            effect = ring(line);
        } else if (line.result == ResultCode::Ok || line.result == ResultCode::Error) {
            dumping_ = false;
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

CallerIdAssembler::Effect CallerIdAssembler::ring(const AtLine& line) {
    ++rings_;
    idAtRing_ = sawCallerId_ ? std::optional(id_) : std::nullopt;
    burst_ = {};
    dumping_ = false;
    dumpSize_ = 0;
    ringType_ = line.ringType != 0 ? line.ringType : ringType_;
    Effect effect;
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
        effect = merge(next, carriesNumber);
    }
    effect.ring = true;
    return effect;
}

CallerIdAssembler::Effect CallerIdAssembler::field(const AtLine& line) {
    CallerId next;
    bool seen = true;
    switch (line.tag) {
    case Tag::Date: takeDate(next, line.value); break;
    case Tag::Time:
    case Tag::DateTime:
        // ZyXEL's TIME holds the date too: "09-15 17:00"
        line.value.find(' ') == std::string_view::npos ? takeTime(next, line.value)
                                                       : takeDate(next, line.value);
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
    return merge(next, seen && next != CallerId{});
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
    if (!idAtRing_) {
        return false;  // fields that differ within one burst are the network's own corrections
    }
    const auto differs = [](const auto& a, const auto& b) { return a && b && *a != *b; };
    const bool otherNumber = idAtRing_->numberStatus == FieldStatus::Ok &&
                             next.numberStatus == FieldStatus::Ok &&
                             !(idAtRing_->number == next.number);
    return otherNumber || differs(idAtRing_->date, next.date) ||
           differs(idAtRing_->time, next.time);
}

void CallerIdAssembler::beginOtherCall() {
    // Where caller ID comes after the first ring, the ring just before it belongs to it; so do the
    // fields since that ring, which happened to equal those of the call before.
    const CallerId burst = burst_;
    const bool afterRing = ringsBeforeId_ > 0;
    reset();
    rings_ = afterRing ? 1 : 0;
    id_ = burst_ = burst;
    sawCallerId_ = !(burst == CallerId{});
    ringsBeforeId_ = sawCallerId_ ? rings_ : 0;
}

CallerIdAssembler::Effect CallerIdAssembler::merge(const CallerId& next, bool seen) {
    Effect effect;
    if (isOfOtherCall(next)) {
        effect.otherCall = true;
        beginOtherCall();
    }
    const CallerId before = id_;
    addFields(id_, next);
    addFields(burst_, next);
    if (seen) {
        ringsBeforeId_ = sawCallerId_ ? ringsBeforeId_ : rings_;
        sawCallerId_ = true;
    }
    effect.messageWaiting = next.messageWaiting.has_value();
    effect.callerId = !(id_ == before);
    return effect;
}

bool CallerIdAssembler::complete() const {
    return id_.numberStatus != FieldStatus::Absent && id_.nameStatus != FieldStatus::Absent;
}

}  // namespace tipring::at_modem
