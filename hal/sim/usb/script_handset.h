// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/script_actor.h"
#include "tipring/hal/sim/telephone.h"

namespace tipring::sim {

/// Somebody at a telephone on an FXS port. Dials by tones, 600 ms after lifting. A port shows no
/// answer: who has dialled is connected once the keys are out, and hears for himself what comes of
/// it. Hangs up when the port takes the battery away. Thread: the loop's.
class ScriptHandset final : public ScriptActor {
public:
    /// Borrowed; its listener is this one's from now on.
    ScriptHandset(hal::EventLoop& loop, Telephone& telephone);
    ~ScriptHandset() override;

    void setListener(Listener listener) override;
    [[nodiscard]] State state() const override;
    [[nodiscard]] std::string_view caller() const override;
    /// A caller ID is the port's business and not used.
    hal::Result<void> dial(std::string_view number, const CallerId& id, unsigned maxRings) override;
    hal::Result<void> answer() override;
    void hangUp() override;
    void say(std::unique_ptr<SoundSource> sound) override;
    void quiet() override;
    [[nodiscard]] bool isSpeaking() const override;
    hal::Result<void> setModem(bool on, const std::string& greeting) override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
