// SPDX-License-Identifier: Apache-2.0
#include "call_sound.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::FileDescriptor;
using tapi::Reply;
using tapi::RequestId;
using tapi::Result;

const hal::LogCategory kLog{"tools"};

constexpr std::size_t kBlock = 800;  // samples

struct Ends {
    FileDescriptor ours, theirs;
};
Result<Ends> makeEnds() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        return hal::failSystem("cannot make a socket for sound", errno);
    }
    return Ends{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool isBusy() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

/// A file of this machine on its way to the call.
class CallSound::Sender {
public:
    Sender(std::unique_ptr<media::FilePlayTerminal> file, FileDescriptor socket,
           tapi::TerminalId id)
        : id_(id), file_(std::move(file)), socket_(std::move(socket)) {
        file_->listen([](const media::TerminalEvent& event) {
            if (event.cause == media::TerminalCause::ReadError) {
                kLog.warning("{}", event.text);
            }
        });
    }
    Result<void> start(hal::EventLoop& loop) {
        if (auto begun = file_->start(); !begun) {
            return begun;
        }
        auto watch =
            hal::Watch::create(loop, socket_.get(), hal::Io::Write, [this](hal::Io) { pump(); });
        if (!watch) {
            return tl::unexpected(std::move(watch.error()));
        }
        watch_ = std::move(*watch);
        return {};
    }
    [[nodiscard]] tapi::TerminalId id() const { return id_; }

private:
    /// As much as the socket takes; its end is that of the file.
    void pump() {
        for (;;) {
            if (rest_.empty()) {
                rest_ = std::as_bytes(std::span(block_).first(file_->capture(block_)));
            }
            if (rest_.empty()) {
                return close();
            }
            const auto sent = ::send(socket_.get(), rest_.data(), rest_.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                return isBusy() ? void() : close();
            }
            rest_ = rest_.subspan(static_cast<std::size_t>(sent));
        }
    }
    void close() {
        watch_.reset();
        socket_.reset();
    }

    const tapi::TerminalId id_;
    std::unique_ptr<media::FilePlayTerminal> file_;
    FileDescriptor socket_;
    hal::Watch watch_;
    std::array<std::int16_t, kBlock> block_{};
    std::span<const std::byte> rest_;
};

/// What the call says, on its way into a file of this machine.
class CallSound::Receiver {
public:
    Receiver(std::unique_ptr<media::FileRecordTerminal> file, FileDescriptor socket,
             tapi::TerminalId id)
        : id_(id), file_(std::move(file)), socket_(std::move(socket)) {
        file_->listen([](const media::TerminalEvent& event) {
            if (event.cause == media::TerminalCause::WriteError) {
                kLog.warning("{}", event.text);
            }
        });
    }
    ~Receiver() { end(); }

    Result<void> start(hal::EventLoop& loop) {
        if (auto begun = file_->start(); !begun) {
            return begun;
        }
        auto watch =
            hal::Watch::create(loop, socket_.get(), hal::Io::Read, [this](hal::Io) { pump(); });
        if (!watch) {
            return tl::unexpected(std::move(watch.error()));
        }
        watch_ = std::move(*watch);
        return {};
    }
    [[nodiscard]] tapi::TerminalId id() const { return id_; }
    [[nodiscard]] bool ended() const { return !socket_; }
    /// Told once, when the other end closed and the file is whole.
    void whenEnded(Reply reply) { ended_ = std::move(reply); }
    /// Recording never began.
    void abandon() { file_->abandon(); }
    /// Takes what is there and makes the file whole.
    void end() {
        if (socket_) {
            pump();
        }
        close();
    }

private:
    void pump() {
        std::array<std::byte, 2 * kBlock> bytes{};
        for (;;) {
            bytes[0] = half_;
            const std::size_t have = odd_ ? 1 : 0;
            const auto got =
                ::recv(socket_.get(), bytes.data() + have, bytes.size() - have, MSG_DONTWAIT);
            if (got <= 0) {
                return got < 0 && isBusy() ? void() : close();
            }
            take(std::span(bytes).first(have + static_cast<std::size_t>(got)));
            if (file_->state() == media::TerminalState::Idle) {
                return close();  // the disk is full: the service hears that nobody reads any more
            }
        }
    }
    void take(std::span<const std::byte> bytes) {
        std::array<std::int16_t, kBlock> samples{};
        for (std::size_t i = 0; i < bytes.size() / 2; ++i) {
            samples[i] =
                static_cast<std::int16_t>(std::to_integer<unsigned>(bytes[2 * i]) |
                                          std::to_integer<unsigned>(bytes[2 * i + 1]) << 8U);
        }
        odd_ = bytes.size() % 2 != 0;
        half_ = bytes.back();
        file_->render(std::span(samples).first(bytes.size() / 2));
    }
    void close() {
        if (!socket_) {
            return;
        }
        watch_.reset();
        socket_.reset();
        const auto whole = file_->stop();
        if (const auto reply = std::exchange(ended_, nullptr)) {
            reply(whole);
        }
    }

    const tapi::TerminalId id_;
    std::unique_ptr<media::FileRecordTerminal> file_;
    FileDescriptor socket_;
    hal::Watch watch_;
    std::byte half_{};
    bool odd_ = false;
    Reply ended_;
};

CallSound::CallSound(hal::EventLoop& loop, bool streamed) : loop_(loop), streamed_(streamed) {}
CallSound::~CallSound() = default;

Result<RequestId> CallSound::play(tapi::Call& call, const std::string& path, Reply reply) {
    if (!streamed_) {
        return call.play(path, std::move(reply));
    }
    auto file = media::FilePlayTerminal::open({path});
    auto ends = file ? makeEnds() : tl::unexpected(file.error());
    if (!ends) {
        return tl::unexpected(std::move(ends.error()));
    }
    auto id = call.addTerminal(
        tapi::DescriptorTerminal{path, std::move(ends->theirs), tapi::TerminalDirection::Capture});
    if (!id) {
        return tl::unexpected(std::move(id.error()));
    }
    sender_ = std::make_shared<Sender>(std::move(*file), std::move(ends->ours), *id);
    if (auto started = sender_->start(loop_); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    return call.startTerminal(*id, std::move(reply));
}

Result<RequestId> CallSound::stopPlaying(tapi::Call& call, tapi::StopMode mode, Reply reply) {
    if (!streamed_) {
        return call.stopPlaying(mode, std::move(reply));
    }
    if (!sender_) {
        return hal::fail(ErrorCode::InvalCallState, "nothing is being played");
    }
    return call.stopTerminal(sender_->id(), mode, std::move(reply));
}

Result<RequestId> CallSound::record(tapi::Call& call, const std::string& path, Reply reply) {
    if (!streamed_) {
        return call.record(path, std::move(reply));
    }
    auto file = media::FileRecordTerminal::create(path);
    auto ends = file ? makeEnds() : tl::unexpected(file.error());
    if (!ends) {
        return tl::unexpected(std::move(ends.error()));
    }
    auto id = call.addTerminal(
        tapi::DescriptorTerminal{path, std::move(ends->theirs), tapi::TerminalDirection::Render});
    if (!id) {
        return tl::unexpected(std::move(id.error()));
    }
    receiver_ = std::make_shared<Receiver>(std::move(*file), std::move(ends->ours), *id);
    if (auto started = receiver_->start(loop_); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    auto asked = call.startTerminal(
        *id, [reply = std::move(reply),
              made = std::weak_ptr<Receiver>(receiver_)](const Result<void>& result) {
            if (const auto receiver = made.lock(); receiver && !result) {
                receiver->abandon();
                receiver->end();
            }
            reply(result);
        });
    if (!asked) {
        receiver_->abandon();
        receiver_.reset();
    }
    return asked;
}

Result<RequestId> CallSound::stopRecording(tapi::Call& call, Reply reply) {
    if (!streamed_) {
        return call.stopRecording(std::move(reply));
    }
    if (!receiver_ || receiver_->ended()) {
        return hal::fail(ErrorCode::InvalCallState, "nothing is being recorded");
    }
    receiver_->whenEnded(std::move(reply));
    // Whether it stops now or is gone with the call: the service closes its end then.
    auto asked =
        call.stopTerminal(receiver_->id(), tapi::StopMode::Discard,
                          [made = std::weak_ptr<Receiver>(receiver_)](const Result<void>&) {
                              if (const auto receiver = made.lock()) {
                                  receiver->end();
                              }
                          });
    if (!asked) {
        receiver_->whenEnded(nullptr);
        receiver_->end();
    }
    return asked;
}

void CallSound::end() {
    if (receiver_) {
        receiver_->end();
    }
    sender_.reset();
}

}  // namespace tipring::tools
