// SPDX-License-Identifier: Apache-2.0
// listen and synth as people run them, alone, in pipes, and against other programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "process.h"
#include "temp_dir.h"

namespace tipring::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Ran {
    int code = -1;
    std::string out, err;
};

class SoundCli : public ::testing::Test {
protected:
    Ran run(std::vector<std::string> words, const std::string& input = {}) const {
        words.insert(words.begin(), TIPRING_COMMAND);
        return runProgram(words, input);
    }
    /// A line of the shell, in which $T is the command and $D the test's folder.
    Ran shell(const std::string& line) const { return runProgram({"/bin/sh", "-c", line}, {}); }

    TempDir dir_;

private:
    Ran runProgram(const std::vector<std::string>& words, const std::string& input) const {
        Process process(words, {{"HOME", dir_.path()},
                                {"T", TIPRING_COMMAND},
                                {"D", dir_.path()},
                                {"TIPRING_LOG", ""},
                                {"TERM", "dumb"}});
        process.write(input);
        Ran ran;
        ran.code = process.finish();
        ran.out = process.output();
        ran.err = process.errors();
        return ran;
    }
};

TEST_F(SoundCli, WhatSynthWritesListenTells) {
    const std::string file = dir_.file("a.wav");
    const Ran made = run({"synth", file, "--dtmf", "1#", "--level", "-10", "--twist", "2",
                          "--caller-id", "number=5551234,name=\"J DOE\"", "--alert", "none"});
    EXPECT_EQ(made.code, 0) << made.err;
    const Ran heard = run({"listen", file});
    EXPECT_EQ(heard.code, 0) << heard.err;
    EXPECT_EQ(heard.out,
              "   0.200 s  key 1 (80 ms, -8.0 dBm0)\n"
              "   0.360 s  key # (80 ms, -8.0 dBm0)\n"
              "   1.680 s  caller ID (bell mdmf), 5551234, J DOE (158 ms, -10.1 dBm0)\n");
    const Ran objects = run({"listen", file, "--json"});
    EXPECT_THAT(objects.out, StartsWith(R"({"at":0.2,"event":"dtmf","digit":"1","durationMs":80,)"
                                        R"("levelDbm0":-8.0})"
                                        "\n"));
    EXPECT_THAT(objects.out, HasSubstr(R"("number":"5551234","numberStatus":"ok","name":"J DOE")"));
}

TEST_F(SoundCli, AnyPipeGivesTheSame) {
    const std::string sounds = "--tone ringback --dtmf 123 --voice 3 --noise -50";
    const Ran file = shell("$T synth $D/a.wav -q " + sounds + " && $T listen $D/a.wav --json");
    EXPECT_GT(file.out.size(), 300U) << file.err;
    EXPECT_EQ(shell("$T synth - " + sounds + " | $T listen - --json").out, file.out);
    EXPECT_EQ(shell("$T synth - " + sounds + " | dd bs=7 status=none | $T listen - --json").out,
              file.out);
    EXPECT_EQ(shell("$T synth - " + sounds + " > $D/a.raw; $T listen --raw $D/a.raw --json").out,
              file.out);
}

TEST_F(SoundCli, ThePiecesKeepTheirOrder) {
    const Ran ran = shell("$T synth - --dtmf 1 --fax ced --dtmf 2 | $T listen - --json");
    const auto fax = ran.out.find("answerTone");
    EXPECT_LT(ran.out.find(R"("digit":"1")"), fax);
    EXPECT_GT(ran.out.find(R"("digit":"2")"), fax);
}

TEST_F(SoundCli, LiveTellsBeforeTheEnd) {
    Process listen({TIPRING_COMMAND, "listen", "-", "--live"}, {{"HOME", dir_.path()}});
    listen.write(shell("$T synth - --dtmf 5 --silence 1").out);
    EXPECT_TRUE(listen.lineWith("key 5"));
    listen.signal(SIGINT);
    EXPECT_EQ(listen.finish(), 0) << listen.errors();
}

TEST_F(SoundCli, NothingHeardIsToldInWordsAlone) {
    ASSERT_EQ(run({"synth", dir_.file("a.wav"), "--silence", "0.5"}).code, 0);
    const Ran words = run({"listen", dir_.file("a.wav")});
    EXPECT_EQ(words.code, 0);
    EXPECT_EQ(words.out, "Nothing was heard.\n");
    const Ran objects = run({"listen", dir_.file("a.wav"), "--json"});
    EXPECT_EQ(objects.code, 0);
    EXPECT_EQ(objects.out, "");
    EXPECT_EQ(run({"listen", "-", "--json"}).out, "") << "empty standard input";
}

