// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/file_playback.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <samplerate.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <string_view>
#include <vector>

#include "file_kind.h"

namespace tipring::media {
namespace {

constexpr int kRate = 8000;
constexpr sf_count_t kBlockFrames = 1024;
constexpr int kMaxChannels = 64;

struct CloseSound {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
struct DeleteConverter {
    void operator()(SRC_STATE* state) const { src_delete(state); }
};

std::int16_t toSample(float value) {
    return static_cast<std::int16_t>(std::lrint(std::clamp(value * 32768.0F, -32768.0F, 32767.0F)));
}

/// libsndfile takes a chunk that is longer than the file for one that ends with it, and says so in
/// its log only.
bool saysMoreThanItHas(SNDFILE* file) {
    std::array<char, 4096> log{};
    const int length = sf_command(file, SFC_GET_LOG_INFO, log.data(), int{log.size()});
    const std::string_view text(log.data(), static_cast<std::size_t>(std::max(length, 0)));
    const std::size_t data = text.find("\ndata : ");
    return data != text.npos &&
           text.substr(data + 1, text.find('\n', data + 1) - data).find("should be") != text.npos;
}

}  // namespace

struct FilePlayback::Impl {
    std::string path;
    std::unique_ptr<SNDFILE, CloseSound> file;
    std::unique_ptr<SRC_STATE, DeleteConverter> converter;  // none at 8000 samples per second
    int channels = 1;
    double ratio = 1.0;
    std::vector<float> frames;  // as read, channels interleaved
    std::vector<float> mono;    // averaged
    std::vector<float> output;  // at 8000 per second; [next, end) is still to be given away
    std::size_t next = 0;
    std::size_t end = 0;
    bool endOfFile = false;
    bool drained = false;
    sf_count_t framesRead = 0;
    sf_count_t framesTold = 0;  // by the header
    bool headerTooLong = false;
    std::string trouble;

    hal::Result<void> prepare(const SF_INFO& info);
    hal::Result<void> refill();
    hal::Result<std::size_t> readBlock();
    hal::Result<void> convert(std::size_t count);
};

hal::Result<void> FilePlayback::Impl::prepare(const SF_INFO& info) {
    channels = info.channels;
    framesTold = info.frames;
    headerTooLong = saysMoreThanItHas(file.get());
    ratio = double(kRate) / info.samplerate;
    if (channels < 1 || channels > kMaxChannels || src_is_valid_ratio(ratio) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("{} has {} channels at {} samples per second: too many", path,
                                     channels, info.samplerate));
    }
    if (info.samplerate != kRate) {
        int error = 0;
        converter.reset(src_new(SRC_SINC_MEDIUM_QUALITY, 1, &error));
        if (!converter) {
            return hal::fail(hal::ErrorCode::NoMem, fmt::format("no rate converter for {}: {}",
                                                                path, src_strerror(error)));
        }
    }
    frames.resize(static_cast<std::size_t>(kBlockFrames * channels));
    mono.resize(static_cast<std::size_t>(kBlockFrames));
    output.resize(static_cast<std::size_t>(std::ceil(double(kBlockFrames + 4) * ratio)) + 64);
    return {};
}

/// Reads one block into `mono`; 0 at the end of the file.
hal::Result<std::size_t> FilePlayback::Impl::readBlock() {
    const sf_count_t count = sf_readf_float(file.get(), frames.data(), kBlockFrames);
    if (!trouble.empty() || (count <= 0 && sf_error(file.get()) != SF_ERR_NO_ERROR)) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("cannot read {} further than {:.1f} s: {}", path,
                                     double(framesRead) * ratio / kRate,
                                     trouble.empty() ? sf_strerror(file.get()) : trouble.c_str()));
    }
    if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
        trouble = sf_strerror(file.get());  // after the frames that were still good
    }
    framesRead += std::max<sf_count_t>(count, 0);
    const auto width = static_cast<std::size_t>(channels);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        float sum = 0.0F;
        for (std::size_t channel = 0; channel < width; ++channel) {
            sum += frames[i * width + channel];
        }
        mono[i] = sum / static_cast<float>(channels);
    }
    return static_cast<std::size_t>(count);
}

/// Converts `count` samples of `mono` into `output`; the room there is enough for a whole block.
hal::Result<void> FilePlayback::Impl::convert(std::size_t count) {
    SRC_DATA data{};
    data.data_in = mono.data();
    data.input_frames = static_cast<long>(count);
    data.data_out = output.data();
    data.output_frames = static_cast<long>(output.size());
    data.src_ratio = ratio;
    data.end_of_input = endOfFile ? 1 : 0;
    if (const int error = src_process(converter.get(), &data); error != 0) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("cannot convert {}: {}", path, src_strerror(error)));
    }
    end = static_cast<std::size_t>(data.output_frames_gen);
    drained = endOfFile && end == 0;
    return {};
}

hal::Result<void> FilePlayback::Impl::refill() {
    std::size_t count = 0;
    if (!endOfFile) {
        auto block = readBlock();
        if (!block) {
            return tl::unexpected(std::move(block.error()));
        }
        count = *block;
        endOfFile = count == 0;
    }
    next = 0;
    if (converter) {
        return convert(count);
    }
    std::copy_n(mono.begin(), count, output.begin());
    end = count;
    drained = endOfFile;
    return {};
}

FilePlayback::FilePlayback(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FilePlayback::FilePlayback(FilePlayback&&) noexcept = default;
FilePlayback& FilePlayback::operator=(FilePlayback&&) noexcept = default;
FilePlayback::~FilePlayback() = default;

hal::Result<FilePlayback> FilePlayback::open(const std::string& path) {
    // O_NONBLOCK: a FIFO without a writer must not hold the caller.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return hal::failSystem(fmt::format("cannot open the sound file {}", path), errno);
    }
    struct stat status {};
    const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    SF_INFO info{};
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    if (regular) {
        impl->file.reset(sf_open_fd(fd, SFM_READ, &info, SF_TRUE));
    } else {
        ::close(fd);
    }
    if (!impl->file) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("{} is not a sound file but {} ({})", path, describeFile(path),
                                     regular ? sf_strerror(nullptr) : "no sound"));
    }
    if (auto prepared = impl->prepare(info); !prepared) {
        return tl::unexpected(std::move(prepared.error()));
    }
    return FilePlayback(std::move(impl));
}

double FilePlayback::seconds() const {
    return double(impl_->framesRead) * impl_->ratio / kRate;
}

bool FilePlayback::truncated() const {
    const bool known = impl_->framesTold > 0 && impl_->framesTold < SF_COUNT_MAX;
    return impl_->endOfFile &&
           (impl_->headerTooLong || (known && impl_->framesRead < impl_->framesTold));
}

hal::Result<std::size_t> FilePlayback::read(std::span<std::int16_t> samples) {
    std::size_t done = 0;
    while (done < samples.size()) {
        if (impl_->next == impl_->end) {
            if (impl_->drained) {
                break;
            }
            if (auto filled = impl_->refill(); !filled) {
                return tl::unexpected(std::move(filled.error()));
            }
            continue;
        }
        samples[done++] = toSample(impl_->output[impl_->next++]);
    }
    return done;
}

}  // namespace tipring::media
