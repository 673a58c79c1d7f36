// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "simd.h"

namespace tipring::dsp {

/// Values of some channels side by side, as vectors of the compiler: it makes of them what the
/// function's target has. Of truths 0 or -1.
template <std::size_t kLanes>
struct Lanes;
template <>
struct Lanes<1> {
    using Floats = float __attribute__((vector_size(4)));
    using Wholes = std::int32_t __attribute__((vector_size(4)));
    using Counts = std::uint32_t __attribute__((vector_size(4)));
};
template <>
struct Lanes<8> {
    using Floats = float __attribute__((vector_size(32)));
    using Wholes = std::int32_t __attribute__((vector_size(32)));
    using Counts = std::uint32_t __attribute__((vector_size(32)));
};
template <>
struct Lanes<16> {
    using Floats = float __attribute__((vector_size(64)));
    using Wholes = std::int32_t __attribute__((vector_size(64)));
    using Counts = std::uint32_t __attribute__((vector_size(64)));
};

template <class Vector>
inline constexpr std::size_t kLanesOf = sizeof(Vector) / sizeof(float);

template <class Vector>
TIPRING_KERNEL Vector lesser(const Vector& a, const Vector& b) {
    return b < a ? b : a;
}
template <class Vector>
TIPRING_KERNEL Vector greater(const Vector& a, const Vector& b) {
    return a < b ? b : a;
}
template <class Vector>
TIPRING_KERNEL Vector magnitude(const Vector& value) {
    return value < 0.0F ? -value : value;
}
template <class Wholes, class Vector>
TIPRING_KERNEL void set(Vector& value, const Wholes& where, const Vector& wished) {
    value = where ? wished : value;
}
/// The value where that is true, 0 elsewhere.
template <class Wholes, class Vector>
TIPRING_KERNEL Vector masked(const Wholes& where, const Vector& value) {
    return reinterpret_cast<Vector>(reinterpret_cast<Wholes>(value) & where);
}

template <class Wholes, std::size_t... kPlace>
TIPRING_KERNEL constexpr Wholes bitOfEach(std::index_sequence<kPlace...>) {
    return Wholes{(1 << kPlace)...};
}
template <class Wholes>
TIPRING_KERNEL Wholes truths(unsigned bits) {
    const auto places = bitOfEach<Wholes>(std::make_index_sequence<kLanesOf<Wholes>>{});
    return ((Wholes{} + static_cast<std::int32_t>(bits)) & places) != 0;
}
template <std::size_t kStep, class Wholes, std::size_t... kPlace>
TIPRING_KERNEL Wholes withOther(const Wholes& value, std::index_sequence<kPlace...>) {
    return value | __builtin_shufflevector(value, value, (kPlace ^ kStep)...);
}
/// Bit n: lane n is true.
template <class Wholes>
TIPRING_KERNEL unsigned bits(const Wholes& truths) {
    constexpr std::size_t kLanes = kLanesOf<Wholes>;
    constexpr auto kPlaces = std::make_index_sequence<kLanes>{};
    Wholes sum = truths & bitOfEach<Wholes>(kPlaces);
    if constexpr (kLanes > 8) {
        sum = withOther<8>(sum, kPlaces);
    }
    if constexpr (kLanes > 1) {
        sum = withOther<1>(withOther<2>(withOther<4>(sum, kPlaces), kPlaces), kPlaces);
    }
    return static_cast<unsigned>(sum[0]);
}

/// Of two rows those elements that stand in the other's place when rows become columns, in blocks
/// of kStep.
template <std::size_t kStep, class Floats, std::size_t... kPlace>
TIPRING_KERNEL void crossOver(Floats& a, Floats& b, std::index_sequence<kPlace...>) {
    constexpr std::size_t kLanes = sizeof...(kPlace);
    const Floats first =
        __builtin_shufflevector(a, b, (kPlace & kStep ? kLanes + kPlace - kStep : kPlace)...);
    b = __builtin_shufflevector(a, b, (kPlace & kStep ? kLanes + kPlace : kPlace + kStep)...);
    a = first;
}
/// Eight rows of eight (or twice eight, beside each other) to columns.
template <class Floats>
TIPRING_KERNEL void transpose(Floats* rows) {
    constexpr auto kPlaces = std::make_index_sequence<kLanesOf<Floats>>{};
    crossOver<1>(rows[0], rows[1], kPlaces);
    crossOver<1>(rows[2], rows[3], kPlaces);
    crossOver<1>(rows[4], rows[5], kPlaces);
    crossOver<1>(rows[6], rows[7], kPlaces);
    crossOver<2>(rows[0], rows[2], kPlaces);
    crossOver<2>(rows[1], rows[3], kPlaces);
    crossOver<2>(rows[4], rows[6], kPlaces);
    crossOver<2>(rows[5], rows[7], kPlaces);
    crossOver<4>(rows[0], rows[4], kPlaces);
    crossOver<4>(rows[1], rows[5], kPlaces);
    crossOver<4>(rows[2], rows[6], kPlaces);
    crossOver<4>(rows[3], rows[7], kPlaces);
}

template <class Floats, std::size_t... kPlace>
TIPRING_KERNEL Floats beside(const float* a, const float* b, std::index_sequence<kPlace...>) {
    Lanes<8>::Floats first, second;
    std::memcpy(&first, a, sizeof first);
    std::memcpy(&second, b, sizeof second);
    return __builtin_shufflevector(first, second, kPlace...);
}

/// Eight values of each channel, `from[channel]` the first of them: `to[n]` has value n of all.
template <class Floats>
TIPRING_KERNEL void gather(Floats* to, const float* const* from) {
    constexpr std::size_t kLanes = kLanesOf<Floats>;
    if constexpr (kLanes == 1) {
        std::memcpy(to, from[0], 8 * sizeof(float));
        return;
    }
    for (std::size_t i = 0; i < kLanes && i < 8; ++i) {
        if constexpr (kLanes == 16) {
            // In a register: what is written in halves is slow to be read as one.
            to[i] = beside<Floats>(from[i], from[i + 8], std::make_index_sequence<kLanes>{});
        } else {
            std::memcpy(&to[i], from[i], sizeof to[i]);
        }
    }
    if constexpr (kLanes > 1) {
        transpose(to);
    }
}

/// One of four for each channel, by its place.
template <class Wholes>
class Choice {
public:
    TIPRING_KERNEL explicit Choice(const Wholes& place)
        : place_(place), odd_((place & 1) != 0), upper_((place & 2) != 0) {}
    /// Of values[0], values[step] ...
    template <class Floats>
    TIPRING_KERNEL Floats of(const Floats* values, std::size_t step = 1) const {
        if constexpr (kLanesOf<Wholes> == 1) {
            return values[static_cast<std::size_t>(place_[0]) * step];
        } else {
            const Floats lower = odd_ ? values[step] : values[0];
            const Floats higher = odd_ ? values[3 * step] : values[2 * step];
            return upper_ ? higher : lower;
        }
    }

private:
    Wholes place_, odd_, upper_;
};

}  // namespace tipring::dsp
