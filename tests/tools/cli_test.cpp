// SPDX-License-Identifier: Apache-2.0
// The built command, as people and scripts run it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "process.h"
#include "sound_file.h"
#include "temp_dir.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ran {
    int code = -1;
    std::string out, err;

    [[nodiscard]] std::vector<json> objects() const {
        std::vector<json> all;
        std::istringstream lines(out);
        for (std::string line; std::getline(lines, line);) {
            all.push_back(json::parse(line, nullptr, false));
        }
        return all;
    }
};

class Cli : public ::testing::Test {
protected:
    /// Nothing of the user's own gets in, and nothing gets out.
    [[nodiscard]] Process::Environment environment() const {
        return {{"HOME", dir_.path()},
                {"XDG_DATA_HOME", dir_.path() + "/data"},
                {"XDG_CONFIG_HOME", dir_.path() + "/config"},
                {"XDG_RUNTIME_DIR", dir_.path()},
                {"TIPRING_LOG", ""},
                {"TERM", "dumb"},
                {"TZ", "UTC"}};
    }
    static std::vector<std::string> command(std::vector<std::string> words) {
        words.insert(words.begin(), TIPRING_COMMAND);
        return words;
    }
    /// On a machine of umockdev with one adapter.
    static std::vector<std::string> onMockMachine(std::vector<std::string> words) {
        std::vector<std::string> all{TIPRING_UMOCKDEV_RUN, "--device",
                                     TIPRING_SOURCE_DIR "/tests/data/devices/open_usb_fxs.umockdev",
                                     "--"};
        for (std::string& each : command(std::move(words))) {
            all.push_back(std::move(each));
        }
        return all;
    }
    Ran run(const std::vector<std::string>& words, const std::string& input = {}) const {
        Process process(command(words), environment());
        process.write(input);
        Ran ran;
        ran.code = process.finish();
        ran.out = process.output();
        ran.err = process.errors();
        return ran;
    }
    static std::string sql(const std::string& path, const std::string& question) {
        sqlite3* database = nullptr;
        sqlite3_open(path.c_str(), &database);
        std::string answer = "(none)";
        sqlite3_exec(
            database, question.c_str(),
            [](void* out, int, char** columns, char**) {
                *static_cast<std::string*>(out) = columns[0] == nullptr ? "(null)" : columns[0];
                return 0;
            },
            &answer, nullptr);
        sqlite3_close(database);
        return answer;
    }

    TempDir dir_;
};

std::size_t count(const std::vector<json>& objects, const std::string& event) {
    return static_cast<std::size_t>(
        std::count_if(objects.begin(), objects.end(), [&](const json& object) {
            return object.is_object() && object.value("event", "") == event;
        }));
}

TEST_F(Cli, TellsItsVersion) {
    const Ran ran = run({"--version"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_THAT(ran.out, HasSubstr("tipring "));
}

TEST_F(Cli, AMistakeIsExitCode2AndNothingOnStandardOutput) {
    const Ran ran = run({"dail", "5551234"});
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("dail"));
}

TEST_F(Cli, WithoutAPortItSaysWhatToDo) {
    const Ran ran = run({"monitor"});
    EXPECT_EQ(ran.code, 3);
    EXPECT_THAT(ran.err, HasSubstr("--port"));
    EXPECT_THAT(ran.err, HasSubstr("tipring demo"));
}

TEST_F(Cli, APortThatIsNotThereIsExitCode3) {
    for (const char* name : {"lines", "monitor", "answer"}) {
        const Ran ran = run({name, "--port", "/dev/ttyNOTHERE7"});
        EXPECT_EQ(ran.code, 3) << name << ": " << ran.err;
        EXPECT_THAT(ran.err, HasSubstr("/dev/ttyNOTHERE7"));
    }
}

TEST_F(Cli, AConfigurationMistakeIsNamedByLine) {
    std::ofstream(dir_.file("c.toml")) << "port = '/dev/ttyACM0'\nrings = 3\n";
    const Ran ran = run({"monitor", "--config", dir_.file("c.toml")});
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.err, HasSubstr("c.toml:2: rings"));
}

