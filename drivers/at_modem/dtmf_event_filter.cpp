// SPDX-License-Identifier: Apache-2.0
#include "dtmf_event_filter.h"

#include <string_view>

namespace tipring::at_modem {

bool DtmfEventFilter::isDigit(char code) {
    return code != 0 && std::string_view("0123456789*#ABCD").find(code) != std::string_view::npos;
}

std::optional<char> DtmfEventFilter::take(char code, std::chrono::nanoseconds now) {
    if (code == '/' || code == '~' || code == 0x7F) {
        inBlock_ = code == '/';
        last_ = 0;
        return {};
    }
    if (!isDigit(code)) {
        return {};
    }
    const bool repeated = code == last_ && now - lastTime_ < (inBlock_ ? kLostEnd : kBounce);
    last_ = code;
    lastTime_ = now;
    return repeated ? std::nullopt : std::optional(code);
}

}  // namespace tipring::at_modem
