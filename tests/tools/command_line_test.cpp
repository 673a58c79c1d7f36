// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "completion.h"

namespace tipring::tools {
namespace {

using ::testing::HasSubstr;

struct Said {
    Invocation invocation;
    std::string out, err;
};

Said parse(std::vector<const char*> words) {
    words.insert(words.begin(), "tipring");
    Said said;
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    said.invocation = parseCommandLine(static_cast<int>(words.size()), words.data());
    said.out = ::testing::internal::GetCapturedStdout();
    said.err = ::testing::internal::GetCapturedStderr();
    return said;
}

TEST(CommandLine, HelpNamesEverySubcommandAndTheExitCodes) {
    const Said said = parse({"--help"});
    EXPECT_FALSE(said.invocation.run);
    EXPECT_EQ(said.invocation.code, ExitCode::Ok);
    for (const char* name :
         {"devices", "lines", "monitor", "dial", "answer", "room", "record", "simulate", "demo",
          "decode", "calls", "translate", "locations", "listen", "synth", "completion",
          "interfaces", "call-interface", "Exit codes"}) {
        EXPECT_THAT(said.out, HasSubstr(name));
    }
}

class SubcommandHelp : public ::testing::TestWithParam<const char*> {};

TEST_P(SubcommandHelp, ExplainsItselfAndOffersJson) {
    const Said said = parse({GetParam(), "--help"});
    EXPECT_EQ(said.invocation.code, ExitCode::Ok);
    EXPECT_THAT(said.out, HasSubstr("--json"));
    EXPECT_GT(said.out.size(), 300u);
    EXPECT_TRUE(said.err.empty());
}

INSTANTIATE_TEST_SUITE_P(CommandLine, SubcommandHelp,
                         ::testing::Values("devices", "lines", "monitor", "calls", "dial", "answer",
                                           "record", "room", "simulate", "demo", "decode",
                                           "translate", "locations", "listen", "synth"));

TEST(CommandLine, MistakesGoToStandardErrorWithAWayOut) {
    for (const auto& words :
         std::vector<std::vector<const char*>>{{},
                                               {"answr"},
                                               {"dial"},
                                               {"monitor", "--speed", "7"},
                                               {"answer", "--rings", "0"},
                                               {"simulate", "--modem", "enigma"},
                                               {"completion", "tcsh"}}) {
        const Said said = parse(words);
        EXPECT_FALSE(said.invocation.run);
        EXPECT_EQ(said.invocation.code, ExitCode::Usage);
        EXPECT_TRUE(said.out.empty()) << said.out;
        EXPECT_THAT(said.err, HasSubstr("tipring: "));
        EXPECT_THAT(said.err, HasSubstr("--help"));
    }
}

TEST(CommandLine, CommonOptionsReachTheCommand) {
    const Said said = parse({"monitor", "--port", "/dev/ttyACM0", "--port", "/dev/ttyACM1",
                             "--country", "GB", "--profile", "rockwell", "--json", "-q"});
    ASSERT_TRUE(said.invocation.run) << said.err;
    EXPECT_EQ(said.invocation.common.ports,
              (std::vector<std::string>{"/dev/ttyACM0", "/dev/ttyACM1"}));
    EXPECT_EQ(said.invocation.common.country, "GB");
    EXPECT_EQ(said.invocation.common.profile, "rockwell");
    EXPECT_TRUE(said.invocation.common.json);
    EXPECT_TRUE(said.invocation.common.quiet);
}

TEST(CommandLine, APortDoesNotSwallowTheNumber) {
    const Said said = parse({"dial", "--port", "/dev/ttyACM0", "5551234"});
    ASSERT_TRUE(said.invocation.run) << said.err;
    EXPECT_EQ(said.invocation.common.ports, std::vector<std::string>{"/dev/ttyACM0"});
}

std::vector<CommandShape> sampleShapes() {
    CommandShape::Option modem{"--modem", "Kind of modem", true, false, {"v253", "usr"}};
    CommandShape::Option port{"--port", "It's a [port]: path", true, true, {}};
    CommandShape::Option fast{"--fast", "Quick", false, false, {}};
    return {{"demo", "Show a call", {modem, fast}, false, {}},
            {"decode", "Read a capture", {port}, true, {}}};
}

TEST(Completion, BashOffersCommandsOptionsAndValues) {
    const std::string script = completionScript("bash", sampleShapes());
    EXPECT_THAT(script, HasSubstr("demo decode"));
    EXPECT_THAT(script, HasSubstr("--modem --fast"));
    EXPECT_THAT(script, HasSubstr("compgen -W 'v253 usr'"));
    EXPECT_THAT(script, HasSubstr("complete -o filenames -F _tipring tipring"));
}

TEST(Completion, DescriptionsAreQuotedForTheShell) {
    EXPECT_THAT(completionScript("zsh", sampleShapes()),
                HasSubstr("--port[It'\\''s a \\[port\\]\\: path]:file:_files"));
    EXPECT_THAT(completionScript("fish", sampleShapes()), HasSubstr("'It'\\''s a [port]: path'"));
}

TEST(Completion, KnowsNoOtherShell) {
    EXPECT_EQ(completionScript("tcsh", sampleShapes()), "");
}

}  // namespace
}  // namespace tipring::tools
