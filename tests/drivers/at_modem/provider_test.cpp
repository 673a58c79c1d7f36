// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "fake_modem.h"
#include "provider_rig.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A CX93001 by its answers (captured forms), behind the provider.
class ProviderTest : public testing::Test {
protected:
    explicit ProviderTest(ProviderRig::Config more = {}) : rig(config(std::move(more))) {
        modem.answer("ATI0", "\r\n56000\r\n\r\nOK\r\n");
        modem.answer("ATI3", "\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n");
        modem.answer("AT+GMI", "\r\n+GMI: CONEXANT\r\n\r\nOK\r\n");
        modem.answer("AT+FCLASS=?", "\r\n0,1,1.0,2,8\r\n\r\nOK\r\n");
        modem.answer("AT#CLS=?", "\r\nERROR\r\n");
        modem.answer("AT+VCID?", "\r\n1\r\nOK\r\n");
        modem.answer("AT+VTX", "\r\nCONNECT\r\n");
        modem.answer("AT+VRX", "\r\nCONNECT\r\n");
        modem.answer("\x10\x03", "\r\nOK\r\n");
        modem.answer("\x10\x18\x10\x03", "\r\nOK\r\n");
        modem.answer("\x10!", "\x10\x03\r\nOK\r\n");
    }
    ~ProviderTest() override {
        rig.close();
        EXPECT_EQ(rig.breaches, std::vector<std::string>{});
    }
    static ProviderRig::Config config(ProviderRig::Config more) {
        more.emplace("ports", "fake:m\n");
        return more;
    }
    void ready() {
        rig.open();
        ASSERT_TRUE(rig.untilReady());
        rig.events.clear();
        modem.commands.clear();
        modem.written.clear();
        rig.advance(seconds{3});
    }
    void ring() { modem.say("\r\nRING\r\n"); }
    void connected() {
        ready();
        ring();
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineAnswer(id, rig.call);
        ASSERT_EQ(rig.finish(id), 0) << rig.causes[id];
    }
    TSPI_RESULT drop() {
        const DRV_REQUESTID id = rig.nextId();
        rig.table->lineDrop(id, rig.call);
        return rig.finish(id);
    }

    ProviderRig rig;
    FakeModem modem{rig.loop, "m"};
};

