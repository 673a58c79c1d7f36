// SPDX-License-Identifier: Apache-2.0
#include "progress_plan.h"

#include <algorithm>
#include <cmath>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr float kOneProbe = 14;       // Hz; frequencies closer than that are one
constexpr float kBeating = 36;        // Hz; closer than that they are heard as one that beats
constexpr float kBin = 25;            // Hz between the bins of a frame
constexpr float kTolerance = 0.017F;  // of a high frequency, where the Hz that were wished are less
constexpr float kMostTolerance = 32;  // Hz; what two bins can measure
constexpr float kBeatingSlack = 10;   // Hz more, because what beats moves from bin to bin
constexpr float kLeastSlack = 200;    // samples
constexpr float kSteadyLeast = 6400;  // samples of a tone that does not stop
constexpr float kRarely = 8;          // a pause is that much longer than the burst before it
constexpr float kShortGap = 480;      // samples; between two sounds it may be lost
constexpr std::size_t kMostProbes = FrameTable::kMaxGroups * FrameTable::kPerGroup / 2;

/// The frequencies that have to be told apart in a step.
struct Carriers {
    std::array<float, ToneStep::kMost> hertz{};
    std::size_t count = 0;
    bool modulated = false;
};

Carriers carriersOf(const ToneStep& step) {
    Carriers carriers;
    std::vector<float> sorted(step.hertz.begin(),
                              std::find(step.hertz.begin(), step.hertz.end(), 0.0F));
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i > 0 && sorted[i] - sorted[i - 1] < kBeating) {
            float& beating = carriers.hertz[carriers.count - 1];
            beating = (beating + sorted[i]) / 2;
            carriers.modulated = true;
        } else {
            carriers.hertz[carriers.count++] = sorted[i];
        }
    }
    carriers.modulated = carriers.modulated || step.modulation > 0;
    return carriers;
}

/// How many of the steps repeat.
std::size_t periodOf(std::span<const ProgressPlan::Step> steps) {
    for (std::size_t period = 1; period < steps.size(); ++period) {
        bool all = steps.size() % period == 0;
        for (std::size_t i = period; all && i < steps.size(); ++i) {
            all = steps[i] == steps[i - period];
        }
        if (all) {
            return period;
        }
    }
    return steps.size();
}

/// Three different sounds follow each other at least.
bool isMelody(std::span<const ProgressPlan::Step> steps) {
    std::size_t sounds = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::uint8_t before = i > 0 ? steps[i - 1].sound : ProgressPlan::kSilence;
        const bool one = steps[i].sound != ProgressPlan::kSilence && steps[i].sound != before;
        sounds = one ? sounds + 1 : 0;
        if (sounds == 3) {
            return true;
        }
    }
    return false;
}

bool hasOneSound(std::span<const ProgressPlan::Step> steps) {
    std::uint8_t sound = ProgressPlan::kSilence;
    return std::all_of(steps.begin(), steps.end(), [&sound](const ProgressPlan::Step& step) {
        const std::uint8_t before = sound;
        sound = step.sound != ProgressPlan::kSilence ? step.sound : sound;
        return before == ProgressPlan::kSilence || sound == before;
    });
}

/// The steady tone sounds like the other one, whose gaps are shorter than what frames can show.
bool goesOnLike(const ProgressPlan::Row& steady, const ProgressPlan::Row& broken) {
    const auto seen = [&](const ProgressPlan::Step& step) {
        return step.sound == ProgressPlan::kSilence ? (step.least + step.most) / 2 >= kShortGap
                                                    : step.sound != steady.steps[0].sound;
    };
    const auto steps = std::span(broken.steps).first(broken.count);
    return steady.count == 1 && steady.steps[0].endless && broken.count > 1 &&
           std::none_of(steps.begin(), steps.end(), seen);
}

/// A burst that comes again after a pause so long that a call goes on in it.
void findRecurrence(ProgressPlan::Row& row) {
    const ProgressPlan::Step& tone = row.steps[0];
    const ProgressPlan::Step& pause = row.steps[1];
    if (row.count == 2 && tone.sound != ProgressPlan::kSilence && !pause.endless &&
        pause.sound == ProgressPlan::kSilence && pause.most > kRarely * tone.most) {
        row.period = (tone.least + tone.most + pause.least + pause.most) / 2;
    }
}

}  // namespace

std::vector<ProgressPlan::Probe> ProgressPlan::probesOf(const CountryTones& country,
                                                        float tolerance) {
    std::vector<float> hertz;
    for (const CountryTone& tone : country.tones) {
        for (const ToneStep& step : tone.pattern.all()) {
            const Carriers carriers = carriersOf(step);
            hertz.insert(hertz.end(), carriers.hertz.begin(),
                         carriers.hertz.begin() + carriers.count);
        }
    }
    std::sort(hertz.begin(), hertz.end());
    std::vector<Probe> probes;
    for (auto at = hertz.begin(); at != hertz.end() && probes.size() < kMostProbes;) {
        const auto end =
            std::find_if(at, hertz.end(), [&](float other) { return other - *at > kOneProbe; });
        const float middle = (*at + *(end - 1)) / 2;
        probes.push_back(
            {middle, std::min(std::max(tolerance, middle * kTolerance), kMostTolerance)});
        at = end;
    }
    return probes;
}

