// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/property_scenario.h"

#include <algorithm>
#include <array>
#include <bit>

#include "provider_queue.h"

namespace tipring::test {
namespace {

using namespace std::chrono_literals;
using How = Behaviour::How;

constexpr std::array kKeys{"one", "two", "three"};
constexpr std::array kNumbers{"1", "12W34", "123;", "", "5551234555123455512345551234555123455512"};

}  // namespace

PropertyScenario::PropertyScenario(std::uint64_t seed)
    : random_(static_cast<std::uint32_t>(seed * 2654435761U + 1)), fake_([this] {
          const std::size_t count = 1 + pick(kKeys.size());
          return std::vector<std::string>(kKeys.begin(), kKeys.begin() + std::ptrdiff_t(count));
      }()) {
    fake_.caps.monitorDigitModes = LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE;
    fake_.caps.monitorToneMaxEntries = 2;
    fake_.caps.monitorToneMaxFrequencies = 1;
    fake_.caps.bearerModes = LINEBEARERMODE_VOICE | LINEBEARERMODE_PASSTHROUGH;
    fake_.caps.maxDialString = 10;
    fake_.gatherResult = chance(50) ? 0 : LINEERR_OPERATIONUNAVAIL;
    fake_.behave = [this](const std::string& function) { return behave(function); };
}

void PropertyScenario::note(std::string_view what) {
    script_.append(what).push_back('\n');
}

Behaviour PropertyScenario::behave(const std::string& function) {
    Behaviour behaviour;
    if (quiet_) {
        return behaviour;
    }
    constexpr std::array kHows{How::Later,  How::Later,   How::Never,    How::Twice,
                               How::Refuse, How::WrongId, How::WrongCode};
    behaviour.how = chance(60) ? How::Inside : kHows[pick(kHows.size())];
    behaviour.delay = std::chrono::milliseconds(pick(40'000));
    const bool refused = behaviour.how == How::Refuse || behaviour.how == How::WrongCode;
    if (chance(15) || behaviour.how == How::Refuse) {
        behaviour.result = LINEERR_OPERATIONFAILED;
        behaviour.cause = "told to fail";
    }
    if (refused && function == "lineMakeCall") {
        refused_.insert(&fake_.lastCall());
    }
    note("    " + function + " is treated in way " +
         std::to_string(static_cast<unsigned>(behaviour.how)) +
         (behaviour.result < 0 ? " and fails" : ""));
    return behaviour;
}

void PropertyScenario::run() {
    manager_ = std::make_unique<core::LineManager>(loop_, "");
    if (!manager_->addProvider(fake_.table, {})) {
        return ledger_.fault("the provider was not taken");
    }
    const unsigned applications = 1 + pick(4);
    for (unsigned i = 0; i < applications; ++i) {
        applications_.push_back(
            std::make_unique<PropertyApplication>(*manager_, ledger_, "app" + std::to_string(i)));
        auto& application = *applications_.back();
        application.react = [this, &application](Known& known) {
            if (!quiet_ && chance(10)) {
                request(application, known);
            }
        };
        enlist(application);
    }
    const unsigned steps = 6 + pick(25);
    for (unsigned i = 0; i < steps; ++i) {
        step();
    }
    end();
}

void PropertyScenario::step() {
    const unsigned what = pick(10);
    if (what < 4) {
        providerStep();
    } else if (what < 8) {
        auto& application = *applications_[pick(applications_.size())];
        if (application.alive()) {
            applicationStep(application);
        }
    } else {
        clockStep();
    }
}

void PropertyScenario::clockStep() {
    constexpr std::array kSpans{0s, 0s, 1s, 5s, 15s, 60s};
    const auto span = kSpans[pick(kSpans.size())];
    note("the clock goes on by " + std::to_string(span.count()) + " s");
    loop_.advance(span);
}

void PropertyScenario::providerStep() {
    auto& line = fake_.line(pick(fake_.lineCount()));
    const unsigned what = pick(10);
    if (what < 3 && line.handle != nullptr) {
        note("a call rings on " + line.key);
        chance(85) ? fake_.ring(line, 1U << (1 + pick(6))) : fake_.newCall(line);
    } else if (what < 9 && fake_.callCount() > 0) {
        callEvent(fake_.call(pick(fake_.callCount())));
    } else {
        lineEvent(line);
    }
}

void PropertyScenario::callEvent(FakeProvider::Call& call) {
    if (call.line->events == nullptr) {
        return;
    }
    const auto send = [&](std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2 = 0,
                          std::uintptr_t p3 = 0) {
        note("message " + std::to_string(message) + " with " + std::to_string(p1) + ", " +
             std::to_string(p2) + " for a call on " + call.line->key);
        fake_.event(*call.line, chance(96) ? call.handle : nullptr, message, p1, p2, p3);
    };
    constexpr std::array kLikely{LINECALLSTATE_CONNECTED, LINECALLSTATE_DISCONNECTED,
                                 LINECALLSTATE_IDLE, LINECALLSTATE_PROCEEDING};
    switch (pick(12)) {
    case 0:
    case 1:
    case 2:
    case 3: return send(LINE_CALLSTATE, kLikely[pick(kLikely.size())], pick(3));
    case 4: return send(LINE_CALLSTATE, 1U << pick(18), pick(9));
    case 5: return send(LINE_CALLINFO, 1U << pick(20));
    case 6: return send(LINE_MONITORDIGITS, "12#x"[pick(4)], 1U << pick(4));
    case 7: return send(LINE_GENERATE, 1 + pick(3), chance(70) ? call.endToEndId : pick(9));
    case 8:
        return send(LINE_GATHERDIGITS, 1U << pick(6),
                    call.gathers.empty() || chance(20) ? pick(9) : call.gathers.back().id,
                    reinterpret_cast<std::uintptr_t>("12"));
    case 9: return send(LINE_MONITORTONE, pick(4));
    case 10: return send(LINE_MONITORMEDIA, 1U << pick(8));
    default: return send(pick(40), pick(5));
    }
}

void PropertyScenario::lineEvent(FakeProvider::Line& line) {
    switch (pick(5)) {
    case 0: note("line " + line.key + " is unplugged"); return fake_.remove(line);
    case 1: note("a device comes: " + line.key); return fake_.arrive(line.key);
    case 2:
        if (line.events != nullptr) {
            note("line " + line.key + " is closed by force");
            fake_.event(line, nullptr, LINE_CLOSE);
        }
        return;
    default:
        if (line.events != nullptr) {
            note("a state of line " + line.key);
            fake_.event(line, nullptr, LINE_LINEDEVSTATE, 1U << pick(20));
        }
    }
}

void PropertyScenario::applicationStep(PropertyApplication& application) {
    const unsigned what = pick(20);
    if (what == 0) {
        note(application.name + " dies");
        application.die();
    } else if (what < 3) {
        enlist(application);
    } else if (what == 3 && !application.registrations.empty()) {
        const unsigned index = pick(application.registrations.size());
        note(application.name + " unregisters");
        if (!application.tapi->unregisterNotifications(application.registrations[index].cookie)) {
            ledger_.fault(application.name + " cannot unregister");
        }
        application.unregistered(index);
    } else if (what < 8 || application.calls.empty()) {
        begin(application);
    } else {
        request(application, *application.calls[pick(application.calls.size())]);
    }
}

void PropertyScenario::enlist(PropertyApplication& application) {
    const auto addresses = application.tapi->addresses();
    if (addresses.empty()) {
        return;
    }
    const auto& address = addresses[pick(addresses.size())];
    if (chance(25)) {
        note(application.name + " asks for the calls that exist");
        for (const auto& call : address->calls()) {
            auto& known = application.know(call);
            known.begun = true;
        }
        return;
    }
    tapi::CallNotification wanted;
    wanted.owner = chance(70);
    wanted.monitor = !wanted.owner || chance(50);
    wanted.mediaModes = tapi::MediaModes::fromBits(chance(50) ? 0x7EU : 1U << (1 + pick(6)));
    wanted.callbackInstance = nextInstance_++;
    note(application.name + " registers for " + address->name());
    if (const auto cookie = application.tapi->registerCallNotifications(address, wanted)) {
        application.registered(*cookie, wanted.callbackInstance);
    }
}

void PropertyScenario::begin(PropertyApplication& application) {
    const auto addresses = application.tapi->addresses();
    if (addresses.empty()) {
        return;
    }
    const auto& address = addresses[pick(addresses.size())];
    tapi::CallParams params;
    const bool raw = chance(10);
    params.bearerMode = raw ? tapi::BearerMode::PassThrough : tapi::BearerMode::Voice;
    auto call = address->createCall(raw ? "" : kNumbers[pick(kNumbers.size())], params);
    if (!call) {
        return;
    }
    std::size_t index = 0;
    note(application.name + " makes a call on " + address->name());
    const auto asked = (*call)->connect(application.reply(index));
    application.asked(index, asked.has_value());
    application.know(*call).begun = asked.has_value();
}

void PropertyScenario::request(PropertyApplication& application, Known& known) {
    switch (pick(4)) {
    case 0: return own(application, known);
    case 1: return listen(known);
    default: return ask(application, known);
    }
}

void PropertyScenario::ask(PropertyApplication& application, Known& known) {
    std::size_t index = 0;
    const auto call = known.call;
    auto reply = application.reply(index);
    const unsigned what = pick(9);
    note(application.name + " asks " + std::to_string(what) + " of call " +
         std::to_string(call->id()));
    tapi::Result<tapi::RequestId> asked = 0;
    switch (what) {
    case 0: asked = call->accept(std::move(reply)); break;
    case 1: asked = call->dial("123456789012345678", std::move(reply)); break;
    case 2: asked = call->secure(std::move(reply)); break;
    case 3: asked = call->setCallData({std::byte{1}}, std::move(reply)); break;
    case 4:
        asked = call->setCallParams(tapi::BearerMode::PassThrough, 0, 0, {}, std::move(reply));
        break;
    case 5:
    case 6: asked = call->answer(std::move(reply)); break;
    default: asked = call->disconnect(std::move(reply)); break;
    }
    application.asked(index, asked.has_value());
}

void PropertyScenario::own(PropertyApplication& application, Known& known) {
    const unsigned what = pick(7);
    note(application.name + " does " + std::to_string(what) + " with call " +
         std::to_string(known.call->id()));
    switch (what) {
    case 0:
        if (known.call->deallocate()) {
            known.deallocated = true;
        }
        break;
    case 1:
    case 2:
        static_cast<void>(known.call->setPrivilege(chance(50) ? tapi::CallPrivilege::Owner
                                                              : tapi::CallPrivilege::Monitor));
        break;
    case 3:
        if (known.call->handoff("app" + std::to_string(pick(4)))) {
            ++ledger_.handoffs[known.call->id()];
        }
        break;
    case 4:
        if (known.call->handoff(static_cast<tapi::MediaMode>(1U << (1 + pick(6))))) {
            ++ledger_.handoffs[known.call->id()];
        }
        break;
    case 5: static_cast<void>(known.call->setAppSpecific(pick(9))); break;
    default:
        static_cast<void>(
            known.call->setMediaMode(static_cast<tapi::MediaMode>(1U << (1 + pick(6)))));
    }
}

void PropertyScenario::listen(Known& known) {
    const unsigned what = pick(7);
    note("listens in way " + std::to_string(what) + " to call " + std::to_string(known.call->id()));
    const tapi::MonitoredTone tone{pick(3), 1ms, {440 + 10 * pick(3), 0, 0}};
    tapi::GatherDigits gather;
    gather.count = pick(3);
    gather.firstDigitTimeout = 1s * pick(20);
    switch (what) {
    case 0: static_cast<void>(known.call->generateDigits(chance(80) ? "12" : "")); break;
    case 1: static_cast<void>(known.call->generateTone(440, 1s)); break;
    case 2:
        static_cast<void>(known.call->monitorDigits(tapi::DigitModes::fromBits(pick(4))));
        break;
    case 3: static_cast<void>(known.call->monitorTones({&tone, pick(2)})); break;
    case 4:
        static_cast<void>(known.call->monitorMedia(tapi::MediaModes::fromBits(2 * pick(64))));
        break;
    default: static_cast<void>(known.call->gatherDigits(gather));
    }
}

/// From here on the provider behaves, and all that is under way comes to its end.
void PropertyScenario::end() {
    note("the end");
    quiet_ = true;
    loop_.advance(200s);
    for (std::size_t i = 0; i < fake_.callCount(); ++i) {
        auto& call = fake_.call(i);
        if (call.closed == 0 && refused_.count(&call) == 0 && call.handle != nullptr) {
            fake_.state(call, LINECALLSTATE_IDLE);
        }
    }
    loop_.advance(60s);
    loop_.settle();
    for (const auto& application : applications_) {
        application->checkEnd();
    }
    for (const auto& [id, count] : ledger_.ownerNotifications) {
        if (count > 1 + ledger_.handoffs[id]) {
            ledger_.fault("call " + std::to_string(id) + " was given to several owners");
        }
    }
    checkProvider();
    std::vector<std::weak_ptr<tapi::Call>> calls;
    for (const auto& application : applications_) {
        for (const auto& known : application->calls) {
            calls.push_back(known->call);
        }
    }
    applications_.clear();
    manager_.reset();
    for (const auto& call : calls) {
        if (!call.expired()) {
            ledger_.fault("a call outlives all who knew it");
        }
    }
    for (std::size_t i = 0; i < fake_.lineCount(); ++i) {
        if (fake_.line(i).opened != fake_.line(i).closed) {
            ledger_.fault("line " + fake_.line(i).key + " was opened and closed unequally often");
        }
    }
    if (core::lineHandles().size() != 0) {
        ledger_.fault("handles of lines are left");
    }
}

/// The core closes each call that it got once; those whose making was refused it never got.
void PropertyScenario::checkProvider() {
    for (std::size_t i = 0; i < fake_.callCount(); ++i) {
        const auto& call = fake_.call(i);
        const bool got = refused_.count(&call) == 0 && call.handle != nullptr;
        if (call.closed != (got ? 1U : 0U)) {
            ledger_.fault("driver call " + std::to_string(i) + " was closed " +
                          std::to_string(call.closed) + " times");
        }
    }
}

}  // namespace tipring::test
