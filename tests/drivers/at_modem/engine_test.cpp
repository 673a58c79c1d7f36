// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "at_engine.h"
#include "fake_modem.h"
#include "profile_store.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using How = DialogueEnd::How;

struct Client : DialogueClient {
    std::vector<std::string> lines;
    std::vector<How> ends;
    std::string cause;
    Reply reply = Reply::None;

    void onInformation(std::uint8_t, std::string_view line) override { lines.emplace_back(line); }
    void onDialogueEnd(const DialogueEnd& end) override {
        ends.push_back(end.how);
        reply = end.reply;
        cause = end.error().cause;
    }
};

struct Listener : EngineListener {
    std::string log;
    std::vector<Reply> stray;
    bool gone = false;

    void onCallLine(const AtLine& line) override {
        log += line.kind == LineKind::Ring ? "ring " : "id:" + std::string(line.value) + " ";
    }
    void onRingback() override { log += "ringback "; }
    void onCode(char code) override { log += std::string("code:") + code + " "; }
    void onStrayReply(Reply reply, std::string_view) override { stray.push_back(reply); }
    void onPortGone(const hal::Error&) override { gone = true; }
};

struct Sink : SoundSink {
    std::string sound, codes;
    bool ended = false;
    void onSound(std::span<const std::byte> bytes) override {
        sound.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void onSoundCode(char code) override { codes.push_back(code); }
    void onSoundEnd() override { ended = true; }
};

class AtEngineTest : public testing::Test {
protected:
    AtEngineTest() {
        engine.setProfile(*profiles.find("v253-voice"));
        port = std::move(*hal::openSerialPort(loop, "fake:m"));
        engine.attach(*port);
        loop.advance(milliseconds{100});
    }
    void run(Dialogue dialogue, AtEngine::Start start = {}) {
        engine.run(dialogue, client, start);
        loop.advance(milliseconds{0});
    }

