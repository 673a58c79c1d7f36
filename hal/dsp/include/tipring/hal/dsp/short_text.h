// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace tipring::dsp {

/// Up to N bytes kept in place, so that messages are read and written without allocation.
template <std::size_t N>
class ShortText {
public:
    ShortText() = default;
    ShortText(std::string_view text) { assign(text); }  // NOLINT(google-explicit-constructor)
    ShortText& operator=(std::string_view text) {
        assign(text);
        return *this;
    }

    /// Takes what fits; false when something was cut off.
    bool assign(std::string_view text) {
        size_ = 0;
        return append(text);
    }
    bool append(std::string_view text) {
        const std::size_t count = std::min(text.size(), N - size_);
        std::copy_n(text.data(), count, bytes_.data() + size_);
        size_ += count;
        return count == text.size();
    }
    bool push(char byte) { return append({&byte, 1}); }
    void clear() { size_ = 0; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] friend bool operator==(const ShortText& a, const ShortText& b) {
        return a.view() == b.view();
    }

private:
    std::array<char, N> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace tipring::dsp
