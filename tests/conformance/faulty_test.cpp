// SPDX-License-Identifier: Apache-2.0
// The kit finds each planted fault, by the check that it is for and by no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "conformance_kit.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::conformance {
namespace {

/// A provider in a library whose far end is moved by lineDevSpecific.
class LibraryBench final : public Bench, private FarEnd {
public:
    explicit LibraryBench(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] hal::EventLoop& loop() override { return loop_; }
    bool until(const std::function<bool()>& done, hal::Duration limit) override {
        return loop_.advanceUntil(done, limit);
    }
    hal::Result<void> addProvider(core::LineManager& manager) override {
        return manager.loadProvider(path_, {});
    }
    [[nodiscard]] FarEnd* farEnd() override { return this; }

private:
    void ring(tapi::Address& address) override {
        static_cast<void>(address.devSpecific("ring", {}));
    }
    void hangUp(tapi::Address& address) override {
        static_cast<void>(address.devSpecific("hangup", {}));
    }
    bool press(tapi::Address&, std::string_view) override { return true; }
    std::string path_;
    hal::VirtualLoop loop_;
};

struct Fault {
    int number;
    const char* check;  ///< that fails; empty: none
};
constexpr Fault kFaults[] = {
    {0, ""},
    {1, "rule.completion"},
    {2, "rule.silence"},
    {3, "caps.states"},
    {4, "caps.modes"},
    {5, "rule.idle"},
    {6, "line.permanent-id"},
    {7, "rule.structs"},
    {8, "caps.features"},
    {9, "caps.consistent"},
    {10, "caps.device-classes"},
    {11, "rule.devices"},
    {12, "call.hang-up-signs"},
    {13, "call.detections"},
    {14, "call.detections"},
};

class FaultyTest : public testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(Faults, FaultyTest, testing::ValuesIn(kFaults), [](const auto& each) {
    return "Fault" + std::to_string(each.param.number);
});

TEST_P(FaultyTest, IsFoundByItsCheckAlone) {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    const std::string path = std::string(TIPRING_FAULTY_DIRECTORY) + "/faulty_provider_" +
                             std::to_string(GetParam().number) + ".so";
    const Report report = run([&] { return std::make_unique<LibraryBench>(path); });
    hal::setLogSink({});
    std::vector<std::string> failed;
    for (const CheckResult& result : report.results) {
        if (result.verdict == Verdict::Fail) {
            failed.emplace_back(result.check.id);
            EXPECT_FALSE(result.words.empty());
        }
    }
    const std::string expected = GetParam().check;
    EXPECT_EQ(failed, expected.empty() ? std::vector<std::string>{} : std::vector{expected});
}

}  // namespace
}  // namespace tipring::conformance
