// SPDX-License-Identifier: Apache-2.0
// A pattern and a number from outside: total, and no dress of a barred number makes it a free one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tipring/tapi_core/rpc/dial_barring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tipring::rpc;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = text.find('\n');
    if (cut == text.npos) {
        return 0;
    }
    const std::string pattern(text.substr(0, cut));
    const std::string number(text.substr(cut + 1, 1024));
    if (!checkDialPattern(pattern)) {
        return 0;
    }
    const DialBarring rules{{pattern}, {}, {}};
    const auto barred = barredBy(rules, number);
    if (barred && *barred != pattern) {
        std::abort();
    }
    // Dress that no exchange hears, a tone letter, and an access code and a pause in front.
    for (const std::string& dressed : {"T" + number, "( " + number + " )", "5555," + number}) {
        if (barred && number.find('+') == number.npos && !barredBy(rules, dressed)) {
            std::abort();
        }
    }
    // An emergency number stays free.
    if (barredBy(rules, "112") || barredBy(rules, "9,911")) {
        std::abort();
    }
    return 0;
}
