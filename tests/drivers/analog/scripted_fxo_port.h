// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tipring/drivers/analog/fxo_port.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/dsp/caller_id_sender.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::analog {

/// A port whose wires a test moves: what is to be heard is queued, what is done to it is noted.
class ScriptedFxoPort final : public FxoPort {
public:
    explicit ScriptedFxoPort(hal::VirtualLoop& loop)
        : loop_(loop), clock_(loop, [this] { block(); }) {
        now.volts = 48;
    }

    FxoAbilities able{true, true, true, true, true};
    FxoElectrics now;
    std::optional<hal::Error> refusal;  ///< of setHook
    struct HookMove {
        hal::TimePoint at;
        bool offHook;
    };
    std::vector<HookMove> hooks;
    std::vector<std::int16_t> spoken;  ///< off hook, since the last clear()

    [[nodiscard]] FxoAbilities abilities() const override { return able; }
    void setListener(FxoPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] FxoElectrics electrics() const override { return now; }
    hal::Result<void> setHook(bool offHook) override {
        if (refusal) {
            return tl::unexpected(*refusal);
        }
        hooks.push_back({loop_.now(), offHook});
        if (offHook_ != offHook) {
            offHook_ = offHook;
            set(now.battery, now.reversed);
        }
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

    [[nodiscard]] bool offHook() const { return offHook_; }
    /// What the exchange does to the wires.
    void set(bool battery, bool reversed) {
        now.battery = battery;
        now.reversed = reversed;
        now.volts = !battery ? 0 : offHook_ || extension_ ? 8.0F : 48.0F;
        now.milliamps = !battery || !offHook_ ? 0 : extension_ ? 15.0F : 27.0F;
        tell();
    }
    void setExtension(bool lifted) {
        extension_ = lifted;
        set(now.battery, now.reversed);
    }
    void ring(bool on) {
        if (listener_ != nullptr) {
            listener_->onRing(on);
        }
    }
    void ringFor(std::chrono::milliseconds time) {
        ring(true);
        loop_.advance(time);
        ring(false);
    }
    /// As a chip shows it that sees half waves of 25 Hz.
    void toggleFor(std::chrono::milliseconds time) {
        for (auto left = time; left.count() > 0; left -= std::chrono::milliseconds{20}) {
            ring(true);
            loop_.advance(std::chrono::milliseconds{8});
            ring(false);
            loop_.advance(std::chrono::milliseconds{12});
        }
    }
    void unplug() {
        clock_.cancel();
        if (listener_ != nullptr) {
            std::exchange(listener_, nullptr)->onGone({hal::ErrorCode::NoDevice, "unplugged"});
        }
    }

    /// Queues sound from the line.
    void hear(std::vector<std::int16_t> samples) {
        queue_.insert(queue_.end(), samples.begin(), samples.end());
    }
    void hearTone(const char* country, dsp::ToneKind kind, std::chrono::milliseconds time) {
        std::vector<std::int16_t> samples(static_cast<std::size_t>(time.count()) * 8);
        const dsp::TonePattern* pattern = dsp::builtinTones().find(country)->find(kind);
        dsp::ToneSequence{*pattern}.mix(samples);
        hear(std::move(samples));
    }
    void stopSound() { queue_.clear(); }
    /// Sends a caller ID as the network does, its ring or reversal too; returns when it is over.
    void sendCallerId(const dsp::CallerIdStandard& standard, const dsp::CallerId& id) {
        sender_.emplace(standard);
        ASSERT_TRUE(sender_->start(id));
        loop_.advanceUntil([this] { return !sender_->active(); }, std::chrono::seconds{20});
    }

private:
    void tell() {
        if (listener_ != nullptr) {
            listener_->onElectrics(now);
        }
    }
    void block() {
        clock_.arm(std::chrono::milliseconds{20});
        std::vector<std::int16_t> heard(160), said(160);
        for (std::size_t i = 0; i < heard.size() && !queue_.empty(); ++i) {
            heard[i] = queue_.front();
            queue_.pop_front();
        }
        if (sender_ && sender_->active()) {
            sender_->mix(heard, [this](const dsp::CallerIdRequest& request) {
                using Kind = dsp::CallerIdRequest::Kind;
                if (request.kind == Kind::Reverse) {
                    set(now.battery, !now.reversed);
                } else if (request.kind != Kind::Done) {
                    ring(request.kind == Kind::RingOn);
                }
            });
        }
        if (listener_ != nullptr) {
            listener_->onSound(position_, heard, said);
        }
        position_ += heard.size();
        if (offHook_) {
            spoken.insert(spoken.end(), said.begin(), said.end());
        }
    }

    hal::VirtualLoop& loop_;
    hal::Timer clock_;
    FxoPortListener* listener_ = nullptr;
    bool offHook_ = false, extension_ = false;
    std::uint64_t position_ = 0;
    std::deque<std::int16_t> queue_;
    std::optional<dsp::CallerIdSender> sender_;
};

}  // namespace tipring::analog
