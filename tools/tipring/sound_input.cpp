// SPDX-License-Identifier: Apache-2.0
#include "sound_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <memory>
#include <optional>
#include <vector>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/dsp/resampler.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/tapi_core/media/sound_device_terminal.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using namespace std::chrono_literals;

constexpr sf_count_t kFrames = 4096;
constexpr int kHighestRate = 192'000, kMostChannels = 256;

struct CloseSound {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundHandle = std::unique_ptr<SNDFILE, CloseSound>;

/// Channels to one, at any level, and whatever a file of floating point may hold.
std::int16_t mixedDown(std::span<const float> frame) {
    float sum = 0;
    for (const float value : frame) {
        sum += std::isfinite(value) ? value : 0;
    }
    const float scaled = sum / static_cast<float>(frame.size()) * 32768;
    return static_cast<std::int16_t>(std::lrint(std::clamp(scaled, -32768.0F, 32767.0F)));
}

/// Brings sound to 8 kHz, without the delay of doing so.
class Converter {
public:
    Converter(int rate, const SoundSink& sink)
        : sink_(sink),
          resampler_(static_cast<std::uint32_t>(rate), dsp::kSampleRate),
          late_(resampler_.delay()) {}

    bool put(std::span<const std::int16_t> samples) {
        out_.resize(resampler_.outputBound(samples.size()));
        const std::size_t produced = resampler_.process(samples, out_).produced;
        const std::size_t skipped = std::min(late_, produced);
        late_ -= skipped;
        return sink_(std::span(out_).first(produced).subspan(skipped));
    }
    /// What the filter still holds.
    void finish(int rate) {
        const std::size_t rest = resampler_.delay() * static_cast<std::size_t>(rate);
        put(std::vector<std::int16_t>(rest / dsp::kSampleRate));
    }

private:
    const SoundSink& sink_;
    dsp::Resampler resampler_;
    std::size_t late_;
    std::vector<std::int16_t> out_;
};

/// Ctrl-C ends a wait for standard input and not the program.
class InterruptGuard {
public:
    InterruptGuard() {
        interrupted_ = 0;
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted_ = 1; };
        ::sigaction(SIGINT, &action, &before_);  // no SA_RESTART: the read must come back
    }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;
    ~InterruptGuard() { ::sigaction(SIGINT, &before_, nullptr); }
    static bool interrupted() { return interrupted_ != 0; }

private:
    static inline volatile std::sig_atomic_t interrupted_ = 0;
    struct sigaction before_ {};
};

/// Samples out of bytes that may be cut anywhere.
class SampleBytes {
public:
    std::span<const std::int16_t> put(std::span<const unsigned char> bytes) {
        samples_.clear();
        for (const unsigned char byte : bytes) {
            if (low_) {
                samples_.push_back(static_cast<std::int16_t>(*low_ | byte << 8));
                low_.reset();
            } else {
                low_ = byte;
            }
        }
        return samples_;
    }

private:
    std::vector<std::int16_t> samples_;
    std::optional<unsigned char> low_;
};

/// The sound of a device, asked for at the pace of a telephone line.
class DeviceReader {
public:
    DeviceReader(hal::EventLoop& loop, const std::string& device, const SoundSink& sink)
        : loop_(loop),
          sink_(sink),
          terminal_(device, media::TerminalDirection::Capture),
          timer_(loop, [this] { read(); }) {
        terminal_.listen([this](const media::TerminalEvent& event) {
            if (event.cause != media::TerminalCause::Normal) {
                result_ = hal::fail(ErrorCode::OperationFailed, event.text);
            }
        });
    }
    hal::Result<void> run() {
        if (auto started = terminal_.start(); !started) {
            return started;
        }
        timer_.arm(kBlock);
        loop_.run();
        timer_.cancel();
        if (result_) {
            result_ = terminal_.stop();
        }
        return result_;
    }

private:
    static constexpr std::chrono::milliseconds kBlock = 20ms;

    void read() {
        std::array<std::int16_t, 160> block{};
        std::size_t got = 0;
        // A device that always has sound, as "null", must not keep Ctrl-C out.
        for (int i = 0; i < 10 && (got = terminal_.capture(block)) > 0; ++i) {
            if (!sink_(std::span(block).first(got))) {
                return loop_.stop();
            }
        }
        if (!result_) {
            return loop_.stop();
        }
        timer_.arm(kBlock);
    }

    hal::EventLoop& loop_;
    const SoundSink& sink_;
    media::SoundDeviceTerminal terminal_;
    hal::Timer timer_;
    hal::Result<void> result_;
};

}  // namespace

hal::Result<void> readSound(const std::string& path, const SoundSink& sink) {
    if (::access(path.c_str(), R_OK) != 0) {
        return hal::failSystem(fmt::format("cannot read {}", path), errno);
    }
    SF_INFO info{};
    const SoundHandle file(sf_open(path.c_str(), SFM_READ, &info));
    if (!file || info.samplerate <= 0 || info.samplerate > kHighestRate || info.channels <= 0 ||
        info.channels > kMostChannels) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("{} is not a sound file that can be read ({})", path,
                                     file ? "its rate or its channels" : sf_strerror(nullptr)));
    }
    const auto channels = static_cast<std::size_t>(info.channels);
    std::vector<float> block(static_cast<std::size_t>(kFrames) * channels);
    std::vector<std::int16_t> mono;
    Converter converter(info.samplerate, sink);
    for (sf_count_t got = 0; (got = sf_readf_float(file.get(), block.data(), kFrames)) > 0;) {
        mono.clear();
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            mono.push_back(mixedDown(std::span(block).subspan(i * channels, channels)));
        }
        if (!converter.put(mono)) {
            return {};
        }
    }
    converter.finish(info.samplerate);
    return {};
}

hal::Result<void> readSamples(const std::string& path, const SoundSink& sink) {
    const std::string name = path == "-" ? "standard input" : path;
    hal::FileDescriptor opened;
    if (path != "-") {
        opened.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!opened) {
            return hal::failSystem(fmt::format("cannot read {}", name), errno);
        }
    }
    const int fd = path == "-" ? STDIN_FILENO : opened.get();
    const InterruptGuard guard;
    std::array<unsigned char, 8192> bytes{};
    SampleBytes samples;
    while (!InterruptGuard::interrupted()) {
        const auto got = ::read(fd, bytes.data(), bytes.size());
        if (got < 0 && errno != EINTR) {
            return hal::failSystem(fmt::format("cannot read {}", name), errno);
        }
        const auto count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        if (got == 0 || !sink(samples.put(std::span(bytes).first(count)))) {
            break;
        }
    }
    return {};
}

hal::Result<void> readDevice(const std::string& device, const SoundSink& sink) {
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        return tl::unexpected(std::move(loop.error()));
    }
    auto interrupt = hal::SignalWatch::create(**loop, SIGINT, [&loop] { (*loop)->stop(); });
    auto end = hal::SignalWatch::create(**loop, SIGTERM, [&loop] { (*loop)->stop(); });
    if (!interrupt || !end) {
        return tl::unexpected(std::move(interrupt ? end.error() : interrupt.error()));
    }
    return DeviceReader(**loop, device, sink).run();
}

}  // namespace tipring::tools