TEST_F(SoundCli, MistakesHaveTheirExitCodes) {
    std::ofstream(dir_.file("text.wav")) << "no sound";
    EXPECT_EQ(run({"listen"}).code, 2);
    EXPECT_EQ(run({"listen", dir_.file("none.wav")}).code, 3);
    EXPECT_EQ(run({"listen", dir_.file("text.wav")}).code, 2);
    EXPECT_EQ(run({"listen", "-", "--country", "XX"}).code, 2);
    EXPECT_EQ(run({"listen", "-", "--standard", "morse"}).code, 2);
    EXPECT_EQ(run({"listen", "--device", "nosuchdevice"}).code, 3);
    EXPECT_EQ(run({"listen", "-", "--plot", dir_.file("a.txt")}, "ab").code, 2);
    EXPECT_EQ(run({"synth"}).code, 2);
    EXPECT_EQ(run({"synth", dir_.file("b.wav")}).code, 2);
    EXPECT_EQ(run({"synth", dir_.file("b.wav"), "--dtmf", "x"}).code, 2);
    EXPECT_EQ(run({"synth", dir_.file("b.wav"), "--tone", "melody"}).code, 2);
    EXPECT_EQ(run({"synth", dir_.file("b.wav"), "--dtmf", "1", "--level", "nan"}).code, 2);
    EXPECT_EQ(run({"synth", dir_.file("b.wav"), "--dtmf", "1", "--seed", "-1"}).code, 2);
    EXPECT_FALSE(std::filesystem::exists(dir_.file("b.wav")));
    EXPECT_EQ(run({"synth", "/nonexistent/b.wav", "--dtmf", "1"}).code, 1);
}

TEST_F(SoundCli, ListsCountriesAndTones) {
    EXPECT_THAT(run({"synth", "--list"}).out, HasSubstr("DE  Germany "));
    const Ran ran = run({"synth", "--list", "--json"});
    const json first = json::parse(ran.out.substr(0, ran.out.find('\n')));
    EXPECT_GT(first["tones"].size(), 2U);
}

TEST_F(SoundCli, DrawsAPicture) {
    for (const char* name : {"a.png", "a.svg"}) {
        const Ran ran = shell("$T synth - --dtmf 123 | $T listen - --plot $D/" + std::string(name));
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_GT(std::filesystem::file_size(dir_.file(name)), 2000U);
    }
}

TEST_F(SoundCli, OtherProgramsHearWhatSynthWrites) {
    EXPECT_THAT(shell("$T synth $D/k.wav -q --dtmf '159D#' --on 100 --off 100 && "
                      "sox $D/k.wav -t raw -r 22050 -e signed -b 16 - | "
                      "multimon-ng -q -c -a DTMF -t raw - 2>&1")
                    .out,
                HasSubstr("DTMF: 1\nDTMF: 5\nDTMF: 9\nDTMF: D\nDTMF: #\n"));
    const Ran caller = shell(
        "$T synth $D/c.wav -q --caller-id 'number=5551234,name=\"J DOE\",date=11-25' && "
        "minimodem --rx callerid -q -f $D/c.wav");
    EXPECT_THAT(caller.out, HasSubstr("5551234")) << caller.err;
    EXPECT_THAT(caller.out, HasSubstr("J DOE"));
}

TEST_F(SoundCli, ListenHearsWhatOtherProgramsWrite) {
    const Ran ran = shell(
        "cd $D && sox -q -n -r 44100 -c 2 one.wav synth 0.1 sine 770 sine 1336 remix 1,2 1,2 "
        "gain -12 pad 0 0.1 && sox -q -n -r 44100 -c 2 two.wav synth 0.1 sine 852 sine 1477 "
        "remix 1,2 1,2 gain -12 pad 0 0.1 && sox -q one.wav two.wav both.wav && "
        "$T listen both.wav --json");
    EXPECT_THAT(ran.out, HasSubstr(R"("digit":"5")")) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(R"("digit":"9")"));
}

}  // namespace
}  // namespace tipring::tools
