// SPDX-License-Identifier: Apache-2.0
// The table of accuracy of caller ID as FSK, ours beside spandsp's, and the share of messages that
// come through over signal to noise: dsp_cid.csv, dsp_cid.svg. With folders named, every 8 kHz WAV
// in them is played, and the messages heard in it counted.
//   dsp_cid_sweep [--messages 200] [folder of WAVs...]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "hal/dsp/spandsp_caller_id.h"
#include "svg_plot.h"

namespace {

using namespace tipring;
using namespace tipring::test;

struct Subject {
    std::string name;
    dsp::FskModulation modulation;
    std::string modulationName;
    std::unique_ptr<FskSubject> receiver;
};

std::vector<Subject> subjects() {
    std::vector<Subject> all;
    all.push_back({"Tipring", dsp::kBell202, "Bell 202", ourFsk(dsp::kBell202)});
    all.push_back({"spandsp", dsp::kBell202, "Bell 202", spandspFsk(SpandspStandard::Class)});
    all.push_back({"Tipring", dsp::kV23, "V.23", ourFsk(dsp::kV23)});
    all.push_back({"spandsp", dsp::kV23, "V.23", spandspFsk(SpandspStandard::Clip)});
    return all;
}

int missed = 0;

void writeRow(std::ofstream& csv, const Subject& subject, const FskRow& row, int messages) {
    std::printf("%-8s %-9s %-30s", subject.name.c_str(), subject.modulationName.c_str(),
                row.name.c_str());
    for (const FskPoint& point : row.points) {
        const int heard = heardOf(*subject.receiver, subject.modulation, point.trouble, messages);
        const bool bad = subject.name == "Tipring" && heard < point.wanted;
        missed += bad ? 1 : 0;
        csv << subject.name << ',' << subject.modulationName << ",\"" << row.name << "\","
            << point.value << ',' << heard << ',' << point.wanted << '\n';
        std::printf(" %g:%d%s", point.value, heard, bad ? "!" : "");
    }
    std::printf("\n");
}

void writeTable(std::vector<Subject>& all, int messages) {
    std::ofstream csv("dsp_cid.csv");
    csv << "receiver,modulation,row,value,heard %,wanted %\n";
    for (const FskRow& row : fskRows()) {
        for (const Subject& subject : all) {
            writeRow(csv, subject, row, messages);
        }
    }
}

void plotNoise(std::vector<Subject>& all, int messages) {
    std::vector<bench::Curve> curves;
    for (const Subject& subject : all) {
        bench::Curve curve{subject.name + ' ' + subject.modulationName, {}};
        bench::Curve bound{"bound " + subject.modulationName, {}};
        for (double decibels = 3; decibels <= 16; ++decibels) {
            FskTrouble trouble;
            trouble.signalToNoise = decibels;
            curve.points.emplace_back(
                decibels, heardOf(*subject.receiver, subject.modulation, trouble, messages));
            if (subject.name == "Tipring") {
                bound.points.emplace_back(decibels,
                                          boundOf(subject.modulation, decibels, messages));
            }
        }
        curves.push_back(curve);
        if (!bound.points.empty()) {
            curves.push_back(bound);
        }
    }
    bench::writePlot("dsp_cid.svg", "Caller ID as FSK in noise", "signal over noise in 4 kHz, dB",
                     "% of messages", curves);
}

void falseMessages(std::vector<Subject>& all, const std::vector<std::string>& folders) {
    std::vector<std::size_t> hits(all.size());
    double seconds = 0;
    for (const std::string& folder : folders) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            const Samples sound =
                entry.path().extension() == ".wav" ? readWav(entry.path().string()) : Samples{};
            seconds += double(sound.size()) / 8000;
            for (std::size_t i = 0; i < all.size(); ++i) {
                hits[i] += all[i].receiver->feed(sound).size();
            }
        }
    }
    for (std::size_t i = 0; i < all.size() && seconds > 0; ++i) {
        std::printf("%-8s %-9s %zu messages in %.2f h of recordings\n", all[i].name.c_str(),
                    all[i].modulationName.c_str(), hits[i], seconds / 3600);
    }
}

}  // namespace

int main(int argc, char** argv) {
    int messages = 200;
    std::vector<std::string> folders;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--messages" && i + 1 < argc) {
            messages = std::max(1, std::atoi(argv[++i]));
        } else {
            folders.emplace_back(argv[i]);
        }
    }
    auto all = subjects();
    writeTable(all, messages);
    plotNoise(all, messages);
    for (Subject& subject : all) {
        subject.receiver->reset();
    }
    falseMessages(all, folders);
    std::printf("%d points missed\n", missed);
    return missed == 0 ? 0 : 1;
}
