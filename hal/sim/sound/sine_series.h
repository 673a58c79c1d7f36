// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tipring::sim {

/// Sine of `turns`, 0 up to 1, by its power series; good to 1e-15. For tables made at compile time.
[[nodiscard]] constexpr double sineSeries(double turns) noexcept {
    double sign = 1;
    if (turns >= 0.5) {
        turns -= 0.5;
        sign = -1;
    }
    if (turns > 0.25) {
        turns = 0.5 - turns;
    }
    const double angle = turns * 6.28318530717958647693;
    const double square = angle * angle;
    double sum = 1;
    for (int n = 20; n > 0; n -= 2) {
        sum = 1 - sum * square / (n * (n + 1));
    }
    return sign * angle * sum;
}

}  // namespace tipring::sim
