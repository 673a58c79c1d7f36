// SPDX-License-Identifier: Apache-2.0
// Every tone of every country, given to that country's detector as written, off and in noise:
// dsp_progress.csv has each trial, dsp_progress.svg recall and precision over signal to noise. With
// folders named, the tones heard in their 8 kHz WAVs by each country's detector are counted.
//   dsp_progress_sweep [folder of WAVs...]
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "hal/dsp/progress_sweep.h"
#include "hal/dsp/tone_signals.h"
#include "svg_plot.h"

namespace {

using namespace tipring;
using namespace tipring::test;

ProgressScore score(const NetworkCondition& condition,
                    const std::function<void(const ProgressTrial&)>& each) {
    ProgressScore total;
    for (const dsp::CountryTones& country : dsp::builtinTones().countries) {
        for (const dsp::CountryTone& tone : country.tones) {
            const ProgressTrial trial = tryTone(country, tone, condition, 7);
            total.add(trial);
            each(trial);
        }
    }
    return total;
}

void writeTrials() {
    std::ofstream csv("dsp_progress.csv");
    csv << "condition,country,sent,told,confidence,steps,by frequency,delay s\n";
    for (const NetworkCondition& condition : networkConditions()) {
        const ProgressScore total = score(condition, [&](const ProgressTrial& trial) {
            csv << condition.name << ',' << trial.country << ',' << dsp::toneKindName(trial.sent)
                << ',';
            if (trial.heard.empty()) {
                csv << ",,,,\n";
                return;
            }
            const dsp::ProgressEvent& first = trial.heard.front();
            csv << dsp::toneKindName(first.tone) << ',' << first.confidence << ',' << first.steps
                << ',' << (first.byFrequency ? "yes" : "no") << ',' << trial.delay() << '\n';
        });
        std::printf("%-24s %d tones: recall %.3f precision %.4f, told after %.2f s, %.1f at most\n",
                    condition.name.c_str(), total.sent, total.recall(), total.precision(),
                    total.sumOfDelays / std::max(1, total.right), total.worstDelay);
    }
}

void plotNoise() {
    bench::Curve recall{"recall", {}}, precision{"precision", {}};
    for (int decibels = 0; decibels <= 20; decibels += 2) {
        const NetworkCondition condition{"", 1, 1, -20, double(decibels)};
        const ProgressScore total = score(condition, [](const ProgressTrial&) {});
        recall.points.emplace_back(decibels, 100 * total.recall());
        precision.points.emplace_back(decibels, 100 * total.precision());
    }
    bench::writePlot("dsp_progress.svg", "Call progress tones of all countries in noise",
                     "signal of one frequency over noise in 4 kHz, dB", "%", {recall, precision});
}

void listenTo(const std::string& folder) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const Samples sound =
            entry.path().extension() == ".wav" ? readWav(entry.path().string()) : Samples{};
        for (const dsp::CountryTones& country : dsp::builtinTones().countries) {
            dsp::CallProgressDetector detector{country};
            detector.process(sound, [&](const dsp::ProgressEvent& event) {
                std::printf(
                    "%s: %s %s, confidence %.2f\n", entry.path().c_str(), country.code.c_str(),
                    std::string(dsp::toneKindName(event.tone)).c_str(), double(event.confidence));
            });
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    writeTrials();
    plotNoise();
    for (int i = 1; i < argc; ++i) {
        listenTo(argv[i]);
    }
    return 0;
}
