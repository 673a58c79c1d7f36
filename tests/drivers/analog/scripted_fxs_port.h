// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::analog {

/// A port whose telephone a test moves: feeds are noted with their times, what the telephone hears
/// is kept.
class ScriptedFxsPort final : public FxsPort {
public:
    explicit ScriptedFxsPort(hal::VirtualLoop& loop)
        : loop_(loop), clock_(loop, [this] { block(); }) {}

    FxsAbilities able{.onHookSound = true};
    struct FeedMove {
        hal::TimePoint at;
        FxsFeed feed;
    };
    std::vector<FeedMove> feeds;
    std::vector<std::int16_t> heard;  ///< by the telephone
    FxsFeed feed = FxsFeed::Open;
    bool neon = false;

    [[nodiscard]] FxsAbilities abilities() const override { return able; }
    void setListener(FxsPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] bool offHook() const override { return offHook_; }
    hal::Result<void> setFeed(FxsFeed next) override {
        feed = next;
        feeds.push_back({loop_.now(), next});
        return {};
    }
    hal::Result<void> setSound(bool on) override {
        if (on && !clock_.armed()) {
            position_ = 0;
            clock_.arm(std::chrono::milliseconds{20});
        } else if (!on) {
            clock_.cancel();
        }
        return {};
    }
    hal::Result<void> setNeon(bool on) override {
        neon = on;
        return {};
    }

    void hook(bool offHook) {
        offHook_ = offHook;
        if (listener_ != nullptr) {
            listener_->onHook(offHook);
        }
    }
    /// Opens the loop for that long.
    void breakFor(std::chrono::milliseconds time) {
        hook(false);
        loop_.advance(time);
        hook(true);
    }
    void pulses(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            breakFor(std::chrono::milliseconds{60});
            loop_.advance(std::chrono::milliseconds{40});
        }
        loop_.advance(std::chrono::milliseconds{400});
    }
    void say(std::vector<std::int16_t> samples) {
        queue_.insert(queue_.end(), samples.begin(), samples.end());
    }
    void fault(const hal::Error* why) { listener_->onFault(why); }
    void digit(char key) { listener_->onDigit(key); }
    void unplug() {
        clock_.cancel();
        if (listener_ != nullptr) {
            std::exchange(listener_, nullptr)->onGone({hal::ErrorCode::NoDevice, "unplugged"});
        }
    }
    [[nodiscard]] bool sounding() const { return clock_.armed(); }

private:
    void block() {
        clock_.arm(std::chrono::milliseconds{20});
        std::vector<std::int16_t> from(160), to(160);
        for (std::size_t i = 0; i < from.size() && !queue_.empty(); ++i) {
            from[i] = queue_.front();
            queue_.pop_front();
        }
        if (listener_ != nullptr) {
            listener_->onSound(position_, from, to);
        }
        position_ += from.size();
        heard.insert(heard.end(), to.begin(), to.end());
    }

    hal::VirtualLoop& loop_;
    hal::Timer clock_;
    FxsPortListener* listener_ = nullptr;
    bool offHook_ = false;
    std::uint64_t position_ = 0;
    std::deque<std::int16_t> queue_;
};

}  // namespace tipring::analog
