// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tipring::bench {

/// A curve of a plot.
struct Curve {
    std::string name;
    std::vector<std::pair<double, double>> points;
};

/// Axes, a grid and curves, as an SVG file. False when the file cannot be written.
bool writePlot(const std::string& path, const std::string& title, const std::string& across,
               const std::string& up, const std::vector<Curve>& curves);

}  // namespace tipring::bench
