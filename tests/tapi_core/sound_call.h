// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "hal/dsp/speech.h"
#include "tapi_core/manager_fixture.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::test {

/// A connected call on a device whose sound the test has in hand, and a folder for files.
class SoundCallTest : public ManagerFixture {
protected:
    SoundCallTest()
        : directory(testing::TempDir() + "sound_call_" +
                    testing::UnitTest::GetInstance()->current_test_info()->name()) {
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
    }
    ~SoundCallTest() override { std::filesystem::remove_all(directory); }
    void TearDown() override {
        call.reset();
        app.reset();
    }
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
        call = connected(*app);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory + "/" + name; }
    /// A WAV file of one value.
    std::string soundFile(const std::string& name, std::size_t samples, std::int16_t value) {
        auto recording = media::FileRecording::create(path(name));
        EXPECT_TRUE(recording->write(std::vector<std::int16_t>(samples, value)));
        return path(name);
    }
    static std::vector<std::int16_t> contentOf(const std::string& file) {
        std::vector<std::int16_t> samples(1 << 20);
        auto playback = media::FilePlayback::open(file);
        EXPECT_TRUE(playback) << playback.error().text();
        samples.resize(playback ? playback->read(samples).value() : 0);
        return samples;
    }
    /// The line gives sound; time goes on with it.
    void say(std::span<const std::int16_t> samples) {
        fake.say(fake.lastMedia(), samples, [this] { loop.advance(20ms); });
        settle();
    }
    void say(double hertz1, double hertz2, std::chrono::milliseconds time, double dbm0 = -13) {
        say(tone(hertz1, hertz2, dbm0, static_cast<std::size_t>(time.count()) * 8));
    }
    void hush(std::chrono::milliseconds time) {
        say(silence(static_cast<std::size_t>(time.count()) * 8));
    }
    tapi::TerminalId add(tapi::TerminalSpec spec) {
        auto added = call->addTerminal(std::move(spec));
        EXPECT_TRUE(added) << added.error().text();
        return added.value_or(tapi::TerminalId{});
    }
    tapi::TerminalId run(tapi::TerminalSpec spec) {
        const auto id = add(std::move(spec));
        const auto started = call->startTerminal(id, answer.reply());
        EXPECT_TRUE(started) << started.error().text();
        settle();
        return id;
    }
    [[nodiscard]] std::vector<tapi::FileTerminalEvent> files() const {
        return app->events.all<tapi::FileTerminalEvent>();
    }
    [[nodiscard]] std::uint32_t running() { return fake.lastMedia().running; }

    std::string directory;
    std::unique_ptr<Application> app;
    std::shared_ptr<tapi::Call> call;
    Answer answer;
};

}  // namespace tipring::test
