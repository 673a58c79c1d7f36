// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tipring/hal/base/result.h"

namespace tipring::analog {

/// What a port on the telephone side can do beyond the least.
struct FxsAbilities {
    bool digits = false;       ///< hears DTMF by itself: onDigit()
    bool dialTone = false;     ///< plays dial tone by itself off hook; the line then plays none
    bool polarity = false;     ///< can feed the other way round
    bool onHookSound = false;  ///< samples reach the telephone on hook: caller ID
    bool neon = false;         ///< has the voltage of a neon lamp
};

/// What the port puts on the wires.
enum class FxsFeed : std::uint8_t {
    Open,     ///< nothing: line power off
    Forward,  ///< battery; talking when the telephone is lifted
    Reverse,  ///< the other way round; Forward where the port cannot, as with OnHookReverse
    OnHook,   ///< battery and sound to a telephone that is on hook (on-hook transmission)
    OnHookReverse,
    Ringing,  ///< ring voltage; the port takes it away by itself when the telephone is lifted
};

/// Who listens to a port. Thread: the loop's.
class FxsPortListener {
public:
    virtual ~FxsPortListener() = default;
    /// The loop was closed or opened, as the port sees it: pulses and bounces too.
    virtual void onHook(bool offHook) = 0;
    /// A key that the port heard by itself, once, when it is sure: 0-9 * # A-D.
    virtual void onDigit(char key) = 0;
    /// What came from the telephone, 16-bit linear, 8 kHz, and room for as much that goes to it,
    /// zeroed. `position` counts the port's own samples since setSound(). 160 samples at most.
    virtual void onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                         std::span<std::int16_t> spoken) = 0;
    /// The feed failed (over-current, converter) or works again; `why` in words, null when it does.
    virtual void onFault(const hal::Error* why) = 0;
    /// The device was unplugged or broke. Nothing comes after this.
    virtual void onGone(const hal::Error& why) = 0;

protected:
    FxsPortListener() = default;
    FxsPortListener(const FxsPortListener&) = delete;
    FxsPortListener& operator=(const FxsPortListener&) = delete;
};

/// One port on the telephone side: all that an adapter's driver has to implement. Cadences, tones,
/// caller ID and digits are made above it. Thread and callbacks: as FxoPort.
class FxsPort {
public:
    virtual ~FxsPort() = default;
    [[nodiscard]] virtual FxsAbilities abilities() const = 0;
    /// Borrowed; null ends the callbacks.
    virtual void setListener(FxsPortListener* listener) = 0;
    [[nodiscard]] virtual bool offHook() const = 0;
    virtual hal::Result<void> setFeed(FxsFeed feed) = 0;
    /// Samples both ways from now on, or no more.
    virtual hal::Result<void> setSound(bool on) = 0;
    /// The neon lamp. OperationUnavail where there is none.
    virtual hal::Result<void> setNeon(bool on) = 0;

protected:
    FxsPort() = default;
    FxsPort(const FxsPort&) = delete;
    FxsPort& operator=(const FxsPort&) = delete;
};

}  // namespace tipring::analog
