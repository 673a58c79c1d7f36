// SPDX-License-Identifier: Apache-2.0
#include "sound_plot.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

namespace tipring::tools {
namespace {

constexpr std::size_t kRate = 8000;
constexpr std::size_t kWindow = 256;  // 32 ms: 31 Hz a line
constexpr std::size_t kLines = kWindow / 2;
constexpr double kFloor = -70, kTop = -5;  // dB below full scale: black, white

// The picture, in points.
constexpr double kLeft = 48, kRight = 12, kTopMargin = 28, kBottom = 34;
constexpr double kHeight = 2 * kLines, kMarkRow = 14;
constexpr std::size_t kMarkRows = 4;

struct DestroySurface {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct DestroyContext {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;
using Context = std::unique_ptr<cairo_t, DestroyContext>;

/// One column: the level of each line in dB below full scale, by a plain transform (a picture has
/// some hundred columns: no need for a fast one).
class Transform {
public:
    Transform() {
        for (std::size_t i = 0; i < kWindow; ++i) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kWindow;
            window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
            cosine_[i] = static_cast<float>(std::cos(angle));
            sine_[i] = static_cast<float>(std::sin(angle));
        }
    }
    std::array<float, kLines> levels(std::span<const std::int16_t> samples) const {
        std::array<float, kWindow> weighted{};
        for (std::size_t i = 0; i < std::min(samples.size(), kWindow); ++i) {
            weighted[i] = window_[i] * static_cast<float>(samples[i]) / 32768;
        }
        std::array<float, kLines> out{};
        for (std::size_t line = 0; line < kLines; ++line) {
            float real = 0, imaginary = 0;
            for (std::size_t i = 0; i < kWindow; ++i) {
                real += weighted[i] * cosine_[i * line % kWindow];
                imaginary += weighted[i] * sine_[i * line % kWindow];
            }
            // A sine at full scale gives 0 dB: half its amplitude, and half of that by the window.
            const float power = (real * real + imaginary * imaginary) * 16 / (kWindow * kWindow);
            out[line] = 10 * std::log10(power + 1e-12F);
        }
        return out;
    }

private:
    std::array<float, kWindow> window_{}, cosine_{}, sine_{};
};

struct Colour {
    double red, green, blue;
};
/// Dark blue over violet and orange to pale yellow.
Colour colourOf(double level) {
    constexpr Colour kScale[] = {{0.02, 0.02, 0.10},
                                 {0.28, 0.06, 0.42},
                                 {0.74, 0.21, 0.33},
                                 {0.98, 0.55, 0.13},
                                 {0.99, 0.99, 0.75}};
    constexpr double kSteps = std::size(kScale) - 1;
    const double at = std::clamp((level - kFloor) / (kTop - kFloor), 0.0, 1.0) * kSteps;
    const auto below = std::min(static_cast<std::size_t>(at), std::size(kScale) - 2);
    const double share = at - static_cast<double>(below);
    const Colour &a = kScale[below], &b = kScale[below + 1];
    return {a.red + share * (b.red - a.red), a.green + share * (b.green - a.green),
            a.blue + share * (b.blue - a.blue)};
}

std::uint32_t pixelOf(double level) {
    const Colour colour = colourOf(level);
    const auto byte = [](double part) { return static_cast<std::uint32_t>(part * 255 + 0.5); };
    return byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue);
}

/// Where a sound lies in the picture.
struct Scale {
    explicit Scale(std::size_t samples)
        : seconds(std::max(static_cast<double>(samples) / kRate, 0.05)),
          columns(static_cast<std::size_t>(std::clamp(seconds * 100, 400.0, 1600.0))) {}
    [[nodiscard]] double x(double second) const {
        return kLeft + std::clamp(second / seconds, 0.0, 1.0) * static_cast<double>(columns);
    }
    double seconds;
    std::size_t columns;
};

Surface spectrogram(std::span<const std::int16_t> samples, const Scale& scale) {
    Surface image(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(scale.columns),
                                             static_cast<int>(kLines)));
    if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) {
        return image;
    }
    cairo_surface_flush(image.get());
    auto* bytes = cairo_image_surface_get_data(image.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    const Transform transform;
    for (std::size_t column = 0; column < scale.columns; ++column) {
        const double second =
            scale.seconds * static_cast<double>(column) / static_cast<double>(scale.columns);
        const auto middle = static_cast<std::size_t>(second * kRate);
        const std::size_t first = middle > kWindow / 2 ? middle - kWindow / 2 : 0;
        const auto levels = transform.levels(samples.subspan(std::min(first, samples.size())));
        for (std::size_t line = 0; line < kLines; ++line) {
            auto* row = bytes + (kLines - 1 - line) * stride;
            reinterpret_cast<std::uint32_t*>(row)[column] =
                pixelOf(static_cast<double>(levels[line]));
        }
    }
    cairo_surface_mark_dirty(image.get());
    return image;
}

void text(cairo_t* context, double x, double y, const std::string& words) {
    cairo_move_to(context, x, y);
    cairo_show_text(context, words.c_str());
}

void drawAxes(cairo_t* context, const Scale& scale) {
    cairo_set_source_rgb(context, 0.2, 0.2, 0.2);
    for (int kilohertz = 0; kilohertz <= 4; ++kilohertz) {
        const double y = kTopMargin + kMarkRow * kMarkRows + kHeight * (1 - kilohertz / 4.0);
        text(context, 8, y + 4, fmt::format("{} kHz", kilohertz));
    }
    double step = 0.1;
    for (const double next : {0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3600.0}) {
        step = scale.seconds / step > 12 ? next : step;
    }
    const double y = kTopMargin + kMarkRow * kMarkRows + kHeight;
    for (double second = 0; second <= scale.seconds + 1e-9; second += step) {
        cairo_move_to(context, scale.x(second), y);
        cairo_line_to(context, scale.x(second), y + 5);
        cairo_stroke(context);
        text(context, scale.x(second) - 8, y + 18, fmt::format("{:g} s", second));
    }
}

struct MarkPlace {
    double left, right;  // of the thing
    double text, width;  // of the words: left of the line where there is no room to its right
};

MarkPlace placeOf(cairo_t* context, const Scale& scale, const PlotMark& mark) {
    const double left = scale.x(mark.from);
    const double right = std::max(scale.x(std::max(mark.until, mark.from)), left + 1);
    cairo_text_extents_t size;
    cairo_text_extents(context, mark.text.c_str(), &size);
    const bool fits = left + 3 + size.width <= scale.x(scale.seconds) + kRight;
    return {left, right, fits ? left + 3 : left - 3 - size.width, size.width};
}

void drawMark(cairo_t* context, const MarkPlace& place, double top, const std::string& words) {
    const double bottom = kTopMargin + kMarkRow * kMarkRows + kHeight;
    const double width = place.right - place.left;
    cairo_set_source_rgba(context, 0.35, 0.75, 1.0, 0.12);
    cairo_rectangle(context, place.left, kTopMargin + kMarkRow * kMarkRows, width, kHeight);
    cairo_fill(context);
    cairo_set_source_rgba(context, 0.35, 0.75, 1.0, 0.25);
    cairo_rectangle(context, place.left, top + 1, width, kMarkRow - 2);
    cairo_fill(context);
    cairo_set_source_rgba(context, 0.1, 0.45, 0.8, 0.8);
    cairo_move_to(context, place.left, top + 1);
    cairo_line_to(context, place.left, bottom);
    cairo_stroke(context);
    cairo_set_source_rgb(context, 0.05, 0.25, 0.5);
    text(context, place.text, top + 10, words);
}

/// Marks stand in rows, so that neighbours do not write over each other.
void drawMarks(cairo_t* context, const Scale& scale, const std::vector<PlotMark>& marks) {
    std::array<double, kMarkRows> freeFrom{};
    for (const PlotMark& mark : marks) {
        const MarkPlace place = placeOf(context, scale, mark);
        const double begin = std::min(place.left, place.text);
        const auto* row = std::find_if(freeFrom.begin(), freeFrom.end(),
                                       [begin](double from) { return from <= begin; });
        row = row == freeFrom.end() ? std::min_element(freeFrom.begin(), freeFrom.end()) : row;
        const auto index = static_cast<std::size_t>(row - freeFrom.begin());
        freeFrom[index] = std::max(place.text + place.width + 6, place.right + 2);
        drawMark(context, place, kTopMargin + kMarkRow * static_cast<double>(index), mark.text);
    }
}

void draw(cairo_t* context, std::span<const std::int16_t> samples, const Scale& scale,
          const std::vector<PlotMark>& marks) {
    cairo_set_source_rgb(context, 1, 1, 1);
    cairo_paint(context);
    const Surface image = spectrogram(samples, scale);
    cairo_save(context);
    cairo_translate(context, kLeft, kTopMargin + kMarkRow * kMarkRows);
    cairo_scale(context, 1, kHeight / static_cast<double>(kLines));
    cairo_set_source_surface(context, image.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST);
    cairo_paint(context);
    cairo_restore(context);
    cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context, 10);
    cairo_set_line_width(context, 1);
    drawAxes(context, scale);
    drawMarks(context, scale, marks);
}

