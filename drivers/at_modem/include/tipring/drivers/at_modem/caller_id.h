// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tipring::at_modem {

/// Text of at most N bytes, kept in place: caller ID is parsed without allocation.
template <std::size_t N>
class FixedText {
public:
    FixedText() = default;
    FixedText(const FixedText& other) { assign(other.view()); }
    FixedText& operator=(const FixedText& other) {
        if (this != &other) {
            assign(other.view());
        }
        return *this;
    }
    ~FixedText() = default;

    /// Takes what fits; false when something was cut off.
    bool assign(std::string_view text) {
        size_ = std::min(text.size(), N);
        std::copy_n(text.data(), size_, data_.data());
        return size_ == text.size();
    }
    bool append(char byte) {
        if (size_ == N) {
            return false;
        }
        data_[size_++] = byte;
        return true;
    }
    void clear() { size_ = 0; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::string_view view() const { return {data_.data(), size_}; }
    [[nodiscard]] friend bool operator==(const FixedText& a, const FixedText& b) {
        return a.view() == b.view();
    }

private:
    std::array<char, N> data_;  // only the first size_ bytes mean something
    std::size_t size_ = 0;
};

/// What a caller-ID field says. Absent: nothing was sent (yet).
enum class FieldStatus : std::uint8_t { Absent, Ok, Private, Unavailable, Invalid, Partial };

/// "ok", "private", ...: the words of `tipring decode`.
[[nodiscard]] std::string_view name(FieldStatus status) noexcept;

/// Caller ID of one call, as far as it is known.
struct CallerId {
    FixedText<40> number;  ///< as sent; text that is no number is not kept
    FieldStatus numberStatus = FieldStatus::Absent;
    FixedText<80> name;  ///< UTF-8
    FieldStatus nameStatus = FieldStatus::Absent;

    struct Date {
        std::uint8_t month, day;
        bool operator==(const Date&) const = default;
    };
    struct Time {
        std::uint8_t hour, minute;
        bool operator==(const Time&) const = default;
    };
    std::optional<Date> date;  ///< the network's, without a year
    std::optional<Time> time;

    FixedText<40> called;
    FixedText<40> redirecting;
    std::optional<bool> messageWaiting;
    std::optional<bool> checksumValid;  ///< of a raw frame; false: its fields were not used

    /// Something about the caller is known, if only that it is withheld.
    [[nodiscard]] bool known() const {
        return numberStatus != FieldStatus::Absent || nameStatus != FieldStatus::Absent;
    }
    [[nodiscard]] bool operator==(const CallerId&) const = default;
};

}  // namespace tipring::at_modem
