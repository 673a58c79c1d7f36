// SPDX-License-Identifier: Apache-2.0
// The command line and results of ITU-T V.250, byte for byte, on virtual time.
#include "tipring/hal/sim/at_modem.h"

#include <gtest/gtest.h>

#include "modem_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

TEST(AtModem, EchoesAndFramesResults) {
    ModemRig rig;
    EXPECT_EQ(rig.ask("ATZ"), "ATZ\r\r\nOK\r\n");
    EXPECT_EQ(rig.ask("ATE0"), "ATE0\r\r\nOK\r\n");
    EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("ATI3"), "\r\nTipring V.253 Voice Modem\r\n\r\nOK\r\n");
}

TEST(AtModem, SpeaksNumbersWithV0) {
    ModemRig rig;
    rig.ask("ATE0V0");
    EXPECT_EQ(rig.ask("AT"), "0\r");
    EXPECT_EQ(rig.ask("AT+BOGUS"), "4\r");
    EXPECT_EQ(rig.ask("ATS0?"), "000\r\n0\r");
}

TEST(AtModem, IsSilentWithQ1) {
    ModemRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.ask("ATQ1"), "");
    EXPECT_EQ(rig.ask("AT"), "");
    EXPECT_EQ(rig.ask("ATQ0"), "\r\nOK\r\n");
}

TEST(AtModem, FindsThePrefixBehindJunk) {
    ModemRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.ask("\x04"
                      "AT"),
              "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("\r\r\x1b"
                      "AAAT"),
              "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("+++ATQ0H0"), "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("at"), "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("At"), "");
    rig.take();
    EXPECT_EQ(rig.ask("hello"), "");
}

TEST(AtModem, TakesLineFeedsAndPieces) {
    ModemRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.ask("AT\r\nAT"), "\r\nOK\r\n\r\nOK\r\n");
    rig.push("\nA");
    rig.push("T");
    EXPECT_EQ(rig.take(), "");
    rig.push("\r");
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
}

TEST(AtModem, RepeatsTheLastLineOnASlash) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.ask("ATI0");
    rig.push("A/");
    EXPECT_EQ(rig.take(), "\r\nTIPRING V253\r\n\r\nOK\r\n");
}

TEST(AtModem, EditsAndCancelsALine) {
    ModemRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.ask("ATI9\b3"), "\r\nTipring V.253 Voice Modem\r\n\r\nOK\r\n");
    EXPECT_EQ(rig.ask("ATI3\x18"), "");
}

TEST(AtModem, UsesTheCharactersOfS3S4S5) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.ask("ATS3=33S4=42S5=45");
    rig.push("ATI9-3!");
    EXPECT_EQ(rig.take(), "!*Tipring V.253 Voice Modem!*!*OK!*");
}

TEST(AtModem, RefusesALineThatIsTooLong) {
    ModemRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.ask("AT" + std::string(300, 'L')), "\r\nERROR\r\n");
    EXPECT_EQ(rig.ask("ATL0" + std::string(100, ' ') + "L1"), "\r\nOK\r\n");
}

TEST(AtModem, StopsALineAtTheFirstError) {
    ModemRig rig;
    EXPECT_EQ(rig.words("ATS7=33+BOGUS;S7=44"), "ERROR");
    EXPECT_EQ(rig.words("ATS7?"), "033|OK");
}

TEST(AtModem, KeepsAndRestoresAProfile) {
    ModemRig rig;
    rig.ask("ATS7=33X3&W");
    rig.ask("ATS7=44");
    EXPECT_EQ(rig.words("ATZ"), "OK");
    EXPECT_EQ(rig.words("ATS7?"), "033|OK");
    rig.ask("AT&F");
    EXPECT_EQ(rig.words("ATS7?"), "050|OK");
}

TEST(AtModem, SurvivesTheOutletGoingAndComing) {
    ModemRig rig;
    rig.ask("ATE0S7=33");
    rig.modem.setDtr(false);
    rig.modem.setOutlet(nullptr);
    rig.modem.setOutlet(&rig);
    rig.modem.setDtr(true);
    EXPECT_EQ(rig.words("ATS7?"), "033|OK");
}

TEST(AtModem, ForgetsAHalfLineWhenDtrDrops) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.push("ATI");
    rig.modem.setDtr(false);
    rig.modem.setDtr(true);
    EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
}

