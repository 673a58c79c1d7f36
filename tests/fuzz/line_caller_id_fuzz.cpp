// SPDX-License-Identifier: Apache-2.0
// Caller ID from the line. The first byte says how the rest is taken: as a message, as keys, as
// the bytes of a sender, or as sound.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/fsk_sender.h"

namespace {

using namespace tipring::dsp;
using Bytes = std::span<const std::uint8_t>;

void check(const CallerId& id) {
    for (const char c : id.name.view()) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            std::abort();
        }
    }
    if (id.time && (id.time->month < 1 || id.time->month > 12 || id.time->hour > 23)) {
        std::abort();
    }
    if ((id.numberStatus == CallerIdStatus::Present) == id.number.empty()) {
        if (id.numberStatus == CallerIdStatus::Present) {
            std::abort();
        }
    }
}

/// What was read can be written, and reads the same.
void readMessage(Bytes bytes) {
    const auto id = decodeCallerId(bytes);
    (void)decodeCallerId(bytes, CallerIdCharacters::British);
    if (!id) {
        return;
    }
    check(*id);
    std::array<std::uint8_t, kMaxCallerIdFrame> out{};
    const std::size_t size = encodeCallerId(*id, out);
    if (size > 0 && id->type != CallerIdType::NttCallSetup) {
        const auto again = decodeCallerIdFrame(std::span(out).first(size));
        if (!again || !again->checksumValid || !(again->number == id->number)) {
            std::abort();
        }
    }
}

void readKeys(Bytes bytes) {
    constexpr std::string_view kKeys = "0123456789*#ABCD";
    const auto every = DtmfCallerIdForm::PartsToC |
                       DtmfCallerIdForms(DtmfCallerIdForm::NumberToHash) |
                       DtmfCallerIdForm::NumberToC | DtmfCallerIdForm::DigitsToHash;
    DtmfCallerIdDecoder decoder(every);
    SamplePosition position = 0;
    for (const std::uint8_t byte : bytes) {
        position += byte;
        decoder.push(kKeys[byte % 16], position,
                     [](const DtmfCallerIdEvent& event) { check(event.id); });
    }
}

void hear(std::span<const std::int16_t> sound) {
    for (const char* name : {"bell", "etsi-dtas", "ntt", "dtmf-parts"}) {
        CallerIdReceiver receiver(*callerIdStandard(name));
        receiver.process(sound, [](const CallerIdEvent& event) { check(event.id); });
    }
}

void hearBytes(Bytes bytes) {
    FskSender sender;
    if (!sender.start(bytes.first(std::min<std::size_t>(bytes.size(), 100)), {10, 12, 0, 10})) {
        return;
    }
    std::vector<std::int16_t> sound(9000);
    sender.mix(std::span(sound).subspan(200));
    hear(sound);
}

void hearSound(Bytes bytes) {
    std::vector<std::int16_t> sound(bytes.size() / 2);
    if (!sound.empty()) {
        std::memcpy(sound.data(), bytes.data(), sound.size() * 2);
    }
    hear(sound);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr void (*kWays[])(Bytes) = {readMessage, readKeys, hearBytes, hearSound};
    if (size > 1) {
        kWays[data[0] % 4]({data + 1, size - 1});
    }
    return 0;
}
