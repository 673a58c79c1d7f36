// SPDX-License-Identifier: Apache-2.0
#include "modem_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "command_line.h"

namespace tipring::sim {

namespace {

using Set = SettingRow::Set;

// The first rows stand in the order of enum Setting. Ranges: ITU-T V.253, TIA/IS-101; the # rows:
// Rockwell 1048P; the - rows: Conexant CX930xx.
constexpr std::array kRows{
    SettingRow{"+VCID", Set::PlusCallerId, 1, {{{0, 2, 0}}}},
    SettingRow{"#CID", Set::HashCallerId, 1, {{{0, 2, 0}}}},
    SettingRow{"+VSD", Set::PlusVoice, 2, {{{0, 255, 128}, {0, 255, 50}}}},
    SettingRow{"+VGT", Set::PlusVoice, 1, {{{0, 255, 128}}}},
    SettingRow{"+VGR", Set::PlusVoice, 1, {{{0, 255, 128}}}},
    SettingRow{"+VRA", Set::PlusVoice, 1, {{{0, 255, 50}}}},
    SettingRow{"+VRN", Set::PlusVoice, 1, {{{0, 255, 10}}}},
    SettingRow{"+VIT", Set::PlusVoice, 1, {{{0, 255, 0}}}},
    SettingRow{"+VDR", Set::PlusVoice, 2, {{{0, 1, 0}, {0, 255, 0}}}},
    SettingRow{"+VTD", Set::PlusVoice, 1, {{{0, 255, 10}}}},
    SettingRow{"#VSP", Set::Rockwell, 1, {{{0, 255, 55}}}},
    SettingRow{"#VSS", Set::Rockwell, 1, {{{0, 3, 0}}}},
    SettingRow{"#VRA", Set::Rockwell, 1, {{{0, 255, 70}}}},
    SettingRow{"#VRN", Set::Rockwell, 1, {{{0, 255, 100}}}},
    SettingRow{"-STE", Set::Conexant, 1, {{{0, 7, 0}}}, true},
    SettingRow{"+VLS", Set::PlusVoice, 1, {{{0, 19, 0}}}},
    SettingRow{"+GCI", Set::National, 1, {{{0, 255, 0xB5}}}, true, true},
    SettingRow{"+VNH", Set::PlusVoice, 1, {{{0, 2, 0}}}},
    SettingRow{"+VSP", Set::PlusVoice, 1, {{{0, 1, 0}}}},
    SettingRow{"+VBT", Set::PlusVoice, 2, {{{0, 4096, 192}, {0, 4096, 320}}}},
    SettingRow{"+VPR", Set::PlusVoice, 1, {{{0, 255, 0}}}},
    SettingRow{"+VGM", Set::PlusVoice, 1, {{{0, 255, 128}}}},
    SettingRow{"+VGS", Set::PlusVoice, 1, {{{0, 255, 128}}}},
    SettingRow{"+IFC", Set::Flow, 2, {{{0, 3, 2}, {0, 2, 2}}}, true},
    SettingRow{"+ICF", Set::All, 2, {{{0, 6, 3}, {0, 3, 3}}}, true},
    SettingRow{"+IPR", Set::All, 1, {{{0, 999999, 0}}}, true},
    SettingRow{"+ILRR", Set::All, 1, {{{0, 1, 0}}}, true},
    SettingRow{"#TL", Set::Rockwell, 1, {{{0, 0xFFFF, 0x4000}}}, false, true},
    SettingRow{"#RG", Set::Rockwell, 1, {{{0, 0xFFFF, 0x7FFF}}}, false, true},
    SettingRow{"#VSD", Set::Rockwell, 1, {{{0, 1, 0}}}},
    SettingRow{"#VTD", Set::Rockwell, 3, {{{0, 63, 63}, {0, 63, 63}, {0, 63, 63}}}, false, true},
    SettingRow{"#VBT", Set::Rockwell, 1, {{{0, 40, 0}}}},
    SettingRow{"#VSK", Set::Rockwell, 1, {{{0, 255, 255}}}},
    SettingRow{"#VTM", Set::Rockwell, 1, {{{0, 255, 0}}}},
    SettingRow{"#BDR", Set::Rockwell, 1, {{{0, 48, 0}}}},
    SettingRow{"-SCID", Set::Conexant, 1, {{{0, 1, 0}}}, true},
    SettingRow{"-SDR", Set::Conexant, 1, {{{0, 7, 0}}}, true},
};
static_assert(kRows.size() <= ModemSettings::kMaxRows);

bool has(const Personality& personality, Set set) {
    switch (set) {
    case Set::All: return true;
    case Set::PlusVoice: return personality.plusVoice;
    case Set::Rockwell: return personality.rockwellVoice;
    case Set::Conexant: return personality.serialCallerId;
    case Set::PlusCallerId: return personality.plusCallerId;
    case Set::HashCallerId: return personality.hashCallerId;
    case Set::Flow: return personality.flowCommand;
    case Set::National: return personality.nationalSet;
    }
    return false;
}

std::string number(const SettingRow& row, int value) {
    return row.hex ? fmt::format("{:02X}", value) : fmt::format("{}", value);
}

std::string prefixed(const SettingRow& row, const std::string& text) {
    return row.named ? fmt::format("{}: {}", row.name, text) : text;
}

}  // namespace

ModemSettings::ModemSettings() {
    // S-registers of V.250 and their usual neighbours
    constexpr std::array<std::uint8_t, 13> kFirst{0, 0, 43, 13, 10, 8, 2, 50, 2, 6, 14, 95, 50};
    std::copy(kFirst.begin(), kFirst.end(), s.begin());
    for (std::size_t row = 0; row < kRows.size(); ++row) {
        for (std::size_t i = 0; i < kRows[row].count; ++i) {
            rows[row][i] = kRows[row].ranges[i].initial;
        }
    }
}

int ModemSettings::get(Setting setting, std::size_t parameter) const {
    return rows[static_cast<std::size_t>(setting)][parameter];
}

std::optional<std::size_t> findSetting(std::string_view name, const Personality& personality) {
    const auto at = std::find_if(kRows.begin(), kRows.end(), [&](const SettingRow& row) {
        return row.name == name && has(personality, row.set);
    });
    if (at == kRows.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(at - kRows.begin());
}

const SettingRow& settingRow(std::size_t index) {
    return kRows[index];
}

bool assignSetting(ModemSettings& settings, std::size_t index, std::string_view args) {
    const SettingRow& row = kRows[index];
    std::array<int, 4> next = settings.rows[index];
    for (std::size_t i = 0; !args.empty(); ++i) {
        const std::string_view field = cutField(args, ',');
        if (i >= row.count) {
            return false;
        }
        if (field.empty()) {
            continue;
        }
        const auto value = row.hex ? hexadecimal(field) : decimal(field);
        if (!value || *value < row.ranges[i].low || *value > row.ranges[i].high) {
            return false;
        }
        next[i] = *value;
    }
    settings.rows[index] = next;
    return true;
}

std::string readSetting(const ModemSettings& settings, std::size_t index) {
    const SettingRow& row = kRows[index];
    std::string text;
    for (std::size_t i = 0; i < row.count; ++i) {
        text += (i == 0 ? "" : ",") + number(row, settings.rows[index][i]);
    }
    return prefixed(row, text);
}

std::string testSetting(std::size_t index) {
    const SettingRow& row = kRows[index];
    std::string text;
    for (std::size_t i = 0; i < row.count; ++i) {
        text += fmt::format("{}({}-{})", i == 0 ? "" : ",", number(row, row.ranges[i].low),
                            number(row, row.ranges[i].high));
    }
    return prefixed(row, text);
}

}  // namespace tipring::sim