TEST_F(ProviderTest, StartsUpAndSaysWhatItIs) {
    rig.open();
    ASSERT_TRUE(rig.untilReady());
    const TspiLineCaps caps = rig.caps();
    EXPECT_STREQ(caps.providerInfo, "AT modem, profile conexant-cx930xx");
    EXPECT_STREQ(caps.name, "CONEXANT CX93001-EIS_V0.2013-V92 at fake:m");
    EXPECT_STREQ(caps.permanentId, "fake:m");
    EXPECT_EQ(caps.media.directions, TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
    EXPECT_EQ(caps.media.deviceRate, 8000U);
    EXPECT_EQ(modem.sent("AT+VSM=1,8000,0,0"), 1);
    EXPECT_EQ(modem.sent("AT-SCID=1;+VCID=1"), 1);
    EXPECT_EQ(rig.events, (std::vector<std::string>{"port open", "caps", "inservice"}));
}

TEST_F(ProviderTest, TriesTheWaysOfCallerIdUntilOneReadsBack) {
    modem.answer("AT+VCID?", "\r\n0\r\nOK\r\n");
    modem.answer("AT#CID?", "\r\n1\r\nOK\r\n");
    rig.open();
    ASSERT_TRUE(rig.untilReady());
    EXPECT_EQ(modem.sent("AT-SCID=1;+VCID=1"), 1);
    EXPECT_EQ(modem.sent("AT+VCID=1"), 1);
    EXPECT_EQ(modem.sent("AT#CID=1"), 1);
    EXPECT_NE(rig.caps().callerIdFlags, LINECALLPARTYID_UNAVAIL);
}

TEST_F(ProviderTest, WithoutVoiceItIsADataModemThatTellsItsCaps) {
    modem.answer("AT+FCLASS=?", "\r\n0,1,2\r\n\r\nOK\r\n");
    modem.answer("ATI3", "\r\nV1.0\r\n\r\nOK\r\n");
    modem.answer("AT+GMI", "\r\nERROR\r\n");
    modem.answer("AT+FMI", "\r\nERROR\r\n");
    rig.open();
    ASSERT_TRUE(rig.untilReady());
    EXPECT_EQ(rig.caps().mediaModes, LINEMEDIAMODE_DATAMODEM);
    EXPECT_EQ(rig.caps().media.directions, 0U);
    EXPECT_EQ(modem.sent("AT+FCLASS=8"), 0);
}

TEST_F(ProviderTest, OffersTheFirstRingAndTheCallerIdAfterIt) {
    ready();
    ring();
    EXPECT_EQ(rig.events, (std::vector<std::string>{"newcall", "state offering", "ring 1 0"}));
    rig.advance(milliseconds{1500});
    modem.say("\r\nDATE = 0704\r\nTIME = 1230\r\n");
    modem.say("NMBR = 5551234\r\nNAME = J DOE\r\n");
    EXPECT_EQ(rig.count("callinfo 8000"), 1);
    const TspiCallInfo info = rig.info();
    EXPECT_STREQ(info.callerId.number, "5551234");
    EXPECT_STREQ(info.callerId.name, "J DOE");
    EXPECT_EQ(info.callerId.flags, LINECALLPARTYID_ADDRESS | LINECALLPARTYID_NAME);
    EXPECT_EQ(info.networkMonth, 7);
    EXPECT_EQ(info.networkHour, 12);
    EXPECT_EQ(info.origin, LINECALLORIGIN_INBOUND);
}

TEST_F(ProviderTest, OffersTheCallerIdThatComesBeforeTheRing) {
    ready();
    modem.say("\r\nNMBR=01632960001\r\n");
    EXPECT_EQ(rig.states(), "offering");
    rig.advance(milliseconds{800});
    EXPECT_EQ(rig.count("callinfo 8000"), 1);
    ring();
    EXPECT_EQ(rig.count("newcall"), 1);
    EXPECT_EQ(rig.count("ring 1 0"), 1);
}

struct Withheld {
    const char* lines;
    std::uint32_t flags;
};
class ProviderCallerIdTest : public ProviderTest, public testing::WithParamInterface<Withheld> {};

TEST_P(ProviderCallerIdTest, SaysWhyThereIsNoNumber) {
    ready();
    ring();
    modem.say(GetParam().lines);
    rig.advance(seconds{1});
    EXPECT_EQ(rig.info().callerId.flags, GetParam().flags);
}

INSTANTIATE_TEST_SUITE_P(
    All, ProviderCallerIdTest,
    testing::Values(Withheld{"NMBR = P\r\n", LINECALLPARTYID_BLOCKED},
                    Withheld{"NMBR = O\r\nNAME = O\r\n", LINECALLPARTYID_OUTOFAREA},
                    Withheld{"NMBR=5551234\r\nNAME=P\r\n", LINECALLPARTYID_ADDRESS},
                    Withheld{"NMBR=0163-\r\n", LINECALLPARTYID_ADDRESS | LINECALLPARTYID_PARTIAL},
                    Withheld{"", LINECALLPARTYID_UNKNOWN}));

TEST_F(ProviderTest, RingsThatStopEndTheCall) {
    ready();
    ring();
    rig.advance(seconds{6});
    ring();
    rig.advance(milliseconds{8900});
    EXPECT_EQ(rig.states(), "offering");
    rig.advance(milliseconds{200});
    EXPECT_EQ(rig.states(), "offering disconnected:40 idle");
    ring();
    EXPECT_EQ(rig.count("newcall"), 2);
}

TEST_F(ProviderTest, AnswersAndIsConnectedButNeverConfirmed) {
    ready();
    ring();
    const DRV_REQUESTID id = rig.nextId();
    EXPECT_EQ(rig.table->lineAnswer(id, rig.call), static_cast<TSPI_RESULT>(id));
    EXPECT_FALSE(rig.completed(id));
    EXPECT_EQ(rig.finish(id), 0);
    EXPECT_EQ(rig.states(), "offering connected:1");
    EXPECT_EQ(modem.written, "AT+FCLASS=8\rAT+VSM=1,8000,0,0\rAT+VSD=0,0\rAT+VGT=200\rAT+VLS=1\r");
}

TEST_F(ProviderTest, DropHangsUpAndLooksAfterCallerId) {
    connected();
    modem.written.clear();
    EXPECT_EQ(drop(), 0);
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    rig.advance(seconds{1});
    EXPECT_EQ(modem.written, "ATH\rAT+FCLASS=0\rAT+VCID?\r");
}

TEST_F(ProviderTest, CallerIdThatWasLostIsSwitchedOnAgain) {
    connected();
    modem.commands.clear();
    modem.answerOnce("AT+VCID?", "\r\n0\r\nOK\r\n");
    EXPECT_EQ(drop(), 0);
    rig.advance(seconds{1});
    EXPECT_EQ(modem.sent("AT-SCID=1;+VCID=1"), 1);
    EXPECT_EQ(rig.count("outofservice"), 0);
}

TEST_F(ProviderTest, TheRingRightAfterHangUpIsAPhantom) {
    connected();
    drop();
    rig.advance(milliseconds{500});
    ring();
    EXPECT_EQ(rig.count("newcall"), 1);
    rig.advance(seconds{2});
    ring();
    EXPECT_EQ(rig.count("newcall"), 2);
}

TEST_F(ProviderTest, ARefusedCallRingsOnUnheard) {
    ready();
    ring();
    EXPECT_EQ(drop(), 0);
    EXPECT_EQ(rig.states(), "offering disconnected:4 idle");
    rig.advance(seconds{6});
    ring();
    EXPECT_EQ(rig.count("newcall"), 1);
    rig.advance(seconds{20});
    ring();
    EXPECT_EQ(rig.count("newcall"), 2);
    EXPECT_TRUE(modem.written.empty());
}

TEST_F(ProviderTest, WithoutRoomTheCallIsNotMentionedAgain) {
    ready();
    rig.room = false;
    ring();
    rig.advance(seconds{6});
    ring();
    EXPECT_EQ(rig.events, std::vector<std::string>{"newcall"});
}

TEST_F(ProviderTest, AParallelTelephoneTakesTheCall) {
    ready();
    ring();
    modem.say("\x10P");
    EXPECT_EQ(rig.states(), "offering disconnected:8 idle");
}

TEST_F(ProviderTest, TheLoopBreakMeansThatTheFarEndHungUp) {
    connected();
    modem.say("\x10l");
    EXPECT_EQ(rig.status().state, LINECALLSTATE_DISCONNECTED);
    EXPECT_NE(std::string(rig.status().cause).find("loop current"), std::string::npos);
    rig.advance(seconds{2});
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    EXPECT_EQ(modem.sent("ATH"), 1);
}

TEST_F(ProviderTest, OneBusyReportIsNotEnough) {
    connected();
    modem.say(
        "\x10"
        "b");
    rig.advance(milliseconds{1000});
    modem.say(
        "\x10"
        "b");
    EXPECT_EQ(rig.states(), "offering connected:1");
    rig.advance(milliseconds{3000});
    modem.say(
        "\x10"
        "b");
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1");
}

TEST_F(ProviderTest, DigitsAreToldOnceEach) {
    connected();
    rig.table->lineMonitorDigits(rig.call, LINEDIGITMODE_DTMF);
    modem.say(
        "\x10/\x10"
        "5\x10"
        "5\x10"
        "5\x10~\x10/\x10"
        "5\x10~");
    EXPECT_EQ(rig.count("digit 5"), 2);
}

TEST_F(ProviderTest, FaxTonesAreToldToWhoAsked) {
    connected();
    modem.say(
        "\x10"
        "c");
    EXPECT_EQ(rig.count("media 20"), 0);
    EXPECT_EQ(rig.table->lineMonitorMedia(rig.call, LINEMEDIAMODE_G3FAX), 0);
    modem.say(
        "\x10"
        "c");
    EXPECT_EQ(rig.count("media 20"), 1);
}

TEST_F(ProviderTest, SendsDigitsKeyByKey) {
    connected();
    modem.commands.clear();
    EXPECT_EQ(rig.table->lineGenerateDigits(rig.call, 7, LINEDIGITMODE_DTMF, "1#x", 120), 0);
    rig.advance(seconds{1});
    EXPECT_EQ(modem.commands, (std::vector<std::string>{"AT+VTS={1,12}", "AT+VTS={#,12}"}));
    EXPECT_EQ(rig.count("generated 1 7"), 1);
}

TEST_F(ProviderTest, ANewGenerationCancelsTheOld) {
    connected();
    modem.answer("AT+VTS={1,10}", "");
    rig.table->lineGenerateDigits(rig.call, 1, LINEDIGITMODE_DTMF, "123", 0);
    rig.advance(milliseconds{100});
    rig.table->lineGenerateDigits(rig.call, 2, LINEDIGITMODE_DTMF, "9", 0);
    modem.say("\r\nOK\r\n");
    rig.advance(seconds{1});
    EXPECT_EQ(rig.count("generated 2 1"), 1);
    EXPECT_EQ(rig.count("generated 1 2"), 1);
    EXPECT_EQ(modem.sent("AT+VTS={2,10}"), 0);
    EXPECT_EQ(modem.sent("AT+VTS={9,10}"), 1);
}

TEST_F(ProviderTest, DialsAndPresumesWhatItCannotKnow) {
    ready();
    modem.answer("ATDT5551234", "");
    const TSPI_RESULT id = rig.makeCall("555-1234");
    ASSERT_GT(id, 0) << rig.explained();
    EXPECT_EQ(rig.finish(static_cast<DRV_REQUESTID>(id)), 0);
    EXPECT_EQ(rig.states(), "dialtone dialing");
    rig.advance(seconds{5});
    EXPECT_EQ(rig.states(), "dialtone dialing proceeding");
    modem.say("\x10r");
    modem.say("\r\nOK\r\n");
    EXPECT_EQ(rig.states(), "dialtone dialing proceeding ringback connected:1");
    EXPECT_EQ(modem.sent("ATX3"), 1);
}

struct Result {
    const char* line;
    const char* states;
};
class ProviderDialTest : public ProviderTest, public testing::WithParamInterface<Result> {};

TEST_P(ProviderDialTest, ResultBecomesState) {
    ready();
    modem.answer("ATDT5551234", "");
    rig.makeCall("5551234");
    rig.advance(seconds{2});
    modem.say(GetParam().line);
    rig.advance(seconds{2});
    EXPECT_EQ(rig.states(), std::string("dialtone dialing ") + GetParam().states);
    EXPECT_EQ(modem.sent("AT+FCLASS=0"), 1);
}

INSTANTIATE_TEST_SUITE_P(All, ProviderDialTest,
                         testing::Values(Result{"\r\nBUSY\r\n", "busy disconnected:20 idle"},
                                         Result{"\r\nNO DIALTONE\r\n", "disconnected:1000 idle"},
                                         Result{"\r\nNO DIAL TONE\r\n", "disconnected:1000 idle"},
                                         Result{"\r\nNO ANSWER\r\n", "disconnected:40 idle"},
                                         Result{"\r\nNO CARRIER\r\n", "disconnected:2 idle"},
                                         Result{"\r\nDELAYED 120\r\n", "disconnected:8000 idle"},
                                         Result{"\r\nBLACKLISTED\r\n", "disconnected:20000 idle"},
                                         Result{"\r\nLINE-IN-USE\r\n", "disconnected:800 idle"}));

TEST_F(ProviderTest, ALineInUseRefusesTheRequest) {
    ready();
    modem.answer("ATDT5551234", "\r\nLINE-IN-USE\r\n");
    const auto id = static_cast<DRV_REQUESTID>(rig.makeCall("5551234"));
    EXPECT_EQ(rig.finish(id), LINEERR_CALLUNAVAIL);
    EXPECT_EQ(rig.states(), "");
    rig.table->lineCloseCall(rig.call);
    rig.advance(seconds{2});
    modem.answer("ATDT5551234", "\r\nOK\r\n");
    EXPECT_GT(rig.makeCall("5551234"), 0);
}

struct Refused {
    const char* address;
    TSPI_RESULT error;
};
class ProviderAddressTest : public ProviderTest, public testing::WithParamInterface<Refused> {};

TEST_P(ProviderAddressTest, IsRefusedBeforeAnythingHappens) {
    ready();
    EXPECT_EQ(rig.makeCall(GetParam().address), GetParam().error);
    rig.advance(seconds{2});
    EXPECT_EQ(modem.written, "");
    EXPECT_FALSE(rig.explained().empty());
}

INSTANTIATE_TEST_SUITE_P(All, ProviderAddressTest,
                         testing::Values(Refused{"1$2", LINEERR_DIALBILLING},
                                         Refused{"1?", LINEERR_DIALPROMPT},
                                         Refused{"1:2", LINEERR_DIALVOICEDETECT},
                                         Refused{"1\rATH", LINEERR_INVALADDRESS},
                                         Refused{"1;2", LINEERR_INVALADDRESS},
                                         Refused{"S=0", LINEERR_INVALADDRESS}));

TEST_F(ProviderTest, LongNumbersGoInPieces) {
    ready();
    const std::string number = "12345678901234567890123456789012345678901234567890";
    rig.makeCall(number.c_str());
    rig.advance(seconds{10});
    EXPECT_EQ(modem.sent("ATDT" + number.substr(0, 33) + ";"), 1);
    EXPECT_EQ(modem.sent("ATDT" + number.substr(33)), 1);
    EXPECT_EQ(rig.states(), "dialtone dialing connected:1");
}

TEST_F(ProviderTest, AnIncompleteNumberWaitsForMore) {
    ready();
    const auto id = static_cast<DRV_REQUESTID>(rig.makeCall("9W;"));
    EXPECT_EQ(rig.finish(id), 0);
    rig.advance(seconds{1});
    EXPECT_EQ(rig.states(), "dialtone dialing");
    modem.answer("ATDT123", "\r\nBUSY\r\n");
    const DRV_REQUESTID more = rig.nextId();
    rig.table->lineDial(more, rig.call, "123");
    EXPECT_EQ(rig.finish(more), LINEERR_OPERATIONFAILED);
    rig.advance(seconds{2});
    EXPECT_EQ(rig.states(), "dialtone dialing busy disconnected:20 idle");
}

TEST_F(ProviderTest, WithoutANumberItGoesOffHookAndWaitsForDigits) {
    ready();
    const auto id = static_cast<DRV_REQUESTID>(rig.makeCall(""));
    EXPECT_EQ(rig.finish(id), 0) << rig.causes[id];
    EXPECT_EQ(rig.states(), "dialtone");
    EXPECT_EQ(modem.sent("AT+VLS=1"), 1);
    const DRV_REQUESTID more = rig.nextId();
    rig.table->lineDial(more, rig.call, "123");
    EXPECT_EQ(rig.finish(more), 0);
    rig.advance(seconds{1});
    EXPECT_EQ(modem.sent("ATDT123"), 1);
    EXPECT_EQ(rig.states(), "dialtone dialing connected:1");
}

TEST_F(ProviderTest, TheNumberIsNotInACause) {
    ready();
    modem.answer("ATDT5551234", "\r\nERROR\r\n");
    const auto id = static_cast<DRV_REQUESTID>(rig.makeCall("5551234"));
    EXPECT_EQ(rig.finish(id), LINEERR_OPERATIONFAILED);
    EXPECT_EQ(rig.causes[id].find("5551234"), std::string::npos) << rig.causes[id];
}

TEST_F(ProviderTest, DropInterruptsTheDialling) {
    ready();
    modem.answer("ATDT5551234", "");
    rig.makeCall("5551234");
    rig.advance(seconds{5});
    modem.answer("\r", "\r\nNO CARRIER\r\n");
    EXPECT_EQ(drop(), 0);
    EXPECT_EQ(rig.states(), "dialtone dialing proceeding disconnected:1 idle");
    EXPECT_EQ(modem.sent("ATH"), 1);
}

TEST_F(ProviderTest, NobodyAnswersInTime) {
    ready();
    modem.answer("ATDT5551234", "");
    modem.answer("\r", "\r\nNO CARRIER\r\n");
    rig.makeCall("5551234", 0, 20);
    rig.advance(seconds{19});
    EXPECT_EQ(rig.states(), "dialtone dialing proceeding");
    rig.advance(seconds{5});
    EXPECT_EQ(rig.states(), "dialtone dialing proceeding disconnected:40 idle");
}

TEST_F(ProviderTest, ADataCallIsConfirmedByTheCarrier) {
    ready();
    modem.answer("ATDT5551234", "\r\nCONNECT 33600\r\n");
    rig.makeCall("5551234", LINEMEDIAMODE_DATAMODEM);
    rig.advance(seconds{1});
    EXPECT_EQ(rig.states(), "dialtone dialing connected:11");
    EXPECT_EQ(rig.info().rate, 33600U);
    modem.say("login: \r\nNO CARRIER\r\n");
    rig.advance(seconds{10});
    EXPECT_EQ(rig.states(), "dialtone dialing connected:11 disconnected:1 idle");
}

TEST_F(ProviderTest, DevSpecificSendsAnAtLine) {
    ready();
    const DRV_REQUESTID id = rig.nextId();
    EXPECT_GT(rig.table->lineDevSpecific(id, rig.line, nullptr, "+VGT=130", 8), 0);
    EXPECT_EQ(rig.finish(id), 0);
    EXPECT_EQ(modem.sent("AT+VGT=130"), 1);
    EXPECT_EQ(rig.table->lineDevSpecific(rig.nextId(), rig.line, nullptr, "H\rATD1", 6),
              LINEERR_INVALPARAM);
    modem.answer("ATQ7", "\r\nERROR\r\n");
    const DRV_REQUESTID bad = rig.nextId();
    rig.table->lineDevSpecific(bad, rig.line, nullptr, "Q7", 2);
    EXPECT_EQ(rig.finish(bad), LINEERR_OPERATIONFAILED);
}

TEST_F(ProviderTest, AWaitingMessageIsTold) {
    ready();
    modem.say("\r\nMESG = 0B01FF\r\n");
    EXPECT_EQ(rig.events, std::vector<std::string>{"messages on"});
    modem.say("\r\nMESG = 0B0100\r\n");
    EXPECT_EQ(rig.count("messages off"), 1);
}

TEST_F(ProviderTest, TheHeartbeatFindsADeadModem) {
    ready();
    rig.advance(std::chrono::minutes{59});
    EXPECT_EQ(modem.sent("AT"), 0);
    modem.otherwise("");
    rig.advance(std::chrono::minutes{2});
    EXPECT_GE(modem.sent("AT"), 1);
    EXPECT_EQ(rig.count("outofservice"), 1);
    modem.otherwise("\r\nOK\r\n");
    EXPECT_TRUE(rig.untilReady());
    EXPECT_GE(modem.opened, 2);
}

TEST_F(ProviderTest, APortThatIsNotThereIsTriedAgain) {
    modem.absent = true;
    rig.open();
    rig.advance(seconds{35});
    EXPECT_FALSE(rig.has("inservice"));
    EXPECT_EQ(rig.makeCall("1"), LINEERR_INVALLINESTATE);
    modem.absent = false;
    EXPECT_TRUE(rig.untilReady());
}

TEST_F(ProviderTest, AfterAReplugItIsReadyAgainWithoutBeingAskedWhatItIs) {
    ready();
    modem.vanish();
    EXPECT_TRUE(rig.has("outofservice"));
    EXPECT_TRUE(rig.has("port gone"));
    modem.commands.clear();
    EXPECT_TRUE(rig.untilReady());
    EXPECT_EQ(modem.sent("ATI3"), 0);
    EXPECT_EQ(modem.sent("AT-SCID=1;+VCID=1"), 1);
}

TEST_F(ProviderTest, ClosingTheLineReleasesIt) {
    connected();
    modem.commands.clear();
    rig.close();
    EXPECT_EQ(modem.sent("ATH"), 1);
    EXPECT_FALSE(modem.isOpen());
}

TEST_F(ProviderTest, ClosingTheCallHangsUpInSilence) {
    connected();
    rig.events.clear();
    rig.table->lineCloseCall(rig.call);
    rig.advance(seconds{2});
    EXPECT_EQ(rig.events, std::vector<std::string>{});
    EXPECT_EQ(modem.sent("ATH"), 1);
    ring();
    EXPECT_EQ(rig.count("newcall"), 1);
}

/// The port goes in each state: the call ends, the requests are told, and the line comes back.
TEST_F(ProviderTest, ThePortGoesWhileRinging) {
    ready();
    ring();
    modem.vanish();
    EXPECT_EQ(rig.states(), "offering disconnected:2 idle");
    EXPECT_TRUE(rig.untilReady());
}

TEST_F(ProviderTest, ThePortGoesWhileAnswering) {
    ready();
    ring();
    modem.answer("AT+VLS=1", "");
    const DRV_REQUESTID id = rig.nextId();
    rig.table->lineAnswer(id, rig.call);
    rig.advance(seconds{1});
    modem.vanish("pulled out");
    EXPECT_EQ(rig.finish(id), LINEERR_NODEVICE);
    EXPECT_EQ(rig.causes[id], "pulled out");
    EXPECT_EQ(rig.states(), "offering disconnected:2 idle");
}

TEST_F(ProviderTest, ThePortGoesWhileDialling) {
    ready();
    modem.answer("ATDT1", "");
    const auto id = static_cast<DRV_REQUESTID>(rig.makeCall("1"));
    rig.advance(milliseconds{200});
    modem.vanish();
    EXPECT_EQ(rig.finish(id), LINEERR_NODEVICE);
    EXPECT_EQ(rig.states(), "");
}

TEST_F(ProviderTest, ThePortGoesWhileHangingUp) {
    connected();
    modem.answer("ATH", "");
    const DRV_REQUESTID id = rig.nextId();
    rig.table->lineDrop(id, rig.call);
    rig.advance(milliseconds{500});
    modem.vanish();
    EXPECT_EQ(rig.finish(id), LINEERR_NODEVICE);
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:2 idle");
}

TEST_F(ProviderTest, ThePortGoesDuringTheStartUp) {
    rig.open();
    rig.advance(milliseconds{200});
    modem.vanish();
    EXPECT_TRUE(rig.untilReady());
}

TEST_F(ProviderTest, ADeadAnswerIsRecoveredAndTheCallEnds) {
    ready();
    ring();
    modem.answer("AT+VLS=1", "");
    const DRV_REQUESTID id = rig.nextId();
    rig.table->lineAnswer(id, rig.call);
    EXPECT_EQ(rig.finish(id), TSPIERR_TIMEOUT);
    EXPECT_TRUE(rig.untilReady());
    EXPECT_EQ(rig.states(), "offering disconnected:2 idle");
    EXPECT_EQ(modem.opened, 1);
}

class ForcedProfileTest : public ProviderTest {
protected:
    ForcedProfileTest()
        : ProviderTest(ProviderRig::Config{
              {"profile", "v253-voice"}, {"country", "GB"}, {"heartbeat", "0"}}) {}
};

TEST_F(ForcedProfileTest, ConfigurationDecides) {
    modem.answer("AT+GCI?", "\r\n+GCI: B4\r\n\r\nOK\r\n");
    rig.open();
    ASSERT_TRUE(rig.untilReady());
    EXPECT_STREQ(rig.caps().providerInfo, "AT modem, profile v253-voice");
    EXPECT_EQ(modem.sent("AT+GCI=B4"), 1);
    modem.commands.clear();
    rig.advance(std::chrono::hours{5});
    EXPECT_EQ(modem.commands.size(), 0U);
}

class FlashProviderTest : public ProviderTest {
protected:
    FlashProviderTest() : ProviderTest({{"hookFlash", "european"}}) {}
    TSPI_RESULT hold() {
        const DRV_REQUESTID id = rig.nextId();
        const TSPI_RESULT asked = rig.table->lineHold(id, rig.call);
        return asked < 0 ? asked : rig.finish(id);
    }
};

TEST_F(FlashProviderTest, DialsWhatTheTableSays) {
    connected();
    EXPECT_EQ(hold(), 0);
    EXPECT_EQ(modem.sent("ATS29=10"), 1);  // 100 ms
    EXPECT_EQ(modem.sent("ATDT!;"), 1);
    EXPECT_EQ(rig.status().state, LINECALLSTATE_ONHOLD);
}

TEST_F(FlashProviderTest, WhatTheModemRefusesLeavesTheCallAsItWas) {
    connected();
    modem.answer("ATDT!;", "\r\nERROR\r\n");
    EXPECT_EQ(hold(), LINEERR_OPERATIONFAILED);
    EXPECT_EQ(rig.status().state, LINECALLSTATE_CONNECTED);
    EXPECT_EQ(drop(), 0);
    EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
}

TEST_F(FlashProviderTest, AModemThatPutsTheLineDownEndsTheCall) {
    connected();
    modem.answer("ATDT!;", "\r\nNO CARRIER\r\n");
    EXPECT_LT(hold(), 0);
    EXPECT_TRUE(rig.until("state idle", seconds{20}));
    EXPECT_EQ(rig.count("state idle"), 1);
}

TEST_F(FlashProviderTest, SaysWhatItCan) {
    ready();
    TspiAddressCaps caps{};
    caps.size = sizeof caps;
    ASSERT_EQ(rig.table->lineGetAddressCaps(rig.provider, 0, 0, &caps), 0);
    EXPECT_EQ(caps.maxConference, 3U);
    EXPECT_EQ(caps.transferModes, LINETRANSFERMODE_TRANSFER | LINETRANSFERMODE_CONFERENCE);
    EXPECT_EQ(caps.removeFromConfCaps, LINEREMOVEFROMCONF_ANY);
    EXPECT_NE(caps.callFeatures & LINECALLFEATURE_SWAPHOLD, 0U);
    EXPECT_EQ(caps.callFeatures & LINECALLFEATURE_BLINDTRANSFER, 0U);
    EXPECT_EQ(caps.callFeatures & LINECALLFEATURE_PREPAREADDCONF, 0U);
    EXPECT_NE(caps.callStates & LINECALLSTATE_CONFERENCED, 0U);
}

}  // namespace
}  // namespace tipring::at_modem
