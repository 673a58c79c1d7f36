// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/sound_source.h"

namespace tipring::sim {

/// Who a script is played by: somebody far away, or somebody at a telephone on a line. At most one
/// call at a time. Thread: the loop's.
class ScriptActor {
public:
    using State = FarEnd::State;
    struct Listener {
        std::function<void(State)> onState;
        std::function<void(unsigned rings)> onRing;  ///< are over; 0: a call rings here
        std::function<void()> onPlayed;              ///< all that was said is out
        std::function<void(HeardBlock)> onSound;     ///< each block heard in a call
    };

    virtual ~ScriptActor() = default;
    /// Empty functions end it.
    virtual void setListener(Listener listener) = 0;
    [[nodiscard]] virtual State state() const = 0;
    /// Number of who called last.
    [[nodiscard]] virtual std::string_view caller() const = 0;
    /// `maxRings` 0: no limit.
    virtual hal::Result<void> dial(std::string_view number, const CallerId& id,
                                   unsigned maxRings) = 0;
    virtual hal::Result<void> answer() = 0;
    virtual void hangUp() = 0;
    virtual void say(std::unique_ptr<SoundSource> sound) = 0;
    /// Nothing more of what is being said.
    virtual void quiet() = 0;
    [[nodiscard]] virtual bool isSpeaking() const = 0;
    /// OperationUnavail where there can be no modem.
    virtual hal::Result<void> setModem(bool on, const std::string& greeting) = 0;

protected:
    ScriptActor() = default;
    ScriptActor(const ScriptActor&) = delete;
    ScriptActor& operator=(const ScriptActor&) = delete;
};

/// A far end plays the script.
class FarEndActor final : public ScriptActor {
public:
    /// Borrowed; its listener is this one's from now on.
    explicit FarEndActor(FarEnd& end) : end_(end) {}
    ~FarEndActor() override { end_.setListener({}); }

    void setListener(Listener listener) override;
    [[nodiscard]] State state() const override { return end_.state(); }
    [[nodiscard]] std::string_view caller() const override { return end_.callerNumber(); }
    hal::Result<void> dial(std::string_view number, const CallerId& id, unsigned maxRings) override;
    hal::Result<void> answer() override { return end_.answer(); }
    void hangUp() override { end_.hangUp(); }
    void say(std::unique_ptr<SoundSource> sound) override { end_.say(std::move(sound)); }
    void quiet() override { end_.quiet(); }
    [[nodiscard]] bool isSpeaking() const override { return end_.isSpeaking(); }
    hal::Result<void> setModem(bool on, const std::string& greeting) override;

private:
    FarEnd& end_;
};

}  // namespace tipring::sim
