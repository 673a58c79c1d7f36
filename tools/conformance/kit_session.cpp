// SPDX-License-Identifier: Apache-2.0
#include "kit_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::conformance {

using tapi::LineCallState;

Session::Session(Bench& bench, Evidence& evidence) : bench_(bench), evidence_(evidence) {}

Session::~Session() {
    app_.reset();
    stopManager();
}

void Session::stopManager() {
    manager_.reset();
    bench_.until([] { return false; }, {});
}

std::string Session::start() {
    manager_ = std::make_unique<core::LineManager>(bench_.loop());
    manager_->observeBreaches(
        [this](const core::ContractBreach& breach) { evidence_.breaches.push_back(breach); });
    if (auto added = bench_.addProvider(*manager_); !added) {
        return "the provider does not begin: " + added.error().text();
    }
    evidence_.sessions = true;
    app_ = manager_->createApplication("conformance");
    app_->setEventSink(this);
    app_->setEventFilter(tapi::kAllEvents);
    // The line of a device that is found by itself comes when that is ready.
    if (!until([this] { return !app_->addresses().empty(); })) {
        return "the provider has no line";
    }
    address_ = app_->addresses().front();
    const auto modes = address_->capabilities().mediaModes;
    media_ = modes.has(tapi::MediaMode::AutomatedVoice) ? tapi::MediaMode::AutomatedVoice : modes;
    auto registered =
        app_->registerCallNotifications(address_, {.owner = true, .mediaModes = media_});
    if (!registered) {
        return "the line cannot be opened: " + registered.error().text();
    }
    until([this] { return address_->state() == tapi::AddressState::InService; });
    wait(std::chrono::milliseconds(500));  // a device may have more to say when it is ready
    evidence_.caps[address_->name()] = address_->capabilities();
    return address_->state() == tapi::AddressState::InService
               ? std::string()
               : "the line is out of service: " + address_->stateCause();
}

void Session::onEvent(const tapi::Event& event) {
    if (const auto* notice = std::get_if<tapi::CallNotificationEvent>(&event)) {
        order += 'n';
        call = notice->call;
    } else if (std::get_if<tapi::GenerateEvent>(&event) != nullptr) {
        order += 'g';
    } else if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
        digits += digit->digit;
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        order += 's';
        states.push_back(state->lineState);
        lastCause = state->cause.empty() ? lastCause : state->cause;
        evidence_.calls = true;
        const std::string name = address_->name();
        evidence_.states[name] |= static_cast<std::uint32_t>(state->lineState);
        if (state->lineState == LineCallState::Disconnected) {
            evidence_.disconnectModes[name] |= state->mode;
        } else if (state->lineState == LineCallState::Connected) {
            evidence_.connectedModes[name] |= state->mode;
        }
    }
}

tapi::Reply Session::counted() {
    return [this](const tapi::Result<void>& result) {
        ++replies;
        order += 'r';
        lastReply = result;
    };
}

bool Session::saw(LineCallState state) const {
    return std::find(states.begin(), states.end(), state) != states.end();
}

bool Session::reached(LineCallState state) {
    return until([&] { return saw(state); });
}

bool Session::replied() {
    return until([this] { return replies >= asked; });
}

std::string Session::oneIdle() {
    if (!reached(LineCallState::Idle)) {
        return "the call does not come to idle";
    }
    wait(std::chrono::seconds(3));
    const auto count = std::count(states.begin(), states.end(), LineCallState::Idle);
    if (count != 1 || states.back() != LineCallState::Idle) {
        return fmt::format("{} times idle, and {} last", count, tapi::name(states.back()));
    }
    return {};
}

std::string Session::makeCall() {
    auto made = address_->createCall(bench_.number(), media_);
    if (!made) {
        return "an outgoing call is refused: " + made.error().text();
    }
    call = *made;
    if (auto begun = call->connect(counted()); !begun) {
        return "an outgoing call does not begin: " + begun.error().text();
    }
    ++asked;
    return {};
}

bool Session::takesCalls() const {
    return (address_->capabilities().callStates &
            static_cast<std::uint32_t>(LineCallState::Offering)) != 0;
}

std::string Session::connect() {
    if (takesCalls()) {
        if (const auto wrong = ring(); !wrong.empty()) {
            return wrong;
        }
        asked += call->answer(counted()) ? 1 : 0;
    } else {
        if (const auto wrong = makeCall(); !wrong.empty()) {
            return wrong;
        }
        static_cast<void>(until(
            [this] { return saw(LineCallState::Proceeding) || saw(LineCallState::Connected); }));
        bench_.farEnd()->answer(*address_);
    }
    return reached(LineCallState::Connected) ? std::string()
                                             : "the call was answered, and is not connected";
}

std::string Session::ring() {
    bench_.farEnd()->ring(*address_);
    return reached(LineCallState::Offering) ? std::string()
                                            : "the far end rang, and no call is offered";
}

std::string Session::answeredCall() {
    if (auto wrong = ring(); !wrong.empty()) {
        return wrong;
    }
    if (auto taken = call->answer(counted()); !taken) {
        return "lineAnswer refuses a call that is offered: " + taken.error().text();
    }
    ++asked;
    return reached(LineCallState::Connected) && replied()
               ? std::string()
               : "the call was answered, and is not connected";
}

}  // namespace tipring::conformance
