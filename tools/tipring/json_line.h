// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tipring::tools {

/// One JSON object, keys in the order in which they were set. Bytes that are not UTF-8 become
/// U+FFFD, so that a line is always valid JSON.
class JsonLine {
public:
    JsonLine();
    JsonLine(JsonLine&&) noexcept;
    JsonLine& operator=(JsonLine&&) noexcept;
    ~JsonLine();

    JsonLine& set(std::string_view key, std::string_view value);
    JsonLine& set(std::string_view key, const char* value) {
        return set(key, std::string_view(value));
    }
    JsonLine& set(std::string_view key, bool value);
    JsonLine& set(std::string_view key, double value);
    JsonLine& set(std::string_view key, std::int64_t value);
    JsonLine& set(std::string_view key, int value) { return set(key, std::int64_t{value}); }
    JsonLine& set(std::string_view key, std::uint32_t value) {
        return set(key, std::int64_t{value});
    }
    JsonLine& set(std::string_view key, const std::vector<std::string>& values);
    /// Only where there is something to say.
    JsonLine& setUnlessEmpty(std::string_view key, std::string_view value) {
        return value.empty() ? *this : set(key, value);
    }

    /// Without line end.
    [[nodiscard]] std::string text() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::tools
