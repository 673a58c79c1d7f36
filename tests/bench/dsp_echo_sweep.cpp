// SPDX-License-Identifier: Apache-2.0
// Echo return loss enhancement over time, for hybrids in the shape of ITU-T G.168's models:
// convergence on the composite signal, on noise and on speech, double talk from 3 to 5 s, a new
// path at 6 s; ours and speexdsp's. Writes echo_sweep.csv and echo_sweep.svg into the directory
// named (default: here).
#include <speex/speex_echo.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "hal/dsp/hybrid.h"
#include "tipring/hal/dsp/echo_canceller.h"

namespace {

using namespace tipring;
using test::Sound;

constexpr std::size_t kStep = 800;  // a point each 0.1 s
constexpr std::size_t kLength = 72000;
constexpr std::size_t kTalkFrom = 24000, kTalkTo = 40000, kNewPath = 48000;
constexpr int kBlock = 160;

struct Curve {
    std::string name;
    std::vector<double> decibels;
};

Sound sourceOf(const std::string& kind) {
    if (kind == "composite") {
        return test::compositeSignal(double(kLength) / 8000, -15, 1);
    }
    Sound sound;
    if (kind == "speech") {
        while (sound.size() < kLength) {
            test::append(sound, test::speak("We are open from nine to five, Monday to Friday. For "
                                            "sales press one, for service two."));
        }
    }
    sound.resize(kLength);
    if (kind == "noise") {
        test::addNoise(sound, -15, 3);
    }
    return sound;
}

Sound ours(const Sound& sent, const Sound& received) {
    dsp::EchoCanceller canceller;
    Sound clean(sent.size());
    canceller.process(sent, received, clean);
    return clean;
}

Sound speex(const Sound& sent, const Sound& received) {
    SpeexEchoState* canceller = speex_echo_state_init(kBlock, 256);
    int rate = 8000;
    speex_echo_ctl(canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    Sound clean(sent.size());
    for (std::size_t at = 0; at + kBlock <= sent.size(); at += kBlock) {
        speex_echo_cancellation(canceller, &received[at], &sent[at], &clean[at]);
    }
    speex_echo_state_destroy(canceller);
    return clean;
}

/// Echo over what is left of it when the near end is taken out; pauses repeat the point before.
std::vector<double> enhancement(const Sound& echo, const Sound& near, const Sound& clean) {
    std::vector<double> points;
    for (std::size_t at = 0; at + kStep <= echo.size(); at += kStep) {
        Sound rest(kStep);
        for (std::size_t i = 0; i < kStep; ++i) {
            rest[i] = static_cast<std::int16_t>(clean[at + i] - near[at + i]);
        }
        const double level = test::levelOf(std::span{echo}.subspan(at, kStep));
        const double last = points.empty() ? 0 : points.back();
        points.push_back(level < -50 ? last : level - test::levelOf(rest));
    }
    return points;
}

void scenario(const std::string& source, const test::HybridShape& shape, std::vector<Curve>& out) {
    const Sound sent = sourceOf(source);
    Sound echo = test::echoOf(sent, test::hybridResponse(shape));
    const Sound later = test::echoOf(sent, test::hybridResponse({70, 80, 7, 99}));
    std::copy(later.begin() + kNewPath, later.end(), echo.begin() + kNewPath);
    Sound near = test::silence(kLength);
    const Sound talk = test::speak("Hello, I am talking too, and I will not stop for you.", "de");
    for (std::size_t i = kTalkFrom; i < kTalkTo && i - kTalkFrom < talk.size(); ++i) {
        near[i] = talk[i - kTalkFrom];
    }
    Sound received(kLength);
    for (std::size_t i = 0; i < kLength; ++i) {
        received[i] = static_cast<std::int16_t>(std::clamp(echo[i] + near[i], -32768, 32767));
    }
    test::addNoise(received, -65, shape.seed);
    const std::string name = source + ", " + std::to_string(int(shape.lossDb)) + " dB, " +
                             std::to_string(shape.delay + shape.length) + " samples";
    out.push_back({"tipring, " + name, enhancement(echo, near, ours(sent, received))});
    out.push_back({"speexdsp, " + name, enhancement(echo, near, speex(sent, received))});
}

void writeCsv(const std::string& path, const std::vector<Curve>& curves) {
    std::ofstream out{path};
    out << "seconds";
    for (const Curve& curve : curves) {
        out << ",\"" << curve.name << '"';
    }
    for (std::size_t i = 0; i < curves.front().decibels.size(); ++i) {
        out << '\n' << double(i * kStep) / 8000;
        for (const Curve& curve : curves) {
            out << ',' << curve.decibels[i];
        }
    }
    out << '\n';
}

void writeSvg(const std::string& path, const std::vector<Curve>& curves) {
    std::ofstream out{path};
    out << "<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='560' "
           "font-family='sans-serif' "
           "font-size='12'><rect width='1000' height='560' fill='white'/>\n";
    for (int db = 0; db <= 50; db += 10) {
        const int y = 420 - db * 8;
        out << "<line x1='60' x2='980' y1='" << y << "' y2='" << y
            << "' stroke='#ccc'/><text x='20' y='" << y + 4 << "'>" << db << " dB</text>\n";
    }
    for (int second = 0; second <= 9; ++second) {
        out << "<text x='" << 60 + second * 102 << "' y='440'>" << second << " s</text>\n";
    }
    out << "<text x='60' y='14'>echo return loss enhancement; double talk 3 to 5 s, new path at 6 "
           "s; "
           "broken lines: speexdsp</text>\n";
    static const char* const kColours[] = {"#c00", "#06c", "#080", "#a0a", "#c60", "#066"};
    for (std::size_t c = 0; c < curves.size(); ++c) {
        const char* colour = kColours[c / 2 % std::size(kColours)];
        out << "<polyline fill='none' stroke='" << colour
            << (c % 2 == 0 ? "'" : "' stroke-dasharray='4 4'") << " points='";
        for (std::size_t i = 0; i < curves[c].decibels.size(); ++i) {
            out << 60 + double(i) * 10.2 << ','
                << 420 - std::clamp(curves[c].decibels[i], -2.0, 52.0) * 8 << ' ';
        }
        out << "'/>\n";
        if (c % 2 == 0) {
            out << "<text x='60' y='" << 460 + c / 2 * 16 << "' fill='" << colour << "'>"
                << curves[c].name << "</text>\n";
        }
    }
    out << "</svg>\n";
}

}  // namespace

int main(int argc, char** argv) {
    const std::string directory = argc > 1 ? argv[1] : ".";
    std::vector<Curve> curves;
    scenario("composite", {10, 64, 6, 1}, curves);
    scenario("composite", {60, 190, 10, 6}, curves);
    scenario("noise", {40, 90, 10, 2}, curves);
    scenario("speech", {40, 90, 10, 2}, curves);
    scenario("speech", {100, 150, 20, 4}, curves);
    writeCsv(directory + "/echo_sweep.csv", curves);
    writeSvg(directory + "/echo_sweep.svg", curves);
    for (const Curve& curve : curves) {
        std::printf("%-42s", curve.name.c_str());
        for (const std::size_t at : {10U, 29U, 40U, 52U, 59U, 70U, 88U}) {
            std::printf(" %5.1f", curve.decibels[at]);
        }
        std::printf("  dB at 1, 2.9, 4, 5.2, 5.9, 7, 8.8 s\n");
    }
}
