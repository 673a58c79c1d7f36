// SPDX-License-Identifier: Apache-2.0
// What listening to lines costs: 64 of them, blocks of 20 ms. "threeOfThem" is digits, caller ID
// and call progress, in one bank of all lines and in a set for each line, beside spandsp's three
// receivers on the same sound; the bank is to carry 8 times the lines of spandsp. Then each
// detector alone, to see where the time goes.
#include <array>
#include <vector>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include "dsp_lines.h"
#include "hal/dsp/caller_id_signals.h"
#include "hal/dsp/speech.h"
#include "tipring/hal/dsp/tone_sequence.h"
#include "tipring/tapi_core/media/detector_set.h"

namespace {

using namespace tipring;
using namespace tipring::bench;

enum Kind : std::int64_t { Call, Digits, Busy, Messages, Vowels, Silence };
constexpr std::size_t kBlocks = 50;  // a second: what has just come in is in the cache

/// Speech, a pause, a digit, busy, with noise; each line somewhere else in it.
void addCall(test::Samples& line, test::Random& random, std::size_t least) {
    static const test::Sound kCall = [] {
        test::Sound made = test::speak("You have reached the office. Please leave a message.");
        test::append(made, test::silence(8000));
        test::append(made, test::tone(770, 1336, -10, 1600));
        test::append(made, test::tone(480, 620, -16, 8000));
        test::addNoise(made, -58);
        return made;
    }();
    for (std::size_t at = random.below(kCall.size()); line.size() < least; ++at) {
        line.push_back(kCall[at % kCall.size()]);
    }
}

void addDigit(test::Samples& line, test::Random& random, std::size_t) {
    test::addDigit(line, {.key = "123A456B789C*0#D"[random.below(16)], .phase = random.uniform()});
}

void addBusy(test::Samples& line, test::Random& random, std::size_t least) {
    const std::size_t lead = random.below(4000);
    line.assign(least, 0);
    dsp::ToneSequence busy{*dsp::parseTonePattern("480+620/500 0/500")};
    busy.mix(std::span(line).subspan(lead));
}

void addMessage(test::Samples& line, test::Random& random, std::size_t) {
    const test::Samples more = test::fskSound(test::callSetup(random), dsp::kBell202, {}, random);
    line.insert(line.end(), more.begin(), more.end());
}

const Blocks& soundOf(std::int64_t kind) {
    static const std::array<Blocks, 6> kSounds{
        linesOf(kBlocks, addCall),    linesOf(kBlocks, addDigit), linesOf(kBlocks, addBusy),
        linesOf(kBlocks, addMessage), vowelLines(kBlocks),        silentLines(kBlocks)};
    return kSounds[static_cast<std::size_t>(kind)];
}

media::DetectorSettings threeOfThem() {
    media::DetectorSettings settings;
    settings.fax = settings.answerTone = settings.voice = false;
    settings.callerId = "US";
    return settings;
}

media::DetectorSettings everything() {
    media::DetectorSettings settings;
    settings.callerId = "US";
    settings.answerer = true;
    settings.tones = {{.tag = 1, .hertz = 1000}};
    return settings;
}

/// One detector alone, to see where the time goes.
media::DetectorSettings only(bool media::DetectorSettings::*wanted) {
    media::DetectorSettings settings;
    settings.digits = settings.progress = settings.fax = false;
    settings.answerTone = settings.voice = false;
    if (wanted != nullptr) {
        settings.*wanted = true;
    }
    return settings;
}

media::DetectorSettings onlyCallerId() {
    media::DetectorSettings settings = only(nullptr);
    settings.callerId = "US";
    return settings;
}

media::DetectorSettings onlyTone() {
    media::DetectorSettings settings = only(nullptr);
    settings.tones = {{.tag = 1, .hertz = 1000}};
    return settings;
}

template <media::DetectorSettings (*kSettings)()>
class Sets {
public:
    Sets() {
        for (std::size_t i = 0; i < kLines; ++i) {
            sets_.push_back(media::DetectorSet::create(kSettings()).value());
        }
    }
    void operator()(const test::Samples& block) {
        hearEach(sets_, block, [this](media::DetectorSet& set, auto samples) {
            set.process(samples, [this](const media::DetectorEvent&) { ++told_; });
        });
        benchmark::DoNotOptimize(told_);
    }

private:
    std::vector<media::DetectorSet> sets_;
    long told_ = 0;
};

template <media::DetectorSettings (*kSettings)()>
class Bank {
public:
    Bank() {
        for (std::size_t i = 0; i < kLines; ++i) {
            blocks_[i].channel = bank_.add(kSettings()).value();
        }
    }
    void operator()(const test::Samples& block) {
        for (std::size_t i = 0; i < kLines; ++i) {
            blocks_[i].samples = lineOf(block, i);
        }
        bank_.process(blocks_, [this](const media::LineDetectorEvent&) { ++told_; });
        benchmark::DoNotOptimize(told_);
    }

private:
    media::DetectorBank bank_;
    std::array<dsp::ChannelSamples, kLines> blocks_;
    long told_ = 0;
};

super_tone_rx_descriptor_t* northAmerica() {
    super_tone_rx_descriptor_t* tones = super_tone_rx_make_descriptor(nullptr);
    const auto add = [tones](int first, int second, int least, int most) {
        const int tone = super_tone_rx_add_tone(tones);
        super_tone_rx_add_element(tones, tone, first, second, least, most);
        if (most != 0) {
            super_tone_rx_add_element(tones, tone, 0, 0, least, most);
        }
    };
    add(350, 440, 700, 0);
    add(440, 480, 1800, 4400);
    add(480, 620, 450, 550);
    add(480, 620, 200, 300);
    return tones;
}

class Spandsp {
public:
    Spandsp() {
        for (Line& line : lines_) {
            line.dtmf = dtmf_rx_init(nullptr, nullptr, nullptr);
            line.callerId = adsi_rx_init(
                nullptr, ADSI_STANDARD_CLASS, [](void*, const std::uint8_t*, int) {}, nullptr);
            line.progress = super_tone_rx_init(
                nullptr, tones_, [](void*, int, int, int) {}, nullptr);
        }
    }
    ~Spandsp() {
        for (Line& line : lines_) {
            dtmf_rx_free(line.dtmf);
            adsi_rx_free(line.callerId);
            super_tone_rx_free(line.progress);
        }
        super_tone_rx_free_descriptor(tones_);
    }
    Spandsp(const Spandsp&) = delete;
    Spandsp& operator=(const Spandsp&) = delete;

