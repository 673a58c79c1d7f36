// SPDX-License-Identifier: Apache-2.0
// Each fault of a modem through a whole answered call: rings, caller ID, playing, recording with
// keys, hanging up. The call ends in idle once, the next one goes well, and the log says what was
// seen.
#include <algorithm>

#include "simulated_modem.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

using sim::ModemFaults;

/// How far a call with the fault goes.
enum class Course : std::uint8_t {
    Whole,    ///< to its end, as if nothing were
    Ended,    ///< the modem has to be woken or found again: the call is over earlier
    Refused,  ///< it cannot be answered
};

struct Fault {
    const char* name;
    /// `plus` is "+" or "#", the first character of this modem's voice commands.
    void (*set)(ModemFaults& faults, const std::string& plus);
    Course course;
    /// What the log says, of warnings or more; empty: nothing there that anybody has to know.
    std::string_view words;
    std::uint32_t mediaEvent = 0;  ///< TSPI_MEDIAEVENT_* that the application is told
    bool needsReset = false;       ///< somebody has to pull the plug
};

void faultless(ModemFaults&, const std::string&) {}

constexpr Fault kFaults[] = {
    {"None", faultless, Course::Whole, ""},
    {"AnswersLate", [](ModemFaults& f, const std::string&) { f.answerDelay = milliseconds{700}; },
     Course::Whole, ""},
    {"AnswersTwice", [](ModemFaults& f, const std::string& plus) { f.answerTwice = plus + "VLS"; },
     Course::Whole, ""},
    {"SendsGarbage",
     [](ModemFaults& f, const std::string&) { f.garbage = "\x01\xFF\x10\x7Fgarbage"; },
     Course::Whole, ""},
    {"SplitsLines", [](ModemFaults& f, const std::string&) { f.splitLines = 3; }, Course::Whole,
     ""},
    {"MergesLines", [](ModemFaults& f, const std::string&) { f.mergeLines = true; }, Course::Whole,
     ""},
    {"TakesSilenceDetectionAndIgnoresIt",
     [](ModemFaults& f, const std::string& plus) { f.acceptAndIgnore = plus + "VSD"; },
     Course::Whole, ""},
    {"ForgetsCallerId", [](ModemFaults& f, const std::string&) { f.forgetCallerIdAt = "H"; },
     Course::Whole, "caller ID was off after the call; it is switched on again"},
    {"NeverAnswersACommand",
     [](ModemFaults& f, const std::string& plus) { f.neverAnswer = plus + "VTX"; }, Course::Ended,
     "the modem gave no answer to AT<VTX>; trying to wake the modem"},
    {"GivesAWrongResultToTheAnswer",
     [](ModemFaults& f, const std::string& plus) { f.wrongResultAt = plus == "#" ? "A" : "+VLS"; },
     Course::Refused, "the modem answered ERROR to AT"},
    {"GivesAWrongResultToTheRecording",
     [](ModemFaults& f, const std::string& plus) {
         f.wrongResultAt = plus + "VRX";
         f.wrongResult = "NO CARRIER";
     },
     Course::Ended, "the modem answered NO CARRIER to AT<VRX>"},
    {"Stalls", [](ModemFaults& f, const std::string& plus) { f.stallAt = plus + "VRX"; },
     Course::Ended, "the modem gave no answer to AT<VRX>; trying to wake the modem"},
    {"IsWedgedUntilItIsOpenedAnew",
     [](ModemFaults& f, const std::string& plus) { f.wedgeAt = plus + "VTX"; }, Course::Ended,
     "out of service: the modem gave no answer"},
    {"IsWedgedUntilItIsReset",
     [](ModemFaults& f, const std::string& plus) {
         f.wedgeAt = plus + "VRX";
         f.wedgeHard = true;
     },
     Course::Ended, "out of service: the modem gave no answer", 0, true},
    {"IsEnumeratedAnew",
     [](ModemFaults& f, const std::string& plus) {
         f.vanishAt = plus + "VRX";
         f.awayFor = seconds{25};
     },
     Course::Ended, "out of service: sim:modem: the simulated modem was unplugged"},
    {"DropsTheMarkBehindTheSound", [](ModemFaults& f, const std::string&) { f.dropEndMark = true; },
     Course::Whole, "no mark behind the sound"},
    {"RunsDryWhilePlaying", [](ModemFaults& f, const std::string&) { f.starveEvery = 20; },
     Course::Whole, "ran dry", TSPI_MEDIAEVENT_UNDERRUN},
    {"LosesSoundWhileRecording", [](ModemFaults& f, const std::string&) { f.loseEvery = 20; },
     Course::Whole, "lost sound", TSPI_MEDIAEVENT_OVERRUN},
};

/// A modem of a family with a fault.
struct Case {
    const char* modem;
    Fault fault;
};

