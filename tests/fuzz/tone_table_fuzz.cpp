// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/tone_plan.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace {

using namespace tipring::dsp;

bool sound(const TonePattern& pattern) {
    bool good = pattern.count > 0 && pattern.count <= TonePattern::kMost &&
                pattern.repeatFrom < pattern.count;
    for (const ToneStep& step : pattern.all()) {
        for (const float hertz : step.hertz) {
            good = good && (hertz == 0 || (hertz >= 20 && hertz < 4000));
        }
    }
    return good;
}

/// Any country can be listened for, and its tones played.
void use(const CountryTones& country) {
    CallProgressDetector detector{country};
    for (const CountryTone& tone : country.tones) {
        std::int16_t samples[400] = {};
        ToneSequence{tone.pattern}.mix(samples);
        detector.process(samples, [](const ProgressEvent&) {});
        if (!sound(tone.pattern)) {
            std::abort();
        }
    }
}

}  // namespace

/// Any text: a table whose tones can be used, or a line and a cause.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parseToneTable(text);
    if (const auto* error = std::get_if<ToneTableError>(&parsed)) {
        if (error->line == 0 || error->cause.empty()) {
            std::abort();
        }
        return 0;
    }
    for (const CountryTones& country : std::get<ToneTable>(parsed).countries) {
        use(country);
    }
    return 0;
}
