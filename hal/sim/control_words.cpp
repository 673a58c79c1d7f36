// SPDX-License-Identifier: Apache-2.0
#include "control_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tipring::sim {

std::string error(std::string_view what) {
    return fmt::format("error {}", what);
}

std::string answer(const hal::Result<void>& result) {
    return result ? "ok" : error(result.error().cause);
}

std::optional<std::vector<std::string>> splitWords(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, any = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
            if (any) {
                words.push_back(std::move(word));
                word.clear();
                any = false;
            }
        } else {
            word += c;
            any = true;
        }
    }
    if (any) {
        words.push_back(std::move(word));
    }
    return quoted ? std::nullopt : std::optional{std::move(words)};
}

Arguments::Arguments(std::span<const std::string> words) {
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) {
            flags.push_back(word);
        } else {
            named.insert_or_assign(word.substr(0, equals), word.substr(equals + 1));
        }
    }
}

std::string Arguments::value(std::string_view name) const {
    const auto at = named.find(name);
    return at == named.end() ? std::string{} : at->second;
}

bool Arguments::flag(std::string_view name) const {
    return std::find(flags.begin(), flags.end(), name) != flags.end();
}

std::string Arguments::unknown(std::span<const std::string_view> known) const {
    const auto strange = [&](const std::string& name) {
        return std::find(known.begin(), known.end(), name) == known.end();
    };
    for (const auto& [name, value] : named) {
        if (strange(name)) {
            return name;
        }
    }
    const auto at = std::find_if(flags.begin(), flags.end(), strange);
    return at == flags.end() ? std::string{} : *at;
}

std::optional<unsigned> smallNumber(std::string_view text) {
    if (text.empty() || text.size() > 3 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<float> decimalNumber(std::string_view text, float least, float most) {
    float value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool whole = read.ec == std::errc{} && read.ptr == end;
    return whole && value >= least && value <= most ? std::optional{value} : std::nullopt;
}

std::optional<bool> onOff(std::string_view text) {
    return text == "on" ? std::optional{true} : text == "off" ? std::optional{false} : std::nullopt;
}

bool isPlainText(std::string_view text, std::size_t most) {
    return text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const char c = text[++i];
            result += c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::string escaped(std::string_view data) {
    std::string result;
    for (const char c : data.substr(data.size() - std::min<std::size_t>(data.size(), 1024))) {
        if (c == '\\') {
            result += "\\\\";
        } else if (c >= ' ' && c <= '~') {
            result += c;
        } else {
            result += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        }
    }
    return result;
}

}  // namespace tipring::sim
