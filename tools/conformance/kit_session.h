// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance_kit.h"

namespace tipring::conformance {

/// What all checks together saw: the rules are judged by it, and the claims of the caps.
struct Evidence {
    std::vector<core::ContractBreach> breaches;
    std::map<std::string, std::uint32_t> states;  ///< by the line's name: LINECALLSTATE_* seen
    std::map<std::string, std::uint32_t> disconnectModes, connectedModes;
    std::map<std::string, tapi::AddressCapabilities> caps;
    bool calls = false;     ///< at least one came to a state
    bool sessions = false;  ///< at least one began
};

/// One session of the provider, from its init to its shutdown, with one application that owns the
/// first line.
class Session : private tapi::EventSink {
public:
    static constexpr hal::Duration kPatience = std::chrono::seconds(60);

    Session(Bench& bench, Evidence& evidence);
    ~Session() override;

    /// Loads the provider, registers, and waits until the line is in service. What is wrong comes
    /// back in words; empty: all is well.
    [[nodiscard]] std::string start();
    void stopApplication() { app_.reset(); }
    void stopManager();

    [[nodiscard]] tapi::Tapi& tapi() { return *app_; }
    [[nodiscard]] const std::shared_ptr<tapi::Address>& address() const { return address_; }
    [[nodiscard]] tapi::MediaModes media() const { return media_; }
    [[nodiscard]] Bench& bench() { return bench_; }

    bool until(const std::function<bool()>& done, hal::Duration limit = kPatience) {
        return bench_.until(done, limit);
    }
    void wait(hal::Duration span) {
        until([] { return false; }, span);
    }
    bool reached(tapi::LineCallState state);
    /// The line claims that calls are offered on it.
    [[nodiscard]] bool takesCalls() const;
    /// A call that is connected: one that rings and is answered, or one that the far end answers
    /// where none is ever offered. Empty: it is.
    [[nodiscard]] std::string connect();
    [[nodiscard]] bool saw(tapi::LineCallState state) const;
    /// Waits until every request was replied.
    bool replied();
    /// Waits for idle, and that it came once and last; empty: it did.
    [[nodiscard]] std::string oneIdle();
    /// Begins an outgoing call; what was refused in words.
    [[nodiscard]] std::string makeCall();
    /// Rings, and waits for the offering.
    [[nodiscard]] std::string ring();
    /// Rings, answers, and waits for the connection and the reply.
    [[nodiscard]] std::string answeredCall();
    tapi::Reply counted();

    std::shared_ptr<tapi::Call> call;  ///< the youngest
    std::vector<tapi::LineCallState> states;
    std::string order;      ///< n = notification, s = state, r = reply, g = generation ended
    std::string digits;     ///< heard, as far as they are monitored
    std::string lastCause;  ///< of the last state
    int asked = 0, replies = 0;
    std::optional<tapi::Result<void>> lastReply;

private:
    void onEvent(const tapi::Event& event) override;

    Bench& bench_;
    Evidence& evidence_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> app_;
    std::shared_ptr<tapi::Address> address_;
    tapi::MediaModes media_;
};

struct Outcome {
    Verdict verdict = Verdict::Pass;
    std::string words{};
};
[[nodiscard]] inline Outcome passed() {
    return {};
}
[[nodiscard]] inline Outcome failed(std::string words) {
    return {Verdict::Fail, std::move(words)};
}
[[nodiscard]] inline Outcome skipped(std::string words) {
    return {Verdict::Skip, std::move(words)};
}
/// Fails with the words, if there are any.
[[nodiscard]] inline Outcome judged(std::string words) {
    return words.empty() ? passed() : failed(std::move(words));
}

struct Check {
    CheckInfo info;
    Outcome (*run)(Bench& bench, Evidence& evidence);
};
/// Lines and their claims: line_checks.cpp.
[[nodiscard]] std::span<const Check> lineChecks();
/// Calls: call_checks.cpp.
[[nodiscard]] std::span<const Check> callChecks();
/// Judged by what the others saw: rule_checks.cpp.
[[nodiscard]] std::span<const Check> ruleChecks();

}  // namespace tipring::conformance