hal::Result<void> resultOf(cairo_status_t status, const std::string& path) {
    switch (status) {
    case CAIRO_STATUS_SUCCESS: return {};
    case CAIRO_STATUS_NO_MEMORY:
        return hal::fail(hal::ErrorCode::NoMem, "memory is short for a picture");
    default:
        return hal::fail(hal::ErrorCode::ResourceUnavail,
                         fmt::format("cannot write {}: {}", path, cairo_status_to_string(status)));
    }
}

}  // namespace

hal::Result<void> plotSound(const std::string& path, std::span<const std::int16_t> samples,
                            const std::vector<PlotMark>& marks) {
    const bool svg = path.ends_with(".svg"), png = path.ends_with(".png");
    if (!svg && !png) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{}: a picture ends in .svg or .png", path));
    }
    const Scale scale(samples.size());
    const double width = kLeft + static_cast<double>(scale.columns) + kRight;
    const double height = kTopMargin + kMarkRow * kMarkRows + kHeight + kBottom;
    const Surface surface(svg ? cairo_svg_surface_create(path.c_str(), width, height)
                              : cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                           static_cast<int>(width),
                                                           static_cast<int>(height)));
    const Context context(cairo_create(surface.get()));
    draw(context.get(), samples, scale, marks);
    if (auto drawn = resultOf(cairo_status(context.get()), path); !drawn) {
        return drawn;
    }
    if (png) {
        return resultOf(cairo_surface_write_to_png(surface.get(), path.c_str()), path);
    }
    cairo_surface_finish(surface.get());
    return resultOf(cairo_surface_status(surface.get()), path);
}

}  // namespace tipring::tools