std::vector<double> ProgressPlan::bins() const {
    std::vector<double> hertz;
    for (const Probe& probe : probes) {
        hertz.push_back(static_cast<double>(probe.hertz - kBin / 2));
        hertz.push_back(static_cast<double>(probe.hertz + kBin / 2));
    }
    return hertz;
}

std::uint8_t ProgressPlan::probeOf(float hertz) const {
    const auto nearest =
        std::min_element(probes.begin(), probes.end(), [&](const Probe& a, const Probe& b) {
            return std::fabs(a.hertz - hertz) < std::fabs(b.hertz - hertz);
        });
    return static_cast<std::uint8_t>(nearest - probes.begin());
}

std::uint8_t ProgressPlan::soundOf(const ToneStep& step) {
    if (step.silent()) {
        return kSilence;
    }
    const Carriers carriers = carriersOf(step);
    Sound sound;
    for (std::size_t i = 0; i < carriers.count; ++i) {
        sound.probes[sound.count++] = probeOf(carriers.hertz[i]);
    }
    auto known = std::find_if(sounds.begin(), sounds.end(), [&](const Sound& other) {
        return other.count == sound.count && other.probes == sound.probes;
    });
    if (known == sounds.end()) {
        known = sounds.insert(sounds.end(), sound);
    }
    known->modulated = known->modulated || carriers.modulated;
    return static_cast<std::uint8_t>(known - sounds.begin() + 1);
}

void ProgressPlan::addRow(const CountryTone& tone) {
    Row row;
    row.kind = tone.kind;
    const TonePattern& pattern = tone.pattern;
    // What comes once tells a special dial tone from the plain one that follows it.
    const auto steps =
        pattern.all().first(pattern.repeatFrom > 0 ? pattern.repeatFrom : pattern.count);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const float samples = steps[i].milliseconds * static_cast<float>(kSampleRate) / 1000;
        const bool between = steps[i].silent() && i > 0 && i + 1 < steps.size() &&
                             steps[i - 1].hertz != steps[i + 1].hertz;
        if (between && samples < kShortGap) {
            continue;
        }
        const float slack = std::max(kLeastSlack, samples * settings.timing);
        row.steps[row.count++] = {soundOf(steps[i]), samples - slack, samples + slack,
                                  samples == 0};
    }
    row.count = static_cast<std::uint8_t>(periodOf(std::span(row.steps).first(row.count)));
    findRecurrence(row);
    row.melody = isMelody(std::span(row.steps).first(row.count));
    rows.push_back(row);
}

/// What rows have in common, and what one has alone.
void ProgressPlan::compare() {
    const auto alike = [](const Row& a, const Row& b) {
        return a.count == b.count && std::equal(a.steps.begin(), a.steps.begin() + a.count,
                                                b.steps.begin(), [](const Step& x, const Step& y) {
                                                    return x.sound == y.sound && x.most == y.most;
                                                });
    };
    for (Row& row : rows) {
        for (const Row& other : rows) {
            const bool same = alike(row, other) || goesOnLike(row, other) || goesOnLike(other, row);
            row.same |= same ? 1U << static_cast<unsigned>(other.kind) : 0;
        }
    }
    const auto has = [](const Row& row, std::size_t sound) {
        return std::any_of(row.steps.begin(), row.steps.begin() + row.count,
                           [&](const Step& step) { return step.sound == sound + 1; });
    };
    for (std::size_t i = 0; i < sounds.size(); ++i) {
        const Row* first = nullptr;
        sounds[i].single = true;
        sounds[i].steadyAfter = kSteadyLeast;
        for (const Row& row : rows) {
            if (!has(row, i)) {
                continue;
            }
            sounds[i].single = sounds[i].single && (first == nullptr || alike(*first, row));
            first = &row;
            for (const Step& step : std::span(row.steps).first(row.count)) {
                if (step.sound == i + 1 && !step.endless) {
                    sounds[i].steadyAfter =
                        std::max(sounds[i].steadyAfter, step.most + kLeastSlack);
                }
            }
        }
    }
    for (Row& row : rows) {
        row.byFrequency =
            std::any_of(row.steps.begin(), row.steps.begin() + row.count, [&](const Step& step) {
                return step.sound != kSilence && sounds[step.sound - 1U].single;
            });
        row.frequencyCounts = row.byFrequency && hasOneSound(std::span(row.steps).first(row.count));
    }
}

ProgressPlan::ProgressPlan(const CountryTones& country, const ProgressSettings& wished)
    : probes(probesOf(country, wished.tolerance)),
      table(kHop, bins()),
      settings(wished),
      floor(static_cast<float>(std::pow(amplitudeOf(static_cast<double>(wished.minimumLevel)), 2))),
      silence(floor / 8) {
    for (const CountryTone& tone : country.tones) {
        addRow(tone);
    }
    compare();
    for (Sound& sound : sounds) {
        for (std::size_t i = 0; i < sound.count; ++i) {
            sound.perHertz[i] =
                1 / (probes[sound.probes[i]].tolerance + (sound.modulated ? kBeatingSlack : 0.0F));
        }
    }
}

}  // namespace tipring::dsp
