// SPDX-License-Identifier: Apache-2.0
// Whatever a modem sends: whole and cut in two, it must be read alike, within bounds.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "at_reader.h"
#include "at_response.h"
#include "tipring/drivers/at_modem/capture_decoder.h"

namespace {

using namespace tipring::at_modem;

class Trace final : public AtReaderSink {
public:
    bool onLine(std::string_view line) override {
        if (line.empty() || line.size() > AtReader::kLongestLine) {
            std::abort();
        }
        (void)classify(line);
        (void)numericResult(line);
        text.append(line).append(1, '\n');
        return true;
    }
    void onDle(char code) override { text.append(1, '\x10').append(1, code); }
    void onOverlong(std::string_view) override { text += "...\n"; }
    std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const std::size_t cut = size == 0 ? 0 : data[0] % size;
    Trace whole, pieces;
    AtReader one, two;
    one.feed(bytes, whole);
    one.flush(whole);
    two.feed(bytes.first(cut), pieces);
    two.feed(bytes.subspan(cut), pieces);
    two.flush(pieces);
    if (whole.text != pieces.text) {
        std::abort();
    }
    for (const DecodedCall& call : decodeCapture(bytes)) {
        if (call.callerId.number.view().size() > 40) {
            std::abort();
        }
    }
    return 0;
}