TEST_F(Cli, DevicesWorksOnAnyMachine) {
    EXPECT_EQ(run({"devices"}).code, 0);
    const Ran ran = run({"devices", "--json"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    for (const json& object : ran.objects()) {
        EXPECT_TRUE(object.contains("port")) << object;
        EXPECT_TRUE(object.contains("free")) << object;
    }
}

TEST_F(Cli, InterfacesOfProvidersAreListedWithTheirTypes) {
    const Ran ran = run({"interfaces"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("org.tipring.AtModem  version 1"));
    EXPECT_THAT(ran.out, HasSubstr("Command(s line) -> (s response)"));
    bool listed = false;
    for (const json& object : run({"interfaces", "--json"}).objects()) {
        ASSERT_TRUE(object.is_object());
        EXPECT_EQ(object.value("interface", ""), "org.tipring.AtModem");
        if (object.value("method", "") == "SetSpeakerLevel") {
            listed = true;
            EXPECT_EQ(object["in"], json::array({"u level"}));
            EXPECT_EQ(object["out"], json::array());
        }
    }
    EXPECT_TRUE(listed);
}

TEST_F(Cli, AnInterfaceThatCannotBeCalledSaysWhy) {
    const std::string name = "org.tipring.AtModem";
    const Ran nowhere = run({"call-interface", "7", name, "Identify"});
    EXPECT_EQ(nowhere.code, 3);
    EXPECT_THAT(nowhere.err, HasSubstr("there is no line 7"));
    const Ran own = run({"call-interface", "-", name, "Identify"});
    EXPECT_EQ(own.code, 1);
    EXPECT_THAT(own.err, HasSubstr("addresses have one"));
    const std::vector<std::string> absent = {"--port", "/dev/ttyNOTHERE7"};
    const Ran gone = run({"call-interface", "0", name, "Identify", absent[0], absent[1]});
    EXPECT_EQ(gone.code, 3) << gone.err;
    EXPECT_THAT(gone.err, HasSubstr("/dev/ttyNOTHERE7"));
    const Ran wrong =
        run({"call-interface", "0", name, "SetSpeakerLevel", "loud", absent[0], absent[1]});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("level: \"loud\" is not a number from 0"));
    EXPECT_EQ(run({"interfaces", "--provider", "/nothing.so"}).code, 1);
    EXPECT_EQ(run({"interfaces", "--set", "novalue"}).code, 2);
}

TEST_F(Cli, TheDemoShowsAWholeCallAndLeavesARowAndARecording) {
    const Ran ran = run({"demo", "--fast", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(ran.err, "");
    const auto objects = ran.objects();
    EXPECT_EQ(count(objects, "ring"), 2u) << ran.out;
    EXPECT_GE(count(objects, "caller"), 1u) << ran.out;
    EXPECT_EQ(count(objects, "done"), 1u);
    EXPECT_THAT(ran.out, HasSubstr(R"("state":"connected")"));
    EXPECT_THAT(ran.out, HasSubstr(R"("state":"disconnected")"));
    EXPECT_THAT(ran.out, HasSubstr(R"("state":"idle")"));
    const json& done = objects.back();
    ASSERT_EQ(done.value("event", ""), "done") << done;
    EXPECT_EQ(done.value("end", ""), "hang-up");
    EXPECT_EQ(done.value("number", ""), "2025550123");
    EXPECT_EQ(done.value("name", ""), "ADA LOVELACE");

    const auto sound = measureSound(done.value("recording", ""));
    ASSERT_TRUE(sound) << sound.error().cause;
    EXPECT_GT(sound->length, 3s);
    EXPECT_LT(sound->length, 10s);
    EXPECT_GT(sound->peakDbfs, -30.0) << "the caller is to be heard";

    const std::string row = std::to_string(done.value("row", 0));
    const std::string log = done.value("callLog", "");
    const auto column = [&](const char* name) {
        return sql(log, "SELECT " + std::string(name) + " FROM calls WHERE id = " + row);
    };
    EXPECT_EQ(column("number"), "2025550123");
    EXPECT_EQ(column("name"), "ADA LOVELACE");
    EXPECT_EQ(column("rings"), "2");
    EXPECT_EQ(column("direction"), "in");
    EXPECT_EQ(column("recording"), done.value("recording", ""));
    EXPECT_NE(column("answer_utc"), "(null)");
    EXPECT_NE(column("end_utc"), "(null)");
}

/// The corpus writes bytes as code points up to U+00FF.
std::string latin1(const std::string& utf8) {
    std::string bytes;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte < 0x80) {
            bytes += utf8[i];
        } else {
            ++i;
            bytes += static_cast<char>((byte & 0x03) << 6 | (utf8.at(i) & 0x3F));
        }
    }
    return bytes;
}

TEST_F(Cli, DecodeAgreesWithEveryCapturedTranscript) {
    std::ifstream corpus(TIPRING_SOURCE_DIR "/tests/data/modem/modem-transcripts.jsonl");
    int seen = 0;
    for (std::string text; std::getline(corpus, text); ++seen) {
        const json sample = json::parse(text);
        SCOPED_TRACE(sample["id"].get<std::string>());
        std::vector<std::string> words{"decode", "--json"};
        if (sample["kind"] == "frame") {
            words.emplace_back("--frame");
        }
        const Ran ran = run(words, latin1(sample["bytes"]));
        EXPECT_EQ(ran.code, 0) << ran.err;
        const auto calls = ran.objects();
        const json expected = sample["expect"];
        const bool speaks = expected.value("rings", 0) > 0 || expected.contains("number");
        if (expected.value("calls", speaks ? 1 : 0) > 0) {
            ASSERT_EQ(calls.size(), 1u) << ran.out;
        }
        for (const auto& [key, value] : expected.items()) {
            // Without any call there are no rings, and no number is absent.
            const json nothing{{"rings", 0}, {"numberStatus", "absent"}};
            if (key != "calls") {
                EXPECT_EQ((calls.empty() ? nothing : calls[0]).value(key, json()), value)
                    << key << " in " << ran.out;
            }
        }
    }
    EXPECT_GE(seen, 72);
}

TEST_F(Cli, DecodeTellsACallInWords) {
    const Ran ran = run({"decode"},
                        "RING\r\n\r\nDATE = 0511\r\nTIME = 1852\r\nNMBR = 4075550000\r\n"
                        "NAME = JOHN DOE\r\n\r\nRING\r\n");
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out,
              "Call 1: 2 rings\n"
              "    number:    4075550000\n"
              "    name:      JOHN DOE\n"
              "    sent:      11 May, 18:52\n");
}

TEST_F(Cli, DecodeSaysWhyThereIsNoNumber) {
    EXPECT_THAT(run({"decode"}, "NMBR=P\r\nNAME=O\r\nRING\r\n").out,
                HasSubstr("Call 1: 1 ring, caller ID before the first\n"
                          "    number:    withheld by the caller\n"
                          "    name:      not known to the network\n"));
}

TEST_F(Cli, DecodeOfAFrameChecksItsChecksum) {
    const std::string frame(
        "\x04\x12"
        "051118524075550000"
        "Y",
        21);
    EXPECT_THAT(run({"decode", "--frame"}, frame).out, HasSubstr("checksum:  right"));
    std::string broken = frame;
    broken[5] ^= 1;
    const Ran ran = run({"decode", "--frame", "--json"}, broken);
    EXPECT_THAT(ran.out, HasSubstr(R"("checksumValid":false)"));
    EXPECT_THAT(ran.out, Not(HasSubstr("407555")));
}

TEST_F(Cli, DecodeHasAnExitCodeForEachTrouble) {
    EXPECT_EQ(run({"decode", dir_.file("none.bin")}).code, 3);
    EXPECT_EQ(run({"decode", "--frame"}, "abc").code, 1);
    const Ran nothing = run({"decode", "--json"}, std::string(100'000, '\xA5'));
    EXPECT_EQ(nothing.code, 0);
    EXPECT_EQ(nothing.out, "");
}

class EveryModem : public Cli, public ::testing::WithParamInterface<const char*> {};

TEST_P(EveryModem, ShowsTheDemo) {
    const Ran ran = run({"demo", "--fast", "--json", "--modem", GetParam()});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    const json done = ran.objects().back();
    EXPECT_EQ(done.value("number", ""), "2025550123") << ran.out;
    const auto sound = measureSound(done.value("recording", ""));
    ASSERT_TRUE(sound) << ran.out << ran.err;
    EXPECT_GT(sound->length, 3s);
    EXPECT_GT(sound->peakDbfs, -30.0);
}

INSTANTIATE_TEST_SUITE_P(Demo, EveryModem,
                         ::testing::Values("v253", "rockwell", "conexant", "usr", "si24xx",
                                           "lucent"));

TEST_F(Cli, AModemWithoutVoiceNamesAndLogsTheCall) {
    const Ran ran = run({"demo", "--fast", "--json", "--modem", "data"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    const json done = ran.objects().back();
    EXPECT_EQ(done.value("end", ""), "not answered");
    EXPECT_EQ(done.value("number", ""), "2025550123");
    EXPECT_FALSE(done.value("answered", true));
    EXPECT_FALSE(done.contains("recording"));
}

TEST_F(Cli, TheDemoInWordsNamesTheCallerTheFileAndTheRow) {
    const Ran ran = run({"demo", "--fast"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    for (const char* text :
         {"Ring 1", "Ring 2", "2025550123, ADA LOVELACE", "Answered", "Playing the greeting",
          "Beep", "Recording to", "hung up", ".wav", "Call log:  row 1 of"}) {
        EXPECT_THAT(ran.out, HasSubstr(text));
    }
    EXPECT_THAT(ran.out, Not(HasSubstr("\x1b["))) << "no colours into a pipe";
    EXPECT_THAT(run({"calls", "--call-log", dir_.path() + "/data/tipring/demo/calls.db"}).out,
                HasSubstr("ADA LOVELACE"));
}

TEST_F(Cli, ABrokenCallLogDoesNotSpoilTheCall) {
    std::ofstream(dir_.file("calls.db")) << "no database" << std::string(4000, ' ');
    const Ran ran = run({"demo", "--fast", "--json", "--directory", dir_.path()});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("calls.db"));
    EXPECT_THAT(ran.err, HasSubstr("move the file away"));
    const json done = ran.objects().back();
    EXPECT_EQ(done.value("end", ""), "hang-up");
    EXPECT_FALSE(done.contains("row"));
    EXPECT_TRUE(measureSound(done.value("recording", "")));
}

TEST_F(Cli, AGreetingThatIsNoSoundFileIsToldAndTheMessageIsTaken) {
    ASSERT_EQ(::mkdir((dir_.path() + "/config").c_str(), 0700), 0);
    ASSERT_EQ(::mkdir((dir_.path() + "/config/tipring").c_str(), 0700), 0);
    std::ofstream(dir_.file("hello.wav")) << "this is text";
    std::ofstream(dir_.file("config/tipring/tipring.toml"))
        << "[answer]\ngreeting = '" << dir_.file("hello.wav") << "'\n";
    const Ran ran = run({"demo", "--fast", "--json"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("hello.wav"));
    EXPECT_THAT(ran.err, HasSubstr("only the beep"));
    EXPECT_TRUE(measureSound(ran.objects().back().value("recording", "")));
}

TEST_F(Cli, CompletionOfBashIsValidAndKnowsTheCommands) {
    const Ran ran = run({"completion", "bash"});
    ASSERT_EQ(ran.code, 0);
    std::ofstream(dir_.file("completion")) << ran.out;
    Process bash({"/bin/bash", "-c",
                  "source '" + dir_.file("completion") +
                      "'; COMP_WORDS=(tipring de); COMP_CWORD=1; _tipring; echo ${COMPREPLY[*]}; "
                      "COMP_WORDS=(tipring simulate --modem roc); COMP_CWORD=3; _tipring; "
                      "echo ${COMPREPLY[*]}"});
    EXPECT_EQ(bash.line(), "devices demo decode");
    EXPECT_EQ(bash.line(), "rockwell");
    EXPECT_EQ(bash.finish(), 0) << bash.errors();
}

/// `tipring simulate` in the background, and its control socket.
class Simulated : public Cli {
protected:
    void simulate(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"simulate", "--json", "--pty", link_, "--control", control_};
        words.insert(words.end(), more.begin(), more.end());
        simulator_ = std::make_unique<Process>(command(words), environment());
        const auto ready = simulator_->line();
        ASSERT_TRUE(ready) << simulator_->errors();
        EXPECT_EQ(json::parse(*ready).value("pty", ""), link_);
    }
    /// One command, its one-line answer.
    std::string ask(const std::string& text) const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        control_.copy(address.sun_path, sizeof address.sun_path - 1);
        std::string answer = "(no connection)";
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            const std::string line = text + "\n";
            answer.clear();
            if (::write(fd, line.data(), line.size()) > 0) {
                for (char c = 0; ::read(fd, &c, 1) == 1 && c != '\n';) {
                    answer += c;
                }
            }
        }
        ::close(fd);
        return answer;
    }

    std::string link_ = dir_.file("modem"), control_ = dir_.file("control");
    std::unique_ptr<Process> simulator_;
};

TEST_F(Simulated, AnswersEachCommandWithOneLineOnBothWaysIn) {
    simulate();
    EXPECT_THAT(ask("state?"), HasSubstr("ok"));
    EXPECT_THAT(ask("rings?"), HasSubstr("ok 0"));
    EXPECT_THAT(ask("frobnicate"), HasSubstr("error"));
    simulator_->write("state?\n");
    EXPECT_THAT(simulator_->line().value_or("(nothing)"), HasSubstr("ok"));
    EXPECT_THAT(ask("help"), HasSubstr("call"));
    ask("quit");
    EXPECT_EQ(simulator_->finish(), 0) << simulator_->errors();
    EXPECT_NE(::access(link_.c_str(), F_OK), 0) << "the link is gone";
    EXPECT_NE(::access(control_.c_str(), F_OK), 0) << "the socket is gone";
}

TEST_F(Simulated, TerminatesCleanlyOnASignal) {
    simulate();
    simulator_->signal(SIGTERM);
    EXPECT_EQ(simulator_->finish(), 0) << simulator_->errors();
    EXPECT_NE(::access(link_.c_str(), F_OK), 0);
}

TEST_F(Simulated, RunsWithoutStandardInputAsUnderAServiceManager) {
    Process process({"/bin/sh", "-c",
                     "exec " TIPRING_COMMAND " simulate --json --pty " + link_ + " --control " +
                         control_ + " < /dev/null"},
                    environment());
    ASSERT_TRUE(process.lineWith("ready")) << process.errors();
    EXPECT_THAT(ask("state?"), HasSubstr("ok"));
    process.signal(SIGTERM);
    EXPECT_EQ(process.finish(), 0) << process.errors();
}

TEST_F(Simulated, HasMagicNumbersWithoutAnyPlan) {
    simulate();
    const Ran ran = run({"dial", "--port", link_, "--json", "5559001"});
    EXPECT_EQ(ran.code, 5) << ran.out << ran.err;
}

TEST_F(Cli, SimulatesEveryExampleToItsEndAndTheSameAgain) {
    unsigned files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator{TIPRING_SOURCE_DIR "/examples/scenarios"}) {
        std::string traces[2];
        for (std::string& trace : traces) {
            const Ran ran =
                run({"simulate", entry.path(), "--fast", "--trace", dir_.file("trace.json")});
            EXPECT_EQ(ran.code, 0) << entry.path() << ran.out << ran.err;
            EXPECT_THAT(ran.out, HasSubstr("Over after"));
            std::ifstream file{dir_.file("trace.json")};
            trace.assign(std::istreambuf_iterator<char>{file}, {});
        }
        EXPECT_GT(traces[0].size(), 2000u) << entry.path();
        EXPECT_EQ(traces[0], traces[1]);
        std::istringstream lines{traces[0]};
        for (std::string line; std::getline(lines, line);) {
            const json object = json::parse(line, nullptr, false);
            EXPECT_TRUE(object.is_object() && object.contains("at") && object.contains("event"))
                << line;
        }
        ++files;
    }
    EXPECT_GE(files, 2u);
}

TEST_F(Cli, SimulateTellsWhereAScenarioIsWrong) {
    std::ofstream{dir_.file("bad.toml")}
        << "[[line]]\nnumber = \"5550100\"\ndevice = \"toaster\"\n";
    const Ran bad = run({"simulate", dir_.file("bad.toml")});
    EXPECT_EQ(bad.code, 2);
    EXPECT_THAT(bad.err, HasSubstr("bad.toml:3:10: device is data, v253"));
    const Ran none = run({"simulate", dir_.file("none.toml")});
    EXPECT_EQ(none.code, 3);
    EXPECT_THAT(none.err, HasSubstr("examples/scenarios"));
    const Ran record = run({"simulate", "--fast", "--record", "call.wav"});
    EXPECT_EQ(record.code, 2);
    EXPECT_THAT(record.err, HasSubstr("NUMBER=FILE.wav"));
    const Ran line = run({"simulate", "--fast", "--record", "77=" + dir_.file("a.wav")});
    EXPECT_EQ(line.code, 2);
    EXPECT_THAT(line.err, HasSubstr("there is no line 77"));
}

TEST_F(Cli, SimulateTellsOfAScriptThatFailsAndGoesOn) {
    std::ofstream{dir_.file("s.toml")}
        << "[[line]]\nnumber = \"5550100\"\ndevice = \"telephone\"\nscript = [\"dial 5559023\", "
           "\"wait answer\", \"play none.wav\"]\n[[far_end]]\nnumber = \"5551000\"\nat = 30\n"
           "script = [\"note after\"]\n";
    const Ran ran = run({"simulate", dir_.file("s.toml"), "--fast", "--watch"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.err, HasSubstr("line 5550100: its script failed: none.wav"));
    EXPECT_THAT(ran.out, HasSubstr("30.000 far-end 5551000      step note after"));
}

TEST_F(Simulated, AClientThatWritesRubbishLeavesTheOtherLinesAlone) {
    const std::string other = dir_.file("other");
    std::ofstream{dir_.file("two.toml")} << "[[line]]\nnumber = \"5550100\"\npath = \"" << link_
                                         << "\"\n[[line]]\nnumber = \"5550101\"\npath = \"" << other
                                         << "\"\nrecord = \"" << dir_.file("other.wav") << "\"\n";
    simulator_ = std::make_unique<Process>(
        command({"simulate", dir_.file("two.toml"), "--json", "--control", control_}),
        environment());
    ASSERT_TRUE(simulator_->lineWith(other)) << simulator_->errors();
    const int bad = ::open(link_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(bad, 0);
    std::string rubbish(4096, '\0');
    for (std::size_t i = 0; i < rubbish.size(); ++i) {
        rubbish[i] = static_cast<char>(i * 7919 >> 3);
    }
    for (int i = 0; i < 200; ++i) {  // never read: what does not fit is refused by the kernel
        static_cast<void>(::write(bad, rubbish.data(), rubbish.size()));
    }
    const Ran ran = run({"dial", "--port", other, "--json", "5559001"});
    EXPECT_EQ(ran.code, 5) << ran.out << ran.err;
    EXPECT_EQ(ask("on 5550101 call number=5551234"), "ok");
    EXPECT_THAT(ask("on 5550101 state?"), HasSubstr("line=ringing"));
    EXPECT_EQ(ask("on 5550101 hangup"), "ok");
    ::close(bad);
    ask("quit");
    EXPECT_EQ(simulator_->finish(), 0) << simulator_->errors();
    EXPECT_GT(std::filesystem::file_size(dir_.file("other.wav")), 10000u) << "what dial did";
}

TEST_F(Simulated, LinesTellsWhatTheModemCanDo) {
    simulate({"--modem", "conexant"});
    const Ran ran = run({"lines", "--port", link_, "--json"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    const auto objects = ran.objects();
    ASSERT_EQ(objects.size(), 1u) << ran.out;
    EXPECT_TRUE(objects[0].value("inService", false));
    EXPECT_TRUE(objects[0].value("callerId", false));
    EXPECT_TRUE(objects[0].value("record", false));
}

TEST_F(Simulated, MonitorNamesACallerOverARealPtyAndEndsCleanly) {
    simulate();
    Process monitor(
        command({"monitor", "--port", link_, "--json", "--call-log", dir_.file("calls.db")}),
        environment());
    ASSERT_TRUE(monitor.lineWith(R"("event":"ready")")) << monitor.errors();
    EXPECT_THAT(ask("call number=5551234 name=\"J DOE\""), HasSubstr("ok"));
    ASSERT_TRUE(monitor.lineWith(R"("event":"ring")")) << monitor.errors();
    const auto caller = monitor.lineWith(R"("number":"5551234")");
    ASSERT_TRUE(caller) << monitor.output() << monitor.errors();
    EXPECT_THAT(*caller, HasSubstr(R"("name":"J DOE")"));
    ask("hangup");
    ASSERT_TRUE(monitor.lineWith(R"("state":"idle")", 30s)) << monitor.output();
    monitor.signal(SIGINT);
    EXPECT_EQ(monitor.finish(), 0) << monitor.errors();
    EXPECT_EQ(sql(dir_.file("calls.db"), "SELECT number FROM calls"), "5551234");
    EXPECT_EQ(sql(dir_.file("calls.db"), "SELECT answer_utc FROM calls"), "(null)");
}

TEST_F(Simulated, ASecondProgramIsToldWhoHasTheModem) {
    simulate();
    Process monitor(command({"monitor", "--port", link_, "--json"}), environment());
    ASSERT_TRUE(monitor.lineWith(R"("event":"ready")")) << monitor.errors();
    const Ran ran = run({"lines", "--port", link_});
    EXPECT_EQ(ran.code, 4) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("tipring"));
    monitor.signal(SIGTERM);
    EXPECT_EQ(monitor.finish(), 0);
}

TEST_F(Simulated, DialReportsABusyFarEndByItsExitCode) {
    simulate();
    ASSERT_THAT(ask("plan number=5559999 does=busy"), HasSubstr("ok"));
    const Ran ran = run({"dial", "--port", link_, "--json", "5559999"});
    EXPECT_EQ(ran.code, 5) << ran.out << ran.err;
}

TEST_F(Simulated, ACtrlCDuringACallPutsTheLineBackOnHook) {
    simulate();
    Process answer(command({"answer", "--port", link_, "--json", "--rings", "1"}), environment());
    ASSERT_TRUE(answer.lineWith(R"("event":"ready")")) << answer.errors();
    ASSERT_THAT(ask("call number=5551234"), HasSubstr("ok"));
    ASSERT_TRUE(answer.lineWith(R"("step":"greeting")")) << answer.output() << answer.errors();
    answer.signal(SIGINT);
    EXPECT_EQ(answer.finish(), 130) << answer.output() << answer.errors();
    EXPECT_THAT(ask("state?"), HasSubstr("idle"));
}

TEST_F(Cli, DevicesNamesAdaptersOnUsb) {
    Process people(onMockMachine({"devices"}), environment());
    ASSERT_TRUE(people.lineWith("Open USB FXS")) << people.errors();
    EXPECT_EQ(people.finish(), 0) << people.errors();
    EXPECT_THAT(people.output(), HasSubstr("telephones, by the driver open_usb_fxs"));
    Process program(onMockMachine({"devices", "--json"}), environment());
    const auto line = program.lineWith("usb:04d8:fcf1");
    ASSERT_TRUE(line) << program.errors();
    const json told = json::parse(*line);
    EXPECT_EQ(told.value("device", ""), "usb:04d8:fcf1:00000001");
    EXPECT_EQ(told.value("driver", ""), "open_usb_fxs");
    EXPECT_EQ(told.value("kind", ""), "fxs");
    EXPECT_EQ(program.finish(), 0) << program.errors();
}

TEST_F(Cli, WithoutAPortTheOnlyAdapterIsTaken) {
    Process lines(onMockMachine({"lines"}), environment());
    EXPECT_NE(lines.finish(), 0);
    EXPECT_THAT(lines.errors() + lines.output(),
                HasSubstr("Using usb:04d8:fcf1:00000001, the only device that is there."));
}

TEST_F(Cli, TheDoctorSeesAnAdapterThatUdevDoesNotKnow) {
    const std::string root = dir_.file("root");
    std::filesystem::create_directories(root + "/etc/udev/rules.d");
    std::filesystem::create_directories(root + "/etc/udev/hwdb.d");
    std::ofstream(root + "/etc/udev/rules.d/70-tipring.rules") << "\n";
    std::filesystem::copy_file(TIPRING_BINARY_DIR "/udev/70-tipring.hwdb",
                               root + "/etc/udev/hwdb.d/70-tipring.hwdb");
    Process doctor(onMockMachine({"doctor", "--quick", "--json", "--root", root}), environment());
    EXPECT_EQ(doctor.finish(), 1) << doctor.errors();
    std::istringstream lines(doctor.output());
    std::map<std::string, json> checks;
    for (std::string line; std::getline(lines, line);) {
        const json one = json::parse(line, nullptr, false);
        ASSERT_TRUE(one.is_object()) << line;
        checks[one.value("check", "")] = one;
    }
    EXPECT_TRUE(checks["device"].value("ok", false));
    EXPECT_TRUE(checks["rules"].value("ok", false)) << checks["rules"];
    EXPECT_FALSE(checks["marks"].value("ok", true));
    EXPECT_EQ(checks["marks"].value("device", ""), "usb:04d8:fcf1:00000001");
    EXPECT_THAT(checks["marks"].value("remedy", ""), HasSubstr("udevadm trigger"));
}

TEST_F(Cli, TheDoctorOfAnEmptyMachineNamesARemedyForEachProblem) {
    Process doctor(
        {TIPRING_UMOCKDEV_RUN, "--", TIPRING_COMMAND, "doctor", "--root", dir_.file("nothing")},
        environment());
    EXPECT_EQ(doctor.finish(), 1) << doctor.errors();
    EXPECT_THAT(doctor.output(), HasSubstr("there is no modem on USB and no adapter"));
    EXPECT_THAT(doctor.output(), HasSubstr("70-tipring.rules is not installed"));
    EXPECT_THAT(doctor.output(), HasSubstr("remedy: "));
}

TEST_F(Simulated, TheDoctorAsksAModem) {
    simulate();
    const Ran ran = run({"doctor", "--port", link_, "--json"});
    for (const json& object : ran.objects()) {
        if (object.value("check", "") == "answer") {
            EXPECT_TRUE(object.value("ok", false)) << object;
        }
    }
    EXPECT_THAT(ran.out, HasSubstr("\"answer\""));
}

TEST_F(Cli, TheDoctorHearsThatNothingAnswers) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(master, 0);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const std::string path = ::ptsname(master);
    const Ran ran = run({"doctor", "--port", path});
    ::close(master);
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.out, HasSubstr(path + ": nothing there answers AT"));
}

TEST_F(Cli, ASimulatedAdapterIsAPortLikeOthers) {
    const Ran lines = run({"lines", "--port", "sim:open-usb-fxs", "--json"});
    EXPECT_EQ(lines.code, 0) << lines.err;
    ASSERT_EQ(lines.objects().size(), 1u);
    EXPECT_EQ(lines.objects()[0].value("name", ""), "Open USB FXS");
    EXPECT_EQ(lines.objects()[0].value("kind", ""), "phone");
    const Ran unknown = run({"lines", "--port", "sim:astribank"});
    EXPECT_EQ(unknown.code, 3);
    EXPECT_THAT(unknown.err, HasSubstr("sangoma-u100"));
    EXPECT_EQ(run({"lines", "--port", "usb:10c4:8461"}).code, 3);
}

TEST_F(Cli, ATelUriNeedsSomebodyWhoMakesCalls) {
    const Ran ran = run({"dial", "tel:+1-202-555-0123"});
    EXPECT_EQ(ran.code, 3);
    EXPECT_THAT(ran.err, HasSubstr("tipring dialer"));
    EXPECT_EQ(run({"dial", "tel:mother"}).code, 2);
}

TEST_F(Simulated, ATelUriReachesWhoMakesCallsForOthers) {
    simulate();
    Process dialer(command({"dialer", "--port", link_, "--json", "--seconds", "1"}), environment());
    ASSERT_TRUE(dialer.lineWith("\"ready\"")) << dialer.errors();
    const Ran asked = run({"dial", "tel:+1-202-555-0123;ext=9", "--json"});
    ASSERT_EQ(asked.code, 0) << asked.err;
    EXPECT_EQ(asked.objects().at(0).value("number", ""), "+12025550123");
    const auto request = dialer.lineWith("\"request\"");
    ASSERT_TRUE(request) << dialer.errors();
    EXPECT_EQ(json::parse(*request).value("number", ""), "+12025550123");
    ASSERT_TRUE(dialer.lineWith("dialing")) << dialer.output();
    ASSERT_TRUE(dialer.lineWith("\"idle\"")) << dialer.output() << dialer.errors();
    dialer.signal(SIGTERM);
    EXPECT_EQ(dialer.finish(), 0) << dialer.errors();
    EXPECT_EQ(run({"dial", "tel:+1-202-555-0123"}).code, 3) << "nobody is left";
}

TEST_F(Simulated, ACanonicalNumberIsDialledByTheRules) {
    simulate();
    const std::string file = dir_.file("rules.toml");
    std::filesystem::copy(TIPRING_SOURCE_DIR "/tests/data/translation/locations.toml", file);
    const Ran nowhere = run({"dial", "+44 20 7946 0958", "--dial-rules", file, "--location",
                             "Nowhere", "--port", link_});
    EXPECT_EQ(nowhere.code, 3) << nowhere.err;
    EXPECT_THAT(nowhere.err, HasSubstr("no location Nowhere"));
    const Ran ran = run({"dial", "+44 20 7946 0958", "--dial-rules", file, "--location", "Office",
                         "--port", link_});
    EXPECT_EQ(ran.code, 5) << ran.out << ran.err;  // no such number on the simulated line
    EXPECT_THAT(ask("dialled?"), HasSubstr("7011442079460958"));
}

TEST_F(Cli, TranslatesFromALocation) {
    const std::string file = dir_.file("rules.toml");
    std::filesystem::copy(TIPRING_SOURCE_DIR "/tests/data/translation/locations.toml", file);
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    const Ran plain = run({"translate", "+1 (212) 736-3100", "--dial-rules", file, "--location",
                           "Office", "--no-call-waiting", "--json"});
    ASSERT_EQ(plain.code, 0) << plain.err;
    const json object = json::parse(plain.out);
    EXPECT_EQ(object["dialable"], "T*70,8,12127363100");
    EXPECT_EQ(object["displayable"], "*70, 8, 1 (212) 736-3100");
    EXPECT_EQ(object["results"], json({"canonical", "long distance"}));

    const Ran back = run({"translate", "--caller-id", "4254531234", "--dial-rules", file});
    EXPECT_EQ(back.out, "+1 (425) 4531234\n") << back.err;
    const Ran wrong = run({"translate", "+999 1", "--dial-rules", file});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("no country code"));
    EXPECT_EQ(run({"translate", "1", "--dial-rules", file, "--location", "Mars"}).code, 3);
    EXPECT_EQ(run({"translate", "1", "--dial-rules", file, "--card", "Mars"}).code, 3);
}

TEST_F(Cli, ShowsNoCardDigitsUnlessAsked) {
    const std::string file = dir_.file("rules.toml");
    std::filesystem::copy(TIPRING_SOURCE_DIR "/tests/data/translation/locations.toml", file);
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    for (const char* form : {"--json", "--log=trace"}) {
        const Ran ran =
            run({"translate", "+1 (212) 736-3100", "--dial-rules", file, "--card", "Blue", form});
        ASSERT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ((ran.out + ran.err).find("8901234567"), std::string::npos);
        EXPECT_THAT(ran.out, HasSubstr("[Blue]"));
    }
    const Ran ran =
        run({"translate", "+1 (212) 736-3100", "--dial-rules", file, "--card", "Blue", "--reveal"});
    EXPECT_THAT(ran.out, HasSubstr("18005551000$890123456712127363100"));
}

TEST_F(Cli, ChoosesTheCurrentLocation) {
    const std::string file = dir_.file("rules.toml");
    std::filesystem::copy(TIPRING_SOURCE_DIR "/tests/data/translation/locations.toml", file);
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    ASSERT_EQ(run({"locations", "--use", "Berlin", "--dial-rules", file}).code, 0);
    EXPECT_THAT(run({"locations", "--dial-rules", file}).out, HasSubstr("*    6  Berlin"));
    EXPECT_THAT(run({"locations", "Office", "--dial-rules", file}).out, HasSubstr("555 88"));
    EXPECT_THAT(run({"translate", "+49 (30) 23125000", "--dial-rules", file}).out,
                HasSubstr("T23125000"));
    EXPECT_EQ(run({"locations", "--use", "Mars", "--dial-rules", file}).code, 3);
}

TEST_F(Cli, TheFirstLocationHasTheCountryThatIsSaid) {
    const Ran ran = run({"translate", "+1 (212) 736-3100", "--dial-rules", dir_.file("none.toml"),
                         "--country", "GB"});
    EXPECT_THAT(ran.out, HasSubstr("T0012127363100")) << ran.err;
}

TEST_F(Cli, ConformanceTellsWhatAProviderPasses) {
    const Ran ran = run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--stimulus",
                         "--virtual", "--config", "number=42", "--json"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    std::size_t passed = 0;
    for (const json& each : ran.objects()) {
        ASSERT_TRUE(each.contains("check")) << each;
        EXPECT_NE(each["result"], "fail") << each;
        passed += each["result"] == "pass" ? 1 : 0;
    }
    EXPECT_GT(passed, 25U);
}

TEST_F(Cli, ConformanceSkipsWhatNobodyRingsFor) {
    const Ran ran = run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--virtual",
                         "--only", "call.incoming"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_THAT(ran.out, HasSubstr("skip"));
    EXPECT_THAT(ran.out, HasSubstr("0 passed, 0 failed, 1 skipped"));
}

TEST_F(Cli, ConformanceOnRealTime) {
    const Ran ran =
        run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--only", "caps.known"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("1 passed, 0 failed, 0 skipped"));
}

TEST_F(Cli, ConformanceOfAProviderInAProcessOfItsOwn) {
    const Ran ran = run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--isolate",
                         "--stimulus", "--only", "call.incoming"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("1 passed, 0 failed, 0 skipped"));
    EXPECT_EQ(run({"conformance", "--provider", "/no/such.so", "--isolate"}).code, 3);
    EXPECT_EQ(
        run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--isolate", "--virtual"}).code,
        2);
}

TEST_F(Cli, ConformanceFailsAFaultyProvider) {
    const Ran ran = run({"conformance", "--provider", TIPRING_FAULTY_PROVIDER, "--stimulus",
                         "--virtual", "--json"});
    EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
    std::vector<std::string> failed;
    bool told = false;
    for (const json& each : ran.objects()) {
        if (each.value("result", "") == "fail") {
            failed.push_back(each["check"]);
        }
        told = told || each.value("breach", "") == "double completion";
    }
    EXPECT_EQ(failed, std::vector<std::string>{"rule.completion"});
    EXPECT_TRUE(told);
}

TEST_F(Cli, ConformanceSaysWhatIsMissing) {
    EXPECT_EQ(run({"conformance"}).code, 2);
    EXPECT_EQ(run({"conformance", "--provider", "/no/such.so"}).code, 3);
    EXPECT_EQ(run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--config", "x"}).code, 2);
    EXPECT_EQ(run({"conformance", "--provider", TIPRING_SAMPLE_PROVIDER, "--only", "zz"}).code, 2);
    const Ran list = run({"conformance", "--list"});
    EXPECT_EQ(list.code, 0);
    EXPECT_THAT(list.out, HasSubstr("rule.completion"));
}

}  // namespace
}  // namespace tipring::tools
