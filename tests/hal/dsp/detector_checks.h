// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hal/base/allocation_count.h"

namespace tipring::test {

/// All that `detector` tells of `sound`, given in blocks of `step` samples.
template <class Event, class Detector>
std::vector<Event> eventsOf(Detector& detector, std::span<const std::int16_t> sound,
                            std::size_t step = 160) {
    std::vector<Event> events;
    while (!sound.empty()) {
        const std::size_t count = std::min(step, sound.size());
        detector.process(sound.first(count), [&](const Event& event) { events.push_back(event); });
        sound = sound.subspan(count);
    }
    return events;
}

/// What every detector promises: block sizes do not matter, nothing is allocated, odd input is
/// survived. `text` makes an event comparable.
template <class Event, class Detector, class Text>
void expectGoodManners(std::span<const std::int16_t> sound, Text text) {
    const auto textsOf = [&](std::size_t step) {
        Detector detector;
        std::vector<decltype(text(std::declval<Event>()))> texts;
        for (std::span<const std::int16_t> rest = sound; !rest.empty();) {
            const std::size_t count = std::min(step, rest.size());
            detector.process(rest.first(count),
                             [&](const Event& event) { texts.push_back(text(event)); });
            rest = rest.subspan(count);
        }
        return texts;
    };
    const auto expected = textsOf(160);
    EXPECT_FALSE(expected.empty()) << "the sound of this test has nothing to tell";
    for (const std::size_t step : {1U, 7U, 80U, 333U, 10000U}) {
        EXPECT_EQ(textsOf(step), expected) << step;
    }

    Detector detector;
    std::size_t told = 0;
    const std::uint64_t before = allocationCount();
    detector.process(sound, [&](const Event&) { ++told; });
    EXPECT_EQ(allocationCount(), before);
    EXPECT_GT(told, 0U);

    const std::vector<std::int16_t> low(4000, -32768);
    const std::vector<std::int16_t> dc(4000, 12345);
    std::vector<std::int16_t> square(4000, 32767);
    for (std::size_t i = 0; i < square.size(); i += 2) {
        square[i] = -32768;
    }
    detector.process({}, [](const Event&) {});
    for (const auto& odd : {low, dc, square, std::vector<std::int16_t>(4000), low}) {
        detector.process(odd, [](const Event&) {});
    }
    detector.reset();
    std::size_t again = 0;
    detector.process(sound, [&](const Event&) { ++again; });
    EXPECT_EQ(again, told);
}

}  // namespace tipring::test
