// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tapi_core/fake_provider.h"
#include "tapi_core/property_application.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::test {

/// One random life of a line manager: a provider that keeps to the contract only mostly, one to
/// four applications, and the clock, in an order that the seed alone decides.
class PropertyScenario {
public:
    explicit PropertyScenario(std::uint64_t seed);

    void run();
    [[nodiscard]] const std::vector<std::string>& faults() const { return ledger_.faults; }
    /// What was done, one step a line.
    [[nodiscard]] const std::string& script() const { return script_; }

private:
    using Known = PropertyApplication::Known;

    [[nodiscard]] unsigned pick(std::size_t count) {
        return static_cast<unsigned>(random_() % count);
    }
    [[nodiscard]] bool chance(unsigned percent) { return pick(100) < percent; }
    void note(std::string_view what);
    Behaviour behave(const std::string& function);

    void step();
    void providerStep();
    void callEvent(FakeProvider::Call& call);
    void lineEvent(FakeProvider::Line& line);
    void applicationStep(PropertyApplication& application);
    void begin(PropertyApplication& application);
    void request(PropertyApplication& application, Known& known);
    void ask(PropertyApplication& application, Known& known);
    void own(PropertyApplication& application, Known& known);
    void listen(Known& known);
    void enlist(PropertyApplication& application);
    void clockStep();
    void end();
    void checkProvider();

    std::minstd_rand random_;
    PropertyLedger ledger_;
    std::string script_;
    hal::VirtualLoop loop_;
    FakeProvider fake_;
    std::unique_ptr<core::LineManager> manager_;
    std::vector<std::unique_ptr<PropertyApplication>> applications_;
    std::set<const FakeProvider::Call*> refused_;
    std::uint32_t nextInstance_ = 1;
    bool quiet_ = false;  ///< the end: the provider keeps to the contract
};

}  // namespace tipring::test
