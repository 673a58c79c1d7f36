// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::analog {

/// Who hears of rings.
class RingListener {
public:
    virtual ~RingListener() = default;
    /// A ring began: number `count` from 0. `mode` is 1 to kRingModes, by the rings before it; the
    /// first one is told as 1.
    virtual void onRingBegan(unsigned mode, unsigned count) = 0;
    /// A burst too short to be a ring: an alert before a message.
    virtual void onShortRing(hal::Duration length) = 0;
    /// The next ring is overdue: the caller gave up.
    virtual void onRingsOver() = 0;

protected:
    RingListener() = default;
    RingListener(const RingListener&) = delete;
    RingListener& operator=(const RingListener&) = delete;
};

/// Makes rings of ring voltage as a port sees it: closes the gaps of half waves and bounces, drops
/// clicks, puts the bursts of one cycle together and tells distinctive cadences apart.
class RingDetector {
public:
    RingDetector(hal::EventLoop& loop, const LineProfile& profile, RingListener& listener);

    void voltage(bool on);
    /// A burst may be under way, sure or not.
    [[nodiscard]] bool active() const { return active_; }
    /// Something has come that a ring must follow: then onRingsOver() comes without one.
    void expect();
    [[nodiscard]] unsigned mode() const { return mode_; }
    [[nodiscard]] unsigned count() const { return count_; }
    /// The call is over or answered: no more of these rings.
    void reset();

private:
    static constexpr std::size_t kMost = 8;

    void confirmed();
    void burstOver();
    void finishCycle();
    [[nodiscard]] bool matches(const RingCadence& cadence) const;
    [[nodiscard]] hal::Duration patience() const;

    hal::EventLoop& loop_;
    const LineProfile& profile_;
    RingListener& listener_;
    hal::Timer confirmTimer_, gapTimer_, overTimer_;

    bool active_ = false, sure_ = false;
    hal::TimePoint began_{}, lastOff_{};
    bool heard_ = false;  ///< a sure burst, ended at lastEnd_
    hal::TimePoint lastEnd_{}, cycleBegan_{};
    hal::Duration cycle_{};
    std::array<hal::Duration, kMost> steps_{};  ///< on, off, on ... of this cycle
    std::size_t stepCount_ = 0;
    unsigned count_ = 0, mode_ = 1;
};

}  // namespace tipring::analog
