// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/usb/usb_stream.h"

namespace tipring::hal {

/// Finds gaps by a clock. A unit is due every `pace`; the time at which the nth one came, less n
/// times the pace, is a constant (when the device began) plus how late we were told. We are told
/// late now and then, never early: so the least of several such values moves only when units are
/// missing, or slowly, because two clocks are never quite alike. Pure arithmetic.
class UsbPace {
public:
    /// Completions that are looked at before a delay counts as a gap: one of so many is punctual,
    /// also in a program that is busy.
    static constexpr unsigned kLeastWindow = 32;

    /// `pace` zero: only intervals are measured. `window` is in completions; it must exceed what
    /// can be waiting at once.
    UsbPace(Duration pace, unsigned window) : pace_(pace), window_(window) {}

    void begin(TimePoint now);
    /// A transfer with `units` came back at `now`; adds to gaps, missedUnits, maxServiceDelay and
    /// maxInterval.
    void completed(TimePoint now, double units, UsbStreamStatistics& statistics);

private:
    void closeWindow(UsbStreamStatistics& statistics);

    Duration pace_;
    unsigned window_;
    unsigned inWindow_ = 0;
    bool anchored_ = false;  // base_ is known
    TimePoint last_{};
    double units_ = 0;        // since begin(), missing ones included
    double unitsBefore_ = 0;  // at the end of the last window
    double base_ = 0;         // ns: what a unit without delay would show
    double leastNow_ = 0;     // ns: least delay in this window
};

}  // namespace tipring::hal
