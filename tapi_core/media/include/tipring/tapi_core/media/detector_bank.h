// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/detectors.h"

namespace tipring::media {

/// What was heard on one of the lines. Valid during the call.
struct LineDetectorEvent {
    std::size_t line;
    const DetectorEvent& event;
};

/// The software detectors of many lines, which share the work: lines that want the same digits, and
/// lines of one country, are looked at some at a time with the vectors of the processor.
///
/// Each line has a clock of its own. What comes together is what the caller has: it gathers the
/// lines that have a block (one tick of 20 ms, say), and hands over all of these blocks in one
/// call. A line without one is left out, one that runs fast brings more samples, or comes again in
/// the next call; neither their lengths nor where they begin have to agree. Only lines of the same
/// call share work (eight of them cost half of what each costs alone), and what a line hears does
/// not depend on the others: the events are those of a DetectorSet of its own, in the same order.
///
/// Lines may join and leave between calls at any time. No allocation but for that. Thread: one at a
/// time.
class DetectorBank {
public:
    DetectorBank();
    DetectorBank(DetectorBank&&) noexcept;
    DetectorBank& operator=(DetectorBank&&) noexcept;
    ~DetectorBank();

    /// A line that joins; its number is the least that is free. INVALPARAM: the country, or the
    /// standard of caller ID, is not in the table. INVALTONE: too many frequencies, or none, in
    /// `tones`. Allocates.
    [[nodiscard]] hal::Result<std::size_t> add(const DetectorSettings& settings);
    /// A line that leaves; nothing more is told of it. Its number may be given to another.
    void remove(std::size_t line);
    /// One more than the greatest number of a line that has been there.
    [[nodiscard]] std::size_t lines() const;
    [[nodiscard]] bool has(std::size_t line) const;

    /// As many samples of each line as have come. The channel is the line's number; the block of
    /// one that is not there is passed over. A second block of a line is heard after the first one,
    /// and ends what is heard together.
    void process(std::span<const dsp::ChannelSamples> blocks,
                 dsp::Listener<LineDetectorEvent> tell);
    /// Forgets what a line heard; its positions begin at 0 again. Allocates.
    void reset(std::size_t line);
    /// Samples heard on a line.
    [[nodiscard]] dsp::SamplePosition position(std::size_t line) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tipring::media
