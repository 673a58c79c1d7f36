// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <string_view>

#include "hal/usb/descriptor_bytes.h"

namespace tipring::adapters::testing {

/// "7F CF": bytes as notes on hardware write them.
inline hal::testing::Bytes hexBytes(std::string_view text) {
    hal::testing::Bytes bytes;
    for (std::size_t at = 0; at + 1 < text.size(); at += 3) {
        unsigned value = 0;
        std::from_chars(text.data() + at, text.data() + at + 2, value, 16);
        bytes.push_back(std::byte(value));
    }
    return bytes;
}

/// `head`, then `rest` again and again up to 32 bytes.
inline hal::testing::Bytes frameOf(std::string_view head, std::string_view rest) {
    hal::testing::Bytes frame = hexBytes(head);
    while (frame.size() < 32) {
        const hal::testing::Bytes more = hexBytes(rest);
        frame.insert(frame.end(), more.begin(), more.end());
    }
    return frame;
}

}  // namespace tipring::adapters::testing
