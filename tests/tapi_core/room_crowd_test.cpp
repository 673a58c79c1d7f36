// SPDX-License-Identifier: Apache-2.0
// A full room: 32 calls on as many lines, mixed by the manager. Three talk, all listen.
#include <numbers>

#include "tapi_core/manager_fixture.h"
#include "tapi_core/media/mixer_lines.h"

namespace tipring::test {
namespace {

constexpr std::size_t kParties = 32, kTalkers = 3, kBlock = 160;
constexpr double kHertz[kTalkers] = {700, 1000, 1300}, kLoud = 3000;

std::vector<std::string> keys() {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kParties + 1; ++i) {
        all.push_back("line" + std::to_string(i));
    }
    return all;
}

class RoomCrowd : public ManagerFixture {
protected:
    RoomCrowd() : ManagerFixture(keys()) { fake.caps.media.fullDuplex = 1; }
    void SetUp() override {
        start();
        app = std::make_unique<Application>(*manager, "app");
    }
    std::shared_ptr<tapi::Call> connected(std::size_t line) {
        auto call = app->address(line)->createCall("12", tapi::CallParams{});
        EXPECT_TRUE(call) << call.error().text();
        EXPECT_TRUE((*call)->connect({}));
        settle();
        fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        settle();
        return *call;
    }
    FakeProvider::Media* mediaOn(std::size_t line) {
        for (std::size_t i = 0; i < fake.mediaCount(); ++i) {
            if (!fake.media(i).closed && fake.media(i).call->line == &fake.line(line)) {
                return &fake.media(i);
            }
        }
        return nullptr;
    }
    void turn(std::size_t line) {
        FakeProvider::Media& media = *mediaOn(line);
        std::int16_t samples[kBlock] = {};
        for (std::size_t i = 0; i < kBlock && line < kTalkers; ++i) {
            const double angle =
                2 * std::numbers::pi * kHertz[line] * double(media.recorded + i) / 8000;
            samples[i] = std::int16_t(std::lrint(kLoud * std::sin(angle)));
        }
        media.callbacks.receive(media.handle, media.recorded, samples, kBlock);
        media.recorded += kBlock;
        std::fill(std::begin(samples), std::end(samples), std::int16_t{0});
        media.callbacks.send(media.handle, media.played, samples, kBlock);
        media.played += kBlock;
        heard[line].insert(heard[line].end(), std::begin(samples), std::end(samples));
    }
    [[nodiscard]] double level(std::size_t line, std::size_t talker) const {
        const double loud = media::amplitudeAt(std::span(heard[line]).last(4000), kHertz[talker]);
        return media::decibels(loud / kLoud);
    }

    std::unique_ptr<Application> app;
    std::vector<std::int16_t> heard[kParties];
};

TEST_F(RoomCrowd, ThirtyTwoHearThreeWhoTalkAndTheNextIsRefused) {
    tapi::RoomSettings settings;
    settings.tellComings = false;
    const auto room = app->tapi->createRoom(settings).value();
    std::vector<std::shared_ptr<tapi::Call>> calls;
    for (std::size_t line = 0; line < kParties; ++line) {
        calls.push_back(connected(line));
        ASSERT_TRUE(room->admit(calls.back(), {}));
        settle();
    }
    EXPECT_EQ(room->guests().size(), kParties);
    calls.push_back(connected(kParties));
    EXPECT_EQ(room->admit(calls.back(), {}).error().code, hal::ErrorCode::ConferenceFull);
    for (int block = 0; block < 60; ++block) {
        for (std::size_t line = 0; line < kParties; ++line) {
            turn(line);
        }
        loop.advance(std::chrono::milliseconds{20});
    }
    for (std::size_t line = 0; line < kParties; ++line) {
        for (std::size_t talker = 0; talker < kTalkers; ++talker) {
            if (line == talker) {
                EXPECT_LT(level(line, talker), -50) << line << " hears itself";
            } else {
                EXPECT_NEAR(level(line, talker), 0, 0.3) << line << " of " << talker;
            }
        }
    }
    EXPECT_EQ(breaches(), 0U);
}

}  // namespace
}  // namespace tipring::test
