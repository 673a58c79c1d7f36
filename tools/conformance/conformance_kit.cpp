// SPDX-License-Identifier: Apache-2.0
#include "conformance_kit.h"

#include <algorithm>

#include "kit_session.h"

namespace tipring::conformance {
namespace {

bool chosen(const Check& check, std::string_view only) {
    return std::string_view(check.info.id).starts_with(only);
}

}  // namespace

const char* name(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::Pass: return "pass";
    case Verdict::Fail: return "fail";
    case Verdict::Skip: return "skip";
    }
    return "?";
}

std::vector<CheckInfo> checks() {
    std::vector<CheckInfo> all;
    for (const auto& list : {lineChecks(), callChecks(), ruleChecks()}) {
        for (const Check& check : list) {
            all.push_back(check.info);
        }
    }
    return all;
}

std::size_t Report::count(Verdict verdict) const {
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(),
                      [verdict](const CheckResult& each) { return each.verdict == verdict; }));
}

Report run(const BenchFactory& benches, std::string_view only,
           const std::function<void(const CheckResult&)>& told) {
    Report report;
    Evidence evidence;
    for (const auto& list : {lineChecks(), callChecks(), ruleChecks()}) {
        for (const Check& check : list) {
            if (!chosen(check, only)) {
                continue;
            }
            const auto bench = benches();
            Outcome outcome = check.run(*bench, evidence);
            report.results.push_back({check.info, outcome.verdict, std::move(outcome.words)});
            if (told) {
                told(report.results.back());
            }
        }
    }
    report.breaches = std::move(evidence.breaches);
    return report;
}

}  // namespace tipring::conformance
