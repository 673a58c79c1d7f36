// SPDX-License-Identifier: Apache-2.0
// Scenario files, and networks made of them, on virtual time.
#include "tipring/hal/sim/network.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scratch_dir.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct BadScenario {
    const char* name;
    const char* text;
    const char* error;  ///< its beginning
};
void PrintTo(const BadScenario& bad, std::ostream* out) {
    *out << bad.name;
}
const BadScenario kBad[] = {
    {"Empty", "", "x.toml:1:1: a scenario has a [[line]] with a number"},
    {"NotToml", "country = \n", "x.toml:1:11: not TOML: "},
    {"UnknownKey", "contry = \"US\"\n",
     "x.toml:1:1: there is no key contry in a scenario; there are country, seed"},
    {"NoCountry", "country = \"XX\"\n", "x.toml:1:11: country is one of "},
    {"Seed", "seed = -1\n", "x.toml:1:8: seed is a whole number from 0 to 4294967295"},
    {"LineNotTable", "line = 3\n", "x.toml:1:8: line is a list of at most 1000 entries"},
    {"NoNumber", "[[line]]\ndevice = \"usr\"\n", "x.toml:1:1: a [[line]] has a number"},
    {"NumberType", "[[line]]\nnumber = 5\n",
     "x.toml:2:10: number is a number of 1 to 20 digits in quotes"},
    {"Device", "[[line]]\nnumber = \"5\"\ndevice = \"toaster\"\n",
     "x.toml:3:10: device is data, v253, rockwell, conexant, usr, si24xx, lucent, telephone or "
     "none"},
    {"LineKey", "[[line]]\nnumber = \"5\"\n  colour = \"red\"\n",
     "x.toml:3:3: there is no key colour in [[line]]; there are number, count"},
    {"Setting", "[[line]]\nnumber = \"5\"\nsettings = { waiting = \"maybe\" }\n",
     "x.toml:3:24: waiting is on or off"},
    {"Copper", "[[line]]\nnumber = \"5\"\ncopper = { noise = -900 }\n",
     "x.toml:3:20: noise is a number from -90 to 3, or off"},
    {"Twice", "[[line]]\nnumber = \"5\"\n[[line]]\nnumber = \"5\"\n",
     "x.toml:3:1: the number 5 is given in line 1 already"},
    {"Count", "[[line]]\nnumber = \"98\"\ncount = 5\n",
     "x.toml:3:9: 5 lines from 98 on do not fit into as many digits"},
    {"ModemScript", "[[line]]\nnumber = \"5\"\nscript = [\"answer\"]\n",
     "x.toml:3:10: a script is for device = \"telephone\""},
    {"Step",
     "[[line]]\nnumber = \"5\"\ndevice = \"telephone\"\nscript = [\n  \"answer\",\n"
     "  \"shout\",\n]\n",
     "x.toml:6:3: no step shout; there are dial, answer"},
    {"Label",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\nscript = [\"answer\", "
     "\"goto nowhere\"]\n",
     "x.toml:5:21: there is no label nowhere"},
    {"RepeatWithoutEnd",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\nscript = [\"repeat 3\", \"answer\"]\n",
     "x.toml:5:11: a repeat without its end"},
    {"EndWithoutRepeat",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\nscript = [\"answer\", \"end\"]\n",
     "x.toml:5:21: an end without a repeat"},
    {"LabelTwice",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\nscript = [\"answer\", \"label "
     "a\",\n\"label a\"]\n",
     "x.toml:6:1: there is a label a already"},
    {"SpeaksWithoutACall",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\nscript = [\"speech 3\"]\n",
     "x.toml:5:11: there is no call yet"},
    {"FarEndHasTheNumberOfALine",
     "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"5\"\nscript = [\"answer\"]\n",
     "x.toml:3:1: the number 5 is given in line 1 already"},
    {"NoScript", "[[line]]\nnumber = \"5\"\n[[far_end]]\nnumber = \"6\"\n",
     "x.toml:3:1: a [[far_end]] has a script"},
    {"CallTo", "[[line]]\nnumber = \"5\"\n[[call]]\nto = \"7\"\n",
     "x.toml:4:6: there is no [[line]] 7"},
    {"CallAt", "[[line]]\nnumber = \"5\"\n[[call]]\nto = \"5\"\nat = \"noon\"\n",
     "x.toml:5:6: at is seconds, 0 to 604800"},
    {"Does", "[[line]]\nnumber = \"5\"\n[[number]]\nnumber = \"6\"\ndoes = \"sing\"\n",
     "x.toml:5:8: does is answer, busy"},
};

class ScenarioMistake : public testing::TestWithParam<BadScenario> {};

TEST_P(ScenarioMistake, IsToldWithFileLineAndColumn) {
    const auto read = readScenario(GetParam().text, "x.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().cause.substr(0, std::string_view{GetParam().error}.size()),
              GetParam().error)
        << read.error().cause;
}
INSTANTIATE_TEST_SUITE_P(Files, ScenarioMistake, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string{row.param.name}; });

Scenario scenarioOf(std::string_view text) {
    auto read = readScenario(text, "scenario.toml");
    EXPECT_TRUE(read) << (read ? "" : read.error().cause);
    return read ? std::move(*read) : Scenario{};
}

TEST(ScenarioFile, IsReadInFull) {
    const Scenario read = scenarioOf(R"(
country = "gb"
seed = 7
limit = 90.5
magic = ""
[[line]]
number = "5550100"
count = 3
at = 2
every = 0.5
device = "usr"
path = "/tmp/m"
record = "tape.wav"
name = "J DOE"
settings = { waiting = true, nodial = 30, battery = 52.5 }
copper = { noise = -45, echo = "off" }
messages = 2
forward = { busy = "5550200" }
[[line]]
number = "5550200"
device = "telephone"
script = ["answer rings=2"]
numbers = [{ number = "5550201", ring = 2 }]
[[number]]
number = "5550300"
does = "changed"
new = "5550301"
[[call]]
at = 1.5
from = "5551234"
to = "5550201"
rings = 3
)");
    EXPECT_EQ(read.country, "GB");
    EXPECT_EQ(read.seed, 7U);
    EXPECT_EQ(read.limit, 90500ms);
    EXPECT_TRUE(read.magic.empty());
    ASSERT_EQ(read.lines.size(), 4U);
    EXPECT_EQ(read.lines[2].number, "5550102");
    EXPECT_EQ(read.lines[2].at, 3s);
    EXPECT_EQ(read.lines[2].path, "/tmp/m-3");
    EXPECT_EQ(read.lines[2].record, "tape-3.wav");
    EXPECT_TRUE(read.lines[0].settings.callWaiting);
    EXPECT_EQ(read.lines[0].settings.noDial, 30s);
    EXPECT_EQ(read.lines[0].settings.batteryVolts, 52.5F);
    EXPECT_EQ(read.lines[0].settings.name, "J DOE");
    EXPECT_EQ(read.lines[0].copper.whiteNoise, -45.0F);
    EXPECT_FALSE(read.lines[0].copper.echoLoss);
    EXPECT_EQ(read.lines[0].messages, 2U);
    ASSERT_TRUE(read.lines[3].script);
    EXPECT_EQ(read.lines[3].numbers.at(0).second, 2U);
    EXPECT_EQ(read.routes.at(0).route.newNumber, "5550301");
    EXPECT_EQ(read.calls.at(0).rings, 3U);
}

struct Told {
    std::string trace;
    bool over = false;
};

/// Runs a scenario to its end, in a folder for its recordings.
Told run(std::string_view text, const std::filesystem::path& folder = {}) {
    hal::VirtualLoop loop;
    Told told;
    NetworkOptions options;
    options.outlets = false;
    options.folder = folder;
    auto network = Network::create(loop, scenarioOf(text), options);
    EXPECT_TRUE(network) << (network ? "" : network.error().cause);
    (*network)->onEvent([&](const NetworkEvent& event) {
        told.trace += fmt::format("{} {} {} {} {}\n", event.at.count() / 1000000, event.where,
                                  event.number, event.what, event.detail);
    });
    (*network)->start();
    told.over = loop.advanceUntil([&] { return (*network)->isOver(); }, 3600s);
    return told;
}

bool has(const Told& told, std::string_view what) {
    return told.trace.find(what) != std::string::npos;
}

TEST(Network, CallsALineAndTellsWhatHappens) {
    const Told told = run(R"(
[[line]]
number = "5550100"
device = "telephone"
script = ["answer rings=2", "wait 3", "hangup"]
[[call]]
at = 2
from = "5551234"
to = "5550100"
)");
    EXPECT_TRUE(told.over);
    for (const char* line :
         {"2000 line 5550100 ring 1\n", "line 5550100 caller-id 5551234\n",
          "line 5550100 off-hook \n", "line 5550100 connected \n", "line 5550100 on-hook \n",
          "far-end 5551234 call connected\n", "line 5550100 done \n"}) {
        EXPECT_TRUE(has(told, line)) << line << told.trace;
    }
}

TEST(Network, OneScriptThatFailsLeavesTheOthersAlone) {
    const Told told = run(R"(
[[line]]
number = "5550100"
device = "telephone"
script = ["dial 5559023", "wait answer", "play /nowhere.wav"]
[[line]]
number = "5550101"
device = "telephone"
script = ["dial 5559102", "wait answer", "wait speech", "hangup"]
[[far_end]]
number = "5551111"
script = ["label a", "goto a"]
)");
    EXPECT_TRUE(told.over);
    EXPECT_TRUE(has(told, "line 5550100 failed /nowhere.wav")) << told.trace;
    EXPECT_TRUE(has(told, "far-end 5551111 failed 1000 steps at one instant")) << told.trace;
    EXPECT_TRUE(has(told, "line 5550101 done")) << told.trace;
}

TEST(Network, TakesCommandsForEachLine) {
    hal::VirtualLoop loop;
    NetworkOptions options;
    options.outlets = false;
    auto network = Network::create(loop, scenarioOf(R"(
[[line]]
number = "5550100"
[[line]]
number = "5550101"
device = "telephone"
)"),
                                   options);
    ASSERT_TRUE(network);
    Network& net = **network;
    EXPECT_EQ(net.run("lines?"), "ok 5550100=idle 5550101=idle");
    EXPECT_EQ(net.run("call number=1"), "ok");
    loop.advance(1s);
    EXPECT_EQ(net.run("lines?"), "ok 5550100=ringing 5550101=idle");
    EXPECT_EQ(net.run("on 5550100 rings?"), "ok 1");
    EXPECT_EQ(net.run("on 5550101 copper noise=-40"), "ok");
    EXPECT_EQ(net.exchange().findLine("5550101")->copper().whiteNoise, -40.0F);
    EXPECT_EQ(net.run("on 5550101 rings?").substr(0, 30), "error line 5550101 has no mode");
    EXPECT_EQ(net.run("on 77 rings?"), "error there is no line 77; lines? tells them all");
    EXPECT_EQ(net.run("on"),
              "error on needs the number of a line, or the bus id of a device, and a command");
    EXPECT_EQ(net.run(std::string_view{"\0\xff\"", 3}).substr(0, 5), "error");
    EXPECT_FALSE(net.quitAsked());
    EXPECT_EQ(net.run("quit"), "ok");
    EXPECT_TRUE(net.quitAsked());
}

/// Fifty telephones that call magic numbers and one another over bad wires, each recorded.
std::string fiftyLines(unsigned seed) {
    std::string text = fmt::format("country = \"DE\"\nseed = {}\n", seed);
    const char* const kScripts[] = {
        R"(["dial 5559103", "wait answer", "wait speech", "keys 12#", "wait 2", "hangup"])",
        R"(["dial 5559020", "wait beep", "speech 2", "hangup"])",
        R"(["answer rings=1", "speech 4", "wait 2", "hangup"])",
        R"(["dial 5559001", "wait tone=busy", "hangup"])",
        R"(["dial 5559023", "wait answer", "speech 3", "hangup"])",
    };
    for (unsigned i = 0; i < 50; ++i) {
        text += fmt::format(
            "[[line]]\nnumber = \"55501{:02}\"\ndevice = \"telephone\"\nat = {}\n"
            "copper = {{ noise = -50, echo = 20 }}\nrecord = \"{}.wav\"\n"
            "script = {}\n",
            i, 0.37 * i, i, kScripts[i % 5]);
        if (i % 5 == 2) {
            text += fmt::format("[[call]]\nat = {}\nfrom = \"555{:04}\"\nto = \"55501{:02}\"\n", i,
                                i, i);
        }
    }
    return text;
}

std::uint64_t sumOf(const std::filesystem::path& folder) {
    std::uint64_t sum = 0xCBF29CE484222325ULL;
    for (unsigned i = 0; i < 50; ++i) {
        std::ifstream file{folder / fmt::format("{}.wav", i), std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        EXPECT_GT(bytes.size(), 50000U) << i;
        for (const char c : bytes) {
            sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        }
    }
    return sum;
}

TEST(Network, FiftyLinesGiveTheSameTraceAndSamplesAgain) {
    const auto once = [](unsigned seed) {
        const ScratchDir dir;
        const Told told = run(fiftyLines(seed), dir.path());
        EXPECT_TRUE(told.over) << told.trace.substr(
            told.trace.size() > 3000 ? told.trace.size() - 3000 : 0);
        EXPECT_EQ(told.trace.find("failed"), std::string::npos)
            << told.trace.substr(told.trace.find("failed") - 60, 200);
        return std::pair{told.trace, sumOf(dir.path())};
    };
    const auto first = once(3), again = once(3), other = once(4);
    EXPECT_EQ(first.first, again.first);
    EXPECT_EQ(first.second, again.second);
    EXPECT_NE(first.second, other.second);
}

}  // namespace
}  // namespace tipring::sim
