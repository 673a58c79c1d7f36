// SPDX-License-Identifier: Apache-2.0
#include "profile_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tipring::at_modem {
namespace {

class ProfileDirectory {
public:
    ProfileDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "profilesXXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~ProfileDirectory() { std::filesystem::remove_all(path_); }
    void write(std::string_view name, std::string_view text) {
        std::ofstream(path_ / name) << text;
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST(ProfileStore, HasAllBuiltInProfiles) {
    const ProfileStore store;
    for (const char* name : {"generic-v250", "v253-voice", "rockwell", "conexant-cx930xx",
                             "usr-56xx", "silabs-si24xx", "agere-lucent"}) {
        EXPECT_NE(store.find(name), nullptr) << name;
    }
    EXPECT_EQ(store.names().size(), builtinProfileCount());
}

TEST(ProfileStore, BuiltInVoiceProfilesCanDoAll) {
    const ProfileStore store;
    for (const std::string& name : store.names()) {
        const Profile& profile = *store.find(name);
        EXPECT_FALSE(profile.callerId.empty()) << name;
        EXPECT_FALSE(profile.sequence(Sequence::Dial).empty()) << name;
        EXPECT_FALSE(profile.sequence(Sequence::HangUp).empty()) << name;
        if (profile.voice) {
            EXPECT_FALSE(profile.sequence(Sequence::SelectFormat).empty()) << name;
            EXPECT_FALSE(profile.sequence(Sequence::Digit).empty()) << name;
            EXPECT_FALSE(profile.playDiscard.empty()) << name;
        }
    }
}

struct Known {
    const char* profile;
    ModemFacts facts;
};

ModemFacts facts(const char* product, const char* firmware, const char* manufacturer,
                 const char* classes, const char* hashClasses, const char* formats,
                 const char* usb = "") {
    return {product, firmware, manufacturer, "", classes, hashClasses, formats, "", usb};
}

TEST(ProfileStore, ChoosesByWhatTheModemSays) {
    const ProfileStore store;
    const std::vector<Known> known{
        {"generic-v250", facts("", "", "", "", "", "")},
        {"generic-v250", facts("33600", "V1.0", "ACME", "0,1,2", "", "")},
        {"generic-v250", facts("", "", "", "0,1,80", "", "", "0baf:0303")},
        {"v253-voice", facts("56000", "V2.061 US001-V34", "", "(0,1,1.0,2,8)", "", "1,\"PCM\"")},
        {"conexant-cx930xx",
         facts("56000", "CX93001-EIS_V0.2013-V92", "+GMI: CONEXANT", "0,1,2,8", "", "")},
        {"conexant-cx930xx", facts("", "", "", "0,8", "", "", "0572:1340")},
        {"usr-56xx", facts("5601", "U.S. Robotics 56K FAX USB V1.2.23", "", "0,1,2,8", "",
                           "128,\"8-BIT LINEAR\",(7200,8000,11025)")},
        {"rockwell", facts("33600", "", "", "", "0,1,2,8", "")},
        {"agere-lucent", facts("", "LT V.92 Data+Fax Modem Version 8.26", "", "0,1,2,8", "",
                               "128,\"8-BIT LINEAR\",8")}};
    for (const Known& modem : known) {
        EXPECT_EQ(store.choose(modem.facts).name, modem.profile)
            << modem.facts.product << " " << modem.facts.firmware;
    }
}

TEST(ProfileStore, TheFirmwareSaysMoreThanTheUsbId) {
    const ProfileStore store;
    const auto chosen =
        store.choose(facts("", "U.S. Robotics 56K FAX USB V1.2.23", "", "8", "", "", "0572:1340"));
    EXPECT_EQ(chosen.name, "usr-56xx");
}

TEST(ProfileStore, HasTokenTakesWholeTokensOnly) {
    EXPECT_TRUE(hasToken("0,1,2,8", "8"));
    EXPECT_TRUE(hasToken("+FCLASS: (0,1,1.0,2,8)", "8"));
    EXPECT_TRUE(hasToken("0\n8\n", "8"));
    EXPECT_FALSE(hasToken("0,80,1.8,18", "8"));
    EXPECT_FALSE(hasToken("", "8"));
}

TEST(ProfileStore, DirectoryOverridesByName) {
    ProfileDirectory directory;
    directory.write("a.toml", "name=\"mine\"\ninherits=\"zz\"\n");
    directory.write("z.toml", "name=\"zz\"\ninherits=\"v253-voice\"\n[limits]\ngap_ms=99\n");
    directory.write("usr.toml", "name=\"usr-56xx\"\ninherits=\"usr-56xx\"\n[limits]\ngap_ms=7\n");
    directory.write("readme.txt", "no profile");
    ProfileStore store;
    EXPECT_TRUE(store.addDirectory(directory.path()).empty());
    EXPECT_EQ(store.find("mine")->gap, std::chrono::milliseconds{99});
    EXPECT_EQ(store.find("usr-56xx")->gap, std::chrono::milliseconds{7});
    EXPECT_EQ(store.find("usr-56xx")->formats.at(0).id, "128");
}

TEST(ProfileStore, ABadFileTakesNothingElseDown) {
    ProfileDirectory directory;
    directory.write("bad.toml", "name=\"conexant-cx930xx\"\nnonsense=1\n");
    directory.write("good.toml", "name=\"good\"\n");
    ProfileStore store;
    const auto errors = store.addDirectory(directory.path());
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_NE(errors[0].cause.find("bad.toml:2:"), std::string::npos) << errors[0].cause;
    EXPECT_NE(store.find("good"), nullptr);
    EXPECT_TRUE(store.find("conexant-cx930xx")->voice);
}

TEST(ProfileStore, AMissingDirectoryIsToldInWords) {
    ProfileStore store;
    const auto errors = store.addDirectory("/nonexistent/profiles");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_NE(errors[0].cause.find("/nonexistent/profiles"), std::string::npos);
}

}  // namespace
}  // namespace tipring::at_modem
