// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/detector_bank.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <string>

#include "hal/base/allocation_count.h"
#include "hal/dsp/caller_id_signals.h"
#include "hal/dsp/speech.h"
#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/tone_sequence.h"
#include "tipring/tapi_core/media/detector_set.h"

namespace tipring::media {
namespace {

using Texts = std::vector<std::string>;

/// All that an event says that does not live elsewhere.
std::string describe(const DetectorEvent& event) {
    const std::string kind = std::to_string(event.index()) + " ";
    if (const auto* digit = std::get_if<dsp::DtmfEvent>(&event)) {
        return kind + fmt::format("{} {} {} {} {} {}", int(digit->kind), digit->key, digit->began,
                                  digit->duration, digit->lowLevel, digit->highLevel);
    }
    if (const auto* progress = std::get_if<dsp::ProgressEvent>(&event)) {
        return kind + fmt::format("{} {} {} {} {}", int(progress->kind),
                                  dsp::toneKindName(progress->tone), progress->began,
                                  progress->duration, progress->level);
    }
    if (const auto* caller = std::get_if<CallerIdHeard>(&event)) {
        return kind + fmt::format("{} {} {}", caller->event->began, caller->event->level,
                                  caller->event->id.number.view());
    }
    return kind;
}

/// Something of everything that telephone lines carry.
test::Samples randomLine(test::Random& random, std::size_t least) {
    test::Samples line;
    while (line.size() < least) {
        switch (random.below(5)) {
        case 0:
            test::addDigit(line, {.key = "159D"[random.below(4)], .phase = random.uniform()});
            break;
        case 1: test::addHostileVowel(line, random); break;
        case 2: test::addSilence(line, 100 + double(random.below(400))); break;
        case 3: {
            const auto more = test::fskSound(test::callSetup(random), dsp::kBell202, {}, random);
            line.insert(line.end(), more.begin(), more.end());
            break;
        }
        default: {
            test::Samples tone(8000);
            dsp::ToneSequence busy{*dsp::parseTonePattern("425/250 0/250")};
            busy.mix(tone);
            line.insert(line.end(), tone.begin(), tone.end());
        }
        }
    }
    return line;
}

DetectorSettings settingsOf(std::size_t line) {
    constexpr const char* kCountries[] = {"US", "DE", "JP", "SE"};
    DetectorSettings settings;
    settings.country = kCountries[line % 4];
    settings.callerId = line % 3 == 0 ? "US" : line % 3 == 1 ? "SE" : "";
    settings.fax = line % 5 == 0;
    settings.answerTone = line % 7 == 0;
    settings.voice = line % 11 == 0;
    settings.dtmf.overDialTone = line % 6 == 5;
    return settings;
}

Texts alone(const DetectorSettings& settings, std::span<const std::int16_t> line) {
    auto set = DetectorSet::create(settings).value();
    Texts texts;
    set.process(line, [&](const DetectorEvent& event) { texts.push_back(describe(event)); });
    return texts;
}

/// A line on its way through a bank.
struct Caller {
    std::size_t number = 0;
    test::Samples sound;
    std::size_t heard = 0;
    Texts texts, expected;
};

class DetectorBankTest : public testing::Test {
protected:
    Caller& join(std::size_t which, std::size_t samples) {
        Caller caller;
        caller.sound = randomLine(random_, samples);
        caller.expected = alone(settingsOf(which), caller.sound);
        caller.number = bank_.add(settingsOf(which)).value();
        return callers_[caller.number] = std::move(caller);
    }
    /// A block of most lines, of many lengths.
    void tick() {
        std::vector<dsp::ChannelSamples> blocks;
        for (auto& [number, caller] : callers_) {
            constexpr std::size_t kLengths[] = {160, 160, 160, 0, 1, 159, 320, 1000};
            const std::size_t left = caller.sound.size() - caller.heard;
            const std::size_t count = std::min(left, kLengths[random_.below(8)]);
            blocks.push_back({number, std::span(caller.sound).subspan(caller.heard, count)});
            caller.heard += count;
        }
        bank_.process(blocks, [this](const LineDetectorEvent& event) {
            callers_.at(event.line).texts.push_back(describe(event.event));
        });
    }
    bool done() const {
        return std::all_of(callers_.begin(), callers_.end(), [](const auto& each) {
            return each.second.heard == each.second.sound.size();
        });
    }

    test::Random random_;
    DetectorBank bank_;
    std::map<std::size_t, Caller> callers_;
};

class DetectorBankSizes : public DetectorBankTest,
                          public testing::WithParamInterface<std::size_t> {};

TEST_P(DetectorBankSizes, HearsWhatASetOfItsOwnHears) {
    for (std::size_t i = 0; i < GetParam(); ++i) {
        join(i, 40000);
    }
    std::size_t events = 0;
    while (!done()) {
        tick();
    }
    for (const auto& [number, caller] : callers_) {
        EXPECT_EQ(caller.texts, caller.expected) << number;
        EXPECT_EQ(bank_.position(number), caller.sound.size());
        events += caller.texts.size();
    }
    EXPECT_GT(events, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Media, DetectorBankSizes,
                         testing::Values(1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 31));

TEST_F(DetectorBankTest, LinesComeAndGo) {
    for (std::size_t turn = 0; turn < 1500; ++turn) {
        if (callers_.size() < 21 && random_.below(4) == 0) {
            join(random_.below(40), 2000 + random_.below(6000));
        }
        tick();
        for (auto at = callers_.begin(); at != callers_.end();) {
            Caller& caller = at->second;
            const bool over = caller.heard == caller.sound.size();
            if (over) {
                ASSERT_EQ(caller.texts, caller.expected) << turn;
            }
            // Some go in the middle.
            if (over || random_.below(200) == 0) {
                bank_.remove(at->first);
                EXPECT_FALSE(bank_.has(at->first));
                at = callers_.erase(at);
            } else {
                ++at;
            }
        }
    }
    EXPECT_LE(bank_.lines(), 21U);
}

TEST_F(DetectorBankTest, HearsASecondBlockAfterTheFirst) {
    Caller& caller = join(0, 8000);
    const auto sound = std::span<const std::int16_t>(caller.sound);
    const dsp::ChannelSamples blocks[] = {
        {caller.number, sound.first(3000)}, {99, sound}, {caller.number, sound.subspan(3000)}};
    bank_.process(blocks, [&](const LineDetectorEvent& event) {
        caller.texts.push_back(describe(event.event));
    });
    EXPECT_EQ(caller.texts, caller.expected);
    bank_.reset(caller.number);
    EXPECT_EQ(bank_.position(caller.number), 0U);
}

TEST_F(DetectorBankTest, DoesNotAllocateWhileItHears) {
    for (std::size_t i = 0; i < 9; ++i) {
        join(i, 8000);
    }
    std::vector<dsp::ChannelSamples> blocks;
    for (auto& [number, caller] : callers_) {
        blocks.push_back({number, caller.sound});
    }
    std::size_t told = 0;
    const auto before = test::allocationCount();
    bank_.process(blocks, [&](const LineDetectorEvent&) { ++told; });
    EXPECT_EQ(test::allocationCount(), before);
    EXPECT_GT(told, 0U);
}

TEST(DetectorBank, RefusesWhatItCannotHear) {
    DetectorBank bank;
    DetectorSettings settings;
    settings.country = "Atlantis";
    EXPECT_EQ(bank.add(settings).error().code, hal::ErrorCode::InvalParam);
    EXPECT_EQ(bank.lines(), 0U);
    bank.remove(7);
    EXPECT_EQ(bank.position(7), 0U);
}

}  // namespace
}  // namespace tipring::media
