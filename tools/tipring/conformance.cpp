// SPDX-License-Identifier: Apache-2.0
// `tipring conformance`: the checks that a provider of anybody's must pass.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "commands.h"
#include "conformance_kit.h"
#include "console.h"
#include "json_line.h"
#include "provider_library.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::tools {
namespace {

using conformance::CheckResult;
using conformance::Verdict;

/// A far end that the provider moves itself, told so by lineDevSpecific.
class ToldFarEnd final : public conformance::FarEnd {
public:
    void ring(tapi::Address& address) override { tell(address, "ring"); }
    void hangUp(tapi::Address& address) override { tell(address, "hangup"); }

private:
    static void tell(tapi::Address& address, const char* what) {
        static_cast<void>(address.devSpecific(what, {}));
    }
};

class ProviderBench : public conformance::Bench {
public:
    ProviderBench(const ConformanceOptions& options, core::ProviderConfig config)
        : options_(options), config_(std::move(config)) {}
    hal::Result<void> addProvider(core::LineManager& manager) override {
        return addLibrary(manager, options_.provider, config_, options_.isolate, isolated_);
    }
    [[nodiscard]] conformance::FarEnd* farEnd() override {
        return options_.stimulus ? &farEnd_ : nullptr;
    }
    [[nodiscard]] std::string number() const override { return options_.number; }

private:
    const ConformanceOptions& options_;
    const core::ProviderConfig config_;
    IsolatedProviders isolated_;
    ToldFarEnd farEnd_;
};

class VirtualBench final : public ProviderBench {
public:
    using ProviderBench::ProviderBench;
    [[nodiscard]] hal::EventLoop& loop() override { return loop_; }
    bool until(const std::function<bool()>& done, hal::Duration limit) override {
        return loop_.advanceUntil(done, limit);
    }

private:
    hal::VirtualLoop loop_;
};

class RealBench final : public ProviderBench {
public:
    RealBench(const ConformanceOptions& options, core::ProviderConfig config,
              std::unique_ptr<hal::EpollLoop> loop)
        : ProviderBench(options, std::move(config)), loop_(std::move(loop)) {}
    [[nodiscard]] hal::EventLoop& loop() override { return *loop_; }
    /// What is waited for has no event of its own: it is looked at again and again.
    bool until(const std::function<bool()>& done, hal::Duration limit) override {
        constexpr hal::Duration kLook = std::chrono::milliseconds(5);
        bool reached = done();
        const hal::TimePoint end = loop_->now() + limit;
        hal::Timer timer(*loop_, [&] {
            reached = done();
            if (reached || loop_->now() >= end) {
                loop_->stop();
            } else {
                timer.arm(kLook);
            }
        });
        if (!reached) {
            timer.arm(std::min(kLook, limit));
            loop_->run();
        }
        return reached;
    }

private:
    std::unique_ptr<hal::EpollLoop> loop_;
};

void tell(Console& console, const CheckResult& result) {
    const auto style = result.verdict == Verdict::Fail   ? Console::Style::Bad
                       : result.verdict == Verdict::Pass ? Console::Style::Good
                                                         : Console::Style::Dim;
    const std::string words = result.words.empty() ? "" : ": " + result.words;
    console.result(fmt::format("{}  {:<24}{}{}",
                               console.paint(style, conformance::name(result.verdict)),
                               result.check.id, result.check.proves, words));
    JsonLine line;
    line.set("check", result.check.id).set("result", conformance::name(result.verdict));
    line.set("proves", result.check.proves).set("source", result.check.source);
    line.setUnlessEmpty("words", result.words);
    console.object(line);
}

void tellBreach(Console& console, const core::ContractBreach& breach) {
    console.note(fmt::format("      {} on line \"{}\": {} ({})", breach.function, breach.line,
                             breach.text, core::name(breach.rule)));
    JsonLine line;
    line.set("breach", core::name(breach.rule)).set("provider", breach.provider);
    line.set("function", breach.function).setUnlessEmpty("line", breach.line);
    line.set("words", breach.text);
    console.object(line);
}

ExitCode listChecks(Console& console) {
    for (const conformance::CheckInfo& check : conformance::checks()) {
        console.result(fmt::format("{:<24}{} ({})", check.id, check.proves, check.source));
        JsonLine line;
        line.set("check", check.id).set("proves", check.proves).set("source", check.source);
        console.object(line);
    }
    return ExitCode::Ok;
}

std::optional<core::ProviderConfig> configOf(Console& console,
                                             const std::vector<std::string>& settings) {
    core::ProviderConfig config;
    for (const std::string& setting : settings) {
        const auto at = setting.find('=');
        if (at == std::string::npos || at == 0) {
            console.problem(fmt::format("--config takes KEY=VALUE, not \"{}\"", setting));
            return std::nullopt;
        }
        config[setting.substr(0, at)] = setting.substr(at + 1);
    }
    return config;
}

}  // namespace

ExitCode runConformance(Console& console, const CommonOptions& common,
                        const ConformanceOptions& options) {
    if (options.list) {
        return listChecks(console);
    }
    if (options.provider.empty()) {
        console.problem("--provider says which library is to be checked");
        return ExitCode::Usage;
    }
    if (options.isolate && options.virtualTime) {
        console.problem("--isolate is on real time: a process has no other");
        return ExitCode::Usage;
    }
    // Breaches are told as results: the log of the rest is for who asks.
    if (auto done = hal::configureLog(common.log.empty() ? "error" : common.log); !done) {
        console.problem(done.error().cause);
        return ExitCode::Usage;
    }
    const auto config = configOf(console, options.config);
    if (!config) {
        return ExitCode::Usage;
    }
    {  // that it loads at all
        hal::VirtualLoop loop;
        IsolatedProviders isolated;
        core::LineManager manager(loop);
        if (auto loaded = addLibrary(manager, options.provider, *config, options.isolate, isolated);
            !loaded) {
            console.problem("the provider cannot be checked", loaded.error());
            return loaded.error().code == hal::ErrorCode::NoDriver ? ExitCode::NotFound
                                                                   : ExitCode::Failed;
        }
    }
    auto loop = hal::EpollLoop::create();
    if (!loop) {
        console.problem("cannot start", loop.error());
        return ExitCode::Failed;
    }
    const auto bench = [&]() -> std::unique_ptr<conformance::Bench> {
        if (options.virtualTime) {
            return std::make_unique<VirtualBench>(options, *config);
        }
        auto real = hal::EpollLoop::create();
        return std::make_unique<RealBench>(options, *config,
                                           real ? std::move(*real) : std::move(*loop));
    };
    const auto report = conformance::run(bench, options.only,
                                         [&](const CheckResult& result) { tell(console, result); });
    if (report.results.empty()) {
        console.problem("there is no check " + options.only + "; --list shows them");
        return ExitCode::Usage;
    }
    for (const core::ContractBreach& breach : report.breaches) {
        tellBreach(console, breach);
    }
    console.note(fmt::format("{} passed, {} failed, {} skipped", report.count(Verdict::Pass),
                             report.count(Verdict::Fail), report.count(Verdict::Skip)));
    return report.passed() ? ExitCode::Ok : ExitCode::Failed;
}

}  // namespace tipring::tools
