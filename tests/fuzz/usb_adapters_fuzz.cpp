// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "board_packet.h"
#include "jack_port.h"
#include "tipring/drivers/chips/conexant_monitor.h"
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

/// Answers of a magicJack.
void readReports(std::span<const std::byte> bytes) {
    using namespace tipring::magic_jack;
    constexpr std::string_view kKeys = "0123456789*#";
    for (std::size_t at = 0; at < bytes.size(); at += 4) {
        const auto value =
            readReport(bytes.subspan(at, std::min<std::size_t>(4, bytes.size() - at)));
        const JackState state = jackState(value.value_or(0));
        require(!state.key || kKeys.find(*state.key) != kKeys.npos);
        const JackReport again = writeReport(0, value.value_or(0));
        require(readReport(std::span(again).subspan(4)) == value.value_or(0));
    }
}

/// The line monitor of a CX93010, whole and in pieces.
void readMonitor(std::span<const std::byte> stream, std::size_t step) {
    using tipring::chips::MonitorDecoder;
    std::vector<std::int16_t> whole(MonitorDecoder::samplesOf(stream.size())), parts;
    MonitorDecoder atOnce, inPieces;
    whole.resize(atOnce.take(stream, whole));
    for (std::size_t at = 0; at < stream.size(); at += step) {
        std::vector<std::int16_t> part(MonitorDecoder::samplesOf(step));
        part.resize(inPieces.take(stream.subspan(at, std::min(step, stream.size() - at)), part));
        parts.insert(parts.end(), part.begin(), part.end());
    }
    require(parts == whole && atOnce.volume() == inPieces.volume() && atOnce.volume() <= 7);
}

}  // namespace

/// Any bytes as packets of the Open USB FXS, as the streams of the Sangoma U100 and of a CX93010's
/// line monitor, and as registers of the magicJack.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using tipring::open_usb_fxs::kPacketSize;
    const auto bytes = std::as_bytes(std::span(data, size));
    for (std::size_t at = 0; at < bytes.size(); at += kPacketSize) {
        const auto packet = bytes.subspan(at, std::min(kPacketSize, bytes.size() - at));
        if (const auto parsed = tipring::open_usb_fxs::parseBoardPacket(packet)) {
            require(parsed->codes.size() == tipring::open_usb_fxs::kSamples);
        }
    }
    readReports(bytes);
    readMonitor(bytes, bytes.empty() ? 1 : 1 + data[0] % 70);
    readFrames(bytes, bytes.empty() ? 1 : 1 + data[0] % 80);
    return 0;
}
