// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/mix_limiter.h"

#include <algorithm>

#include "mix_kernels.h"

namespace tipring::media {
namespace {

constexpr float kRise = 1.00346F;  // 6 dB a second, in pieces of 5 ms

float bearable(std::int32_t peak) {
    // A little less, for what is rounded up.
    return peak <= MixLimiter::kLimit ? 1.0F
                                      : float{MixLimiter::kLimit - 1} / static_cast<float>(peak);
}

}  // namespace

void MixLimiter::process(std::span<const std::int32_t> sums,
                         std::span<std::int16_t> samples) noexcept {
    std::array<std::int32_t, kPiece> next;
    for (std::size_t at = 0; at + kPiece <= sums.size(); at += kPiece) {
        std::copy_n(sums.begin() + static_cast<std::ptrdiff_t>(at), kPiece, next.begin());
        const float coming = bearable(mixPeak(next));
        const float gain = std::min({gain_ * kRise, 1.0F, coming, bearable_});
        const auto out = samples.subspan(at, kPiece);
        if (gain_ == 1.0F && gain == 1.0F) {
            mixNarrow(waiting_, out);
        } else {
            mixNarrow(waiting_, gain_, gain, out);
        }
        gain_ = gain;
        bearable_ = coming;
        waiting_ = next;
    }
}

}  // namespace tipring::media
