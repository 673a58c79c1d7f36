// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/script_actor.h"

namespace tipring::sim {

/// Somebody at a telephone on a line, with nothing but the two wires: dials by tones after 600 ms
/// of dial tone, and hangs up when the exchange shows that the other end has. Thread: the loop's.
class ScriptTelephone final : public ScriptActor {
public:
    /// Plugs itself into the line, which outlives it.
    ScriptTelephone(hal::EventLoop& loop, Line& line);
    ~ScriptTelephone() override;

    void setListener(Listener listener) override;
    [[nodiscard]] State state() const override;
    [[nodiscard]] std::string_view caller() const override;
    /// The caller ID is the exchange's business and not used.
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
