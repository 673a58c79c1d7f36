// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/sample_queue.h"

#include <algorithm>

namespace tipring::media {

std::size_t SampleQueue::push(std::span<const std::int16_t> samples) noexcept {
    std::size_t lost = 0;
    if (samples.size() > capacity()) {
        lost = samples.size() - capacity();
        samples = samples.subspan(lost);
    }
    if (const std::size_t room = capacity() - size_; samples.size() > room) {
        const std::size_t excess = samples.size() - room;
        discard(excess);
        lost += excess;
    }
    while (!samples.empty()) {
        const std::size_t at = (first_ + size_) % capacity();
        const std::size_t count = std::min(samples.size(), capacity() - at);
        std::copy_n(samples.begin(), count, samples_.begin() + static_cast<std::ptrdiff_t>(at));
        size_ += count;
        samples = samples.subspan(count);
    }
    return lost;
}

std::size_t SampleQueue::pop(std::span<std::int16_t> samples) noexcept {
    std::size_t done = 0;
    while (done < samples.size() && size_ > 0) {
        const auto piece = front().first(std::min(front().size(), samples.size() - done));
        std::copy(piece.begin(), piece.end(), samples.begin() + static_cast<std::ptrdiff_t>(done));
        done += piece.size();
        discard(piece.size());
    }
    return done;
}

std::span<const std::int16_t> SampleQueue::front() const noexcept {
    return std::span{samples_}.subspan(first_, std::min(size_, capacity() - first_));
}

void SampleQueue::discard(std::size_t count) noexcept {
    count = std::min(count, size_);
    size_ -= count;
    first_ = capacity() == 0 ? 0 : (first_ + count) % capacity();
}

}  // namespace tipring::media
