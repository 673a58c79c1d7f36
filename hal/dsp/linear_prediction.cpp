// SPDX-License-Identifier: Apache-2.0
#include "linear_prediction.h"

#include <algorithm>

namespace tipring::dsp {

namespace {

constexpr std::size_t kOrder = 4;
using Row = std::array<double, kOrder + 1>;
using Matrix = std::array<Row, kOrder + 1>;

/// sum of x[n] x[n - lag] over the piece.
float laggedSum(const float* piece, std::size_t count, std::size_t lag) {
    float sums[8] = {};
    std::size_t n = 0;
    for (; n + 8 <= count; n += 8) {
        for (std::size_t k = 0; k < 8; ++k) {
            sums[k] += piece[n + k] * (piece + n + k)[-static_cast<std::ptrdiff_t>(lag)];
        }
    }
    float sum = 0;
    for (; n < count; ++n) {
        sum += piece[n] * (piece + n)[-static_cast<std::ptrdiff_t>(lag)];
    }
    for (const float part : sums) {
        sum += part;
    }
    return sum;
}

/// phi[i][j] = sum of x[n - i] x[n - j]; each diagonal follows from its first element.
Matrix covariances(const float* piece, std::size_t count) {
    Matrix phi{};
    for (std::size_t lag = 0; lag <= kOrder; ++lag) {
        phi[0][lag] = double{laggedSum(piece, count, lag)};
    }
    const auto at = [piece](std::ptrdiff_t n) { return double{piece[n]}; };
    const auto end = static_cast<std::ptrdiff_t>(count);
    for (std::size_t i = 1; i <= kOrder; ++i) {
        for (std::size_t j = i; j <= kOrder; ++j) {
            const auto a = -static_cast<std::ptrdiff_t>(i);
            const auto b = -static_cast<std::ptrdiff_t>(j);
            phi[i][j] = phi[i - 1][j - 1] + at(a) * at(b) - at(end + a) * at(end + b);
        }
    }
    return phi;
}

/// What is left of phi[0][0] when the other rows are taken out of it, the largest noise first.
double leftover(Matrix phi) {
    // A little is added to the diagonal, so that pure sines do not make the matrix singular.
    const double ridge = phi[0][0] * 1e-6 + 1e-3;
    for (std::size_t i = kOrder; i > 0; --i) {
        const double pivot = phi[i][i] + ridge;
        if (pivot <= ridge * 0.5) {
            continue;
        }
        for (std::size_t r = 0; r < i; ++r) {
            const double factor = phi[r][i] / pivot;
            for (std::size_t c = r; c < i; ++c) {
                phi[r][c] -= factor * phi[c][i];
            }
        }
    }
    return std::max(phi[0][0], 0.0);
}

}  // namespace

Prediction4 predict4(std::span<const float> window) noexcept {
    const float* piece = window.data() + kOrder;
    const std::size_t count = window.size() - kOrder;
    const Matrix phi = covariances(piece, count);
    Prediction4 result;
    result.power = static_cast<float>(phi[0][0] / double(count));
    result.residual = static_cast<float>(leftover(phi) / double(count));
    if (phi[0][0] > 0) {
        result.correlation = {static_cast<float>(phi[0][1] / phi[0][0]),
                              static_cast<float>(phi[0][2] / phi[0][0])};
    }
    return result;
}

}  // namespace tipring::dsp
