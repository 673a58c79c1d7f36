// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tipring/hal/usb/usb_descriptors.h"

namespace {

using namespace tipring::hal;

/// Everything that was read stands in the bytes: an interface takes nine of them, an endpoint
/// seven.
std::size_t bytesOf(const UsbDescriptors& descriptors) {
    std::size_t bytes = 18;
    for (const UsbConfiguration& configuration : descriptors.configurations) {
        bytes += 9;
        for (const UsbInterface& one : configuration.interfaces) {
            for (const UsbAlternate& alternate : one.alternates) {
                bytes += 9 + 7 * alternate.endpoints.size() + alternate.extra.size();
            }
        }
    }
    return bytes;
}

}  // namespace

/// Any bytes: no more comes out of them than they hold, or an error in words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = parseUsbDescriptors(std::as_bytes(std::span(data, size)));
    if (parsed ? bytesOf(*parsed) > size : parsed.error().cause.empty()) {
        std::abort();
    }
    return 0;
}
