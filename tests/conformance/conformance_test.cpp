// SPDX-License-Identifier: Apache-2.0
// The checks of the kit, run over every provider.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "conformance/provider_under_test.h"
#include "tipring/hal/base/log.h"

namespace tipring::conformance {
namespace {

class ConformanceTest : public testing::TestWithParam<Factory> {
protected:
    ConformanceTest() {
        hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    }
    ~ConformanceTest() override { hal::setLogSink({}); }
};
INSTANTIATE_TEST_SUITE_P(Providers, ConformanceTest, testing::ValuesIn(factories()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(ConformanceTest, PassesEveryCheck) {
    const Report report = run([] { return std::make_unique<WorldBench>(GetParam()); });
    ASSERT_EQ(report.results.size(), checks().size());
    std::vector<std::string> skipped;
    for (const CheckResult& result : report.results) {
        EXPECT_NE(result.verdict, Verdict::Fail) << result.check.id << ": " << result.words;
        if (result.verdict == Verdict::Skip) {
            skipped.emplace_back(result.check.id);
        }
    }
    EXPECT_EQ(skipped, GetParam().skips);
    EXPECT_TRUE(report.breaches.empty());
}

TEST(ConformanceKit, HasAnIdAndAReasonForEachCheck) {
    std::set<std::string> ids;
    for (const CheckInfo& check : checks()) {
        EXPECT_TRUE(ids.insert(check.id).second) << check.id;
        EXPECT_FALSE(std::string(check.proves).empty());
        EXPECT_FALSE(std::string(check.source).empty());
    }
}

TEST(ConformanceKit, RunsOnlyWhatIsAskedFor) {
    const Factory sample = factories().at(1);
    const Report report = run([&] { return std::make_unique<WorldBench>(sample); }, "line.");
    ASSERT_FALSE(report.results.empty());
    for (const CheckResult& result : report.results) {
        EXPECT_TRUE(std::string(result.check.id).starts_with("line.")) << result.check.id;
    }
}

TEST(ConformanceKit, RulesAloneHaveNothingToJudge) {
    const Factory sample = factories().at(1);
    const Report report = run([&] { return std::make_unique<WorldBench>(sample); }, "rule.");
    ASSERT_FALSE(report.results.empty());
    EXPECT_EQ(report.count(Verdict::Skip), report.results.size());
}

}  // namespace
}  // namespace tipring::conformance
