// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/sound_source.h"

namespace tipring::sim {

/// Somebody far away with a telephone, a sound file and a tape; or a modem that answers data calls.
///
/// Used from tests and from Control. At most one call at a time. Thread: the loop's.
class FarEnd {
public:
    enum class State : std::uint8_t { Idle, Calling, Called, Connected };
    struct Listener {
        std::function<void(State)> onState;       ///< after each change
        std::function<void(char)> onKey;          ///< a DTMF key was heard
        std::function<void()> onPlayed;           ///< the last file or key is out
        std::function<void(HeardBlock)> onSound;  ///< every block heard
        /// A ring of the call that is being set up is over: at the line that is called, or here
        /// where the call waits for answer(): there 0 comes when the first one begins.
        std::function<void(unsigned rings)> onRing{};
    };

    explicit FarEnd(Exchange& exchange);
    ~FarEnd();
    void setListener(Listener listener);

    /// Calls a line. The caller ID goes with it. `maxRings` 0: until somebody answers or hangUp().
    /// InvalAddress: no such line; InvalCallState: this end is in a call; InUse: the line is busy.
    hal::Result<void> call(std::string_view line, const CallerId& id, unsigned maxRings = 0);
    /// Answers the call that rings here (a route with this far end, Called state).
    hal::Result<void> answer();
    /// Ends or refuses; nothing when idle.
    void hangUp();
    [[nodiscard]] State state() const;
    /// True once the call of call() was answered, until the next call.
    [[nodiscard]] bool wasAnswered() const;

    /// Plays a sound file (any rate, any format of libsndfile, channels mixed) to the other end,
    /// after what is playing already. Read in blocks; not whole into memory.
    hal::Result<void> play(const std::string& path);
    /// Says samples once (8 kHz); for tests and tones.
    void say(std::span<const std::int16_t> samples);
    /// Says something that is made while it is heard, after what is playing already.
    void say(std::unique_ptr<SoundSource> sound);
    /// Drops what is still to be heard.
    void quiet();
    /// Presses keys: 0-9 * # A-D and `,` for a pause. InvalDigits for others.
    hal::Result<void> pressKeys(std::string_view keys);
    /// True while a file, samples or keys are still to be heard.
    [[nodiscard]] bool isSpeaking() const;
    /// Writes what is heard to a WAV file (16-bit, 8 kHz) until stopRecording() or the end of the
    /// call. The header is right after every second, also if the program dies.
    hal::Result<void> record(const std::string& path);
    void stopRecording();
    /// Keys heard in the present or last call.
    [[nodiscard]] std::string_view heardKeys() const;
    /// Who made the present or last call that rang here.
    [[nodiscard]] std::string_view callerNumber() const;

    /// As a modem: answers outgoing data calls with a carrier, sends `greeting`, then echoes when
    /// `echo`. Off by default: then it is a person.
    void setModem(bool on, std::string greeting = {}, bool echo = true);
    void sendData(std::span<const std::byte> bytes);
    /// Data bytes received in the present or last call (the last 64 KiB).
    [[nodiscard]] std::string_view heardData() const;

private:
    friend class Exchange;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