TEST(AtModem, DropOfDtrDoesWhatAmpersandDSays) {
    for (const auto& [command, hangsUp] : {std::pair{"AT&D0", false}, {"AT&D2", true}}) {
        ModemRig rig;
        rig.ask(command);
        rig.ask("ATH1");
        rig.modem.setDtr(false);
        EXPECT_NE(rig.line.isOffHook(), hangsUp) << command;
    }
    ModemRig rig;
    rig.ask("AT&D3S7=99");
    rig.modem.setDtr(false);
    rig.modem.setDtr(true);
    EXPECT_EQ(rig.words("ATS7?"), "050|OK");
}

struct Exchanged {
    const char* model;
    const char* command;
    const char* expected;
};

void PrintTo(const Exchanged& row, std::ostream* out) {
    *out << row.model << ' ' << ::testing::PrintToString(std::string(row.command));
}

class EveryCommand : public ::testing::TestWithParam<Exchanged> {};

TEST_P(EveryCommand, IsAnsweredAsAProgramNeedsIt) {
    const Exchanged& row = GetParam();
    ModemRig rig{row.model};
    EXPECT_EQ(rig.words(row.command), row.expected) << row.model << ' ' << row.command;
}

// The union of what mgetty, vgetty, wvdial, chat, kermit, minicom, HylaFAX, efax and ModemManager
// send, with what they need to hear.
INSTANTIATE_TEST_SUITE_P(
    Clients, EveryCommand,
    ::testing::Values(
        Exchanged{"data", "ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0", "OK"},
        Exchanged{"data", "ATQ0 V1 E1 Z", "OK"}, Exchanged{"data", "AT&c1", "OK"},
        Exchanged{"data", "ATI", "33600|OK"}, Exchanged{"data", "ATQ0V1H0", "OK"},
        Exchanged{"data", "ATL0M1X4&K3&W0", "OK"}, Exchanged{"data", "ATS0=2S0?", "002|OK"},
        Exchanged{"data", "ATS24=0S41=0", "OK"}, Exchanged{"data", "ATS8=2S7=60", "OK"},
        Exchanged{"data", "ATS7=?", "(0-255)|OK"}, Exchanged{"data", "AT+FCLASS=?", "0|OK"},
        Exchanged{"data", "AT+FCLASS=8", "ERROR"}, Exchanged{"data", "AT+VSM=?", "ERROR"},
        Exchanged{"data", "AT#CLS=8", "ERROR"}, Exchanged{"data", "AT+CGMI", "ERROR"},
        Exchanged{"data", "AT%IPSYS?", "ERROR"}, Exchanged{"data", "AT+CPIN?", "ERROR"},
        Exchanged{"data", "AT+CLCC=?", "ERROR"}, Exchanged{"data", "ATGUS", "ERROR"},
        Exchanged{"data", "AT+GMI", "TIPRING|OK"}, Exchanged{"data", "AT+GSN", "000000|OK"},
        Exchanged{"data", "AT+GCAP", "+GCAP: +MS|OK"}, Exchanged{"data", "AT+IPR=115200", "OK"},
        Exchanged{"data", "AT+ICF=3,3", "OK"}, Exchanged{"data", "AT+IFC=2,2", "OK"},
        Exchanged{"data", "AT+IFC?", "+IFC: 2,2|OK"}, Exchanged{"data", "AT+GCI?", "+GCI: B5|OK"},
        Exchanged{"data", "AT+GCI=B4;+GCI?", "+GCI: B4|OK"}, Exchanged{"data", "ATO", "NO CARRIER"},
        Exchanged{"v253", "AT+FCLASS?;+VCID?;S7?", "0|0|050|OK"},
        Exchanged{"v253", "AT+FCLASS=2.0", "ERROR"}, Exchanged{"v253", "AT+FCLASS=2", "ERROR"},
        Exchanged{"v253", "AT+FCLASS=1", "OK"}, Exchanged{"v253", "AT+FCLASS=8", "OK"},
        Exchanged{"v253", "ATI9", "ERROR"}, Exchanged{"v253", "ATI", "TIPRING V253|OK"},
        Exchanged{"v253", "AT+VSM=1,8000", "OK"}, Exchanged{"v253", "AT+VSM=128", "OK"},
        Exchanged{"v253", "AT+VSM=128,8000,0,0", "OK"},
        Exchanged{"v253", "AT+VSM=128,9600", "ERROR"}, Exchanged{"v253", "AT+VSM=77", "ERROR"},
        Exchanged{"v253", "AT+VSD=40,70", "OK"},
        Exchanged{"v253", "AT+VSD=40,70;+VSD?", "40,70|OK"},
        Exchanged{"v253", "AT+VSD=40,700", "ERROR"}, Exchanged{"v253", "AT+VGT=127", "OK"},
        Exchanged{"v253", "AT+VGR=127", "OK"}, Exchanged{"v253", "AT+VRA=70;+VRN=10", "OK"},
        Exchanged{"v253", "AT+VCID=1", "OK"}, Exchanged{"v253", "AT+VCID=?", "(0-2)|OK"},
        Exchanged{"v253", "AT+VCID=3", "ERROR"}, Exchanged{"v253", "AT+VNH=0", "OK"},
        Exchanged{"v253", "AT+VIT=0", "OK"}, Exchanged{"v253", "AT+VDR=1,15", "OK"},
        Exchanged{"v253", "AT+VTX", "ERROR"}, Exchanged{"v253", "AT+VLS=1", "ERROR"},
        Exchanged{"v253", "AT+FCLASS=8;+VLS=2", "OK"},
        Exchanged{"v253", "AT+FCLASS=8;+VLS=77", "ERROR"},
        Exchanged{"v253", "AT+FCLASS=8;+VTS=[700,,0]", "OK"},
        Exchanged{"v253", "AT+FCLASS=8;+VTS=[70,,10]", "ERROR"},
        Exchanged{"v253", "AT+FCLASS=8;+VTS=X", "ERROR"},
        Exchanged{"v253", "AT+FAA=1;+FCR=1", "ERROR"}, Exchanged{"v253", "AT+FLID=\" \"", "ERROR"},
        Exchanged{"v253", "AT+FTM=?", "24,48,72,73,74,96,97,98,121,122,145,146|OK"},
        Exchanged{"v253", "AT+FMI", "TIPRING|OK"}, Exchanged{"v253", "AT#CID=1", "ERROR"},
        Exchanged{"v253", "AT-STE=1", "ERROR"}, Exchanged{"v253", "AT+VRID=0", "OK"},
        Exchanged{"rockwell", "AT#CLS?", "0|OK"}, Exchanged{"rockwell", "AT#CLS=8", "OK"},
        Exchanged{"rockwell", "AT#VSP=70", "OK"}, Exchanged{"rockwell", "AT#TL=8000", "OK"},
        Exchanged{"rockwell", "AT#RG=8000", "OK"}, Exchanged{"rockwell", "AT#VSD=0", "OK"},
        Exchanged{"rockwell", "AT#VTD=3F,3F,3F", "OK"}, Exchanged{"rockwell", "AT#VSS=1", "OK"},
        Exchanged{"rockwell", "AT&K3", "OK"}, Exchanged{"rockwell", "AT#VBS=4", "OK"},
        Exchanged{"rockwell", "AT#VBS=5", "ERROR"}, Exchanged{"rockwell", "AT#VSR=7200", "OK"},
        Exchanged{"rockwell", "AT#CLS=8#VLS=4", "ERROR"},
        Exchanged{"rockwell", "AT#CLS=8;#VLS=4", "OK"},
        Exchanged{"rockwell", "AT#CLS=8;#VLS=2", "VCON"}, Exchanged{"rockwell", "AT#CID=1", "OK"},
        Exchanged{"rockwell", "AT+VCID=1", "ERROR"},
        Exchanged{"rockwell", "AT#MFR?", "ROCKWELL|OK"}, Exchanged{"conexant", "ATI", "56000|OK"},
        Exchanged{"conexant", "AT-SCID=1;+VCID=1;-STE=3", "OK"},
        Exchanged{"conexant", "AT-STE=4;-STE?", "-STE: 4|OK"},
        Exchanged{"conexant", "AT-PV", "F10574|OK"}, Exchanged{"conexant", "AT!4886=02", "OK"},
        Exchanged{"conexant", "AT+GMI9", "CONEXANT ACF|OK"},
        Exchanged{"conexant", "AT+VSM=130", "OK"}, Exchanged{"conexant", "AT+VSM=1,8000,0,0", "OK"},
        Exchanged{"usr", "ATI0", "5601|OK"}, Exchanged{"usr", "AT#CID=1", "OK"},
        Exchanged{"usr", "AT+FCLASS=8;+VTS=[933,0,12]", "ERROR"},
        Exchanged{"lucent", "ATI", "ERROR"}, Exchanged{"si24xx", "AT+VCIDR?", "NO DATA|OK"}));

