// SPDX-License-Identifier: Apache-2.0
#include "svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

namespace tipring::bench {

namespace {

constexpr double kWidth = 720, kHeight = 420, kLeft = 70, kTop = 40, kRight = 170, kBottom = 50;
constexpr std::array kColours{"#1b6ca8", "#c0392b", "#1e8449", "#8e44ad", "#b9770e", "#34495e"};

struct Range {
    double least = 1e300, most = -1e300;
    void take(double value) {
        least = std::min(least, value);
        most = std::max(most, value);
    }
    [[nodiscard]] double place(double value, double from, double until) const {
        const double width = most > least ? most - least : 1;
        return from + (value - least) / width * (until - from);
    }
};

std::string number(double value) {
    std::string text = std::to_string(std::round(value * 100) / 100);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

void writeText(std::ofstream& out, double x, double y, const std::string& text,
               const char* anchor = "middle") {
    out << "<text x='" << x << "' y='" << y << "' text-anchor='" << anchor << "'>" << text
        << "</text>\n";
}

}  // namespace

bool writePlot(const std::string& path, const std::string& title, const std::string& across,
               const std::string& up, const std::vector<Curve>& curves) {
    Range x, y;
    for (const Curve& curve : curves) {
        for (const auto& point : curve.points) {
            x.take(point.first);
            y.take(point.second);
        }
    }
    const double right = kWidth - kRight, bottom = kHeight - kBottom;
    std::ofstream out(path);
    out << "<svg xmlns='http://www.w3.org/2000/svg' width='" << kWidth << "' height='" << kHeight
        << "' font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' "
           "fill='white'/>\n";
    writeText(out, (kLeft + right) / 2, 20, title);
    writeText(out, (kLeft + right) / 2, kHeight - 10, across);
    writeText(out, 10, kTop - 12, up, "start");
    for (int i = 0; i <= 5; ++i) {
        const double atX = x.least + (x.most - x.least) * i / 5;
        const double atY = y.least + (y.most - y.least) * i / 5;
        const double px = x.place(atX, kLeft, right), py = y.place(atY, bottom, kTop);
        out << "<path d='M" << px << ' ' << kTop << "V" << bottom << "M" << kLeft << ' ' << py
            << "H" << right << "' stroke='#ddd'/>\n";
        writeText(out, px, bottom + 16, number(atX));
        writeText(out, kLeft - 6, py + 4, number(atY), "end");
    }
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const char* colour = kColours[i % kColours.size()];
        out << "<polyline fill='none' stroke-width='2' stroke='" << colour << "' points='";
        for (const auto& point : curves[i].points) {
            out << x.place(point.first, kLeft, right) << ',' << y.place(point.second, bottom, kTop)
                << ' ';
        }
        const double py = kTop + 18 * static_cast<double>(i);
        out << "'/>\n<path d='M" << right + 10 << ' ' << py << "h20' stroke-width='2' stroke='"
            << colour << "'/>\n";
        writeText(out, right + 35, py + 4, curves[i].name, "start");
    }
    out << "</svg>\n";
    return out.good();
}

}  // namespace tipring::bench
