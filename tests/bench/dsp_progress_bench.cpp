// SPDX-License-Identifier: Apache-2.0
// Call progress of 64 lines in turn, blocks of 20 ms, beside spandsp's super_tone_rx with six tones
// of North America. "ratio" is spandsp's time over ours, of which the least wanted is 3 for single
// detectors and 10 for the bank.
#include <spandsp.h>

#include <array>

#include "dsp_lines.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace {

using namespace tipring;
using namespace tipring::bench;

constexpr std::size_t kBlocks = 100;  // two seconds: two rounds of busy

enum Kind : std::int64_t { Busy, Vowels, Silence };

const Blocks& soundOf(std::int64_t kind) {
    static const std::array<Blocks, 3> kSounds{
        linesOf(kBlocks,
                [](test::Samples& line, test::Random& random, std::size_t least) {
                    const std::size_t lead = random.below(4000);
                    line.assign(least, 0);
                    dsp::ToneSequence busy{*dsp::parseTonePattern("480+620/500 0/500")};
                    busy.mix(std::span(line).subspan(lead));
                }),
        vowelLines(kBlocks), silentLines(kBlocks)};
    return kSounds[static_cast<std::size_t>(kind)];
}

const dsp::CountryTones& country() {
    return *dsp::builtinTones().find("US");
}

class Single {
public:
    Single() {
        for (std::size_t i = 0; i < kLines; ++i) {
            detectors_.emplace_back(country());
        }
    }
    void operator()(const test::Samples& block) {
        hearEach(detectors_, block, [this](dsp::CallProgressDetector& detector, auto samples) {
            detector.process(samples, [this](const dsp::ProgressEvent&) { ++events_; });
        });
        benchmark::DoNotOptimize(events_);
    }

private:
    std::vector<dsp::CallProgressDetector> detectors_;
    long events_ = 0;
};

class Bank {
public:
    void operator()(const test::Samples& block) {
        bank_.process(block, [&](const dsp::CallProgressBank::Event&) { ++events_; });
        benchmark::DoNotOptimize(events_);
    }

private:
    dsp::CallProgressBank bank_{kLines, country()};
    long events_ = 0;
};

long spandspEvents = 0;

class Spandsp {
public:
    Spandsp() : tones_(super_tone_rx_make_descriptor(nullptr)) {
        add(350, 440, 700, 0);
        add(440, 480, 1800, 4400);
        add(480, 620, 450, 550);
        add(480, 620, 200, 300);
        add(425, 0, 450, 550);
        add(400, 450, 380, 420);
        for (auto*& state : states_) {
            state = super_tone_rx_init(
                nullptr, tones_, [](void*, int, int, int) { ++spandspEvents; }, nullptr);
        }
    }
    ~Spandsp() {
        for (auto* state : states_) {
            super_tone_rx_free(state);
        }
        super_tone_rx_free_descriptor(tones_);
    }
    Spandsp(const Spandsp&) = delete;
    Spandsp& operator=(const Spandsp&) = delete;

    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kLines; ++i) {
            super_tone_rx(states_[i], lineOf(block, i).data(), kBlock);
        }
    }

private:
    /// `least` and `most` in ms; a most of 0 is a tone that does not stop.
    void add(int first, int second, int least, int most) {
        const int tone = super_tone_rx_add_tone(tones_);
        super_tone_rx_add_element(tones_, tone, first, second, least, most);
        if (most > 0) {
            super_tone_rx_add_element(tones_, tone, 0, 0, least, most);
        }
    }

    super_tone_rx_descriptor_t* tones_;
    std::array<super_tone_rx_state_t*, kLines> states_{};
};

template <class Receiver>
void againstSpandsp(benchmark::State& state) {
    against<Receiver, Spandsp>(state, soundOf(state.range(0)));
}

void sounds(benchmark::internal::Benchmark* bench) {
    bench->ArgName("sound")->Arg(Busy)->Arg(Vowels)->Arg(Silence);
}

BENCHMARK(againstSpandsp<Single>)->Apply(sounds);
BENCHMARK(againstSpandsp<Bank>)->Apply(sounds);

}  // namespace
