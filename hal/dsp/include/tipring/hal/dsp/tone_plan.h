// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tipring::dsp {

/// What a network says with a tone (ITU-T E.182; the special information tones of North America
/// apart, as GR-1162 has them).
enum class ToneKind : std::uint8_t {
    Dial,
    SpecialDial,  ///< dial tone with a message in it: stutter, diversion active
    Busy,
    Congestion,  ///< reorder
    Ringback,
    CallWaiting,
    Unobtainable,
    Howler,       ///< receiver off hook
    Information,  ///< special information tone
    SitIntercept,
    SitVacantCode,
    SitReorderLocal,
    SitNoCircuitLocal,
    SitReorderToll,
    SitNoCircuitToll,
};
inline constexpr std::size_t kToneKinds = 15;

/// "busy", as the table writes it.
[[nodiscard]] std::string_view toneKindName(ToneKind kind) noexcept;
[[nodiscard]] std::optional<ToneKind> toneKindOf(std::string_view name) noexcept;

/// A sound and how long it lasts.
struct ToneStep {
    static constexpr std::size_t kMost = 4;
    std::array<float, kMost> hertz{};  ///< 0 where there is none; the first is the carrier
    float modulation = 0;              ///< Hz; 0: none
    std::uint16_t milliseconds = 0;    ///< 0: until something else comes

    [[nodiscard]] bool silent() const noexcept { return hertz[0] == 0; }
    [[nodiscard]] bool operator==(const ToneStep&) const = default;
};

/// Steps that repeat from one of them on.
struct TonePattern {
    static constexpr std::size_t kMost = 20;
    std::array<ToneStep, kMost> steps{};
    std::uint8_t count = 0;
    std::uint8_t repeatFrom = 0;

    [[nodiscard]] std::span<const ToneStep> all() const noexcept { return {steps.data(), count}; }
    [[nodiscard]] bool operator==(const TonePattern&) const = default;
};

struct CountryTone {
    ToneKind kind = ToneKind::Dial;
    TonePattern pattern;
    std::size_t source = 0;  ///< index in ToneTable::sources
};

struct CountryTones {
    std::string code;  ///< ISO 3166-1, two letters
    std::string name;
    std::vector<CountryTone> tones;

    [[nodiscard]] const TonePattern* find(ToneKind kind) const noexcept;
};

struct ToneTable {
    std::vector<CountryTones> countries;
    std::vector<std::string> sources;  ///< names of documents

    [[nodiscard]] const CountryTones* find(std::string_view code) const noexcept;
};

/// Why a text is no table.
struct ToneTableError {
    std::size_t line = 0;  ///< from 1
    std::string_view cause;
};

/// `425/500 0/500`; nullopt when it is no pattern.
[[nodiscard]] std::optional<TonePattern> parseTonePattern(std::string_view text) noexcept;

/// A text in the form of data/tones.csv, which says what that is. Total; refuses more than 256 KiB,
/// 500 countries, 64 tones of one country and 100 sources.
[[nodiscard]] std::variant<ToneTable, ToneTableError> parseToneTable(std::string_view text);

/// The table that is built in.
[[nodiscard]] const ToneTable& builtinTones();

}  // namespace tipring::dsp
