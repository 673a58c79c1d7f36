// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::sim {

// The words of control commands and of their replies. Any bytes may come.

/// "error WHAT".
[[nodiscard]] std::string error(std::string_view what);
/// "ok", or the error's cause.
[[nodiscard]] std::string answer(const hal::Result<void>& result);

/// Words with quotes: name="J DOE" is one word. Nothing when a quote is not closed.
[[nodiscard]] std::optional<std::vector<std::string>> splitWords(std::string_view line);

/// "rings=4" and "private" after the verb.
struct Arguments {
    explicit Arguments(std::span<const std::string> words);
    [[nodiscard]] std::string value(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const;
    /// The first argument that the command does not know; empty when all are known.
    [[nodiscard]] std::string unknown(std::span<const std::string_view> known) const;

    std::map<std::string, std::string, std::less<>> named;
    std::vector<std::string> flags;
};

/// 0..999.
[[nodiscard]] std::optional<unsigned> smallNumber(std::string_view text);
/// A decimal number such as -12.5 within limits.
[[nodiscard]] std::optional<float> decimalNumber(std::string_view text, float least, float most);
[[nodiscard]] std::optional<bool> onOff(std::string_view text);
[[nodiscard]] bool isPlainText(std::string_view text, std::size_t most);
/// \n and \r in words, so that a text of several lines fits into one.
[[nodiscard]] std::string unescaped(std::string_view text);
/// Data in one printable line.
[[nodiscard]] std::string escaped(std::string_view data);

}  // namespace tipring::sim
