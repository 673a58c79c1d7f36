// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::tools {

struct HeardKey {
    char key = 0;  ///< 0-9 * # A-D
};
/// Of the network, of a modem ("data-calling"), or none that is known ("unknown").
struct HeardTone {
    std::string name, country, cadence;  ///< country and cadence may be empty
    std::vector<std::string> alike;      ///< other meanings of the very same tone in this country
    float confidence = 0;                ///< 0 to 1
};
struct HeardCallerId {
    const dsp::CallerIdStandard* standard = nullptr;
    dsp::CallerId id;
};
struct HeardCas {};
/// A burst of the fax calling tone, the n-th of a row.
struct HeardFax {
    unsigned burst = 1;
};
struct HeardAnswerTone {
    bool bell = false;  ///< 2225 Hz; else 2100 Hz
    unsigned reversals = 0;
    bool modulated = false;
};
struct HeardVoice {};
struct HeardSilence {};
struct HeardBeep {
    float hertz = 0;
};

/// Something in a sound. Samples at 8 kHz since its beginning.
struct Heard {
    using What = std::variant<HeardKey, HeardTone, HeardCallerId, HeardCas, HeardFax,
                              HeardAnswerTone, HeardVoice, HeardSilence, HeardBeep>;
    dsp::SamplePosition at = 0;
    dsp::SamplePosition duration = 0;  ///< 0: goes on
    float dbm0 = dsp::kSilenceDbm0;    ///< of the strongest frequency; of a silence its noise
    What what;
};

struct EarSettings {
    std::string country = "US";  ///< ISO 3166-1: tones of the network, and its caller ID
    std::string standard{};      ///< of caller ID: standardNamed(); empty: the country's
    /// Tell each thing as soon as it is sure; lasting ones (tones of the network, voice, silence)
    /// while they go on, without a duration. Else all at the end, by their beginning, and nothing
    /// twice: speech that is part of a caller ID, a pause that belongs to a tone are left out.
    bool live = false;
};

/// Hears with every detector that there is. The same for any block size.
class Ear {
public:
    using Tell = std::function<void(const Heard&)>;
    /// INVALPARAM: country or standard is not known.
    static hal::Result<Ear> create(const EarSettings& settings, Tell tell);
    Ear(Ear&&) noexcept;
    Ear& operator=(Ear&&) noexcept;
    ~Ear();

    void hear(std::span<const std::int16_t> samples);
    /// The sound is over. Once.
    void finish();

private:
    struct State;
    explicit Ear(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// "bell", "etsi-dtas" and the other names of caller_id_standard.h; also "bell202", "v23" and
/// "dtmf", for which the country's standard is taken if it is of that kind, else the most usual
/// one; empty: the country's, "bell" where none is known. Null: no such standard.
[[nodiscard]] const dsp::CallerIdStandard* standardNamed(const std::string& name,
                                                         const std::string& country);

}  // namespace tipring::tools
