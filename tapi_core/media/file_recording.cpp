// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/file_recording.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tipring::media {
namespace {

constexpr std::uint32_t kRate = 8000;
constexpr std::size_t kHeaderSize = 44;
constexpr std::uint64_t kMaxDataBytes = 0xFFFFFFFFU - kHeaderSize - 1;
constexpr std::uint64_t kHeaderInterval = std::uint64_t{kRate} * 2;  // bytes of a second

using Header = std::array<std::byte, kHeaderSize>;

template <class Integer>
void put(Header& header, std::size_t at, Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
        header[at + i] = static_cast<std::byte>(value >> (8 * i));
    }
}

Header headerFor(std::uint32_t dataBytes) {
    Header header{};
    const auto text = [&](std::size_t at, const char* word) {
        std::memcpy(&header[at], word, std::strlen(word));
    };
    text(0, "RIFF");
    put(header, 4, static_cast<std::uint32_t>(kHeaderSize - 8 + dataBytes));
    text(8, "WAVEfmt ");
    put(header, 16, std::uint32_t{16});
    put(header, 20, std::uint16_t{1});  // linear PCM
    put(header, 22, std::uint16_t{1});  // channels
    put(header, 24, kRate);
    put(header, 28, kRate * 2);         // bytes per second
    put(header, 32, std::uint16_t{2});  // bytes per frame
    put(header, 34, std::uint16_t{16});
    text(36, "data");
    put(header, 40, dataBytes);
    return header;
}

}  // namespace

FileRecording::FileRecording(std::string path, hal::FileDescriptor file)
    : path_(std::move(path)), file_(std::move(file)) {}

hal::Result<FileRecording> FileRecording::create(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("{} exists; a recording never overwrites a file", path));
    }
    if (fd < 0) {
        return hal::failSystem(fmt::format("cannot create the recording {}", path), errno);
    }
    FileRecording recording(path, hal::FileDescriptor(fd));
    if (auto written = recording.updateHeader(); !written) {
        return tl::unexpected(std::move(written.error()));
    }
    return recording;
}

FileRecording::~FileRecording() {
    static_cast<void>(close());
}

hal::Result<void> FileRecording::write(std::span<const std::int16_t> samples) {
    if (!file_ || failed_) {
        return hal::fail(hal::ErrorCode::InvalLineState,
                         fmt::format("the recording {} has ended", path_));
    }
    static_assert(std::endian::native == std::endian::little, "WAV is little-endian");
    auto written = append(std::as_bytes(samples));
    if (!written || dataBytes_ - bytesInHeader_ >= kHeaderInterval) {
        const auto header = updateHeader();
        return written ? header : written;
    }
    return written;
}

hal::Result<void> FileRecording::append(std::span<const std::byte> bytes) {
    if (dataBytes_ + bytes.size() > kMaxDataBytes) {
        failed_ = true;
        return hal::fail(
            hal::ErrorCode::ResourceUnavail,
            fmt::format("the recording {} has reached the 4 GiB of a WAV file", path_));
    }
    while (!bytes.empty()) {
        const auto at = static_cast<off_t>(kHeaderSize + dataBytes_);
        const ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), at);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            failed_ = true;
            return tl::unexpected(failure("cannot write", count < 0 ? errno : ENOSPC));
        }
        dataBytes_ += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

hal::Result<void> FileRecording::updateHeader() {
    const std::uint64_t whole = dataBytes_ & ~std::uint64_t{1};  // half a sample does not count
    const Header header = headerFor(static_cast<std::uint32_t>(whole));
    ssize_t count = 0;
    do {
        count = ::pwrite(file_.get(), header.data(), header.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count != static_cast<ssize_t>(header.size())) {
        failed_ = true;
        return tl::unexpected(failure("cannot write the header of", count < 0 ? errno : ENOSPC));
    }
    bytesInHeader_ = dataBytes_;
    return {};
}

hal::Result<void> FileRecording::close() {
    if (!file_) {
        return {};
    }
    auto result = updateHeader();
    file_.reset();
    return result;
}

hal::Error FileRecording::failure(const char* what, int errnoValue) const {
    return hal::systemError(fmt::format("{} the recording {} after {:.1f} s", what, path_,
                                        double(dataBytes_) / (2.0 * kRate)),
                            errnoValue);
}

}  // namespace tipring::media
