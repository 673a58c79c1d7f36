// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tipring::media {

std::string_view stateName(TerminalState state) noexcept {
    constexpr std::array<std::string_view, 3> kNames{"idle", "active", "paused"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string_view causeName(TerminalCause cause) noexcept {
    constexpr std::array<std::string_view, 4> kNames{"normal", "end of file", "read error",
                                                     "write error"};
    return kNames[static_cast<std::size_t>(cause)];
}

Terminal::Terminal(std::string name, TerminalClass kind, TerminalDirection direction)
    : name_(std::move(name)), class_(kind), direction_(direction) {}

hal::Result<void> Terminal::start() {
    if (state_ == TerminalState::Active) {
        return {};
    }
    if (auto started = state_ == TerminalState::Idle ? onStart() : onResume(); !started) {
        return started;
    }
    state_ = TerminalState::Active;
    tell(TerminalCause::Normal, {});
    return {};
}

hal::Result<void> Terminal::pause() {
    if (state_ == TerminalState::Idle) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the terminal {} is idle", name_));
    }
    if (state_ == TerminalState::Active) {
        onPause();
        state_ = TerminalState::Paused;
        tell(TerminalCause::Normal, {});
    }
    return {};
}

hal::Result<void> Terminal::stop() {
    if (state_ == TerminalState::Idle) {
        return {};
    }
    auto stopped = onStop();
    state_ = TerminalState::Idle;
    if (stopped) {
        tell(TerminalCause::Normal, {});
    } else {
        tell(renders() ? TerminalCause::WriteError : TerminalCause::ReadError,
             stopped.error().text());
    }
    return stopped;
}

std::size_t Terminal::capture(std::span<std::int16_t> samples) {
    if (state_ != TerminalState::Active || !captures()) {
        return 0;
    }
    const std::size_t count = std::min(onCapture(samples), samples.size());
    counters_.captured += count;
    counters_.missing += samples.size() - count;
    return count;
}

void Terminal::render(std::span<const std::int16_t> samples) {
    if (state_ == TerminalState::Active && renders()) {
        counters_.rendered += samples.size();
        onRender(samples);
    }
}

void Terminal::finish(TerminalCause cause, std::string text) {
    if (state_ == TerminalState::Idle) {
        return;
    }
    if (auto stopped = onStop(); !stopped) {
        text += text.empty() ? stopped.error().text() : "; " + stopped.error().text();
    }
    state_ = TerminalState::Idle;
    tell(cause, std::move(text));
}

void Terminal::note(std::string text) {
    tell(TerminalCause::Normal, std::move(text));
}

void Terminal::tell(TerminalCause cause, std::string text) {
    if (listener_) {
        listener_({*this, state_, cause, std::move(text)});
    }
}

}  // namespace tipring::media
