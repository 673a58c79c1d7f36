// SPDX-License-Identifier: Apache-2.0
// What another program asks for: a tel: URI, a request line, an answer line. Whatever it holds, a
// number that comes out has no control characters, and what is refused is refused in words.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "request_socket.h"
#include "tel_uri.h"

namespace {

void need(bool condition) {
    if (!condition) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tipring::tools;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto number = numberOfTelUri(text)) {
        need(!number->empty());
        need(number->find_first_not_of("+0123456789*#ABCDabcd") == std::string::npos);
    } else {
        need(!number.error().cause.empty());
    }
    if (const auto request = parseRequest(text)) {
        const auto again = parseRequest(requestLine(*request));
        need(again.has_value());
    } else {
        need(!request.error().cause.empty());
    }
    static_cast<void>(parseAnswer(text));
    return 0;
}
