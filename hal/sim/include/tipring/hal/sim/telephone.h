// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/dsp/caller_id.h"

namespace tipring::sim {

/// What an FXS port puts on the pair.
struct PhoneFeed {
    float volts = 0;      ///< DC on hook, less than 0 when reversed; 0: none
    float milliamps = 0;  ///< the most that flows off hook
    float ringVolts = 0;  ///< effective; 0: no ring
    float ringHertz = 0;
    bool operator==(const PhoneFeed&) const = default;
};

struct TelephoneSettings {
    float ren = 1;                ///< ringer equivalence number, 0.1..10; 0: no ringer
    float ringVoltsLeast = 40;    ///< effective; below it the ringer is silent (TIA-968, type B)
    std::string callerId = "US";  ///< a standard or country of dsp::callerIdStandard()
};

/// A telephone on an FXS port: hook, flash, keys and dial, ringer, and a caller ID display. The
/// port gives it battery and sound; a person (a test, a control line) uses it. Thread: the loop's.
class Telephone {
public:
    /// The port is told when the current in the loop begins or ends: hook, flash, dial pulses.
    struct Port {
        virtual ~Port() = default;
        virtual void onLoop(bool closed) = 0;
    };
    struct Listener {
        std::function<void(bool on)> onRing{};  ///< the ringer sounds: every burst
        std::function<void(const dsp::CallerId&)> onCallerId{};
        std::function<void(std::span<const std::int16_t>)> onSound{};  ///< heard in the handset
    };

    explicit Telephone(hal::EventLoop& loop, TelephoneSettings settings = {});
    ~Telephone();
    Telephone(const Telephone&) = delete;
    Telephone& operator=(const Telephone&) = delete;

    // The person.
    void setListener(Listener listener);
    void lift();
    void hangUp();
    /// Opens the loop for a moment; nothing on hook.
    void flash(std::chrono::milliseconds length = std::chrono::milliseconds{500});
    /// DTMF, 100 ms each and 100 ms apart: 0-9 * # A-D, `,` a pause of 2 s. Nothing on hook; false
    /// for other keys.
    bool pressKeys(std::string_view keys);
    /// The dial: 10 pulses a second of 60 ms break, 700 ms between digits. False on hook, for
    /// other keys, or while it turns.
    bool dialPulses(std::string_view digits);
    /// Says samples once (8 kHz).
    void say(std::span<const std::int16_t> samples);
    [[nodiscard]] bool isOffHook() const;
    [[nodiscard]] bool isRinging() const;
    [[nodiscard]] const TelephoneSettings& settings() const;
    [[nodiscard]] const PhoneFeed& feed() const;

    // The port.
    void setPort(Port* port);
    [[nodiscard]] bool loopClosed() const;
    void setFeed(const PhoneFeed& feed);
    /// Sound both ways, as many samples; on hook the display alone listens.
    void exchange(std::span<const std::int16_t> heard, std::span<std::int16_t> spoken);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
