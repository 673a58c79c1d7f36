// SPDX-License-Identifier: Apache-2.0
// Caller-ID messages and fields of any bytes: no overrun, and nothing unprintable comes out.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "caller_id_fields.h"
#include "caller_id_frame.h"
#include "tipring/drivers/at_modem/capture_decoder.h"

namespace {

using namespace tipring::at_modem;

void check(const CallerId& id) {
    for (const std::string_view text :
         {id.number.view(), id.called.view(), id.redirecting.view()}) {
        if (!text.empty() && !isNumber(text)) {
            std::abort();
        }
    }
    for (const char c : id.name.view()) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            std::abort();
        }
    }
    if (id.date && (id.date->month < 1 || id.date->month > 12 || id.date->day > 31)) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> bytes(data, size);
    CallerId frame, parameters, hex, fields, dtmf;
    readFrame(bytes, frame);
    readParameters(bytes, parameters);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    readHex(text, hex);
    takeNumber(fields, text);
    takeName(fields, text);
    takeDate(fields, text);
    takeTime(fields, text);
    takeDtmf(dtmf, text);
    for (const CallerId* id : {&frame, &parameters, &hex, &fields, &dtmf}) {
        check(*id);
    }
    if (const auto id = decodeFrame(std::as_bytes(bytes))) {
        check(*id);
    }
    return 0;
}