    hal::VirtualLoop loop;
    FakeModem modem{loop, "m"};
    ProfileStore profiles;
    Listener listener;
    std::unique_ptr<hal::SerialPort> port;
    AtEngine engine{loop, listener};
    Client client;
};

constexpr std::array kTwo{Step{.text = "ATI3"}, Step{.text = "AT+FCLASS?"}};
constexpr std::array kOne{Step{.text = "AT"}};
constexpr std::array kLong{
    Step{.text = "ATA", .limit = milliseconds{60'000}, .interruptible = true}};

TEST_F(AtEngineTest, SendsOneCommandAtATimeWithTheGap) {
    run(kTwo);
    EXPECT_EQ(modem.written, "ATI3\r");
    loop.advance(milliseconds{19});
    EXPECT_EQ(modem.written, "ATI3\r");
    loop.advance(milliseconds{1});
    EXPECT_EQ(modem.written, "ATI3\rAT+FCLASS?\r");
    loop.settle();
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, ReadsTheForms_OfRealAnswers) {
    // CX93001 with echo: blank line before OK, and none.
    modem.answer("ATI3", "ATI3\r\r\nCX93001-EIS_V0.2002-V92\r\n\r\nOK\r\n");
    modem.answer("AT+FCLASS?", "AT+FCLASS?\r\r\n0\r\nOK\r\n");
    run(kTwo);
    loop.advance(milliseconds{50});
    EXPECT_EQ(client.lines, (std::vector<std::string>{"CX93001-EIS_V0.2002-V92", "0"}));
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, ErrorEndsTheDialogueWithTheCommandInTheCause) {
    modem.answer("ATI3", "\r\nERROR\r\n");
    run(kTwo);
    EXPECT_EQ(client.ends, std::vector{How::Refused});
    EXPECT_EQ(client.cause, "the modem answered ERROR to ATI3");
}

TEST_F(AtEngineTest, NoAnswerIsATimeOutOnce) {
    modem.otherwise("");
    run(kOne);
    loop.advance(milliseconds{999});
    EXPECT_TRUE(client.ends.empty());
    loop.advance(milliseconds{1});
    EXPECT_EQ(client.ends, std::vector{How::TimedOut});
    modem.say("\r\nOK\r\n");  // late
    EXPECT_EQ(client.ends.size(), 1U);
    EXPECT_EQ(listener.stray, std::vector{Reply::Ok});
}

TEST_F(AtEngineTest, ADoubleAnswerIsNotTakenForTheNextCommand) {
    modem.answer("ATI3", "\r\nOK\r\n\r\nOK\r\n");
    modem.answer("AT+FCLASS?", "");
    run(kTwo);
    loop.advance(milliseconds{900});
    EXPECT_TRUE(client.ends.empty());
    loop.advance(milliseconds{200});
    EXPECT_EQ(client.ends, std::vector{How::TimedOut});
}

TEST_F(AtEngineTest, AfterATimeOutItWaitsForSilence) {
    constexpr std::array kRetry{Step{.text = "ATI3", .onTimeout = Then::Again, .tries = 2}};
    modem.otherwise("");
    run(kRetry);
    loop.advance(milliseconds{990});
    modem.say("garbage that goes on");
    loop.advance(milliseconds{100});
    EXPECT_EQ(modem.written, "ATI3\r");
    modem.say("\r\nOK\r\n");  // late
    loop.advance(milliseconds{140});
    EXPECT_EQ(modem.written, "ATI3\r");
    modem.otherwise("\r\nOK\r\n");
    loop.advance(milliseconds{30});
    EXPECT_EQ(modem.written, "ATI3\rATI3\r");
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, UnsolicitedLinesAreKeptApartInAnyState) {
    modem.answer("ATI3", "\r\nRING\r\n\r\nNMBR = 5551234\r\n\x10R\r\n144 VOICE\r\n\r\nOK\r\n");
    run(kTwo);
    loop.advance(milliseconds{50});
    EXPECT_EQ(client.lines, std::vector<std::string>{"144 VOICE"});
    EXPECT_EQ(listener.log, "ring id:5551234 code:R ");
    modem.say("RING\r\n");
    EXPECT_EQ(listener.log, "ring id:5551234 code:R ring ");
}

TEST_F(AtEngineTest, OnlyAWholeLineIsAResult) {
    modem.answer("ATI3", "\r\nOK WITH ME\r\nNOT OK\r\nERRORS\r\n\r\nOK\r\n");
    run(kTwo);
    loop.advance(milliseconds{50});
    EXPECT_EQ(client.lines.size(), 3U);
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, GarbageAndEndlessLinesDoNotHarm) {
    modem.otherwise("");
    run(kOne);
    modem.say(std::string(100'000, 'x'));
    for (int i = 0; i < 256; ++i) {
        modem.say(std::string(1, static_cast<char>(i)));
    }
    modem.say("\r\n\r\nOK\r\n");
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, CancelInterruptsWhatAnyByteInterrupts) {
    modem.otherwise("");
    run(kLong);
    engine.cancel();
    EXPECT_EQ(modem.written, "ATA\r\r");
    EXPECT_TRUE(client.ends.empty());
    modem.say("\r\nNO CARRIER\r\n");
    EXPECT_EQ(client.ends, std::vector{How::Cancelled});
}

TEST_F(AtEngineTest, CancelWaitsForTheAnswerOfOtherCommands) {
    modem.otherwise("");
    run(kTwo);
    engine.cancel();
    EXPECT_EQ(modem.written, "ATI3\r");
    modem.say("\r\nOK\r\n");
    EXPECT_EQ(client.ends, std::vector{How::Cancelled});
    loop.advance(milliseconds{500});
    EXPECT_EQ(modem.written, "ATI3\r");
}

TEST_F(AtEngineTest, ThePortThatGoesEndsTheDialogueFirst) {
    modem.otherwise("");
    run(kOne);
    modem.vanish("no such device");
    EXPECT_EQ(client.ends, std::vector{How::Gone});
    EXPECT_EQ(client.cause, "no such device");
    EXPECT_TRUE(listener.gone);
}

TEST_F(AtEngineTest, ToleratedCommandsMayFail) {
    modem.answer("AT+IFC=2,2", "\r\nERROR\r\n");
    modem.answer("ATM0", "");
    run(dialogues::kInit);
    loop.advance(milliseconds{3000});
    EXPECT_EQ(client.ends, std::vector{How::Done});
    EXPECT_EQ(modem.sent("AT+IFC=2,2"), 1);
}

TEST_F(AtEngineTest, StopCodesFollowOneAnotherUntilOneIsAnswered) {
    engine.setProfile(*profiles.find("conexant-cx930xx"));
    modem.answer("\x10\x10\x10!", "\x10\x03\r\nOK\r\n");
    run(dialogues::kEndRecord);
    EXPECT_EQ(modem.written, "\x10!");
    loop.advance(milliseconds{499});
    EXPECT_EQ(modem.written, "\x10!");
    loop.advance(milliseconds{1});
    EXPECT_EQ(modem.written, "\x10!\x10\x10\x10!");
    EXPECT_EQ(client.ends, std::vector{How::Done});
}

TEST_F(AtEngineTest, TheLadderStopsAtTheFirstRungThatHelps) {
    modem.otherwise("");
    modem.onCommand = [&](std::string_view command) {
        if (command == "ATH") {
            modem.otherwise("\r\nOK\r\n");
        }
    };
    run(dialogues::kRecovery);
    loop.advance(milliseconds{20'000});
    EXPECT_EQ(client.ends, std::vector{How::Done});
    EXPECT_NE(modem.written.find("+++"), std::string::npos);
    EXPECT_EQ(modem.sent("ATZ"), 0);
    EXPECT_TRUE(modem.dtrChanges.empty());
}

TEST_F(AtEngineTest, TheLadderEndsWithDtrAndThenGivesUp) {
    modem.otherwise("");
    run(dialogues::kRecovery);
    loop.advance(milliseconds{40'000});
    EXPECT_EQ(client.ends, std::vector{How::TimedOut});
    EXPECT_EQ(modem.dtrChanges, (std::vector<bool>{false, true}));
}

TEST_F(AtEngineTest, SoundBeginsRightBehindConnect) {
    constexpr std::array kReceive{Step{.text = "AT+VRX", .wanted = only(Reply::Connect)}};
    Sink sink;
    struct Starter : DialogueClient {
        AtEngine& engine;
        Sink& sink;
        Starter(AtEngine& e, Sink& s) : engine(e), sink(s) {}
        void onDialogueEnd(const DialogueEnd&) override { engine.beginSound(sink); }
    } starter{engine, sink};
    for (const bool split : {false, true}) {
        sink.sound.clear();
        sink.codes.clear();
        modem.otherwise("");
        engine.run(kReceive, starter);
        loop.advance(milliseconds{100});
        if (split) {
            modem.say("\r\nCONNECT\r");
            modem.say("\n\nab");
        } else {
            modem.say("\r\nCONNECT\r\n\nab");
        }
        modem.say(
            "\x10\x10"
            "c\x10");
        modem.say("bd\x10\x1A\r\nOK\r\n\x10\x03\r\nOK\r\n");
        EXPECT_EQ(sink.sound,
                  "\nab\x10"
                  "cd\x10\x10\r\nOK\r\n")
            << split;
        EXPECT_EQ(sink.codes, "b");
        EXPECT_TRUE(std::exchange(sink.ended, false));
        EXPECT_FALSE(engine.hasSound());
    }
    EXPECT_EQ(listener.stray.size(), 2U);
}

TEST_F(AtEngineTest, AResultEndsTheSoundWhenTheEndWasAskedFor) {
    Sink sink;
    engine.beginSound(sink);
    modem.say("xx\r\nOK\r\nyy");
    EXPECT_TRUE(engine.hasSound());
    engine.endingSound();
    modem.say("zz\r\nVC");
    modem.say("ON\r\n");
    EXPECT_FALSE(engine.hasSound());
    EXPECT_EQ(listener.stray, std::vector{Reply::Vcon});
}

}  // namespace
}  // namespace tipring::at_modem
