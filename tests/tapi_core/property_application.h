// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::test {

/// What all applications of a scenario know together.
struct PropertyLedger {
    std::vector<std::string> faults;
    std::map<std::uint64_t, unsigned> ownerNotifications;  ///< by call id
    std::map<std::uint64_t, unsigned> handoffs;
    void fault(const std::string& what) { faults.push_back(what); }
};

/// An application of a scenario: keeps its calls, and holds what it hears against the rules.
class PropertyApplication : public tapi::EventSink {
public:
    /// One call as this application knows it.
    struct Known {
        std::shared_ptr<tapi::Call> call;
        unsigned idles = 0;
        bool begun = false;        ///< its connect was accepted, or it came by itself
        bool deallocated = false;  ///< nothing may come
    };
    /// One accepted or refused request.
    struct Asked {
        bool accepted = false;
        unsigned replies = 0;
    };

    PropertyApplication(core::LineManager& manager, PropertyLedger& ledger, std::string name);
    ~PropertyApplication() override;

    void onEvent(const tapi::Event& event) override;
    /// Gives a reply that is counted. `accepted` is to be told to asked() afterwards.
    tapi::Reply reply(std::size_t& index);
    void asked(std::size_t index, bool accepted) { requests_.at(index)->accepted = accepted; }
    Known& know(const std::shared_ptr<tapi::Call>& call);
    void registered(tapi::RegistrationCookie cookie, std::uint32_t instance);
    void unregistered(std::size_t index);
    /// Its Tapi dies. What was asked may stay without an answer.
    void die();
    /// At the end of a scenario, when everything had its time.
    void checkEnd();

    [[nodiscard]] bool alive() const { return tapi != nullptr; }

    std::string name;
    std::unique_ptr<tapi::Tapi> tapi;
    std::vector<std::unique_ptr<Known>> calls;
    struct Registered {
        tapi::RegistrationCookie cookie;
        std::uint32_t instance;
    };
    std::vector<Registered> registrations;
    /// Runs inside of onEvent, after the checks.
    std::function<void(Known& known)> react;

private:
    void check(const tapi::Event& event, Known& known);

    PropertyLedger& ledger_;
    std::vector<std::shared_ptr<Asked>> requests_;
    std::vector<std::uint32_t> ended_;  // instances of registrations that are gone
};

}  // namespace tipring::test
