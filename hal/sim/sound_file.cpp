// SPDX-License-Identifier: Apache-2.0
#include "sound_file.h"

#include <sndfile.h>

#include <algorithm>

#include <fmt/format.h>

namespace tipring::sim {

namespace {

constexpr std::size_t kFrames = 1024;
constexpr int kRate = 8000;
constexpr int kMaxRate = 192000;
constexpr int kMaxChannels = 16;

}  // namespace

void SoundFileCloser::operator()(sf_private_tag* file) const noexcept {
    sf_close(file);
}

hal::Result<SoundReader> SoundReader::open(const std::string& path) {
    SF_INFO info{};
    SoundFileHandle file{sf_open(path.c_str(), SFM_READ, &info)};
    if (!file) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{}: {}; give a sound file that libsndfile reads (WAV, AIFF, "
                                     "FLAC, AU)",
                                     path, sf_strerror(nullptr)));
    }
    if (info.samplerate < 1 || info.samplerate > kMaxRate || info.channels < 1 ||
        info.channels > kMaxChannels) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{}: {} Hz with {} channels; up to {} Hz and {} channels can "
                                     "be played",
                                     path, info.samplerate, info.channels, kMaxRate, kMaxChannels));
    }
    return SoundReader{std::move(file), info.channels, info.samplerate};
}

SoundReader::SoundReader(SoundFileHandle file, int channels, int rate)
    : file_(std::move(file)),
      channels_(static_cast<std::size_t>(channels)),
      resampler_(static_cast<std::uint32_t>(rate), kRate),
      frames_(kFrames * channels_),
      mono_(kFrames),
      tail_(resampler_.delay() * static_cast<std::size_t>(rate) / kRate) {}

std::size_t SoundReader::read(std::span<std::int16_t> samples) {
    std::size_t count = 0;
    while (count < samples.size()) {
        if (from_ == to_) {
            const sf_count_t got = sf_readf_short(file_.get(), frames_.data(), kFrames);
            from_ = 0;
            to_ = static_cast<std::size_t>(std::max<sf_count_t>(got, 0));
            for (std::size_t frame = 0; frame < to_; ++frame) {
                int sum = 0;
                for (std::size_t channel = 0; channel < channels_; ++channel) {
                    sum += frames_[frame * channels_ + channel];
                }
                mono_[frame] = static_cast<std::int16_t>(sum / static_cast<int>(channels_));
            }
            if (to_ == 0 && tail_ > 0) {
                to_ = std::min(tail_, mono_.size());
                tail_ -= to_;
                std::fill_n(mono_.begin(), to_, std::int16_t{0});
            }
        }
        const auto done = resampler_.process(std::span{mono_}.subspan(from_, to_ - from_),
                                             samples.subspan(count));
        from_ += done.consumed;
        count += done.produced;
        if (done.produced == 0 && from_ == to_ && to_ == 0) {
            break;
        }
    }
    return count;
}

hal::Result<SoundWriter> SoundWriter::create(const std::string& path, int channels) {
    SF_INFO info{};
    info.samplerate = kRate;
    info.channels = channels;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SoundFileHandle file{sf_open(path.c_str(), SFM_WRITE, &info)};
    if (!file) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("{}: {}; check the folder and its permissions", path,
                                     sf_strerror(nullptr)));
    }
    return SoundWriter{std::move(file)};
}

void SoundWriter::write(std::span<const std::int16_t> samples) {
    sf_write_short(file_.get(), samples.data(), static_cast<sf_count_t>(samples.size()));
    sinceUpdate_ += samples.size();
    if (sinceUpdate_ >= kRate) {
        sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
        sinceUpdate_ = 0;
    }
}

}  // namespace tipring::sim
