// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "tipring/tapi_core/manager/dial_rules.h"
#include "tools/temp_dir.h"

namespace tipring::core {

inline std::string translationData(const std::string& name) {
    return TIPRING_SOURCE_DIR "/tests/data/translation/" + name;
}
inline std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
inline void writeFile(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// Dial rules on a copy of tests/data/translation/locations.toml in a folder of their own.
class TranslationFixture : public ::testing::Test {
protected:
    TranslationFixture() {
        writeFile(file, readFile(translationData("locations.toml")));
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        reopen();
    }
    void reopen() {
        auto opened = DialRules::open({file, folder.file("dial-rules.d"), ""});
        if (!opened) {
            throw std::runtime_error(opened.error().text());
        }
        rules = std::move(*opened);
    }
    [[nodiscard]] tapi::LocationId idOf(const std::string& name) const {
        for (const tapi::Location& location : rules->locations()) {
            if (location.name == name) {
                return location.id;
            }
        }
        throw std::runtime_error("no location " + name);
    }
    [[nodiscard]] tapi::Location location(const std::string& name) const {
        const auto all = rules->locations();
        return *std::find_if(all.begin(), all.end(),
                             [&](const auto& each) { return each.name == name; });
    }

    tools::TempDir folder;
    std::string file = folder.file("dial-rules.toml");
    std::unique_ptr<DialRules> rules;
};

}  // namespace tipring::core