TEST(AtModemFaults, AnswerLateNeverTwiceOrWithGarbage) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.modem.setFaults({.answerDelay = 700ms});
    EXPECT_EQ(rig.ask("AT"), "");
    rig.push("AT\r");  // waits in the modem's input
    rig.advance(699ms);
    EXPECT_EQ(rig.take(), "");
    rig.advance(1ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    rig.advance(700ms);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n");
    rig.modem.setFaults({.neverAnswer = "+VCID"});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "");
    EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
    rig.modem.setFaults({.answerTwice = "+VCID", .garbage = "\xFFx"});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "\xFFx\r\nOK\r\n\r\nOK\r\n");
}

TEST(AtModemFaults, DropTheEchoIgnoreAndVanish) {
    ModemRig rig;
    rig.modem.setFaults({.acceptAndIgnore = "+VCID", .dropEcho = true});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "\r\nOK\r\n");
    EXPECT_EQ(rig.ask("AT+VCID?"), "\r\nOK\r\n");
    rig.modem.setFaults({.vanishAt = "+FCLASS"});
    rig.ask("AT+FCLASS=8");
    EXPECT_TRUE(rig.vanished);
}

TEST(AtModemFaults, SplitAndMergeLinesAndGiveAWrongResult) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.modem.setFaults({.splitLines = 3});
    rig.push("AT\r");
    rig.advance(20ms);
    EXPECT_EQ(rig.take(), "\r\nO");
    rig.advance(20ms);
    EXPECT_EQ(rig.take(), "K\r\n");
    rig.modem.setFaults({.mergeLines = true});
    EXPECT_EQ(rig.ask("AT+FCLASS?"), "0\rOK\r");
    rig.modem.setFaults({.wrongResultAt = "+VCID", .wrongResult = "NO CARRIER"});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "\r\nNO CARRIER\r\n");
    rig.modem.setFaults({.forgetCallerIdAt = "H"});
    EXPECT_EQ(rig.ask("AT+VCID?"), "\r\n1\r\n\r\nOK\r\n");
    EXPECT_EQ(rig.ask("ATH;+VCID?"), "\r\n0\r\n\r\nOK\r\n");
}

