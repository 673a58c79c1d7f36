// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/descriptor_terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace tipring::media {
namespace {

static_assert(std::endian::native == std::endian::little, "samples go out as they are");
constexpr std::size_t kIncoming = 1600;  // 200 ms: more would be delay, which the writer may keep
constexpr std::size_t kChunk = 512;

/// A write to a pipe without a reader raises SIGPIPE, which would end a program that never asked
/// for it.
ssize_t writeQuietly(int fd, bool socket, std::span<const std::byte> bytes) {
    if (socket) {
        return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    sigset_t pipe;
    sigset_t before;
    sigset_t waiting;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&waiting);
    const bool already = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    const int number = errno;
    if (written < 0 && number == EPIPE && !already) {
        constexpr timespec kNow{0, 0};
        while (sigtimedwait(&pipe, nullptr, &kNow) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = number;
    return written;
}

bool fits(int mode, TerminalDirection direction) {
    switch (direction) {
    case TerminalDirection::Capture: return mode != O_WRONLY;
    case TerminalDirection::Render: return mode != O_RDONLY;
    default: return mode == O_RDWR;
    }
}

}  // namespace

hal::Result<std::unique_ptr<DescriptorTerminal>> DescriptorTerminal::create(
    std::string name, hal::FileDescriptor descriptor, TerminalDirection direction,
    std::size_t room) {
    struct stat status {};
    const int flags = ::fcntl(descriptor.get(), F_GETFL);
    if (flags < 0 || ::fstat(descriptor.get(), &status) != 0) {
        return hal::failSystem(fmt::format("{} has no descriptor", name), errno);
    }
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || !fits(flags & O_ACCMODE, direction)) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the descriptor of {} is not a pipe or socket that is open "
                                     "for this direction",
                                     name));
    }
    if (::fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        return hal::failSystem(fmt::format("the descriptor of {} cannot be non-blocking", name),
                               errno);
    }
    return std::unique_ptr<DescriptorTerminal>(new DescriptorTerminal(
        std::move(name), std::move(descriptor), direction, room, S_ISSOCK(status.st_mode)));
}

DescriptorTerminal::DescriptorTerminal(std::string name, hal::FileDescriptor descriptor,
                                       TerminalDirection direction, std::size_t room, bool socket)
    : Terminal(std::move(name), TerminalClass::Dynamic, direction),
      descriptor_(std::move(descriptor)),
      socket_(socket),
      incoming_(kIncoming),
      outgoing_(std::max<std::size_t>(room, 1)) {}

hal::Result<void> DescriptorTerminal::onStart() {
    if (!descriptor_) {
        return hal::fail(hal::ErrorCode::InvalCallState, fmt::format("{} has ended", name()));
    }
    return {};
}

hal::Result<void> DescriptorTerminal::onStop() {
    if (descriptor_ && renders()) {
        flush();
    }
    descriptor_.reset();
    incoming_.clear();
    outgoing_.clear();
    return {};
}

std::size_t DescriptorTerminal::onCapture(std::span<std::int16_t> samples) {
    const bool open = fill();
    const std::size_t count = incoming_.pop(samples);
    if (!open && incoming_.size() == 0) {
        finish(TerminalCause::EndOfFile, fmt::format("{} was closed by its writer", name()));
    }
    return count;
}

/// Reads what is there and fits. False when no more will come.
bool DescriptorTerminal::fill() {
    std::array<std::uint8_t, 2 * kChunk> bytes{};
    while (incoming_.size() + kChunk < incoming_.capacity()) {
        std::size_t have = 0;
        if (half_ >= 0) {
            bytes[have++] = static_cast<std::uint8_t>(half_);
        }
        const ssize_t got = ::read(descriptor_.get(), bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        }
        have += static_cast<std::size_t>(got);
        half_ = have % 2 != 0 ? bytes[have - 1] : -1;
        std::array<std::int16_t, kChunk> samples{};
        std::memcpy(samples.data(), bytes.data(), have / 2 * 2);
        incoming_.push(std::span{samples}.first(have / 2));
    }
    return true;
}

void DescriptorTerminal::onRender(std::span<const std::int16_t> samples) {
    counters_.dropped += outgoing_.push(samples);
    if (!flush()) {
        finish(TerminalCause::WriteError,
               hal::systemError(fmt::format("nobody reads {} any more", name()), errno).text());
    }
}

/// Writes what the descriptor takes. False when it is broken.
bool DescriptorTerminal::flush() {
    while (outgoing_.size() > 0 || offset_ > 0) {
        // A sample that was cut in two by a full pipe is finished first, even if it was dropped
        // since.
        const auto bytes =
            offset_ > 0 ? std::as_bytes(std::span{&pending_, 1}) : std::as_bytes(outgoing_.front());
        const ssize_t written = writeQuietly(descriptor_.get(), socket_, bytes);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return written == 0 || errno == EAGAIN || errno == EWOULDBLOCK;
        }
        const auto count = static_cast<std::size_t>(written);
        if (offset_ > 0) {
            offset_ = 0;
            continue;
        }
        if (count % 2 != 0) {
            pending_ = std::to_integer<std::uint8_t>(bytes[count]);
            offset_ = 1;
        }
        outgoing_.discard((count + 1) / 2);
    }
    return true;
}

}  // namespace tipring::media
