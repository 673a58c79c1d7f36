// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace tipring::sim {

/// Bytes as they stand in a table.
[[nodiscard]] inline std::vector<std::byte> bytesOf(std::initializer_list<int> values) {
    std::vector<std::byte> result;
    result.reserve(values.size());
    for (const int value : values) {
        result.push_back(std::byte(value));
    }
    return result;
}

[[nodiscard]] inline std::uint8_t byteAt(std::span<const std::byte> bytes, std::size_t index) {
    return std::to_integer<std::uint8_t>(bytes[index]);
}
/// Low byte first.
[[nodiscard]] inline std::uint16_t word(std::span<const std::byte> bytes, std::size_t index) {
    return std::uint16_t(byteAt(bytes, index) | (byteAt(bytes, index + 1) << 8U));
}

}  // namespace tipring::sim