TEST(AtModemFaults, StallIsWedgedAndIsAway) {
    ModemRig rig;
    rig.ask("ATE0");
    rig.modem.setFaults({.stallAt = "+VCID", .stall = 5s});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "");
    rig.push("AT\r");
    rig.advance(4s);
    EXPECT_EQ(rig.take(), "");
    rig.advance(2s);
    EXPECT_EQ(rig.take(), "\r\nOK\r\n\r\nOK\r\n");
    rig.modem.setFaults({.wedgeAt = "+VCID", .wedgeHard = true});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "");
    rig.modem.setOutlet(&rig);
    rig.modem.setDtr(false);
    rig.modem.setDtr(true);
    EXPECT_EQ(rig.ask("AT"), "");
    rig.modem.reset();
    EXPECT_EQ(rig.ask("ATE0"), "ATE0\r\r\nOK\r\n");
    rig.modem.setFaults({.wedgeAt = "+VCID"});
    EXPECT_EQ(rig.ask("AT+VCID=1"), "");
    rig.modem.setOutlet(&rig);
    EXPECT_EQ(rig.ask("AT"), "AT\r\r\nOK\r\n");
    rig.modem.setFaults({.vanishAt = "+VCID", .awayFor = 3s});
    rig.ask("AT+VCID=1");
    EXPECT_TRUE(rig.vanished);
    EXPECT_FALSE(rig.modem.isPlugged());
    rig.advance(3s);
    EXPECT_TRUE(rig.modem.isPlugged());
}

TEST(AtModem, TakesAnyBytes) {
    ModemRig rig;
    std::uint32_t seed = 1;
    for (int i = 0; i < 20000; ++i) {
        std::string bytes;
        for (int j = 0; j < 8; ++j) {
            seed = seed * 1664525 + 1013904223;
            bytes += static_cast<char>(seed >> 24);
        }
        rig.push(bytes);
    }
    rig.ask("\rATE0");
    EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
}

TEST(Personality, AnswersToItsNameAndToItsFamily) {
    EXPECT_EQ(findPersonality("conexant-cx930xx"), findPersonality("conexant"));
    EXPECT_EQ(findPersonality("generic-v250"), findPersonality("data"));
    EXPECT_EQ(findPersonality("no such modem"), nullptr);
}

}  // namespace
}  // namespace tipring::sim
