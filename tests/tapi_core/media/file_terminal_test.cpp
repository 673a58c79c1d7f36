// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>

#include "sound_directory.h"
#include "tipring/tapi_core/media/file_terminals.h"

// libsndfile 1.2.0 forgets libvorbis's tables when an Ogg file is cut off.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name for it
    return "leak:vorbis_info_init";
}

namespace tipring::media {
namespace {

namespace fs = std::filesystem;

class FileTerminals : public SoundDirectory {
protected:
    /// All that a terminal gives, in blocks of 20 ms.
    static Samples played(Terminal& terminal, std::size_t most = 100000) {
        Samples all;
        Samples block(160);
        for (std::size_t count = 160; count == 160 && all.size() < most;) {
            count = terminal.capture(block);
            all.insert(all.end(), block.begin(), block.begin() + std::ptrdiff_t(count));
        }
        return all;
    }
    static void record(Terminal& terminal, const Samples& samples) {
        for (std::size_t at = 0; at < samples.size(); at += 160) {
            terminal.render(
                std::span{samples}.subspan(at, std::min<std::size_t>(160, samples.size() - at)));
        }
    }
};

TEST_F(FileTerminals, PlayAListOfFilesWithoutAGap) {
    const auto first = wav("a.wav", Samples(500, 100));
    const auto second = write("b.au", SF_FORMAT_AU | SF_FORMAT_ULAW, Samples(300, 0));
    auto terminal = FilePlayTerminal::open({first, second, first}).value();
    Heard heard;
    heard.to(*terminal);
    Samples block(160);
    EXPECT_EQ(terminal->capture(block), 0U);  // idle
    ASSERT_TRUE(terminal->start());
    const auto samples = played(*terminal);
    ASSERT_EQ(samples.size(), 1300U);
    EXPECT_EQ(samples[499], 100);
    EXPECT_EQ(samples[500], 0);
    EXPECT_EQ(samples[800], 100);
    EXPECT_EQ(terminal->state(), TerminalState::Idle);
    EXPECT_EQ(heard.causes.back(), TerminalCause::EndOfFile);
    EXPECT_EQ(heard.texts, (std::vector<std::string>{"", second, first, ""}));
    EXPECT_EQ(terminal->counters().captured, 1300U);

    ASSERT_TRUE(terminal->start());  // and from the beginning
    EXPECT_EQ(played(*terminal).size(), 1300U);
}

TEST_F(FileTerminals, APauseHoldsThePlace) {
    auto terminal = FilePlayTerminal::open({wav("a.wav", sine(1000))}).value();
    EXPECT_EQ(terminal->pause().error().code, hal::ErrorCode::InvalCallState);
    ASSERT_TRUE(terminal->start());
    Samples block(400);
    EXPECT_EQ(terminal->capture(block), 400U);
    ASSERT_TRUE(terminal->pause());
    EXPECT_EQ(terminal->state(), TerminalState::Paused);
    EXPECT_EQ(terminal->capture(block), 0U);
    ASSERT_TRUE(terminal->start());
    EXPECT_EQ(played(*terminal).size(), 600U);
}

struct Coding {
    const char* name;
    int format;
};
class EveryFormat : public FileTerminals, public ::testing::WithParamInterface<Coding> {};
INSTANTIATE_TEST_SUITE_P(Files, EveryFormat,
                         ::testing::Values(Coding{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                                           Coding{"b.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610},
                                           Coding{"c.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM},
                                           Coding{"d.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                                           Coding{"e.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                                           Coding{"f.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS},
                                           Coding{"g.mp3",
                                                  SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
                                           Coding{"h.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24}));

TEST_P(EveryFormat, IsPlayed) {
    const auto file = write(GetParam().name, GetParam().format, sine(8000));
    auto terminal = FilePlayTerminal::open({file}).value();
    ASSERT_TRUE(terminal->start());
    EXPECT_NEAR(double(played(*terminal).size()), 8000, 1500) << "coders work in frames";
}

TEST_P(EveryFormat, CutOffEndsEarlyAndInPeace) {
    const auto file = write(GetParam().name, GetParam().format, sine(24000));
    fs::resize_file(file, fs::file_size(file) / 2);
    auto terminal = FilePlayTerminal::open({file});
    if (!terminal) {
        EXPECT_NE(terminal.error().cause.find(file), std::string::npos);
        return;
    }
    Heard heard;
    heard.to(**terminal);
    ASSERT_TRUE((*terminal)->start());
    EXPECT_LT(played(**terminal).size(), 24000U);
    EXPECT_EQ((*terminal)->state(), TerminalState::Idle);
    EXPECT_NE(heard.causes.back(), TerminalCause::Normal);
}

TEST_F(FileTerminals, AFileThatIsCutOffIsSaidToBe) {
    const auto file = wav("a.wav", sine(16000));
    fs::resize_file(file, 16044);
    auto terminal = FilePlayTerminal::open({file}).value();
    Heard heard;
    heard.to(*terminal);
    ASSERT_TRUE(terminal->start());
    EXPECT_EQ(played(*terminal).size(), 8000U);
    EXPECT_EQ(heard.causes.back(), TerminalCause::EndOfFile);
    EXPECT_NE(heard.texts.back().find("is cut off after 1.0 s"), std::string::npos)
        << heard.texts.back();
}

TEST_F(FileTerminals, ADeletedFileIsPlayedToItsEndAndTheNextIsMissed) {
    const auto first = wav("a.wav", sine(4000));
    const auto second = wav("b.wav", sine(4000));
    auto terminal = FilePlayTerminal::open({first, second}).value();
    Heard heard;
    heard.to(*terminal);
    ASSERT_TRUE(terminal->start());
    Samples block(160);
    terminal->capture(block);
    fs::remove(first);
    fs::remove(second);
    EXPECT_EQ(played(*terminal).size(), 3840U);
    EXPECT_EQ(heard.causes.back(), TerminalCause::EndOfFile);
    EXPECT_NE(heard.texts.back().find(second), std::string::npos);
}

TEST_F(FileTerminals, AFileThatShrinksWhileItPlaysEndsEarly) {
    const auto file = wav("a.wav", sine(80000));
    auto terminal = FilePlayTerminal::open({file}).value();
    Heard heard;
    heard.to(*terminal);
    ASSERT_TRUE(terminal->start());
    Samples block(160);
    terminal->capture(block);
    fs::resize_file(file, 20000);
    EXPECT_LT(played(*terminal).size(), 12000U);
    EXPECT_NE(heard.causes.back(), TerminalCause::Normal);
    EXPECT_FALSE(heard.texts.back().empty());
}

TEST_F(FileTerminals, AbsurdHeadersAreRefusedInWords) {
    const auto broken = [&](std::size_t at, std::uint32_t value, std::size_t bytes) {
        const auto file = wav("x.wav", sine(800));
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekp(std::streamoff(at));
        out.write(reinterpret_cast<const char*>(&value), std::streamsize(bytes));
        out.close();
        return FilePlayTerminal::open({file});
    };
    for (const auto& [at, value, bytes] : {std::tuple{22U, 0U, 2U},
                                           {22U, 65535U, 2U},
                                           {24U, 0U, 4U},
                                           {24U, 1U, 4U},
                                           {24U, 0x7FFFFFFFU, 4U}}) {
        const auto opened = broken(at, value, bytes);
        ASSERT_FALSE(opened) << at << ' ' << value;
        EXPECT_NE(opened.error().cause.find("x.wav"), std::string::npos);
    }
    EXPECT_FALSE(FilePlayTerminal::open({}));
}

class RecordFormat : public FileTerminals, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Files, RecordFormat,
                         ::testing::Values("r.wav", "r.flac", "r.opus", "r.ogg", "noending"));

TEST_P(RecordFormat, ComesBackUnderItsNameOnlyWhenWhole) {
    const auto file = path(GetParam());
    auto terminal = FileRecordTerminal::create(file).value();
    Heard heard;
    heard.to(*terminal);
    record(*terminal, sine(160));  // not started: not recorded
    ASSERT_TRUE(terminal->start());
    record(*terminal, sine(16000));
    EXPECT_FALSE(fs::exists(file));
    ASSERT_TRUE(terminal->pause());
    record(*terminal, sine(1600));
    ASSERT_TRUE(terminal->start());
    record(*terminal, sine(8000));
    ASSERT_TRUE(terminal->stop());
    EXPECT_EQ(terminal->recorded(), 24000U);
    EXPECT_NEAR(double(read(file).size()), 24000, 320);
    EXPECT_FALSE(fs::exists(file + ".part"));
    EXPECT_EQ(heard.states.back(), TerminalState::Idle);
    EXPECT_EQ(heard.causes.back(), TerminalCause::Normal);
    EXPECT_FALSE(terminal->start());  // a recording is not gone on with
    EXPECT_EQ(FileRecordTerminal::create(file).error().code, hal::ErrorCode::InUse);
}

TEST_P(RecordFormat, AKilledProcessLeavesAFileThatPlays) {
    const auto file = path(GetParam());
    const pid_t child = ::fork();
    if (child == 0) {
        auto terminal = FileRecordTerminal::create(file).value();
        static_cast<void>(terminal->start());
        record(*terminal, sine(40000));
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_GE(read(file + ".part").size(), 32000U);  // at most a second is missing
}

TEST_P(RecordFormat, AFullDiskEndsItWithWhatWasKept) {
    ::signal(SIGXFSZ, SIG_IGN);
    struct rlimit old {};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const auto file = path(GetParam());
    auto terminal = FileRecordTerminal::create(file).value();
    Heard heard;
    heard.to(*terminal);
    ASSERT_TRUE(terminal->start());
    Samples noise(8000);
    for (std::size_t i = 0; i < noise.size(); ++i) {
        noise[i] = static_cast<std::int16_t>(i * i * 40503U);
    }
    const struct rlimit tight { 9001, old.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &tight);
    for (int i = 0; i < 30 && terminal->state() == TerminalState::Active; ++i) {
        record(*terminal, noise);
    }
    ::setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_EQ(terminal->state(), TerminalState::Idle);
    EXPECT_EQ(heard.causes.back(), TerminalCause::WriteError);
    EXPECT_NE(heard.texts.back().find("were kept"), std::string::npos) << heard.texts.back();
    EXPECT_NE(heard.texts.back().find("File too large"), std::string::npos) << heard.texts.back();
    EXPECT_GT(read(file).size(), 0U);
}

TEST_F(FileTerminals, OneThatNeverStartedLeavesNoFile) {
    { const auto terminal = FileRecordTerminal::create(path("r.wav")).value(); }
    EXPECT_TRUE(fs::is_empty(fs::path(path("r.wav")).parent_path()));
}

TEST_F(FileTerminals, ANameThatWasTakenMeanwhileIsNotOverwritten) {
    auto terminal = FileRecordTerminal::create(path("r.wav")).value();
    ASSERT_TRUE(terminal->start());
    record(*terminal, sine(800));
    std::ofstream(path("r.wav")) << "precious";
    const auto stopped = terminal->stop();
    ASSERT_FALSE(stopped);
    EXPECT_NE(stopped.error().cause.find("r.wav.part"), std::string::npos);
    EXPECT_EQ(fs::file_size(path("r.wav")), 8U);
    EXPECT_EQ(read(path("r.wav.part")).size(), 800U);
}

}  // namespace
}  // namespace tipring::media
