// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/detector_set.h"

#include <utility>

namespace tipring::media {

hal::Result<DetectorSet> DetectorSet::create(const DetectorSettings& settings) {
    DetectorBank bank;
    if (auto added = bank.add(settings); !added) {
        return tl::unexpected(std::move(added.error()));
    }
    return DetectorSet(std::move(bank));
}

DetectorSet::DetectorSet(DetectorBank bank) : bank_(std::move(bank)) {}

void DetectorSet::process(std::span<const std::int16_t> samples,
                          dsp::Listener<DetectorEvent> tell) {
    const dsp::ChannelSamples block{0, samples};
    bank_.process({&block, 1}, [&tell](const LineDetectorEvent& heard) { tell(heard.event); });
}

void DetectorSet::reset() {
    bank_.reset(0);
}

dsp::SamplePosition DetectorSet::position() const {
    return bank_.position(0);
}

}  // namespace tipring::media
