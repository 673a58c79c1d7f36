// SPDX-License-Identifier: Apache-2.0
#include "rule_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

using tapi::Result;

const hal::LogCategory kLog{"dial_rules"};
constexpr std::size_t kMostBytes = (4u << 20) + 1;  // one more than the reader takes

Result<std::string> readAll(int descriptor, const std::string& file) {
    std::string text;
    std::array<char, 16384> chunk;
    while (text.size() < kMostBytes) {
        const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return hal::failSystem(fmt::format("cannot read {}", file), errno);
        }
        if (count == 0) {
            break;
        }
        text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
}

void warnIfOpen(int descriptor, const std::string& file, const RuleBook& book) {
    struct stat status {};
    const bool secret = std::any_of(book.cards.begin(), book.cards.end(),
                                    [](const SecretCard& card) { return !card.digits.empty(); });
    if (secret && ::fstat(descriptor, &status) == 0 && (status.st_mode & 077) != 0) {
        kLog.warning(
            "{} has the digits of calling cards, and others may read it (mode {:04o}); "
            "chmod 600 it",
            file, status.st_mode & 07777u);
    }
}

Result<void> writeAll(int descriptor, std::string_view text, const std::string& file) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return hal::failSystem(fmt::format("cannot write {}", file), errno);
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor) != 0) {
        return hal::failSystem(fmt::format("cannot write {}", file), errno);
    }
    return {};
}

void syncFolder(const std::string& folder) {
    const hal::FileDescriptor descriptor(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor) {
        ::fsync(descriptor.get());
    }
}

}  // namespace

Result<RuleBook> readRuleFile(const std::string& file) {
    const hal::FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) {
        if (errno == ENOENT) {
            return RuleBook{};
        }
        return hal::failSystem(fmt::format("cannot read {}", file), errno);
    }
    const auto text = readAll(descriptor.get(), file);
    if (!text) {
        return tl::unexpected(text.error());
    }
    auto book = readRuleBook(*text, file);
    if (book) {
        warnIfOpen(descriptor.get(), file, *book);
    }
    return book;
}

Result<RuleBook> readDropIns(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".toml") {
            files.push_back(at->path().string());
        }
    }
    if (error && !folder.empty() && error.value() != ENOENT) {
        return hal::failSystem(fmt::format("cannot read {}", folder), error.value());
    }
    std::sort(files.begin(), files.end());
    RuleBook whole;
    for (const std::string& file : files) {
        auto book = readRuleFile(file);
        if (!book) {
            return book;
        }
        whole = merge(std::move(whole), *book);
    }
    return whole;
}

Result<void> writeRuleFile(const std::string& file, const RuleBook& book) {
    const std::string folder = std::filesystem::path(file).parent_path().string();
    if (std::error_code error; !folder.empty()) {
        std::filesystem::create_directories(folder, error);
        if (error) {
            return hal::failSystem(fmt::format("cannot make {}", folder), error.value());
        }
    }
    std::string temporary = file + ".XXXXXX";
    const hal::FileDescriptor descriptor(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
    if (!descriptor) {
        return hal::failSystem(fmt::format("cannot write beside {}", file), errno);
    }
    if (auto written = writeAll(descriptor.get(), writeRuleBook(book), file); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) {
        const int why = errno;
        ::unlink(temporary.c_str());
        return hal::failSystem(fmt::format("cannot replace {}", file), why);
    }
    syncFolder(folder.empty() ? "." : folder);
    return {};
}

}  // namespace tipring::core
