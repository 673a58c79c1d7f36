// SPDX-License-Identifier: Apache-2.0
// What the detectors hear of a line while a prompt is played, and comes back from its hybrid.
#include "tipring/tapi_core/media/line_echo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "hal/base/allocation_count.h"
#include "hal/dsp/hybrid.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace tipring::media {
namespace {

using test::append;
using test::silence;
using test::Sound;
using test::tone;

constexpr std::size_t kBlock = 160;

struct Line {
    std::size_t ahead = 0;        ///< samples that the device pulls before they are needed
    std::size_t delay = 30;       ///< of the hybrid, samples
    double loss = 10;             ///< of the hybrid, dB
    std::uint64_t position = 77;  ///< of the device's count
};

Sound prompt(double seconds) {
    return test::compositeSignal(seconds, -16, 3);
}

/// Keys as two tones each.
Sound keys(std::initializer_list<std::pair<double, double>> pairs, double dbm0) {
    Sound sound;
    for (const auto& [low, high] : pairs) {
        append(sound, tone(low, high, dbm0, 640));
        append(sound, silence(640));
    }
    return sound;
}

class LineEchoTest : public testing::Test {
protected:
    /// Plays `sent` while `far` comes over the line; the keys that are heard are in `heard`.
    Sound run(const Line& line, Sound sent, Sound far) {
        const std::size_t size = std::max(sent.size(), far.size()) / kBlock * kBlock;
        sent.resize(size + line.ahead);
        far.resize(size);
        const auto response = test::hybridResponse({line.delay, 60, line.loss, 7});
        Sound onLine(line.ahead + kBlock);  // what is pulled goes out after the block that came
        append(onLine, std::span(sent).first(size));
        const Sound echo = test::echoOf(onLine, response);
        for (std::size_t i = 0; i < size; ++i) {
            far[i] = static_cast<std::int16_t>(far[i] + echo[i]);
        }
        test::addNoise(far, -65);
        Sound out;
        lineEcho.start();
        std::size_t pulled = 0;
        for (std::size_t at = 0; at < size; at += kBlock) {
            const auto block = lineEcho.clean(std::span(far).subspan(at, kBlock));
            out.insert(out.end(), block.begin(), block.end());
            hear(block);
            for (; pulled < std::min(at + kBlock + line.ahead, size); pulled += kBlock) {
                lineEcho.sent(line.position + pulled, std::span(sent).subspan(pulled, kBlock));
            }
        }
        return out;
    }
    void hear(std::span<const std::int16_t> block) {
        digits.process(block, [this](const dsp::DtmfEvent& event) {
            if (event.kind == dsp::DtmfEvent::Kind::Start) {
                heard += event.key;
                notOurs += event.key == lineEcho.playedKey() ? "" : std::string(1, event.key);
            }
        });
    }

    LineEcho lineEcho;
    dsp::DtmfDetector digits;
    std::string heard, notOurs;
};

class LineEchoDelayTest : public LineEchoTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(LineEchoDelayTest, IsTakenAwayHoweverLongTheDeviceKeepsIt) {
    const Sound out = run({.ahead = GetParam()}, prompt(6), silence(48000));
    EXPECT_TRUE(lineEcho.known());
    EXPECT_LE(lineEcho.delay(), GetParam() + 30);
    EXPECT_GE(lineEcho.delay() + 256, GetParam() + 30 + 60);
    EXPECT_LT(test::levelOf(std::span(out).subspan(32000)), -50);
}
INSTANTIATE_TEST_SUITE_P(Queues, LineEchoDelayTest, testing::Values(0U, 160U, 800U, 2400U, 4000U));

TEST_F(LineEchoTest, KeysAreHeardUnderAPrompt) {
    Sound far = silence(16000);
    append(far, keys({{697, 1209}, {770, 1336}, {852, 1477}, {941, 1336}}, -19));
    run({.ahead = 800}, prompt(6), far);
    EXPECT_EQ(heard, "1590");
}

TEST_F(LineEchoTest, KeysAreHeardUnderAPromptThatHasNoEcho) {
    Sound far = silence(16000);
    append(far, keys({{697, 1209}, {770, 1336}, {852, 1477}}, -24));
    run({.loss = 60}, prompt(6), far);
    EXPECT_EQ(heard, "159");
}

TEST_F(LineEchoTest, NoKeyOfAPromptCountsAsTheCallers) {
    Sound sent = keys({{697, 1209}, {770, 1336}, {852, 1477}, {941, 1633}, {697, 1477}}, -8);
    append(sent, prompt(3));
    append(sent, keys({{697, 1209}, {770, 1336}, {852, 1477}, {941, 1633}, {697, 1477}}, -8));
    run({.ahead = 480}, sent, {});
    EXPECT_EQ(notOurs, "");
}

TEST_F(LineEchoTest, WithoutSoundFromUsItPassesAsItIs) {
    const Sound far = prompt(1);
    EXPECT_TRUE(lineEcho.idle());
    const auto block = std::span(far).first(kBlock);
    EXPECT_EQ(lineEcho.clean(block).data(), block.data());
    run({}, prompt(4), {});
    EXPECT_FALSE(lineEcho.idle());
    run({}, {}, silence(16000));
    EXPECT_TRUE(lineEcho.idle());
    EXPECT_EQ(lineEcho.clean(block).data(), block.data());
    EXPECT_TRUE(lineEcho.known());  // for the next prompt
}

TEST_F(LineEchoTest, ACountThatJumpsOrBeginsAnewDoesNoHarm) {
    const Sound sound = prompt(1);
    Sound far(kBlock);
    for (const std::uint64_t position :
         {~std::uint64_t{0} - 99, std::uint64_t{0}, std::uint64_t{1} << 40, std::uint64_t{5000}}) {
        lineEcho.sent(position, std::span(sound).first(kBlock));
        EXPECT_EQ(lineEcho.clean(far).size(), kBlock);
    }
    run({.ahead = 800}, prompt(4), {});
    EXPECT_TRUE(lineEcho.known());
}

TEST_F(LineEchoTest, TakesNoMemoryWhileItRuns) {
    const Sound sound = prompt(2);
    const std::uint64_t before = test::allocationCount();
    for (std::size_t at = 0; at + kBlock <= sound.size(); at += kBlock) {
        static_cast<void>(lineEcho.clean(std::span(sound).subspan(at, kBlock)));
        lineEcho.sent(at, std::span(sound).subspan(at, kBlock));
    }
    EXPECT_EQ(test::allocationCount(), before);
}

}  // namespace
}  // namespace tipring::media
