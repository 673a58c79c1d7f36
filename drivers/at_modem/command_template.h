// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tipring::at_modem {

/// What may stand as <name> in a command of a profile.
enum class Placeholder : std::uint8_t {
    Number,     ///< digits to dial, or a part of them
    Country,    ///< T.35 code, two hexadecimal digits
    Format,     ///< id of the sample format
    Rate,       ///< samples per second
    Bits,       ///< per sample
    Digit,      ///< one DTMF key
    Low,        ///< its lower frequency, Hz
    High,       ///< its upper frequency, Hz
    Frequency,  ///< of a tone, Hz
    Duration,   ///< in the profile's tone unit
    Raw,        ///< a whole AT line of the application, without AT
    Enable,     ///< a caller-ID command
    Verify,     ///< the query that reads it back
};
inline constexpr std::size_t kPlaceholderCount = 13;

/// Values of the placeholders of one dialogue. Borrowed text: it must live until the dialogue ends.
class CommandValues {
public:
    CommandValues& set(Placeholder which, std::string_view text) {
        values_[static_cast<std::size_t>(which)] = text;
        return *this;
    }
    [[nodiscard]] std::string_view get(Placeholder which) const {
        return values_[static_cast<std::size_t>(which)];
    }

private:
    std::array<std::string_view, kPlaceholderCount> values_{};
};

/// A command line on its way out. Longer ones are refused, never cut.
class CommandLine {
public:
    static constexpr std::size_t kCapacity = 256;

    /// Puts the values in place of the placeholders. False: does not fit, or a value has control
    /// characters (they would start a command of their own).
    bool fill(std::string_view pattern, const CommandValues& values);
    void clear() { size_ = 0; }
    /// With the terminating CR.
    [[nodiscard]] std::string_view wire() const { return {text_.data(), size_}; }
    /// Without it.
    [[nodiscard]] std::string_view text() const {
        return {text_.data(), size_ - (size_ ? 1U : 0U)};
    }

private:
    bool append(std::string_view part);

    std::array<char, kCapacity> text_{};
    std::size_t size_ = 0;
};

/// "<number>" and so on; the name of the first unknown placeholder in `unknown`, if any.
[[nodiscard]] bool placeholdersKnown(std::string_view pattern, std::string_view& unknown);
[[nodiscard]] bool hasPlaceholder(std::string_view pattern, Placeholder which);

/// True when all characters are printable ASCII: nothing that ends or starts an AT line.
[[nodiscard]] bool isPlain(std::string_view text);

}  // namespace tipring::at_modem
