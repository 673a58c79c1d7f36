// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

const fs::path kHwdb = fs::path(TIPRING_BINARY_DIR) / "udev/70-tipring.hwdb";

TEST(Hwdb, HasEveryUsbIdOfEveryProfile) {
    const std::string hwdb = contents(kHwdb);
    const std::regex usbId("\"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})\"");
    int found = 0;
    for (const auto& entry : fs::directory_iterator(TIPRING_SOURCE_DIR "/drivers/at_modem/profiles")) {
        const std::string profile = contents(entry.path());
        for (std::sregex_iterator at(profile.begin(), profile.end(), usbId), end; at != end; ++at) {
            std::string match = "usb:v" + (*at)[1].str() + "p" + (*at)[2].str() + "*\n";
            std::transform(match.begin() + 5, match.end(), match.begin() + 5,
                           [](char c) { return c == 'p' ? c : char(std::toupper(c)); });
            EXPECT_NE(hwdb.find(match + " ID_TIPRING=1\n ID_TIPRING_PROFILE=" +
                                entry.path().stem().string() + "\n"),
                      std::string::npos)
                << match << " of " << entry.path();
            ++found;
        }
    }
    EXPECT_GT(found, 5);
}

TEST(Hwdb, IsAcceptedBySystemd) {
    if (std::system("command -v systemd-hwdb >/dev/null") != 0) {
        GTEST_SKIP() << "systemd-hwdb is not installed";
    }
    const fs::path root = fs::path(TIPRING_BINARY_DIR) / "udev/hwdb-root";
    fs::create_directories(root / "etc/udev/hwdb.d");
    fs::copy_file(kHwdb, root / "etc/udev/hwdb.d/70-tipring.hwdb",
                  fs::copy_options::overwrite_existing);
    const std::string run = "systemd-hwdb --strict --root=" + root.string();
    EXPECT_EQ(std::system((run + " update").c_str()), 0);
    EXPECT_EQ(std::system((run + " query 'usb:v0572p1340d0100' | grep -q ID_TIPRING=1").c_str()), 0);
}

}  // namespace