    void operator()(const test::Samples& block) {
        std::array<char, 129> keys{};
        for (std::size_t i = 0; i < kLines; ++i) {
            const auto samples = lineOf(block, i);
            dtmf_rx(lines_[i].dtmf, samples.data(), kBlock);
            dtmf_rx_get(lines_[i].dtmf, keys.data(), 128);
            adsi_rx(lines_[i].callerId, samples.data(), kBlock);
            super_tone_rx(lines_[i].progress, samples.data(), kBlock);
        }
        benchmark::DoNotOptimize(keys);
    }

private:
    struct Line {
        dtmf_rx_state_t* dtmf;
        adsi_rx_state_t* callerId;
        super_tone_rx_state_t* progress;
    };
    super_tone_rx_descriptor_t* tones_ = northAmerica();
    std::array<Line, kLines> lines_{};
};

template <class Receiver>
void alone(benchmark::State& state) {
    listen<Receiver>(state, soundOf(state.range(0)));
}
template <class Receiver>
void againstSpandsp(benchmark::State& state) {
    against<Receiver, Spandsp>(state, soundOf(state.range(0)));
}

void sounds(benchmark::internal::Benchmark* bench) {
    bench->ArgName("sound");
    for (const Kind kind : {Call, Digits, Busy, Messages, Vowels, Silence}) {
        bench->Arg(kind);
    }
}

media::DetectorSettings onlyDigits() {
    return only(&media::DetectorSettings::digits);
}
media::DetectorSettings onlyProgress() {
    return only(&media::DetectorSettings::progress);
}
media::DetectorSettings onlyFax() {
    return only(&media::DetectorSettings::fax);
}
media::DetectorSettings onlyAnswerTone() {
    return only(&media::DetectorSettings::answerTone);
}
media::DetectorSettings onlyVoice() {
    return only(&media::DetectorSettings::voice);
}
media::DetectorSettings onlyAnswerer() {
    return only(&media::DetectorSettings::answerer);
}

BENCHMARK(againstSpandsp<Bank<threeOfThem>>)->Apply(sounds);
BENCHMARK(againstSpandsp<Sets<threeOfThem>>)->Apply(sounds);
BENCHMARK(alone<Spandsp>)->Apply(sounds);
BENCHMARK(alone<Bank<everything>>)->Arg(Call);
BENCHMARK(alone<Bank<onlyDigits>>)->Apply(sounds);
BENCHMARK(alone<Bank<onlyProgress>>)->Apply(sounds);
BENCHMARK(alone<Bank<onlyCallerId>>)->Apply(sounds);
BENCHMARK(alone<Bank<onlyFax>>)->Arg(Call);
BENCHMARK(alone<Bank<onlyAnswerTone>>)->Arg(Call);
BENCHMARK(alone<Bank<onlyVoice>>)->Arg(Call);
BENCHMARK(alone<Bank<onlyAnswerer>>)->Arg(Call);
BENCHMARK(alone<Bank<onlyTone>>)->Arg(Call);

}  // namespace
