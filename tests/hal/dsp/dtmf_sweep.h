// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hal/dsp/tone_signals.h"

namespace tipring::test {

/// A DTMF receiver under test: samples in, keys out.
class DtmfSubject {
public:
    virtual ~DtmfSubject() = default;
    virtual void reset() = 0;
    virtual std::string feed(std::span<const std::int16_t> samples) = 0;
};
std::unique_ptr<DtmfSubject> ourDtmf(bool overDialTone = false);

enum class Channel { Linear, MuLaw, ALaw };

/// One row of the table of accuracy: a figure and whether it is good enough.
struct SweepRow {
    std::string name;
    std::string limit;
    double value = 0;
    bool good = false;
};

/// How many tries each row makes: 1 is the whole procedure, less is a part of it for the gate.
struct SweepSize {
    double share = 1;
    [[nodiscard]] int of(int tries) const { return std::max(1, static_cast<int>(tries * share)); }
};

/// The rows follow the procedure of the Mitel CM7291 tape, ITU-T Q.24 and ETSI ES 201 235-3.
class DtmfSweep {
public:
    DtmfSweep(DtmfSubject& subject, Channel channel, SweepSize size = {})
        : subject_(subject), channel_(channel), size_(size) {}

    SweepRow decode();
    SweepRow acceptedOffset(char key, bool high, bool below);  ///< per cent
    SweepRow normalTwist(char key);                            ///< dB
    SweepRow reverseTwist(char key);
    SweepRow dynamicRange();                  ///< dB
    SweepRow guardTime();                     ///< ms
    SweepRow accepts40ms();                   ///< missed or doubled
    SweepRow rejects20ms();                   ///< hits
    SweepRow breakOf8ms();                    ///< splits
    SweepRow strings(double on, double off);  ///< wrong ones
    SweepRow signalToNoise();                 ///< dB, the lowest with all digits right
    SweepRow digitsInNoise(int decibels);     ///< missed
    SweepRow dialTone(bool filtered);         ///< dB, signal over each frequency of 350+440
    SweepRow echo();                          ///< dB down, the strongest that does no harm
    SweepRow spikes();                        ///< missed

    [[nodiscard]] std::vector<SweepRow> all();

private:
    std::string hear(Samples& samples, bool fresh = false);
    int hitsWhile(const std::function<void(Samples&, int)>& make, int from, int to, int step);
    bool hearsAll(const std::function<void(Samples&, char)>& make, int tries);

    DtmfSubject& subject_;
    Channel channel_;
    SweepSize size_;
};

/// Digits heard in so many hours of hostile vowels, always the same ones.
int talkOffHits(DtmfSubject& subject, double hours);

inline constexpr std::string_view kDtmfKeys = "123A456B789C*0#D";

}  // namespace tipring::test
