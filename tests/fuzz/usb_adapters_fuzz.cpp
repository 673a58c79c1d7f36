// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "board_packet.h"
#include "u100_frame.h"

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// The stream of a U100 in pieces; what comes out can be written again.
void readFrames(std::span<const std::byte> stream, std::size_t step) {
    using namespace tipring::sangoma_u100;
    FrameReader reader;
    std::array<std::byte, kFrameSize> again{};
    while (!stream.empty()) {
        const auto part = stream.first(std::min(step, stream.size()));
        const std::size_t taken = reader.take(part);
        require(taken > 0 && taken <= part.size());
        stream = stream.subspan(taken);
        if (reader.whole()) {
            require(reader.inSync() && reader.frame().controls[0] == kIdle);
            encodeFrame(reader.frame(), again);
            const Message message = readMessage(reader.frame());
            require(message.module <= 1);
        }
    }
}

}  // namespace

/// Any bytes as packets of the Open USB FXS and as the stream of the Sangoma U100.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using tipring::open_usb_fxs::kPacketSize;
    const auto bytes = std::as_bytes(std::span(data, size));
    for (std::size_t at = 0; at < bytes.size(); at += kPacketSize) {
        const auto packet = bytes.subspan(at, std::min(kPacketSize, bytes.size() - at));
        if (const auto parsed = tipring::open_usb_fxs::parseBoardPacket(packet)) {
            require(parsed->codes.size() == tipring::open_usb_fxs::kSamples);
        }
    }
    readFrames(bytes, bytes.empty() ? 1 : 1 + data[0] % 80);
    return 0;
}
