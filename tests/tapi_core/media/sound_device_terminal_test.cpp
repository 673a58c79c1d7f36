// SPDX-License-Identifier: Apache-2.0
// ALSA's own plug-ins stand in for a sound card: "null", and "file", which keeps what it plays.
#include "tipring/tapi_core/media/sound_device_terminal.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sound_directory.h"

namespace tipring::media {
namespace {

class SoundDevice : public SoundDirectory {};

TEST_F(SoundDevice, PlaysThroughAlsa) {
    const auto file = path("played.raw");
    SoundDeviceTerminal terminal("file:FILE=" + file + ",FORMAT=raw", TerminalDirection::Render);
    EXPECT_EQ(terminal.terminalClass(), TerminalClass::Static);
    ASSERT_TRUE(terminal.start());
    const Samples sound = sine(1600);
    for (std::size_t at = 0; at < sound.size(); at += 160) {
        terminal.render(std::span{sound}.subspan(at, 160));
    }
    EXPECT_EQ(terminal.counters().rendered, 1600U);
    ASSERT_TRUE(terminal.stop());
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    Samples kept(bytes.size() / 2);
    std::copy_n(bytes.begin(), kept.size() * 2, reinterpret_cast<char*>(kept.data()));
    const auto found =
        std::search(kept.begin(), kept.end(), sound.begin() + 1, sound.begin() + 800);
    EXPECT_NE(found, kept.end()) << kept.size();
}

TEST_F(SoundDevice, CapturesWithoutWaiting) {
    SoundDeviceTerminal terminal("null", TerminalDirection::Both);
    Heard heard;
    heard.to(terminal);
    ASSERT_TRUE(terminal.start());
    Samples block(160, 99);
    for (int i = 0; i < 20; ++i) {
        const std::size_t count = terminal.capture(block);
        EXPECT_LE(count, 160U);
        terminal.render(block);
    }
    ASSERT_TRUE(terminal.pause());
    EXPECT_EQ(terminal.capture(block), 0U);
    ASSERT_TRUE(terminal.start());
    terminal.render(block);
    EXPECT_EQ(terminal.state(), TerminalState::Active);
    EXPECT_TRUE(std::all_of(heard.causes.begin(), heard.causes.end(),
                            [](TerminalCause cause) { return cause == TerminalCause::Normal; }));
}

TEST_F(SoundDevice, ADeviceThatIsNotThereIsNamed) {
    SoundDeviceTerminal terminal("hw:31,7", TerminalDirection::Both);
    const auto started = terminal.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, hal::ErrorCode::NoDevice) << started.error().cause;
    EXPECT_NE(started.error().cause.find("hw:31,7"), std::string::npos);
    EXPECT_EQ(terminal.state(), TerminalState::Idle);
}

TEST_F(SoundDevice, TheListHasTheDevicesOfAlsa) {
    const auto names = SoundDeviceTerminal::names();
    EXPECT_NE(std::find(names.begin(), names.end(), "null"), names.end());
}

}  // namespace
}  // namespace tipring::media
