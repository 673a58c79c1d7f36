// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"

/// The conformance kit: named checks that a provider passes or fails, as a program meets it. They
/// compare what it claims with what happens, and hold it to the rules of tspi.h.
namespace tipring::conformance {

enum class Verdict : std::uint8_t { Pass, Fail, Skip };
[[nodiscard]] const char* name(Verdict verdict) noexcept;  ///< "pass"

/// Somebody at the other end of the line, and a hand at the plug.
class FarEnd {
public:
    virtual ~FarEnd() = default;
    /// Rings the line. `address` is the line, for providers that are moved through it.
    virtual void ring(tapi::Address& address) = 0;
    /// Answers a call that is proceeding, where that does not happen by itself.
    virtual void answer(tapi::Address&) {}
    /// Hangs up a call that is connected, or stops ringing.
    virtual void hangUp(tapi::Address& address) = 0;
    /// Presses keys in a call that is connected; false where it cannot be done.
    virtual bool press(tapi::Address&, std::string_view /*keys*/) { return false; }
    /// Pulls the device out of the machine; false where it cannot be done.
    virtual bool unplug() { return false; }
};

/// Where one check runs: a loop, a device, and perhaps a far end.
class Bench {
public:
    virtual ~Bench() = default;
    [[nodiscard]] virtual hal::EventLoop& loop() = 0;
    /// Runs the loop until `done()` holds; false when `limit` passed first.
    virtual bool until(const std::function<bool()>& done, hal::Duration limit) = 0;
    virtual hal::Result<void> addProvider(core::LineManager& manager) = 0;
    /// Null: nobody is there; what needs one is skipped.
    [[nodiscard]] virtual FarEnd* farEnd() = 0;
    /// What outgoing calls dial.
    [[nodiscard]] virtual std::string number() const { return "1"; }
};
/// A fresh bench for each check.
using BenchFactory = std::function<std::unique_ptr<Bench>()>;

struct CheckInfo {
    const char* id;      ///< "call.incoming"
    const char* proves;  ///< one sentence for people
    const char* source;  ///< the rule that it comes from
};
/// All checks, in the order in which they run.
[[nodiscard]] std::vector<CheckInfo> checks();

struct CheckResult {
    CheckInfo check;
    Verdict verdict = Verdict::Pass;
    std::string words;  ///< why it failed or was skipped
};
struct Report {
    std::vector<CheckResult> results;
    std::vector<core::ContractBreach> breaches;  ///< of all checks

    [[nodiscard]] std::size_t count(Verdict verdict) const;
    [[nodiscard]] bool passed() const { return count(Verdict::Fail) == 0; }
};
/// Runs the checks whose id begins with `only` (all: empty); the rules of the contract are judged
/// by what those did. `told` hears of each result as it comes.
Report run(const BenchFactory& benches, std::string_view only = {},
           const std::function<void(const CheckResult&)>& told = {});

}  // namespace tipring::conformance
