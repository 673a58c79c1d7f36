// SPDX-License-Identifier: Apache-2.0
// Walks every include of every room and holds it against the table of allowed arrows. An arrow
// that is not in the table is a mistake in the code, or a decision that wants a record in docs/adr.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Arrow {
    std::string_view from;
    std::vector<std::string_view> to;
};

/// A room may include itself and what stands here. "drivers" stands for each driver folder alike.
const std::array<Arrow, 17> kArrows{{
    {"hal/base", {}},
    {"hal/dsp", {}},
    {"hal/serial", {"hal/base"}},
    {"hal/usb", {"hal/base"}},
    {"hal/hotplug", {"hal/base"}},
    {"hal/sim", {"hal/serial", "hal/usb", "hal/hotplug", "hal/dsp", "hal/base"}},
    {"tapi_core/tspi", {"hal/base"}},
    // a provider's host and the stub of it stand between two tables of functions (docs/adr/0021)
    {"tapi_core/isolation", {"tapi_core/tspi", "hal/base"}},
    {"tapi_core/api", {"hal/base"}},
    {"tapi_core/media", {"hal/dsp", "hal/base"}},
    {"tapi_core/manager", {"tapi_core/api", "tapi_core/tspi", "tapi_core/media", "hal/base"}},
    {"tapi_core/rpc", {"tapi_core/api", "tapi_core/manager", "hal/base"}},
    {"drivers",
     {"tapi_core/tspi", "hal/base", "hal/dsp", "hal/serial", "hal/usb", "hal/hotplug",
      "drivers/at_modem", "drivers/analog", "drivers/chips", "drivers/adapters"}},
    // tools put the parts together (docs/adr/0001), listen and synth show hal/dsp (docs/adr/0007),
    // the conformance kit knows the constants of the contract (docs/adr/0008)
    {"tools",
     {"tapi_core/api", "tapi_core/manager", "tapi_core/isolation", "tapi_core/rpc",
      "tapi_core/media", "tapi_core/tspi", "drivers", "hal/base", "hal/dsp", "hal/serial",
      "hal/sim", "hal/usb"}},
    {"examples",
     {"tapi_core/api", "tapi_core/manager", "tapi_core/rpc", "tapi_core/tspi", "drivers",
      "hal/base"}},
    {"udev", {}},
    {"tests", {"*"}},
}};

const fs::path kRoot{TIPRING_SOURCE_DIR};

/// "hal/serial" for hal/serial/x.cpp, "drivers/at_modem" for drivers/at_modem/engine.cpp.
std::string roomOf(const fs::path& relative) {
    auto part = relative.begin();
    const std::string first = part->string();
    const bool two = first == "hal" || first == "tapi_core" || first == "drivers";
    return two && std::distance(part, relative.end()) > 1 ? first + "/" + std::next(part)->string()
                                                          : first;
}

/// The row that rules a room: its own, or the one of its first folder.
const Arrow* ruleOf(std::string_view room) {
    const auto find = [](std::string_view name) -> const Arrow* {
        const auto at = std::find_if(kArrows.begin(), kArrows.end(),
                                     [&](const Arrow& arrow) { return arrow.from == name; });
        return at == kArrows.end() ? nullptr : &*at;
    };
    const Arrow* own = find(room);
    return own != nullptr ? own : find(room.substr(0, room.find('/')));
}

bool allowed(const Arrow& rule, std::string_view target) {
    return std::any_of(rule.to.begin(), rule.to.end(), [&](std::string_view to) {
        return to == "*" || to == target || (to == "drivers" && target.starts_with("drivers/"));
    });
}

std::vector<fs::path> sourceFiles() {
    static const std::set<std::string> kEndings{".h", ".c", ".cpp"};
    std::vector<fs::path> files;
    for (const char* top : {"hal", "tapi_core", "drivers", "tools", "examples", "udev"}) {
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
            if (entry.is_regular_file() && kEndings.contains(entry.path().extension().string())) {
                files.push_back(fs::relative(entry.path(), kRoot));
            }
        }
    }
    return files;
}

/// The quoted includes of a file.
std::vector<std::string> includesOf(const fs::path& relative) {
    std::ifstream file(kRoot / relative);
    std::vector<std::string> found;
    for (std::string line; std::getline(file, line);) {
        const auto hash = line.find_first_not_of(" \t");
        if (hash == std::string::npos || line[hash] != '#' ||
            line.find("include") == std::string::npos) {
            continue;
        }
        const auto open = line.find('"');
        const auto close = line.find('"', open + 1);
        if (open != std::string::npos && close != std::string::npos) {
            found.push_back(line.substr(open + 1, close - open - 1));
        }
    }
    return found;
}

TEST(Arrows, EveryIncludePointsWhereTheArchitectureAllows) {
    const auto files = sourceFiles();
    ASSERT_GT(files.size(), 20u);
    for (const fs::path& file : files) {
        const std::string room = roomOf(file);
        const Arrow* rule = ruleOf(room);
        ASSERT_NE(rule, nullptr) << file
                                 << " stands in a folder that the architecture does not name";
        for (const std::string& include : includesOf(file)) {
            if (!include.starts_with("tipring/")) {
                const fs::path beside = kRoot / file.parent_path() / include;
                EXPECT_TRUE(fs::exists(beside) || fs::exists(kRoot / room / include) ||
                            !fs::exists(kRoot / include))
                    << file << " includes \"" << include << "\" from outside its room";
                continue;
            }
            const std::string target = roomOf(fs::path(include.substr(8)));
            EXPECT_TRUE(target == room || allowed(*rule, target))
                << file << " includes \"" << include << "\": no arrow from " << room << " to "
                << target;
        }
    }
}

TEST(Arrows, NoDriverKnowsTheSimulatorOrTheManager) {
    const Arrow* rule = ruleOf("drivers/at_modem");
    ASSERT_NE(rule, nullptr);
    EXPECT_FALSE(allowed(*rule, "hal/sim"));
    EXPECT_FALSE(allowed(*rule, "tapi_core/manager"));
}

TEST(Arrows, EverySourceFileNamesItsLicence) {
    for (const fs::path& file : sourceFiles()) {
        std::ifstream stream(kRoot / file);
        std::string first;
        std::getline(stream, first);
        EXPECT_NE(first.find("SPDX-License-Identifier: Apache-2.0"), std::string::npos) << file;
    }
}

}  // namespace
