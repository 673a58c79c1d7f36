// SPDX-License-Identifier: Apache-2.0
#include "sound_plot.h"

#include <cairo.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "temp_dir.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::tools {
namespace {

std::vector<std::int16_t> tone(double hertz, std::size_t count) {
    std::vector<std::int16_t> samples(count);
    dsp::ToneGenerator generator;
    generator.start(hertz, 0, -10);
    generator.mix(samples);
    return samples;
}

/// How bright the picture is at a place, 0..765.
int brightness(cairo_surface_t* image, double x, double y) {
    const auto* row = cairo_image_surface_get_data(image) +
                      static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(image);
    const std::uint32_t pixel =
        reinterpret_cast<const std::uint32_t*>(row)[static_cast<std::size_t>(x)];
    return static_cast<int>((pixel >> 16 & 0xFF) + (pixel >> 8 & 0xFF) + (pixel & 0xFF));
}

TEST(SoundPlot, APngShowsAToneAtItsFrequency) {
    const TempDir folder;
    const std::string path = folder.file("tone.png");
    ASSERT_TRUE(plotSound(path, tone(1000, 16000), {{0.5, 1.0, "tone"}, {1.5, 0, "end"}}));
    cairo_surface_t* image = cairo_image_surface_create_from_png(path.c_str());
    ASSERT_EQ(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    // 256 points for 4 kHz, under the rows of marks; away from a mark.
    const double top = 28 + 4 * 14;
    EXPECT_GT(brightness(image, 48 + 40, top + 256 - 64), 300);
    EXPECT_LT(brightness(image, 48 + 40, top + 256 - 128), 200);
    EXPECT_LT(brightness(image, 48 + 40, top + 256 - 20), 200);
    cairo_surface_destroy(image);
}

TEST(SoundPlot, AnSvgHasItsWords) {
    const TempDir folder;
    const std::string path = folder.file("tone.svg");
    ASSERT_TRUE(plotSound(path, tone(500, 8000), {{0.1, 0.2, "dtmf 5"}}));
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    EXPECT_NE(content.str().find("<svg"), std::string::npos);
    EXPECT_GT(content.str().size(), 10000U);
}

TEST(SoundPlot, AnySoundCanBeDrawn) {
    const TempDir folder;
    const std::vector<PlotMark> marks = {{-5, 1e9, "far out"}, {0, 0, ""}, {0, 0, "same place"}};
    for (const std::size_t count : {0U, 1U, 255U, 257U, 800'000U}) {
        EXPECT_TRUE(
            plotSound(folder.file("x.png"), std::vector<std::int16_t>(count, 32767), marks));
    }
}

TEST(SoundPlot, AFileThatCannotBeIsRefusedInWords) {
    const TempDir folder;
    EXPECT_EQ(plotSound(folder.file("x.jpg"), {}, {}).error().code, hal::ErrorCode::InvalParam);
    for (const char* name : {"/x.svg", "/x.png"}) {
        const auto plotted = plotSound(folder.file("none") + name, {}, {});
        ASSERT_FALSE(plotted);
        EXPECT_NE(plotted.error().cause.find(name), std::string::npos);
    }
}

}  // namespace
}  // namespace tipring::tools
