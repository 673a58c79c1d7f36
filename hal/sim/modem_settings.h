// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/sim/personality.h"

namespace tipring::sim {

/// A command that only keeps numbers.
struct SettingRow {
    enum class Set : std::uint8_t {
        All,
        PlusVoice,
        Rockwell,
        Conexant,
        PlusCallerId,
        HashCallerId,
        Flow,
        National
    };
    struct Range {
        int low = 0, high = 0, initial = 0;
    };
    std::string_view name;
    Set set;
    std::size_t count;  ///< parameters
    std::array<Range, 4> ranges;
    bool named = false;  ///< reads as "+IFC: 2,2", else "2,2"
    bool hex = false;
};

/// Rows of the table that other code reads.
enum class Setting : std::uint8_t {
    Vcid,
    HashCid,
    Vsd,
    Vgt,
    Vgr,
    Vra,
    Vrn,
    Vit,
    Vdr,
    Vtd,
    HashVsp,
    HashVss,
    HashVra,
    HashVrn,
    Ste,
    Vls,
    Gci,
    Count
};

/// Everything that ATZ brings back and AT&W keeps.
struct ModemSettings {
    static constexpr std::size_t kMaxRows = 48;

    ModemSettings();
    [[nodiscard]] int get(Setting setting, std::size_t parameter = 0) const;

    std::array<std::uint8_t, 256> s{};
    bool echo = true, verbose = true;
    int quiet = 0, x = 4, c = 1, d = 2;
    std::array<std::array<int, 4>, kMaxRows> rows{};
};

/// The index of a row in ModemSettings::rows that this modem has.
[[nodiscard]] std::optional<std::size_t> findSetting(std::string_view name,
                                                     const Personality& personality);
[[nodiscard]] const SettingRow& settingRow(std::size_t index);
/// "40,70" into the row; an empty parameter stays as it is. False when one is out of range.
[[nodiscard]] bool assignSetting(ModemSettings& settings, std::size_t index, std::string_view args);
/// What NAME? and NAME=? answer.
[[nodiscard]] std::string readSetting(const ModemSettings& settings, std::size_t index);
[[nodiscard]] std::string testSetting(std::size_t index);

}  // namespace tipring::sim
