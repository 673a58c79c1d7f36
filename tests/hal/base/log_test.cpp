// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/log.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>

#include "captured_log.h"

namespace {

struct Unprintable {};
struct CountsFormatting {
    int* count;
};

}  // namespace

template <>
struct fmt::formatter<Unprintable> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(const Unprintable&, fmt::format_context&) const {
        throw std::runtime_error("no words for this");
    }
};
template <>
struct fmt::formatter<CountsFormatting> : fmt::formatter<std::string_view> {
    fmt::format_context::iterator format(const CountsFormatting& value,
                                         fmt::format_context& context) const {
        ++*value.count;
        return context.out();
    }
};

namespace tipring::hal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

const LogCategory kLog{"test"};
const LogCategory kOther{"other"};

void logAll(const LogCategory& log) {
    log.trace("t");
    log.debug("d");
    log.info("i");
    log.warning("w");
    log.error("e");
}

TEST(LogCategory, ShowsInfoAndAboveUnlessTold) {
    const CapturedLog log("");
    ASSERT_TRUE(log.configured);
    logAll(kLog);
    EXPECT_THAT(log.lines, ElementsAre(LogLine{LogLevel::Info, "test", "i"},
                                       LogLine{LogLevel::Warning, "test", "w"},
                                       LogLine{LogLevel::Error, "test", "e"}));
}

TEST(LogCategory, FormatsItsArguments) {
    const CapturedLog log;
    kLog.info("{} bytes from {:>5}", 17, "port");
    EXPECT_EQ(log.text(), "17 bytes from  port\n");
}

TEST(LogCategory, DoesNotFormatWhatIsNotShown) {
    const CapturedLog log;
    int formatted = 0;
    kLog.debug("{}", CountsFormatting{&formatted});
    EXPECT_EQ(formatted, 0);
    kLog.info("{}", CountsFormatting{&formatted});
    EXPECT_EQ(formatted, 1);
}

TEST(LogCategory, AMessageThatCannotBeFormattedIsReportedInstead) {
    const CapturedLog log;
    kLog.info("value {}", Unprintable{});
    EXPECT_EQ(log.text(), "a message could not be formatted (no words for this): value {}\n");
}

TEST(LogCategory, MessageTakesTextAsItIs) {
    const CapturedLog log;
    kLog.message(LogLevel::Warning, "100 {} %s");
    kLog.message(LogLevel::Debug, "hidden");
    kLog.message(LogLevel::Off, "no level");
    EXPECT_EQ(log.text(), "100 {} %s\n");
}

TEST(LogCategory, NoTextForgesALine) {
    const CapturedLog log;
    kLog.info("name {}", "Bob\r\n2026-01-01 E core: \x1b[2Jforged\tx\x7f");
    ASSERT_THAT(log.lines, SizeIs(1));
    EXPECT_EQ(log.lines[0].text, "name Bob\\r\\n2026-01-01 E core: \\x1B[2Jforged\\tx\\x7F");
}

TEST(ConfigureLog, ABareLevelIsForAll) {
    const CapturedLog log("error");
    logAll(kLog);
    logAll(kOther);
    EXPECT_EQ(log.text(), "e\ne\n");
}

TEST(ConfigureLog, ANamedLevelIsForOneWhereverItStands) {
    for (const char* levels :
         {"warning,test=trace", "test=trace,warning", " test = trace , warning "}) {
        const CapturedLog log(levels);
        ASSERT_TRUE(log.configured) << levels;
        logAll(kLog);
        logAll(kOther);
        EXPECT_EQ(log.text(), "t\nd\ni\nw\ne\nw\ne\n") << levels;
    }
}

TEST(ConfigureLog, OffSilencesEverything) {
    const CapturedLog log("off,other=error");
    logAll(kLog);
    EXPECT_THAT(log.lines, IsEmpty());
    EXPECT_FALSE(kLog.enabled(LogLevel::Error));
    EXPECT_TRUE(kOther.enabled(LogLevel::Error));
}

TEST(ConfigureLog, TheLastWordForACategoryCounts) {
    const CapturedLog log("test=error,test=debug");
    EXPECT_TRUE(kLog.enabled(LogLevel::Debug));
    EXPECT_FALSE(kLog.enabled(LogLevel::Trace));
}

TEST(ConfigureLog, ReplacesWhatWasSetBefore) {
    const CapturedLog log("test=trace");
    ASSERT_TRUE(configureLog("other=debug"));
    EXPECT_FALSE(kLog.enabled(LogLevel::Debug));
    EXPECT_TRUE(kOther.enabled(LogLevel::Debug));
}

TEST(ConfigureLog, HoldsForCategoriesThatComeLater) {
    const CapturedLog log("warning,plugin=trace");
    auto plugin = std::make_unique<LogCategory>("plugin");
    const LogCategory late{"late"};
    EXPECT_TRUE(plugin->enabled(LogLevel::Trace));
    EXPECT_FALSE(late.enabled(LogLevel::Info));
    plugin.reset();
    ASSERT_TRUE(configureLog("debug"));
    EXPECT_TRUE(late.enabled(LogLevel::Debug));
}

TEST(ConfigureLog, SaysWhichWordIsWrongAndChangesNothing) {
    const CapturedLog log("test=debug");
    const auto causeOf = [](std::string_view levels) {
        const auto result = configureLog(levels);
        EXPECT_FALSE(result) << levels;
        EXPECT_EQ(result.error().code, ErrorCode::InvalParam);
        return result.error().cause;
    };
    EXPECT_THAT(causeOf("info,test=loud"),
                testing::AllOf(HasSubstr("\"loud\""), HasSubstr("trace, debug, info, warning")));
    EXPECT_THAT(causeOf("verbose"), HasSubstr("\"verbose\""));
    EXPECT_THAT(causeOf("Info"), HasSubstr("\"Info\""));
    EXPECT_THAT(causeOf("info,"), HasSubstr("\"\" is no log level"));
    EXPECT_THAT(causeOf("=info"), HasSubstr("\"=info\" is no log category"));
    EXPECT_THAT(causeOf("a b=info"), HasSubstr("\"a b\""));
    EXPECT_THAT(causeOf("test="), HasSubstr("\"\" is no log level"));
    EXPECT_TRUE(kLog.enabled(LogLevel::Debug));
}

