// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/dtmf_sweep.h"

#include <algorithm>
#include <cmath>

#include "tipring/hal/dsp/dtmf_detector.h"

namespace tipring::test {

namespace {

class OurDtmf final : public DtmfSubject {
public:
    explicit OurDtmf(const dsp::DtmfSettings& settings) : detector_(settings) {}
    void reset() override { detector_.reset(); }
    std::string feed(std::span<const std::int16_t> samples) override {
        std::string keys;
        detector_.process(samples, [&](const dsp::DtmfEvent& event) {
            if (event.kind == dsp::DtmfEvent::Kind::Start) {
                keys += event.key;
            }
        });
        return keys;
    }

private:
    dsp::DtmfDetector detector_;
};

char keyOf(int number) {
    return kDtmfKeys[static_cast<std::size_t>(number) % kDtmfKeys.size()];
}

/// Silence of any length first, so that a digit begins anywhere in a frame.
Samples anywhere(Random& random) {
    return Samples(random.below(300), 0);
}

SweepRow row(const char* name, const char* limit, double value, bool good) {
    return {name, limit, value, good};
}

}  // namespace

std::unique_ptr<DtmfSubject> ourDtmf(bool overDialTone) {
    dsp::DtmfSettings settings;
    settings.overDialTone = overDialTone;
    return std::make_unique<OurDtmf>(settings);
}

std::string DtmfSweep::hear(Samples& samples, bool fresh) {
    if (channel_ == Channel::MuLaw) {
        throughMuLaw(samples);
    }
    if (channel_ == Channel::ALaw) {
        throughALaw(samples);
    }
    if (fresh) {
        subject_.reset();
    }
    return subject_.feed(samples);
}

int DtmfSweep::hitsWhile(const std::function<void(Samples&, int)>& make, int from, int to,
                         int step) {
    int hits = 0;
    for (int i = from; step > 0 ? i <= to : i >= to; i += step) {
        Samples samples;
        make(samples, i);
        hits += static_cast<int>(hear(samples).size());
    }
    return hits;
}

bool DtmfSweep::hearsAll(const std::function<void(Samples&, char)>& make, int tries) {
    for (int i = 0; i < tries; ++i) {
        Samples samples;
        make(samples, keyOf(i));
        if (hear(samples) != std::string(1, keyOf(i))) {
            return false;
        }
    }
    return true;
}

SweepRow DtmfSweep::decode() {
    int right = 0;
    for (int i = 0; i < 160; ++i) {
        Samples samples;
        addDigit(samples, {.key = keyOf(i / 10), .low = -4, .high = -4});
        right += hear(samples) == std::string(1, keyOf(i / 10)) ? 1 : 0;
    }
    return row("decode check", "160 of 160", right, right == 160);
}

SweepRow DtmfSweep::acceptedOffset(char key, bool high, bool below) {
    const double sign = below ? -0.1 : 0.1;
    const int hits = hitsWhile(
        [&](Samples& to, int i) {
            addDigit(to, {.key = key,
                          .low = -17,
                          .high = -17,
                          .lowOffset = high ? 0 : sign * i,
                          .highOffset = high ? sign * i : 0});
        },
        1, 60, 1);
    return {std::string("bandwidth ") + key + (high ? " high" : " low") + (below ? " -" : " +"),
            ">= 1.8 and < 3.5 %", hits / 10.0, hits >= 18 && hits < 35};
}

SweepRow DtmfSweep::normalTwist(char key) {
    const int hits = hitsWhile(
        [&](Samples& to, int i) { addDigit(to, {.key = key, .low = -3, .high = -3 + i / 10.0}); },
        0, -200, -1);
    return {std::string("normal twist ") + key, ">= 8.3 dB", hits / 10.0, hits >= 83};
}

SweepRow DtmfSweep::reverseTwist(char key) {
    const int hits = hitsWhile(
        [&](Samples& to, int i) { addDigit(to, {.key = key, .low = -3 + i / 10.0, .high = -3}); },
        0, -200, -1);
    return {std::string("reverse twist ") + key, ">= 4.3 dB", hits / 10.0, hits >= 43};
}

SweepRow DtmfSweep::dynamicRange() {
    const int hits =
        hitsWhile([](Samples& to, int i) { addDigit(to, {.low = double(i), .high = double(i)}); },
                  3, -50, -1);
    return row("dynamic range", ">= 45 dB", hits, hits >= 45);
}

SweepRow DtmfSweep::guardTime() {
    const int hits =
        hitsWhile([](Samples& to, int i) { addDigit(to, {.low = -3, .high = -3, .on = i / 10.0}); },
                  490, 100, -1);
    const double guard = (500 - hits) / 10.0;
    return row("guard time", "22 to 38 ms", guard, guard >= 22 && guard <= 38);
}

SweepRow DtmfSweep::accepts40ms() {
    Random random;
    int bad = 0;
    for (int i = 0; i < size_.of(500); ++i) {
        Samples samples = anywhere(random);
        addDigit(samples, {.key = keyOf(i), .on = 40, .phase = random.uniform() * 6});
        bad += hear(samples).size() == 1 ? 0 : 1;
    }
    return row("40 ms accepted", "0 missed or doubled", bad, bad == 0);
}

SweepRow DtmfSweep::rejects20ms() {
    Random random;
    int hits = 0;
    for (int i = 0; i < size_.of(500); ++i) {
        Samples samples = anywhere(random);
        addDigit(samples, {.key = keyOf(i), .on = 20, .phase = random.uniform() * 6});
        hits += static_cast<int>(hear(samples).size());
    }
    return row("20 ms rejected", "0 hits", hits, hits == 0);
}

SweepRow DtmfSweep::breakOf8ms() {
    Random random;
    int splits = 0;
    for (int i = 0; i < size_.of(200); ++i) {
        Samples samples = anywhere(random);
        addDigit(samples, {.key = keyOf(i), .on = 50, .off = 8});
        addDigit(samples, {.key = keyOf(i), .on = 50, .off = 60});
        splits += hear(samples).size() == 1 ? 0 : 1;
    }
    return row("break of 8 ms", "0 splits", splits, splits == 0);
}

SweepRow DtmfSweep::strings(double on, double off) {
    Random random;
    int bad = 0;
    for (int i = 0; i < size_.of(50); ++i) {
        Samples samples;
        std::string keys;
        for (int k = 0; k < 20; ++k) {
            keys += kDtmfKeys[random.below(16)];
            addDigit(samples,
                     {.key = keys.back(), .on = on, .off = off, .phase = random.uniform() * 6});
        }
        addSilence(samples, 100);
        bad += hear(samples, true) == keys ? 0 : 1;
    }
    return {"strings of 20, " + std::to_string(int(on)) + "/" + std::to_string(int(off)) + " ms",
            "0 wrong", double(bad), bad == 0};
}

SweepRow DtmfSweep::signalToNoise() {
    int lowest = 99;
    for (int ratio = 20; ratio >= 0; --ratio) {
        Random random;
        const bool all = hearsAll(
            [&](Samples& to, char) {
                addDigit(to, {.key = '1', .low = -4, .high = -4});
                addNoise(to, -4.0 - ratio, random);
            },
            1);
        int right = all ? 1 : 0;
        for (; right > 0 && right < size_.of(1000); ++right) {
            Samples samples;
            addDigit(samples, {.key = '1', .low = -4, .high = -4});
            addNoise(samples, -4.0 - ratio, random);
            if (hear(samples) != "1") {
                right = 0;
                break;
            }
        }
        if (right == 0) {
            break;
        }
        lowest = ratio;
    }
    return row("lowest signal to noise", "<= 6 dB", lowest, lowest <= 6);
}

SweepRow DtmfSweep::digitsInNoise(int decibels) {
    Random random;
    int missed = 0;
    for (int i = 0; i < size_.of(1000); ++i) {
        Samples samples;
        addDigit(samples, {.key = keyOf(i), .phase = random.uniform() * 6});
        addNoise(samples, -10.0 - decibels, random);
        missed += hear(samples) == std::string(1, keyOf(i)) ? 0 : 1;
    }
    return {"all digits, S/N " + std::to_string(decibels) + " dB", "0 missed", double(missed),
            missed == 0};
}

SweepRow DtmfSweep::dialTone(bool filtered) {
    const std::string keys(kDtmfKeys);
    const int digits = filtered ? -22 : -15;  // a dial tone 15 dB above -15 dBm0 would be clipped
    int loudest = -99;
    for (int level = -30; level < -4; ++level) {
        bool right = true;
        for (int i = 0; right && i < size_.of(10); ++i) {
            Samples samples;
            addDigits(samples, keys, {.low = double(digits), .high = double(digits)});
            addTone(samples, 350, level);
            addTone(samples, 440, level);
            right = hear(samples) == keys;
        }
        if (!right) {
            break;
        }
        loudest = level;
    }
    const int ratio = digits - loudest;
    const int limit = filtered ? -15 : 6;
    return {filtered ? "over dial tone, filtered" : "over dial tone",
            "<= " + std::to_string(limit) + " dB", double(ratio), ratio <= limit};
}

SweepRow DtmfSweep::echo() {
    int best = 99;
    for (int down = 20; down >= 0; --down) {
        const double gain = std::pow(10, -down / 20.0);
        const bool right = hearsAll(
            [&](Samples& to, char key) {
                addDigit(to, {.key = key, .off = 70});
                const Samples first = to;
                for (std::size_t i = 160; i < to.size(); ++i) {
                    to[i] = clipped(to[i] + gain * first[i - 160]);
                }
            },
            160);
        if (!right) {
            break;
        }
        best = down;
    }
    return row("echo after 20 ms", "<= 8 dB down", best, best <= 8);
}

SweepRow DtmfSweep::spikes() {
    Random random;
    int missed = 0;
    for (int i = 0; i < size_.of(1000); ++i) {
        Samples samples;
        addDigit(samples, {.key = keyOf(i)});
        for (int k = 0; k < 4; ++k) {
            const std::size_t at = random.below(samples.size());
            samples[at] = (random.next() & 1) != 0 ? 12000 : -12000;
        }
        missed += hear(samples) == std::string(1, keyOf(i)) ? 0 : 1;
    }
    return row("4 spikes in 100 ms", "0 missed", missed, missed == 0);
}

std::vector<SweepRow> DtmfSweep::all() {
    std::vector<SweepRow> rows{decode()};
    for (const char key : {'1', '5', '9', 'D'}) {
        for (const bool high : {false, true}) {
            rows.push_back(acceptedOffset(key, high, true));
            rows.push_back(acceptedOffset(key, high, false));
        }
        rows.push_back(normalTwist(key));
        rows.push_back(reverseTwist(key));
    }
    rows.push_back(dynamicRange());
    rows.push_back(guardTime());
    rows.push_back(accepts40ms());
    rows.push_back(rejects20ms());
    rows.push_back(breakOf8ms());
    rows.push_back(strings(50, 50));
    rows.push_back(strings(40, 40));
    rows.push_back(signalToNoise());
    for (const int decibels : {18, 12, 9, 6}) {
        rows.push_back(digitsInNoise(decibels));
    }
    rows.push_back(dialTone(false));
    rows.push_back(echo());
    rows.push_back(spikes());
    return rows;
}

int talkOffHits(DtmfSubject& subject, double hours) {
    Random random;
    int hits = 0;
    subject.reset();
    const double wanted = hours * 3600 * 8000;
    for (double done = 0; done < wanted;) {
        Samples samples;
        addHostileVowel(samples, random);
        done += double(samples.size());
        hits += static_cast<int>(subject.feed(samples).size());
    }
    return hits;
}

}  // namespace tipring::test
