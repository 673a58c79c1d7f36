// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tipring/hal/base/result.h"

namespace tipring::analog {

/// What a port on the line side can see and do. What it cannot is not judged from it.
struct FxoAbilities {
    bool battery = false;      ///< whether the exchange feeds the line
    bool volts = false;        ///< how much, so that a parallel telephone shows
    bool polarity = false;     ///< which way round
    bool current = false;      ///< of the loop, while off hook
    bool onHookSound = false;  ///< samples flow on hook too: caller ID
    bool sound = true;  ///< samples flow off hook; without them the line is dialled by pulses
};

/// What a meter at the two wires shows. Fields that the port cannot measure keep their defaults.
struct FxoElectrics {
    bool battery = true;
    bool reversed = false;  ///< against what the port calls normal
    float volts = 0;        ///< DC, without its sign
    float milliamps = 0;    ///< DC through the port; 0 on hook

    bool operator==(const FxoElectrics&) const = default;
};

/// Who listens to a port. Thread: the loop's.
class FxoPortListener {
public:
    virtual ~FxoPortListener() = default;
    /// Ring voltage is seen, or no more. As it comes: it may toggle with each half wave, bounce, or
    /// be a click.
    virtual void onRing(bool voltage) = 0;
    /// Something has changed, as it comes.
    virtual void onElectrics(const FxoElectrics& now) = 0;
    /// What came from the line, 16-bit linear, 8 kHz, and room for as much that goes to it, zeroed.
    /// `position` counts the port's own samples since setSound(): a jump is a gap. Any number of
    /// samples, 160 at most. On hook what is written goes nowhere.
    virtual void onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                         std::span<std::int16_t> spoken) = 0;
    /// The device was unplugged or broke. Nothing comes after this.
    virtual void onGone(const hal::Error& why) = 0;

protected:
    FxoPortListener() = default;
    FxoPortListener(const FxoPortListener&) = delete;
    FxoPortListener& operator=(const FxoPortListener&) = delete;
};

/// One port on the line side: all that an adapter's driver has to implement. It knows no call: it
/// closes the loop, says what is on the wires, and moves samples. Thread: the loop's; nothing
/// blocks. Callbacks may come from inside its functions, onGone() excepted.
class FxoPort {
public:
    virtual ~FxoPort() = default;
    [[nodiscard]] virtual FxoAbilities abilities() const = 0;
    /// Borrowed; null ends the callbacks.
    virtual void setListener(FxoPortListener* listener) = 0;
    [[nodiscard]] virtual FxoElectrics electrics() const = 0;
    /// Closes (true) or opens the loop as soon as the device can: dial pulses are made of this, so
    /// a few milliseconds. NoDevice when it is gone.
    virtual hal::Result<void> setHook(bool offHook) = 0;
    /// Samples both ways from now on, or no more. On hook it may stay without effect where the port
    /// has no sound there.
    virtual hal::Result<void> setSound(bool on) = 0;

protected:
    FxoPort() = default;
    FxoPort(const FxoPort&) = delete;
    FxoPort& operator=(const FxoPort&) = delete;
};

}  // namespace tipring::analog
