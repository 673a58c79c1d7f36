// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace tipring::hal {

/// True where `text` is UTF-8 without control characters, so that escapeControls() would copy it.
[[nodiscard]] bool isPlain(std::string_view text);

/// Appends `text` with every control character (C0, DEL, C1) and every byte that is not UTF-8
/// written as \r, \n, \t or \x1B: no text can forge a line or drive a terminal.
void escapeControls(std::string_view text, fmt::memory_buffer& out);

/// Appends bytes of a port: <CR>, <DLE>... by name, other unprintables and `<` itself as <7F>;
/// after kTrafficLimit bytes only how many more there were.
void appendTraffic(std::span<const std::byte> bytes, fmt::memory_buffer& out);
inline constexpr std::size_t kTrafficLimit = 128;

/// The last two characters of `text` (UTF-8), or none where it has four or fewer.
[[nodiscard]] std::string_view visibleTail(std::string_view text);

/// While one lives, Private texts are shown whole (or not) on this thread.
class RevealPrivate {
public:
    explicit RevealPrivate(bool reveal);
    ~RevealPrivate();
    RevealPrivate(const RevealPrivate&) = delete;
    RevealPrivate& operator=(const RevealPrivate&) = delete;

private:
    bool former_;
};

}  // namespace tipring::hal