TEST(ConfigureLogFromEnvironment, TakesTheVariableWhereItIsSet) {
    const CapturedLog log("test=trace");
    ::unsetenv("TIPRING_LOG");
    EXPECT_TRUE(configureLogFromEnvironment());
    EXPECT_TRUE(kLog.enabled(LogLevel::Trace));
    ::setenv("TIPRING_LOG", "test=error", 1);
    EXPECT_TRUE(configureLogFromEnvironment());
    EXPECT_FALSE(kLog.enabled(LogLevel::Warning));
    ::setenv("TIPRING_LOG", "test=shout", 1);
    const auto wrong = configureLogFromEnvironment();
    ::unsetenv("TIPRING_LOG");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().cause, HasSubstr("TIPRING_LOG: \"shout\""));
}

TEST(LogSink, IsStandardErrorUnlessTold) {
    testing::internal::CaptureStderr();
    kLog.warning("line {}", 1);
    kLog.error("line {}", 2);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                MatchesRegex("....-..-.. ..:..:..\\.... W test: line 1\n"
                             "....-..-.. ..:..:..\\.... E test: line 2\n"));
}

TEST(LogSink, MayFailOrLogItselfWithoutHarm) {
    int calls = 0;
    setLogSink([&](LogLevel, std::string_view, std::string_view) {
        ++calls;
        kLog.error("from the sink");
        throw std::runtime_error("disk full");
    });
    kLog.info("one");
    kLog.info("two");
    setLogSink({});
    EXPECT_EQ(calls, 2);
}

TEST(LogSink, GetsWholeLinesOneAtATimeFromAllThreads) {
    std::atomic<int> first{0};
    std::atomic<int> second{0};
    std::atomic<bool> busy{false};
    const auto counting = [&busy](std::atomic<int>& count) {
        return [&](LogLevel, std::string_view, std::string_view text) {
            EXPECT_FALSE(busy.exchange(true));
            EXPECT_THAT(std::string(text), MatchesRegex("thread . line .*"));
            ++count;
            busy = false;
        };
    };
    setLogSink(counting(first));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([t] {
            for (int i = 0; i < 100; ++i) {
                kLog.info("thread {} line {}", t, i);
                const LogCategory passing{"passing"};
                passing.debug("not shown");
            }
        });
    }
    setLogSink(counting(second));
    EXPECT_TRUE(configureLog("info,passing=off"));
    for (std::thread& thread : threads) {
        thread.join();
    }
    setLogSink({});
    EXPECT_TRUE(configureLog(""));
    EXPECT_EQ(first + second, 400);
}

TEST(Private, IsShownWholeAtDebugAndTraceOnly) {
    const CapturedLog log("trace");
    const Private number{"+49301234567"};
    kLog.trace("{}", number);
    kLog.debug("{}", number);
    kLog.info("{}", number);
    kLog.warning("{}", number);
    kLog.error("{}", number);
    EXPECT_EQ(log.text(), "+49301234567\n+49301234567\n***67\n***67\n***67\n");
}

TEST(Private, OfFourCharactersOrFewerIsHiddenWhole) {
    const CapturedLog log;
    for (const char* text : {"", "1", "1234", "12345", "J\xC3\xBCrg"}) {
        kLog.info("[{}]", Private{text});
    }
    EXPECT_EQ(log.text(), "[***]\n[***]\n[***]\n[***45]\n[***]\n");
}

TEST(Private, CountsCharactersNotBytes) {
    const CapturedLog log;
    kLog.info("{}", Private{"Andr\xC3\xA9\xC3\xA9"});
    EXPECT_EQ(log.text(), "***\xC3\xA9\xC3\xA9\n");
}

TEST(Private, TakesTheFormatOfText) {
    const CapturedLog log;
    kLog.info("{:>8}|{:<8}|", Private{"0301234567"}, Private{"0301234567"});
    EXPECT_EQ(log.text(), "   ***67|***67   |\n");
}

TEST(Private, IsHiddenOutsideOfTheLog) {
    const CapturedLog log("trace");
    kLog.debug("{}", Private{"0301234567"});
    EXPECT_EQ(fmt::format("{}", Private{"0301234567"}), "***67");
}

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(LogTraffic, IsOffUnlessAskedFor) {
    const CapturedLog log;
    logTraffic("ttyACM0", Direction::ToDevice, bytesOf("ATZ\r"));
    EXPECT_THAT(log.lines, IsEmpty());
}

TEST(LogTraffic, NamesPortDirectionAndControlBytes) {
    const CapturedLog log("traffic=trace");
    logTraffic("ttyACM0", Direction::ToDevice, bytesOf("ATZ\r"));
    logTraffic("ttyACM0", Direction::FromDevice, bytesOf("\r\nOK\r\n\x10\x03"));
    EXPECT_THAT(log.lines, ElementsAre(LogLine{LogLevel::Trace, "traffic", "ttyACM0 -> ATZ<CR>"},
                                       LogLine{LogLevel::Trace, "traffic",
                                               "ttyACM0 <- <CR><LF>OK<CR><LF><DLE><ETX>"}));
}

}  // namespace
}  // namespace tipring::hal