class ModemFaultTest : public SimulatedModem, public testing::WithParamInterface<Case> {
protected:
    ModemFaultTest() : SimulatedModem(GetParam().modem) {
        hal::setLogSink([this](hal::LogLevel level, std::string_view, std::string_view text) {
            if (level >= hal::LogLevel::Warning) {
                log_ += std::string{text} + "\n";
            }
        });
    }
    ~ModemFaultTest() override { hal::setLogSink({}); }

    [[nodiscard]] std::string plus() const {
        return std::string_view{GetParam().modem} == "rockwell" ? "#" : "+";
    }
    /// The words of a row for this modem.
    [[nodiscard]] std::string words() const {
        std::string text{GetParam().fault.words};
        if (const std::size_t at = text.find('<'); at != std::string::npos) {
            text.replace(at, 1, plus());
            text.erase(text.find('>'), 1);
        }
        return text;
    }
    void setFault() {
        ModemFaults faults;
        GetParam().fault.set(faults, plus());
        simulation->modem().setFaults(faults);
    }
    TSPI_RESULT answer() {
        const DRV_REQUESTID id = rig.nextId();
        const TSPI_RESULT taken = rig.table->lineAnswer(id, rig.call);
        return taken < 0 ? taken : rig.finish(id);
    }
    void drop() {
        const DRV_REQUESTID id = rig.nextId();
        if (rig.table->lineDrop(id, rig.call) > 0) {
            rig.finish(id);
            EXPECT_TRUE(rig.completed(id));
        }
        EXPECT_TRUE(rig.until("state idle", seconds{120})) << rig.states();
        EXPECT_EQ(rig.count("state idle"), 1) << rig.states();
    }
    /// Whatever fails, each request has its reply.
    void playAndRecord() {
        HDRVMEDIA media = openMedia();
        start(media, TSPI_MEDIA_PLAY);
        rig.advance(seconds{2});
        stop(media, TSPI_MEDIA_PLAY, TSPI_MEDIASTOP_DRAIN);
        rig.table->lineMonitorDigits(rig.call, LINEDIGITMODE_DTMF);
        recording_ = start(media, TSPI_MEDIA_RECORD) == 0;
        static_cast<void>(simulation->farEnd().pressKeys("12"));
        rig.advance(seconds{2});
        stop(media, TSPI_MEDIA_RECORD, TSPI_MEDIASTOP_DISCARD);
        rig.table->mediaClose(media);
    }
    /// The modem is as it should be: a call with caller ID is taken and ends.
    void nextCallGoesWell() {
        rig.table->lineCloseCall(rig.call);
        simulation->farEnd().hangUp();
        if (GetParam().fault.needsReset) {
            rig.advance(seconds{120});
            EXPECT_FALSE(rig.has("inservice"));
            simulation->modem().reset();
        }
        simulation->modem().setFaults({});
        rig.advance(seconds{120});
        rig.events.clear();
        called();
        EXPECT_TRUE(rig.until("callinfo 8000", seconds{10}));
        EXPECT_EQ(answer(), 0);
        drop();
        EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    }

    std::string log_;
    bool recording_ = false;
};

TEST_P(ModemFaultTest, IsSurvivedAndTold) {
    Fault fault = GetParam().fault;
    if (fault.mediaEvent == TSPI_MEDIAEVENT_UNDERRUN &&
        !simulation->modem().personality().reportsUnderrun) {
        fault.mediaEvent = 0;
        fault.words = {};
    }
    ready();
    setFault();
    called();
    EXPECT_TRUE(rig.until("callinfo 8000", seconds{10}));
    EXPECT_STREQ(rig.info().callerId.number, "5551234");
    EXPECT_STREQ(rig.info().callerId.name, "J DOE");
    const TSPI_RESULT answered = answer();
    EXPECT_EQ(answered == 0, fault.course != Course::Refused);
    if (answered == 0) {
        playAndRecord();
    }
    drop();
    if (fault.course == Course::Whole) {
        EXPECT_EQ(rig.states(), "offering connected:1 disconnected:1 idle");
    }
    if (fault.course == Course::Whole && recording_) {
        EXPECT_EQ(rig.count("digit 1") + rig.count("digit 2"), 2);
        EXPECT_NEAR(static_cast<double>(sound.next), 16000, 2400);
    }
    if (fault.mediaEvent != 0) {
        EXPECT_GT(std::count(sound.events.begin(), sound.events.end(), fault.mediaEvent), 0);
    }
    nextCallGoesWell();
    if (fault.words.empty()) {
        EXPECT_EQ(log_, "");
    } else {
        EXPECT_NE(log_.find(words()), std::string::npos) << log_;
    }
}

std::vector<Case> allCases() {
    std::vector<Case> cases;
    for (const char* modem : {"v253", "rockwell", "conexant", "usr", "si24xx", "lucent"}) {
        for (const Fault& fault : kFaults) {
            cases.push_back({modem, fault});
        }
    }
    return cases;
}

INSTANTIATE_TEST_SUITE_P(All, ModemFaultTest, testing::ValuesIn(allCases()), [](const auto& made) {
    return std::string(made.param.modem) + made.param.fault.name;
});

}  // namespace
}  // namespace tipring::at_modem
