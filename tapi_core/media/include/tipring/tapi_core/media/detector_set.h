// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/detector_bank.h"
#include "tipring/tapi_core/media/detectors.h"
#include "tipring/tapi_core/media/hangup_fusion.h"

namespace tipring::media {

/// All software detectors of a call behind one object: samples in, events out, in the order of the
/// samples up to the time that each detector takes to be sure. The same events for any block size.
/// No allocation after construction but in reset(). Thread: one at a time.
class DetectorSet {
public:
    /// INVALPARAM: the country, or the standard of caller ID, is not in the table. INVALTONE: too
    /// many frequencies, or none, in `tones`.
    static hal::Result<DetectorSet> create(const DetectorSettings& settings);

    void process(std::span<const std::int16_t> samples, dsp::Listener<DetectorEvent> tell);
    void reset();
    /// Samples heard.
    [[nodiscard]] dsp::SamplePosition position() const;

private:
    explicit DetectorSet(DetectorBank bank);
    DetectorBank bank_;  ///< of one line
};

/// What an event says about a hang-up of the far end, at `now`; nothing for most.
[[nodiscard]] std::optional<HangupVote> hangupVote(const DetectorEvent& event,
                                                   std::chrono::milliseconds now);
/// The event shows that somebody is there: HangupFusion::alive().
[[nodiscard]] bool showsLife(const DetectorEvent& event);

}  // namespace tipring::media
