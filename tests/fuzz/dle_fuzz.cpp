// SPDX-License-Identifier: Apache-2.0
// Voice streams of any bytes, whole and cut; and shielding must come off as it went on.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "dle_decoder.h"

namespace {

using namespace tipring::at_modem;

class Trace final : public DleSink {
public:
    void onVoice(std::span<const std::byte> bytes) override {
        sound.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void onDle(char code) override { codes += code; }
    std::string sound, codes;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const std::size_t cut = size == 0 ? 0 : data[0] % size;
    Trace whole, pieces, again;
    DleDecoder one, two, three;
    const std::size_t taken = one.feed(bytes, whole);
    std::size_t cutTaken = two.feed(bytes.first(cut), pieces);
    cutTaken += two.feed(bytes.subspan(cutTaken), pieces);
    if (taken != cutTaken || whole.sound != pieces.sound || whole.codes != pieces.codes) {
        std::abort();
    }
    std::vector<std::byte> shielded(2 * size);
    const std::size_t length = dleShield(bytes, shielded);
    three.feed(std::span(shielded).first(length), again);
    if (again.sound != std::string(reinterpret_cast<const char*>(data), size)) {
        std::abort();
    }
    return 0;
}
