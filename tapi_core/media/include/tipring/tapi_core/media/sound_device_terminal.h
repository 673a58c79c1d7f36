// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

/// A sound device of the machine through ALSA: a microphone (capture), a loudspeaker (render) or
/// both. Any device that ALSA's "plug" layer converts to 8 kHz mono. Never waits.
///
/// The device's clock is not the line's. The loudspeaker is kept about 60 ms ahead of what is
/// heard; when the line is faster, single blocks are dropped, when it is slower, the device runs
/// dry and starts again. Both are counted. When the device fails (it was unplugged), the terminal
/// ends with ReadError or WriteError.
class SoundDeviceTerminal final : public Terminal {
public:
    /// `device` as ALSA names it: "default", "plughw:1,0", "null". Opened when started.
    SoundDeviceTerminal(std::string device, TerminalDirection direction);
    ~SoundDeviceTerminal() override;

    /// The devices that ALSA knows, by name; what a user may choose from.
    static std::vector<std::string> names();

    /// Times that the device had too little or too much.
    [[nodiscard]] std::uint64_t hiccups() const;

private:
    struct Impl;
    hal::Result<void> onStart() override;
    hal::Result<void> onResume() override;
    void onPause() override;
    hal::Result<void> onStop() override;
    std::size_t onCapture(std::span<std::int16_t> samples) override;
    void onRender(std::span<const std::int16_t> samples) override;

    const std::string device_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::media
