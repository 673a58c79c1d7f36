// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.h"

#include <fcntl.h>

#include <cerrno>

namespace tipring::rpc {
namespace {

/// Length of the well-formed UTF-8 sequence at the begin of `text`; 0: there is none.
std::size_t sequenceAt(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = at(0);
    if (first < 0x80) {
        return first == 0 ? 0 : 1;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80) {
            return 0;
        }
    }
    const unsigned second = at(1);
    // Overlong forms, surrogates, beyond U+10FFFF.
    const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

}  // namespace

bool isValidUtf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = sequenceAt(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string validUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = sequenceAt(text);
        out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

int putText(sd_bus_message* message, char letter, std::string_view text) {
    const std::string copy = isValidUtf8(text) ? std::string(text) : validUtf8(text);
    return sd_bus_message_append_basic(message, letter, copy.c_str());
}

int getText(sd_bus_message* message, char letter, std::string& text) {
    const char* found = nullptr;
    const int result = sd_bus_message_read_basic(message, letter, &found);
    if (result > 0) {
        text = found;
    }
    return result;
}

int Codec<char>::get(sd_bus_message* message, char& value) {
    std::string text;
    const int result = getText(message, 's', text);
    if (result < 0 || text.size() != 1) {
        return result < 0 ? result : -EBADMSG;
    }
    value = text[0];
    return result;
}

int Codec<hal::FileDescriptor>::put(sd_bus_message* message, const hal::FileDescriptor& value) {
    const int fd = value.get();
    return sd_bus_message_append_basic(message, 'h', &fd);
}

int Codec<hal::FileDescriptor>::get(sd_bus_message* message, hal::FileDescriptor& value) {
    int fd = -1;
    const int result = sd_bus_message_read_basic(message, 'h', &fd);
    if (result < 0) {
        return result;
    }
    value.reset(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    return value ? result : -errno;
}

int Codec<std::vector<std::byte>>::put(sd_bus_message* message,
                                       const std::vector<std::byte>& value) {
    return sd_bus_message_append_array(message, 'y', value.data(), value.size());
}

int Codec<std::vector<std::byte>>::get(sd_bus_message* message, std::vector<std::byte>& value) {
    const void* data = nullptr;
    std::size_t size = 0;
    const int result = sd_bus_message_read_array(message, 'y', &data, &size);
    if (result >= 0) {
        const auto* bytes = static_cast<const std::byte*>(data);
        value.assign(bytes, bytes + size);
    }
    return result;
}

}  // namespace tipring::rpc
