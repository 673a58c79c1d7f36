// SPDX-License-Identifier: Apache-2.0
#include "sound/fixed_math.h"

#include <cmath>

#include "sound/sine_series.h"

namespace tipring::sim {

namespace {

constexpr double kLn2 = 0.69314718055994530942;
constexpr double kOddParts[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11,
                                1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
constexpr double kLog2Of10 = 3.32192809488736234787;

}  // namespace

double powerOfTwo(double x) noexcept {
    const double whole = std::floor(x + 0.5);
    const double t = (x - whole) * kLn2;  // -0.35 to 0.35
    double sum = 1;
    for (int n = 14; n > 0; --n) {
        sum = 1 + sum * t / n;
    }
    return std::ldexp(sum, static_cast<int>(whole));
}

double naturalLog(double x) noexcept {
    int exponent = 0;
    double mantissa = std::frexp(x, &exponent);
    if (mantissa < 0.70710678118654752440) {
        mantissa *= 2;
        --exponent;
    }
    const double s = (mantissa - 1) / (mantissa + 1);  // -0.172 to 0.172
    const double square = s * s;
    double sum = 0;
    for (const double part : kOddParts) {
        sum = sum * square + part;
    }
    return 2 * s * sum + exponent * kLn2;
}

double sineOf(double turns) noexcept {
    return sineSeries(turns - std::floor(turns));
}

double cosineOf(double turns) noexcept {
    return sineOf(turns + 0.25);
}

double gainOf(double decibels) noexcept {
    return powerOfTwo(decibels / 20 * kLog2Of10);
}

double peakOf(double dbm0) noexcept {
    return 32767 * gainOf(dbm0 - 3.14);
}

}  // namespace tipring::sim
