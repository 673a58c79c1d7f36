// SPDX-License-Identifier: Apache-2.0
// Sound through manager, stream, terminals and detectors takes no memory.
#include <algorithm>
#include <vector>

#include "hal/base/allocation_count.h"
#include "tapi_core/manager_fixture.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::test {
namespace {

class MediaPathTest : public ManagerFixture {};

TEST_F(MediaPathTest, SoundTakesNoMemoryBothWaysWhileDigitsAreHeard) {
    const std::string played = testing::TempDir() + "media_path_played.wav";
    const std::string recorded = testing::TempDir() + "media_path_recorded.wav";
    std::remove(played.c_str());
    std::remove(recorded.c_str());
    {
        auto file = media::FileRecording::create(played);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write(std::vector<std::int16_t>(8000 * 30, 300)));
    }
    fake.caps.monitorDigitModes = 0;
    fake.caps.detections = 0;
    fake.caps.media.fullDuplex = 1;
    start();
    Application app(*manager, "app");
    auto call = connected(app);
    struct Counter : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            digits += std::holds_alternative<tapi::DigitEvent>(event) ? 1 : 0;
        }
        int digits = 0;
    } counter;
    ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
    const tapi::MonitoredTone tones[] = {{1, std::chrono::milliseconds(200), {1400, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(tones));
    ASSERT_TRUE(call->play(played, {}));
    ASSERT_TRUE(call->record(recorded, {}));
    settle();
    app.tapi->setEventSink(&counter);
    auto& media = fake.lastMedia();
    ASSERT_EQ(media.running, TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
    std::vector<std::int16_t> key(800), out(160);
    dsp::ToneGenerator generator;
    generator.start(770, 1336, -13);
    generator.mix(key);
    key.resize(1600);
    const auto second = [&] {
        for (int i = 0; i < 50; ++i) {
            const std::size_t at = static_cast<std::size_t>(i % 10) * 160;
            media.callbacks.receive(media.handle, media.recorded, key.data() + at, 160);
            media.callbacks.send(media.handle, media.played, out.data(), 160);
            media.recorded += 160;
            media.played += 160;
            loop.advance(20ms);
        }
    };
    second();
    second();
    const auto before = allocationCount();
    const int digits = counter.digits;
    for (int i = 0; i < 20; ++i) {
        second();
    }
    EXPECT_EQ(allocationCount() - before, 0U);
    EXPECT_EQ(counter.digits - digits, 100);
    EXPECT_EQ(call->mediaStatus().play.moved, 22U * 8000);
    call.reset();
    std::remove(played.c_str());
}

}  // namespace
}  // namespace tipring::test
