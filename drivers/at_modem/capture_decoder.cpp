// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/at_modem/capture_decoder.h"

#include <cstdint>
#include <utility>

#include "at_reader.h"
#include "at_response.h"
#include "caller_id_assembler.h"
#include "caller_id_frame.h"
#include "text.h"

namespace tipring::at_modem {

namespace {

class CaptureReader final : public AtReaderSink {
public:
    bool onLine(std::string_view line) override {
        if (startsWithNoCase(line, "ATA") || startsWithNoCase(line, "ATH")) {
            hookCommand_ = true;
            return true;
        }
        for (AtLine part = classify(line);;) {
            const std::string_view rest = std::exchange(part.rest, {});
            take(part);
            if (rest.empty()) {
                return true;
            }
            part = classify(rest);
        }
    }
    void onDle(char code) override {
        if (code == 'R') {
            if (answered_) {
                finishCall();
            }
            assembler_.takeRing();
        }
    }
    void onOverlong(std::string_view) override {}
    void flush() {
        takeFrom([&] { return assembler_.flush(); });
    }

    /// `stolenRings`: rings that turned out to belong to the next call.
    void finishCall(unsigned stolenRings = 0) {
        const unsigned rings = assembler_.rings() - stolenRings;
        const CallerId& id = assembler_.callerId();
        if (rings > 0 || assembler_.sawCallSign() || !(id == CallerId{})) {
            DecodedCall call;
            call.rings = rings;
            call.callerId = id;
            if (rings > 0 && assembler_.sawCallerId()) {
                call.callerIdBeforeRing = assembler_.callerIdBeforeRing();
            }
            calls.push_back(call);
        }
        assembler_.reset();
        answered_ = false;
    }

    std::vector<DecodedCall> calls;

private:
    void take(const AtLine& read) {
        if (read.kind == LineKind::Result && isAnswer(read.result)) {
            answered_ = true;
            return;
        }
        if (answered_ && announcesCall(read)) {
            finishCall();  // whoever rings after an answered call is another
        }
        takeFrom([&] { return assembler_.take(read); });
    }
    template <class Step>
    void takeFrom(Step&& step) {
        const CallerIdAssembler before = assembler_;
        if (step().otherCall) {
            const CallerIdAssembler after = assembler_;
            assembler_ = before;
            finishCall(after.rings());
            assembler_ = after;
        }
    }
    /// Off-hook or on-hook: either ends the ringing. OK does so only after ATA or ATH.
    bool isAnswer(ResultCode result) {
        if (result == ResultCode::Ok) {
            return std::exchange(hookCommand_, false);
        }
        return result == ResultCode::Connect || result == ResultCode::Vcon;
    }
    /// Caller ID counts too: in many countries it comes before the first ring.
    static bool announcesCall(const AtLine& read) {
        if (read.kind != LineKind::CallerId) {
            return read.kind == LineKind::Ring || read.kind == LineKind::CidRing;
        }
        return read.tag == Tag::Date || read.tag == Tag::Time || read.tag == Tag::DateTime ||
               read.tag == Tag::Number || read.tag == Tag::DialableNumber ||
               read.tag == Tag::Name || read.tag == Tag::Message;
    }

    CallerIdAssembler assembler_;
    bool answered_ = false;
    bool hookCommand_ = false;
};

}  // namespace

std::vector<DecodedCall> decodeCapture(std::span<const std::byte> bytes) {
    CaptureReader capture;
    AtReader reader;
    reader.feed(bytes, capture);
    reader.flush(capture);
    capture.flush();
    capture.finishCall();
    return std::move(capture.calls);
}

std::optional<CallerId> decodeFrame(std::span<const std::byte> bytes) {
    const std::span<const std::uint8_t> all(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            bytes.size());
    std::optional<CallerId> firstBad;
    for (std::size_t at = 0; at < all.size(); ++at) {
        CallerId id;
        const FrameCheck check = readFrame(all.subspan(at), id);
        if (check == FrameCheck::Valid) {
            return id;
        }
        if (check != FrameCheck::NoFrame && !firstBad) {
            firstBad = id;
        }
    }
    return firstBad;
}

}  // namespace tipring::at_modem
