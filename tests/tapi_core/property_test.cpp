// SPDX-License-Identifier: Apache-2.0
// Random lives of a line manager, and the rules that hold in each of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tapi_core/property_scenario.h"
#include "tipring/hal/base/log.h"

namespace tipring::test {
namespace {

constexpr std::uint64_t kScenariosPerCase = 12'500;

class PropertyTest : public testing::TestWithParam<std::uint64_t> {
protected:
    PropertyTest() {
        hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    }
    ~PropertyTest() override { hal::setLogSink({}); }

    static bool holds(std::uint64_t seed, bool verbose) {
        PropertyScenario scenario(seed);
        scenario.run();
        if (verbose) {
            std::printf("%s", scenario.script().c_str());
        }
        if (scenario.faults().empty()) {
            return true;
        }
        std::string text;
        for (const std::string& fault : scenario.faults()) {
            text += fault + "\n";
        }
        ADD_FAILURE() << "replay with TIPRING_PROPERTY_SEED=" << seed << "\n"
                      << scenario.script() << text;
        return false;
    }
};
INSTANTIATE_TEST_SUITE_P(Seeds, PropertyTest, testing::Range(std::uint64_t{0}, std::uint64_t{8}));

TEST_P(PropertyTest, HoldsInEveryScenario) {
    if (const char* seed = std::getenv("TIPRING_PROPERTY_SEED")) {
        holds(std::strtoull(seed, nullptr, 10), true);
        return;
    }
    for (std::uint64_t i = 0; i < kScenariosPerCase; ++i) {
        if (!holds(GetParam() * kScenariosPerCase + i, false)) {
            return;
        }
    }
}

}  // namespace
}  // namespace tipring::test
