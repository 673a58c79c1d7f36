// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/at_modem/capture_decoder.h"

#include <cstdint>

#include "at_reader.h"
#include "at_response.h"
#include "caller_id_assembler.h"
#include "caller_id_frame.h"

namespace tipring::at_modem {

namespace {

class CaptureReader final : public AtReaderSink {
public:
    bool onLine(std::string_view line) override {
        const AtLine read = classify(line);
        if (read.kind == LineKind::Result &&
            (read.result == ResultCode::Connect || read.result == ResultCode::Vcon)) {
            answered_ = true;
            return true;
        }
        if (answered_ && (read.kind == LineKind::Ring || read.kind == LineKind::CidRing)) {
            finishCall();  // whoever rings after an answered call is another
        }
        const CallerIdAssembler before = assembler_;
        if (assembler_.take(read).otherCall) {
            const CallerIdAssembler after = assembler_;
            assembler_ = before;
            finishCall(after.rings());
            assembler_ = after;
        }
        return true;
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
    CallerIdAssembler assembler_;
    bool answered_ = false;
};

}  // namespace

std::vector<DecodedCall> decodeCapture(std::span<const std::byte> bytes) {
    CaptureReader capture;
    AtReader reader;
    reader.feed(bytes, capture);
    reader.flush(capture);
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
