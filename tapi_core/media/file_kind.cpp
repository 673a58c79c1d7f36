// SPDX-License-Identifier: Apache-2.0
#include "file_kind.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace tipring::media {
namespace {

struct Magic {
    std::string_view start;
    const char* kind;
};
constexpr Magic kMagics[] = {
    {"%PDF", "a PDF document"},
    {"\x89PNG", "a PNG picture"},
    {"\xFF\xD8\xFF", "a JPEG picture"},
    {"GIF8", "a GIF picture"},
    {"PK\x03\x04", "a ZIP archive"},
    {"\x1F\x8B", "a gzip file"},
    {"\x7F"
     "ELF",
     "a program"},
    {"SQLite format 3", "an SQLite database"},
    {"\x1A\x45\xDF\xA3", "a Matroska or WebM file"},
    {"RIFF", "a RIFF file whose sound cannot be read"},
};

bool isText(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
    });
}

}  // namespace

std::string describeFile(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        return S_ISDIR(status.st_mode) ? "a directory" : "not a regular file";
    }
    std::array<char, 64> buffer{};
    std::ifstream file(path, std::ios::binary);
    file.read(buffer.data(), buffer.size());
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(file.gcount()));
    if (bytes.empty()) {
        return "empty";
    }
    for (const Magic& magic : kMagics) {
        if (bytes.starts_with(magic.start)) {
            return magic.kind;
        }
    }
    if (bytes.size() > 4 && bytes.substr(4).starts_with("ftyp")) {
        return "an MP4 file";
    }
    return isText(bytes) ? "text" : "data of an unknown kind";
}

}  // namespace tipring::media
