// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/fsk.h"

namespace tipring::test {

using Message = std::vector<std::uint8_t>;

/// A call setup message without its sum: date, number and name, as most networks send them.
Message callSetup(Random& random);
/// With its sum.
Message withSum(Message message);

/// What may be wrong with a line and a sender.
struct FskTrouble {
    double mark = -13.5, space = -13.5;  ///< dBm0
    double carrier = 0, rate = 0;        ///< per cent off
    double signalToNoise = 99;           ///< dB in 4 kHz; 90 and more: no noise
    double toneHertz = 0, toneLevel = 0;
    double constant = 0;  ///< DC, in sample values
    dsp::FskFrame frame{};
    bool longLine = false;  ///< high frequencies some 6 dB down, late
    bool muLaw = false;
};
/// Silence, the message with its sum, silence.
Samples fskSound(const Message& message, const dsp::FskModulation& modulation,
                 const FskTrouble& trouble, Random& random);

/// A caller-ID receiver under test: samples in, messages with a good sum out, without it.
class FskSubject {
public:
    virtual ~FskSubject() = default;
    virtual void reset() = 0;
    virtual std::vector<Message> feed(std::span<const std::int16_t> samples) = 0;
};
std::unique_ptr<FskSubject> ourFsk(const dsp::FskModulation& modulation);

/// Per cent of messages that come through.
int heardOf(FskSubject& subject, const dsp::FskModulation& modulation, const FskTrouble& trouble,
            int messages);
/// Per cent that one who knows where each bit stands gets right, by the energy in it.
int boundOf(const dsp::FskModulation& modulation, double signalToNoise, int messages);

/// A point of a row of the table of accuracy, and what is wanted there (0: nothing).
struct FskPoint {
    double value = 0;
    FskTrouble trouble;
    int wanted = 0;
};
struct FskRow {
    std::string name;
    std::vector<FskPoint> points;
};
/// All rows of the table.
std::vector<FskRow> fskRows();

}  // namespace tipring::test
