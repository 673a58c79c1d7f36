// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/sound_device_terminal.h"

#include <alsa/asoundlib.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::media {
namespace {

const hal::LogCategory kLog{"media"};
constexpr unsigned kRate = 8000;
constexpr unsigned kLatency = 200'000;  // microseconds: the size of the device's buffer
constexpr std::size_t kAhead = 480;     // samples of silence before the first sound: 60 ms

struct ClosePcm {
    void operator()(snd_pcm_t* pcm) const { snd_pcm_close(pcm); }
};
using Pcm = std::unique_ptr<snd_pcm_t, ClosePcm>;

hal::ErrorCode codeOf(int error) {
    switch (-error) {
    case EBUSY: return hal::ErrorCode::InUse;
    case ENOENT:
    case ENODEV:
    case ENXIO: return hal::ErrorCode::NoDevice;
    case EACCES:
    case EPERM: return hal::ErrorCode::ResourceUnavail;
    default: return hal::ErrorCode::OperationFailed;
    }
}

/// ALSA writes to stderr by itself; its words belong into the log.
void logAlsa(const char*, int, const char* function, int, const char* format, ...) {
    std::array<char, 256> text{};
    va_list arguments;
    va_start(arguments, format);
    static_cast<void>(std::vsnprintf(text.data(), text.size(), format, arguments));
    va_end(arguments);
    kLog.debug("ALSA {}: {}", function == nullptr ? "" : function, text.data());
}

hal::Result<Pcm> openPcm(const std::string& device, snd_pcm_stream_t stream) {
    static const bool kLogged = snd_lib_error_set_handler(&logAlsa) == 0;
    static_cast<void>(kLogged);
    const auto failed = [&](const char* what, int error) {
        return hal::fail(codeOf(error), fmt::format("{} the sound device {}: {}", what, device,
                                                    snd_strerror(error)));
    };
    snd_pcm_t* raw = nullptr;
    if (const int error = snd_pcm_open(&raw, device.c_str(), stream, SND_PCM_NONBLOCK); error < 0) {
        return failed("cannot open", error);
    }
    Pcm pcm(raw);
    if (const int error = snd_pcm_set_params(raw, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED,
                                             1, kRate, 1, kLatency);
        error < 0) {
        return failed("no 8 kHz mono from", error);
    }
    return pcm;
}

}  // namespace

struct SoundDeviceTerminal::Impl {
    Pcm capture;
    Pcm render;
    std::uint64_t hiccups = 0;
    bool primed = false;  // the loudspeaker has its silence ahead

    void prime() {
        static constexpr std::array<std::int16_t, kAhead> kSilence{};
        static_cast<void>(snd_pcm_writei(render.get(), kSilence.data(), kSilence.size()));
        primed = true;
    }
};

SoundDeviceTerminal::SoundDeviceTerminal(std::string device, TerminalDirection direction)
    : Terminal(fmt::format("sound device {}", device), TerminalClass::Static, direction),
      device_(std::move(device)),
      impl_(std::make_unique<Impl>()) {}

SoundDeviceTerminal::~SoundDeviceTerminal() = default;

std::vector<std::string> SoundDeviceTerminal::names() {
    std::vector<std::string> names;
    void** hints = nullptr;
    if (snd_device_name_hint(-1, "pcm", &hints) < 0) {
        return names;
    }
    for (void** hint = hints; *hint != nullptr; ++hint) {
        if (char* name = snd_device_name_get_hint(*hint, "NAME"); name != nullptr) {
            names.emplace_back(name);
            std::free(name);
        }
    }
    snd_device_name_free_hint(hints);
    return names;
}

std::uint64_t SoundDeviceTerminal::hiccups() const {
    return impl_->hiccups;
}

hal::Result<void> SoundDeviceTerminal::onStart() {
    if (captures()) {
        auto pcm = openPcm(device_, SND_PCM_STREAM_CAPTURE);
        if (!pcm) {
            return tl::unexpected(std::move(pcm.error()));
        }
        impl_->capture = std::move(*pcm);
        snd_pcm_start(impl_->capture.get());
    }
    if (renders()) {
        auto pcm = openPcm(device_, SND_PCM_STREAM_PLAYBACK);
        if (!pcm) {
            impl_->capture.reset();
            return tl::unexpected(std::move(pcm.error()));
        }
        impl_->render = std::move(*pcm);
        impl_->primed = false;
    }
    return {};
}

hal::Result<void> SoundDeviceTerminal::onResume() {
    if (impl_->capture) {
        snd_pcm_prepare(impl_->capture.get());
        snd_pcm_start(impl_->capture.get());
    }
    if (impl_->render) {
        snd_pcm_prepare(impl_->render.get());
        impl_->primed = false;
    }
    return {};
}

void SoundDeviceTerminal::onPause() {
    for (snd_pcm_t* pcm : {impl_->capture.get(), impl_->render.get()}) {
        if (pcm != nullptr) {
            snd_pcm_drop(pcm);
        }
    }
}

hal::Result<void> SoundDeviceTerminal::onStop() {
    impl_->capture.reset();
    impl_->render.reset();
    return {};
}

std::size_t SoundDeviceTerminal::onCapture(std::span<std::int16_t> samples) {
    snd_pcm_t* pcm = impl_->capture.get();
    snd_pcm_sframes_t got = snd_pcm_readi(pcm, samples.data(), samples.size());
    if (got == -EPIPE || got == -ESTRPIPE) {  // it had more than its buffer holds
        ++impl_->hiccups;
        const int again = snd_pcm_recover(pcm, static_cast<int>(got), 1);
        got = again < 0 ? again : snd_pcm_start(pcm);
        got = got < 0 ? got : -EAGAIN;
    }
    if (got == -EAGAIN) {
        return 0;
    }
    if (got < 0) {
        finish(TerminalCause::ReadError, fmt::format("the sound device {} stopped: {}", device_,
                                                     snd_strerror(static_cast<int>(got))));
        return 0;
    }
    return static_cast<std::size_t>(got);
}

void SoundDeviceTerminal::onRender(std::span<const std::int16_t> samples) {
    snd_pcm_t* pcm = impl_->render.get();
    if (!impl_->primed) {
        impl_->prime();
    }
    snd_pcm_sframes_t written = snd_pcm_writei(pcm, samples.data(), samples.size());
    if (written == -EPIPE || written == -ESTRPIPE) {  // it ran dry
        ++impl_->hiccups;
        written = snd_pcm_recover(pcm, static_cast<int>(written), 1);
        if (written >= 0) {
            impl_->prime();
            written = snd_pcm_writei(pcm, samples.data(), samples.size());
        }
    }
    if (written < 0 && written != -EAGAIN) {
        finish(TerminalCause::WriteError, fmt::format("the sound device {} stopped: {}", device_,
                                                      snd_strerror(static_cast<int>(written))));
        return;
    }
    const auto taken = static_cast<std::size_t>(written < 0 ? 0 : written);
    counters_.dropped += samples.size() - taken;
}

}  // namespace tipring::media
