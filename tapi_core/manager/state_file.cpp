// SPDX-License-Identifier: Apache-2.0
#include "state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "tipring/hal/base/file_descriptor.h"

namespace tipring::core {
namespace {

constexpr std::uintmax_t kMaxFileSize = 1U << 20;

hal::Result<void> writeFile(const std::string& path, const std::string& text) {
    const hal::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) {
        return hal::failSystem(fmt::format("cannot create {}", path), errno);
    }
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
        if (count <= 0 && errno != EINTR) {
            return hal::failSystem(fmt::format("cannot write {}", path), errno);
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (::fsync(file.get()) != 0) {
        return hal::failSystem(fmt::format("cannot write {} through", path), errno);
    }
    return {};
}

}  // namespace

hal::Result<void> replaceFile(const std::string& directory, const std::string& path,
                              const std::string& text) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    const std::string fresh = path + ".new";
    if (auto written = writeFile(fresh, text); !written) {
        return written;
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) {
        return hal::failSystem(fmt::format("cannot rename {}", fresh), errno);
    }
    return {};
}

hal::Result<std::optional<std::string>> readSmallFile(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) {
        return std::nullopt;
    }
    if (size > kMaxFileSize) {
        return hal::fail(hal::ErrorCode::InvalParam, "it is too large");
    }
    std::ifstream file(path, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

void setAside(const std::string& path) {
    std::error_code error;
    std::filesystem::rename(path, path + ".broken", error);
}

}  // namespace tipring::core
