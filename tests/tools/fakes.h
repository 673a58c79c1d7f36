// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::tools {

/// A line that stands still; the test sets what it says.
class FakeAddress final : public tapi::Address {
public:
    std::uint32_t id() const override { return 1; }
    std::string name() const override { return "test line"; }
    std::string providerName() const override { return "fake"; }
    tapi::AddressState state() const override { return tapi::AddressState::InService; }
    std::string stateCause() const override { return {}; }
    const tapi::AddressCapabilities& capabilities() const override { return capabilities_; }
    tapi::Result<std::string> deviceId(std::string_view) const override { return "sim:test"; }
    tapi::Result<std::shared_ptr<tapi::Call>> createCall(std::string_view,
                                                         const tapi::CallParams&) override {
        return hal::fail(hal::ErrorCode::OperationUnavail, "a fake makes no calls");
    }
    std::vector<std::shared_ptr<tapi::Call>> calls() const override { return calls_; }
    tapi::Result<tapi::RequestId> devSpecific(std::string_view, tapi::Reply) override {
        return hal::fail(hal::ErrorCode::OperationUnavail, "nothing special here");
    }

    tapi::AddressCapabilities capabilities_;
    std::vector<std::shared_ptr<tapi::Call>> calls_;
};

/// A call that does what it is told and writes down what it was asked. A request whose name is in
/// `refuse` is refused, one in `failLater` gets an error as its reply, one in `ignore` no reply.
class FakeCall final : public tapi::Call {
public:
    FakeCall(hal::EventLoop& loop, std::shared_ptr<FakeAddress> line)
        : loop_(loop), line_(std::move(line)) {}

    std::uint64_t id() const override { return 42; }
    std::shared_ptr<tapi::Address> address() const override { return line_; }
    tapi::CallState state() const override { return tapi::CallState::Offering; }
    tapi::LineCallState lineState() const override { return state_; }
    bool connectionConfirmed() const override { return false; }
    tapi::CallPrivilege privilege() const override { return tapi::CallPrivilege::Owner; }
    tapi::CallInfo info() const override { return info_; }

    tapi::Result<tapi::RequestId> connect(tapi::Reply reply) override {
        return ask("connect", std::move(reply));
    }
    tapi::Result<tapi::RequestId> answer(tapi::Reply reply) override {
        return ask("answer", std::move(reply), [this] { go(tapi::LineCallState::Connected); });
    }
    tapi::Result<tapi::RequestId> disconnect(tapi::Reply reply) override {
        return ask("disconnect", std::move(reply), [this] { go(tapi::LineCallState::Idle); });
    }
    tapi::Result<tapi::RequestId> dial(std::string_view, tapi::Reply reply) override {
        return ask("dial", std::move(reply));
    }
    tapi::Result<void> generateDigits(std::string_view, tapi::DigitMode,
                                      std::chrono::milliseconds) override {
        return {};
    }
    tapi::Result<void> generateTones(tapi::ToneMode, std::span<const tapi::GeneratedTone>,
                                     std::chrono::milliseconds length) override {
        if (refuse == "tone") {
            return hal::fail(hal::ErrorCode::OperationUnavail, "this modem has no tones");
        }
        asked.emplace_back("tone");
        if (ignore != "tone") {
            later(length, [this] { send(tapi::GenerateEvent{self(), false, 0, {}}); });
        }
        return {};
    }
    tapi::Result<void> monitorDigits(tapi::DigitModes) override { return {}; }
    tapi::Result<tapi::RequestId> play(const std::string& path, tapi::Reply reply) override {
        playing = path;
        return ask("play", std::move(reply));
    }
    tapi::Result<tapi::RequestId> stopPlaying(tapi::StopMode, tapi::Reply reply) override {
        return ask("stopPlaying", std::move(reply));
    }
    tapi::Result<tapi::RequestId> record(const std::string& path, tapi::Reply reply) override {
        recording = path;
        return ask("record", std::move(reply));
    }
    tapi::Result<tapi::RequestId> stopRecording(tapi::Reply reply) override {
        return ask("stopRecording", std::move(reply));
    }

    void go(tapi::LineCallState state, tapi::DisconnectMode mode = tapi::DisconnectMode::None) {
        state_ = state;
        send(tapi::CallStateEvent{
            self(), tapi::CallState::Offering, state, static_cast<std::uint32_t>(mode), {}, 0});
    }
    void ring(std::uint32_t count) {
        send(tapi::AddressEvent{tapi::AddressEvent::Kind::Ringing, line_, 1, count - 1, {}});
    }
    void press(char digit) { send(tapi::DigitEvent{self(), digit, {}, 0, tapi::DigitMode::Dtmf}); }
    void fileEnded(const std::string& path, tapi::FileTerminalEvent::Cause cause,
                   std::string error = {}) {
        send(tapi::FileTerminalEvent{self(), path, tapi::FileTerminalEvent::State::Idle, cause,
                                     std::move(error), 0});
    }
    void silence() {
        send(tapi::CallMediaEvent{self(), tapi::CallMediaEvent::Kind::Silence, {}, 0, 0, {}});
    }
    void send(const tapi::Event& event) { onEvent(event); }
    std::shared_ptr<tapi::Call> self() {
        return std::shared_ptr<tapi::Call>(std::shared_ptr<void>(), this);
    }

    std::function<void(const tapi::Event&)> onEvent;
    std::vector<std::string> asked;
    std::string refuse, failLater, ignore, playing, recording;
    tapi::LineCallState state_ = tapi::LineCallState::Offering;
    tapi::CallInfo info_;

private:
    tapi::Result<tapi::RequestId> ask(const std::string& what, tapi::Reply reply,
                                      std::function<void()> effect = {}) {
        if (refuse == what) {
            return hal::fail(hal::ErrorCode::OperationFailed, what + " refused");
        }
        asked.push_back(what);
        if (ignore != what) {
            later(std::chrono::milliseconds(100),
                  [this, what, reply = std::move(reply), effect = std::move(effect)] {
                      if (failLater == what) {
                          reply(hal::fail(hal::ErrorCode::OperationFailed, what + " failed"));
                          return;
                      }
                      if (effect) {
                          effect();
                      }
                      reply({});
                  });
        }
        return tapi::RequestId{1};
    }
    void later(std::chrono::milliseconds delay, std::function<void()> task) {
        timers_.push_back(std::make_unique<hal::Timer>(loop_, std::move(task)));
        timers_.back()->arm(delay);
    }

    hal::EventLoop& loop_;
    std::shared_ptr<FakeAddress> line_;
    std::vector<std::unique_ptr<hal::Timer>> timers_;
};

}  // namespace tipring::tools
