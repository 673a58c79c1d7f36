// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

const fs::path kHwdb = fs::path(TIPRING_BINARY_DIR) / "udev/70-tipring.hwdb";

/// The match lines of all "VID:PID" in a profile, in capitals as the database has them.
std::vector<std::string> matchesOf(const std::string& profile) {
    std::vector<std::string> matches;
    for (std::size_t quote = profile.find('"'); quote != std::string::npos;
         quote = profile.find('"', quote + 1)) {
        std::string id = profile.substr(quote + 1, 9);
        const bool isId = id.size() == 9 && id[4] == ':' &&
                          std::count_if(id.begin(), id.end(),
                                        [](unsigned char c) { return std::isxdigit(c) != 0; }) == 8;
        if (isId) {
            std::transform(id.begin(), id.end(), id.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            matches.push_back("usb:v" + id.substr(0, 4) + "p" + id.substr(5) + "*\n");
        }
    }
    return matches;
}

TEST(Hwdb, HasEveryUsbIdOfEveryProfile) {
    const std::string hwdb = contents(kHwdb);
    std::size_t found = 0;
    for (const auto& entry :
         fs::directory_iterator(TIPRING_SOURCE_DIR "/drivers/at_modem/profiles")) {
        for (const std::string& match : matchesOf(contents(entry.path()))) {
            EXPECT_NE(hwdb.find(match + " ID_TIPRING=1\n ID_TIPRING_PROFILE=" +
                                entry.path().stem().string() + "\n"),
                      std::string::npos)
                << match << " of " << entry.path();
            ++found;
        }
    }
    EXPECT_GT(found, 5u);
}

TEST(Hwdb, HasEveryAdapterOfEveryTable) {
    const std::string hwdb = contents(kHwdb);
    std::size_t tables = 0;
    for (const auto& driver : fs::directory_iterator(TIPRING_SOURCE_DIR "/drivers")) {
        const std::string table = contents(driver.path() / "devices.inc");
        tables += table.empty() ? 0 : 1;
        const std::string macro = "TIPRING_USB_DEVICE(0x";
        for (std::size_t at = table.find(macro); at != std::string::npos;
             at = table.find(macro, at + 1)) {
            const std::size_t vendor = at + macro.size();
            const std::string match =
                "usb:v" + table.substr(vendor, 4) + "p" + table.substr(vendor + 8, 4) + "*\n";
            const std::string family = driver.path().filename().string();
            const std::size_t entry = hwdb.find(match + " ID_TIPRING=1\n ID_TIPRING_ADAPTER=fx");
            ASSERT_NE(entry, std::string::npos) << match << " of " << family;
            EXPECT_NE(hwdb.find(" ID_TIPRING_DRIVER=" + family + "\n", entry), std::string::npos);
        }
    }
    EXPECT_GE(tables, 4u);
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
    EXPECT_EQ(std::system((run + " query 'usb:v0572p1340d0100' | grep -q ID_TIPRING=1").c_str()),
              0);
}

}  // namespace
