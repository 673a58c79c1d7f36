// SPDX-License-Identifier: Apache-2.0
// The table of DTMF accuracy, ours beside spandsp's, linear and through G.711, and the share of
// digits heard over signal to noise: dsp_dtmf.csv, dsp_dtmf.svg. With folders named, every 8 kHz
// WAV in them is played at nine speeds, and the digits heard in it counted.
//   dsp_dtmf_sweep [--share 0.1] [--hours 1] [folder of WAVs...]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "hal/dsp/dtmf_sweep.h"
#include "hal/dsp/spandsp_dtmf.h"
#include "svg_plot.h"

namespace {

using namespace tipring::test;

struct Wanted {
    double share = 1, hours = 1;
    std::vector<std::string> folders;
};

Wanted wantedOf(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--share" && i + 1 < argc) {
            wanted.share = std::atof(argv[++i]);
        } else if (word == "--hours" && i + 1 < argc) {
            wanted.hours = std::atof(argv[++i]);
        } else {
            wanted.folders.emplace_back(word);
        }
    }
    return wanted;
}

struct Subject {
    const char* name;
    std::unique_ptr<DtmfSubject> detector;
};

void writeTable(std::vector<Subject>& subjects, double share) {
    std::ofstream csv("dsp_dtmf.csv");
    csv << "detector,channel,row,limit,value,good\n";
    constexpr const char* kChannels[] = {"linear", "mu-law", "A-law"};
    for (Subject& subject : subjects) {
        for (const Channel channel : {Channel::Linear, Channel::MuLaw, Channel::ALaw}) {
            subject.detector->reset();
            DtmfSweep sweep{*subject.detector, channel, SweepSize{share}};
            for (const SweepRow& row : sweep.all()) {
                const char* codec = kChannels[static_cast<std::size_t>(channel)];
                csv << subject.name << ',' << codec << ',' << '"' << row.name << "\",\""
                    << row.limit << "\"," << row.value << ',' << (row.good ? "yes" : "no") << '\n';
                std::printf("%-8s %-7s %-28s %-22s %8.1f %s\n", subject.name, codec,
                            row.name.c_str(), row.limit.c_str(), row.value,
                            row.good ? "" : "MISSED");
            }
        }
    }
}

void plotNoise(std::vector<Subject>& subjects, double share) {
    std::vector<tipring::bench::Curve> curves;
    for (Subject& subject : subjects) {
        tipring::bench::Curve curve{subject.name, {}};
        subject.detector->reset();
        DtmfSweep sweep{*subject.detector, Channel::Linear, SweepSize{share}};
        const int tries = SweepSize{share}.of(1000);
        for (int decibels = -4; decibels <= 14; ++decibels) {
            const double missed = sweep.digitsInNoise(decibels).value;
            curve.points.emplace_back(decibels, 100 - 100 * missed / tries);
        }
        curves.push_back(curve);
    }
    tipring::bench::writePlot("dsp_dtmf.svg", "DTMF digits heard in noise, 50 ms, all keys",
                              "signal of one tone over noise in 4 kHz, dB", "% heard", curves);
}

Samples faster(const Samples& samples, double speed) {
    Samples out;
    for (double at = 0; at + 1 < double(samples.size()); at += speed) {
        const auto i = static_cast<std::size_t>(at);
        const double part = at - double(i);
        out.push_back(clipped(samples[i] * (1 - part) + samples[i + 1] * part));
    }
    return out;
}

void talkOff(std::vector<Subject>& subjects, const std::vector<std::string>& folders) {
    constexpr double kSpeeds[] = {0.6, 0.7, 0.8, 0.9, 1.0, 1.12, 1.25, 1.4, 1.6};
    std::vector<std::size_t> hits(subjects.size());
    double seconds = 0;
    for (const std::string& folder : folders) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            const Samples sound =
                entry.path().extension() == ".wav" ? readWav(entry.path().string()) : Samples{};
            for (const double speed : kSpeeds) {
                const Samples played = faster(sound, speed);
                seconds += double(played.size()) / 8000;
                for (std::size_t i = 0; i < subjects.size(); ++i) {
                    hits[i] += subjects[i].detector->feed(played).size();
                }
            }
        }
    }
    for (std::size_t i = 0; i < subjects.size() && seconds > 0; ++i) {
        std::printf("%-8s talk-off: %zu digits in %.2f h of recordings\n", subjects[i].name,
                    hits[i], seconds / 3600);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Wanted wanted = wantedOf(argc, argv);
    std::vector<Subject> subjects;
    subjects.push_back({"tipring", ourDtmf()});
    subjects.push_back({"spandsp", spandspDtmf()});
    writeTable(subjects, wanted.share);
    const SweepRow filtered =
        DtmfSweep{*ourDtmf(true), Channel::Linear, SweepSize{wanted.share}}.dialTone(true);
    std::printf("tipring  linear  %-28s %-22s %8.1f\n", filtered.name.c_str(),
                filtered.limit.c_str(), filtered.value);
    for (Subject& subject : subjects) {
        std::printf("%-8s %d digits in %.1f h of hostile vowels\n", subject.name,
                    talkOffHits(*subject.detector, wanted.hours), wanted.hours);
    }
    plotNoise(subjects, wanted.share);
    talkOff(subjects, wanted.folders);
    return 0;
}
