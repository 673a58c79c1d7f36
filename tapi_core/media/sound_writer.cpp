// SPDX-License-Identifier: Apache-2.0
#include "sound_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::media {
namespace {

constexpr int kRate = 8000;
constexpr double kPageLatency = 500;  // ms of sound that an Ogg page may wait for

class WavWriter final : public SoundWriter {
public:
    explicit WavWriter(FileRecording file) : file_(std::move(file)) {}
    hal::Result<void> write(std::span<const std::int16_t> samples) override {
        return file_.write(samples);
    }
    hal::Result<void> close() override { return file_.close(); }

private:
    FileRecording file_;
};

struct CloseSound {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSound>;

class CodedWriter final : public SoundWriter {
public:
    CodedWriter(std::string path, SoundFile file)
        : path_(std::move(path)), file_(std::move(file)) {}

    hal::Result<void> write(std::span<const std::int16_t> samples) override {
        if (!file_ || failed_) {
            return hal::fail(hal::ErrorCode::InvalLineState,
                             fmt::format("the recording {} has ended", path_));
        }
        const auto count = static_cast<sf_count_t>(samples.size());
        errno = 0;
        const sf_count_t written = sf_writef_short(file_.get(), samples.data(), count);
        // A coder that could not write goes on as if it had; errno and the file's error tell.
        if (written != count || sf_error(file_.get()) != SF_ERR_NO_ERROR || errno == ENOSPC ||
            errno == EFBIG) {
            failed_ = true;
            return failure("cannot write");
        }
        return {};
    }
    hal::Result<void> close() override {
        if (!file_) {
            return {};
        }
        errno = 0;
        const int error = sf_close(file_.release());
        const bool full = errno == ENOSPC || errno == EFBIG;
        return (error != 0 || full) && !failed_ ? failure("cannot finish") : hal::Result<void>{};
    }

private:
    [[nodiscard]] hal::Result<void> failure(const char* what) const {
        const int number = errno;
        if (number != 0) {
            return hal::failSystem(fmt::format("{} the recording {}", what, path_), number);
        }
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("{} the recording {}: {}", what, path_,
                                     file_ ? sf_strerror(file_.get()) : "the coder failed"));
    }

    const std::string path_;
    SoundFile file_;
    bool failed_ = false;
};

constexpr std::array<int, 3> kSndfileFormats{SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                                             SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                                             SF_FORMAT_OGG | SF_FORMAT_OPUS};

hal::Result<std::unique_ptr<SoundWriter>> createCoded(const std::string& path, SoundFormat format) {
    SF_INFO info{};
    info.samplerate = kRate;
    info.channels = 1;
    info.format = kSndfileFormats[static_cast<std::size_t>(format)];
    if (sf_format_check(&info) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("this libsndfile cannot write the format of {}", path));
    }
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("{} exists; a recording never overwrites a file", path));
    }
    if (fd < 0) {
        return hal::failSystem(fmt::format("cannot create the recording {}", path), errno);
    }
    SoundFile file(sf_open_fd(fd, SFM_WRITE, &info, SF_TRUE));
    if (!file) {
        ::unlink(path.c_str());
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("cannot record into {}: {}", path, sf_strerror(nullptr)));
    }
    double latency = kPageLatency;
    sf_command(file.get(), SFC_SET_OGG_PAGE_LATENCY_MS, &latency, sizeof latency);
    return std::make_unique<CodedWriter>(path, std::move(file));
}

}  // namespace

hal::Result<std::unique_ptr<SoundWriter>> SoundWriter::create(const std::string& path,
                                                              SoundFormat format) {
    if (format != SoundFormat::Wav) {
        return createCoded(path, format);
    }
    auto file = FileRecording::create(path);
    if (!file) {
        return tl::unexpected(std::move(file.error()));
    }
    return std::make_unique<WavWriter>(std::move(*file));
}

}  // namespace tipring::media
