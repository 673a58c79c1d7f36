// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/descriptor_terminal.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <numeric>

#include "sound_directory.h"

namespace tipring::media {
namespace {

using hal::FileDescriptor;

struct Pipe {
    FileDescriptor reader, writer;
};
Pipe makePipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Samples numbers(std::size_t count) {
    Samples samples(count);
    std::iota(samples.begin(), samples.end(), std::int16_t{1});
    return samples;
}

void put(const FileDescriptor& to, std::span<const std::byte> bytes) {
    ASSERT_EQ(::write(to.get(), bytes.data(), bytes.size()), ssize_t(bytes.size()));
}

Samples take(const FileDescriptor& from, std::size_t most = 1 << 20) {
    Samples samples(most);
    ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
    std::size_t bytes = 0;
    auto* to = reinterpret_cast<char*>(samples.data());
    for (ssize_t got = 1; got > 0 && bytes < 2 * most;
         bytes += std::size_t(std::max<ssize_t>(got, 0))) {
        got = ::read(from.get(), to + bytes, std::min<std::size_t>(2 * most - bytes, 333));
    }
    EXPECT_EQ(bytes % 2, 0U);
    samples.resize(bytes / 2);
    return samples;
}

TEST(DescriptorTerminal, GivesWhatTheApplicationWrites) {
    Pipe pipe = makePipe();
    auto terminal = DescriptorTerminal::create("application", std::move(pipe.reader),
                                               TerminalDirection::Capture)
                        .value();
    Heard heard;
    heard.to(*terminal);
    ASSERT_TRUE(terminal->start());
    Samples block(160);
    EXPECT_EQ(terminal->capture(block), 0U);
    EXPECT_EQ(terminal->counters().missing, 160U);
    const Samples sound = numbers(200);
    const auto bytes = std::as_bytes(std::span{sound});
    put(pipe.writer, bytes.first(101));  // half a sample at its end
    EXPECT_EQ(terminal->capture(block), 50U);
    put(pipe.writer, bytes.subspan(101));
    EXPECT_EQ(terminal->capture(std::span{block}.subspan(50)), 110U);
    EXPECT_TRUE(std::equal(block.begin(), block.end(), sound.begin()));
    pipe.writer.reset();
    EXPECT_EQ(terminal->capture(block), 40U);
    EXPECT_EQ(heard.causes.back(), TerminalCause::EndOfFile);
    EXPECT_EQ(terminal->state(), TerminalState::Idle);
    EXPECT_FALSE(terminal->start());
}

TEST(DescriptorTerminal, ABigWriterIsHeldBackNotBuffered) {
    Pipe pipe = makePipe();
    auto terminal = DescriptorTerminal::create("application", std::move(pipe.reader),
                                               TerminalDirection::Capture)
                        .value();
    ASSERT_TRUE(terminal->start());
    const Samples sound = numbers(30000);
    put(pipe.writer, std::as_bytes(std::span{sound}));
    Samples all;
    Samples block(160);
    while (all.size() < sound.size()) {
        const std::size_t count = terminal->capture(block);
        ASSERT_GT(count, 0U);
        all.insert(all.end(), block.begin(), block.begin() + std::ptrdiff_t(count));
    }
    EXPECT_EQ(all, sound);
    EXPECT_EQ(terminal->counters().dropped, 0U);
}

TEST(DescriptorTerminal, WritesWhatTheLineGives) {
    Pipe pipe = makePipe();
    auto terminal =
        DescriptorTerminal::create("application", std::move(pipe.writer), TerminalDirection::Render)
            .value();
    ASSERT_TRUE(terminal->start());
    const Samples sound = numbers(1000);
    terminal->render(sound);
    EXPECT_EQ(take(pipe.reader), sound);
    EXPECT_EQ(terminal->counters().dropped, 0U);
}

TEST(DescriptorTerminal, ASlowReaderLosesTheOldestAndKeepsWholeSamples) {
    Pipe pipe = makePipe();
    ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
    auto terminal = DescriptorTerminal::create("application", std::move(pipe.writer),
                                               TerminalDirection::Render, 1000)
                        .value();
    ASSERT_TRUE(terminal->start());
    const Samples sound = numbers(30000);
    for (std::size_t at = 0; at < sound.size(); at += 150) {
        terminal->render(std::span{sound}.subspan(at, 150));
    }
    EXPECT_GT(terminal->counters().dropped, 20000U);
    Samples got = take(pipe.reader);
    const std::size_t first = got.size();
    terminal->render(Samples{12345});  // what waits goes out with the next block
    const Samples rest = take(pipe.reader);
    got.insert(got.end(), rest.begin(), rest.end());
    EXPECT_GE(first, 1500U);
    EXPECT_EQ(got.size() + terminal->counters().dropped, sound.size() + 1);
    EXPECT_EQ(got.back(), 12345);
    EXPECT_EQ(got[got.size() - 2], 30000);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end() - 1));
}

TEST(DescriptorTerminal, AReaderThatIsGoneEndsItWithoutASignal) {
    for (const bool socket : {false, true}) {
        int ends[2] = {-1, -1};
        if (socket) {
            ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        } else {
            ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        }
        auto terminal = DescriptorTerminal::create("application", FileDescriptor(ends[1]),
                                                   TerminalDirection::Render)
                            .value();
        Heard heard;
        heard.to(*terminal);
        ASSERT_TRUE(terminal->start());
        ::close(ends[0]);
        terminal->render(Samples(160));
        EXPECT_EQ(heard.causes.back(), TerminalCause::WriteError);
        EXPECT_NE(heard.texts.back().find("nobody reads application"), std::string::npos);
    }
}

TEST(DescriptorTerminal, ASocketDoesBoth) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const FileDescriptor application(ends[0]);
    auto terminal =
        DescriptorTerminal::create("application", FileDescriptor(ends[1]), TerminalDirection::Both)
            .value();
    ASSERT_TRUE(terminal->start());
    const Samples sound = numbers(160);
    put(application, std::as_bytes(std::span{sound}));
    Samples block(160);
    EXPECT_EQ(terminal->capture(block), 160U);
    terminal->render(block);
    EXPECT_EQ(take(application), sound);
}

class WrongDescriptor : public SoundDirectory {};
TEST_F(WrongDescriptor, IsRefused) {
    const auto refused = [](int fd, TerminalDirection direction) {
        return DescriptorTerminal::create("x", FileDescriptor(fd), direction).error().code;
    };
    const auto file = wav("a.wav", Samples(10));
    EXPECT_EQ(refused(::open(file.c_str(), O_RDWR), TerminalDirection::Both),
              hal::ErrorCode::InvalParam);
    Pipe pipe = makePipe();
    EXPECT_EQ(refused(pipe.reader.release(), TerminalDirection::Render),
              hal::ErrorCode::InvalParam);
    EXPECT_EQ(refused(pipe.writer.release(), TerminalDirection::Both), hal::ErrorCode::InvalParam);
    EXPECT_FALSE(DescriptorTerminal::create("x", FileDescriptor(), TerminalDirection::Capture));
}

}  // namespace
}  // namespace tipring::media
