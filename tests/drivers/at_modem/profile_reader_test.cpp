// SPDX-License-Identifier: Apache-2.0
#include "profile_reader.h"
#include "modem_startup.h"

#include <gtest/gtest.h>

namespace tipring::at_modem {
namespace {

hal::Result<Profile> read(std::string_view text, const Profile* parent = nullptr) {
    return readProfile(text, "my.toml", [parent](std::string_view name) {
        return parent != nullptr && parent->name == name ? parent : nullptr;
    });
}

std::string causeOf(std::string_view text) {
    const auto profile = read(text);
    return profile ? "no error" : profile.error().cause;
}

Profile parent() {
    return *read(R"(
name = "parent"
[[match]]
product = "1"
[commands]
hang_up = "ATH"
dial = "ATD<number>"
[events]
busy = "b"
ring = "R"
[limits]
gap_ms = 70
)");
}

TEST(ProfileReader, ReadsCommandsWithTheirOptions) {
    const auto profile = read(R"(
name = "x"
[commands]
init = ["ATZ", { send = "AT+IFC=2,2", required = false, limit_ms = 1234 }]
dial = "ATD<number>"
)");
    ASSERT_TRUE(profile) << profile.error().cause;
    const auto& init = profile->sequence(Sequence::Init);
    ASSERT_EQ(init.size(), 2U);
    EXPECT_EQ(init[0].send, "ATZ");
    EXPECT_TRUE(init[0].required);
    EXPECT_FALSE(init[1].required);
    EXPECT_EQ(init[1].limit, std::chrono::milliseconds{1234});
    EXPECT_EQ(profile->sequence(Sequence::Dial).at(0).send, "ATD<number>");
}

TEST(ProfileReader, InheritsEachKeyAlone) {
    const Profile base = parent();
    const auto child = read(R"(
name = "child"
inherits = "parent"
[commands]
hang_up = ["ATH", "AT+FCLASS=0"]
[events]
ignore = "b"
fax_calling = "cm"
)",
                            &base);
    ASSERT_TRUE(child) << child.error().cause;
    EXPECT_EQ(child->sequence(Sequence::HangUp).size(), 2U);
    EXPECT_EQ(child->sequence(Sequence::Dial).size(), 1U);
    EXPECT_EQ(child->meaning('b'), EventMeaning::Ignored);
    EXPECT_EQ(child->meaning('R'), EventMeaning::Ring);
    EXPECT_EQ(child->meaning('m'), EventMeaning::FaxCalling);
    EXPECT_EQ(child->gap, std::chrono::milliseconds{70});
}

TEST(ProfileReader, RecognitionIsNotInherited) {
    const Profile base = parent();
    const auto child = read("name = \"child\"\ninherits = \"parent\"\n", &base);
    ASSERT_TRUE(child);
    EXPECT_TRUE(child->match.empty());
}

TEST(ProfileReader, KnowsAllCodecsOfTheWire) {
    constexpr std::pair<const char*, dsp::SampleFormat> kCodecs[] = {
        {"unsigned8", dsp::SampleFormat::Unsigned8},
        {"signed8", dsp::SampleFormat::Signed8},
        {"mulaw", dsp::SampleFormat::MuLaw},
        {"alaw", dsp::SampleFormat::ALaw},
        {"linear16", dsp::SampleFormat::Linear16},
        {"ima_adpcm4", dsp::SampleFormat::ImaAdpcm4},
        {"rockwell_adpcm2", dsp::SampleFormat::RockwellAdpcm2},
        {"rockwell_adpcm3", dsp::SampleFormat::RockwellAdpcm3},
        {"rockwell_adpcm4", dsp::SampleFormat::RockwellAdpcm4},
        {"zyxel_adpcm2", dsp::SampleFormat::ZyxelAdpcm2},
        {"zyxel_adpcm3", dsp::SampleFormat::ZyxelAdpcm3},
        {"zyxel_adpcm4", dsp::SampleFormat::ZyxelAdpcm4}};
    for (const auto& [name, codec] : kCodecs) {
        const auto profile =
            read(std::string("name = \"x\"\n[[format]]\nid = \"1\"\ncodec = \"") + name + "\"\n");
        ASSERT_TRUE(profile) << profile.error().cause;
        ASSERT_EQ(profile->formats.size(), 1U) << name;
        EXPECT_EQ(profile->formats[0].codec, codec) << name;
        EXPECT_EQ(bitsText(codec), std::to_string(dsp::bitsPerSample(codec))) << name;
    }
}

TEST(ProfileReader, ReadsStopCodesInOrder) {
    const auto profile = read(R"(
name = "x"
[play]
end = "10 03"
[record]
stop = ["10 21", "10 10 10 21"]
)");
    ASSERT_TRUE(profile) << profile.error().cause;
    ASSERT_EQ(profile->recordStop.size(), 2U);
    EXPECT_EQ(profile->recordStop[1].size(), 4U);
    EXPECT_EQ(profile->recordStop[1][3], std::byte{0x21});
    EXPECT_EQ(profile->playEnd.at(0).at(1), std::byte{3});
}

TEST(ProfileReader, UnknownKeyNamesPlaceAndWhatIsAllowed) {
    EXPECT_EQ(causeOf("name = \"x\"\n[limits]\n  gap = 20\n"),
              "my.toml:3:9: unknown key \"gap\" in [limits]; allowed are: command_length, gap_ms, "
              "on_hook_ms, ignore_ring_ms, tone_unit_ms, digit_ms");
}

struct Wrong {
    const char* text;
    const char* partOfCause;
};

class WrongProfile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongProfile, IsRefusedWithTheCause) {
    const std::string cause = causeOf(GetParam().text);
    EXPECT_NE(cause.find(GetParam().partOfCause), std::string::npos) << cause;
    EXPECT_TRUE(cause.starts_with("my.toml:")) << cause;
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongProfile,
    testing::Values(
        Wrong{"", "name is missing"}, Wrong{"name = 5", "1:8: name must be a text"},
        Wrong{"name = \"x", "1:"}, Wrong{"name=\"x\"\ninherits=\"y\"", "no profile \"y\""},
        Wrong{"name=\"x\"\n[commands]\nfly=\"ATF\"", "unknown key \"fly\" in [commands]"},
        Wrong{"name=\"x\"\n[commands]\ndial=\"DT\"", "3:6: a command begins with AT"},
        Wrong{"name=\"x\"\n[commands]\ndial=\"ATD<numer>\"", "<numer> is no placeholder"},
        Wrong{"name=\"x\"\n[commands]\ndial=\"ATD\\r\"", "printable ASCII"},
        Wrong{"name=\"x\"\n[commands]\ndial={send=\"ATD\",limit_ms=-1}", "0 to 600000"},
        Wrong{"name=\"x\"\n[events]\nbsy=\"b\"", "unknown key \"bsy\" in [events]"},
        Wrong{"name=\"x\"\n[[format]]\ncodec=\"mp3\"", "unknown codec \"mp3\""},
        Wrong{"name=\"x\"\n[[format]]\nrate=1", "4000 to 48000"},
        Wrong{"name=\"x\"\n[record]\nstop=[\"1021\"]", "hexadecimal"},
        Wrong{"name=\"x\"\n[record]\nstop=[\"10 2\"]", "hexadecimal"},
        Wrong{"name=\"x\"\n[record]\nstop=[\"\"]", "must not be empty"},
        Wrong{"name=\"x\"\n[capabilities]\nvoice=1", "true or false"},
        Wrong{"name=\"x\"\n[capabilities]\nvoice=true", "[[format]]"},
        Wrong{"name=\"x\"\n[[match]]\nproduct=[]", "must not be empty"},
        Wrong{"name=\"x\"\nmatch=5", "must be a list"},
        Wrong{"name=\"x\"\ncommands=5", "must be a table"},
        Wrong{"name=\"x\"\n[commands]\ninit=\"AT12345678901234567890123456789012345678\"",
              "longer than the 38 characters"}));

}  // namespace
}  // namespace tipring::at_modem
