// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/magic_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "tipring/hal/sim/script_runner.h"

namespace tipring::sim {

namespace {

using Outcome = Route::Outcome;

constexpr std::size_t kMostAtATime = 64;  // calls to one number; then it is busy

constexpr std::string_view kMachine =
    "answer rings=2; speech 4; tone beep; wait silence=5 within=60 else=over; label over; hangup";
constexpr std::string_view kFax =
    "answer rings=1; wait 1s; tone ced for=3s; wait hangup within=60 else=over; label over";
constexpr std::string_view kModem =
    "modem on text=\"login: \"; answer rings=1; wait hangup within=3600 else=over; label over";
constexpr std::string_view kCallsBackTwoRings =
    "answer; wait 1s; hangup; wait 5s; dial caller else=over; wait rings=2; hangup; label over";
constexpr std::string_view kRobocaller =
    "answer; wait 1s; hangup; wait 5s; dial caller else=over; wait answer within=40 else=over; "
    "wait 1500ms; speech 15; wait key within=10 else=over; speech 3; label over";
constexpr std::string_view kFaxCallsBack =
    "answer; wait 1s; hangup; wait 5s; dial caller else=over; wait answer within=60 else=over; "
    "tone cng for=35 meanwhile; wait tone=ced within=35 else=over; quiet; wait 1; label over";
constexpr std::string_view kEcho = "answer rings=1; echo";
constexpr std::string_view kMilliwatt = "answer; tone milliwatt for=3600";
constexpr std::string_view kSilent =
    "answer rings=1; wait hangup within=3600 else=over; label over";

constexpr MagicNumber kNumbers[] = {
    {"000", "silent", "somebody answers after a ring and says nothing", Outcome::Answer, kSilent},
    {"001", "busy", "busy tone", Outcome::Busy, {}},
    {"002", "congestion", "congestion tone", Outcome::Congestion, {}},
    {"003", "no-answer", "rings for ever", Outcome::NoAnswer, {}},
    {"004",
     "vacant",
     "special information tone and a voice, as the country has it",
     Outcome::Vacant,
     {}},
    {"005",
     "changed",
     "the same, and the voice says the new number: this one with 000",
     Outcome::Changed,
     {}},
    {"006", "sit-intercept", "special information tone of that class, and a voice", Outcome::Answer,
     "answer; tone sit-intercept; speech 4; wait 1"},
    {"007", "sit-vacant-code", "the same", Outcome::Answer,
     "answer; tone sit-vacant-code; speech 4; wait 1"},
    {"008", "sit-reorder-local", "the same", Outcome::Answer,
     "answer; tone sit-reorder-local; speech 4; wait 1"},
    {"009", "sit-no-circuit-local", "the same", Outcome::Answer,
     "answer; tone sit-no-circuit-local; speech 4; wait 1"},
    {"010", "sit-reorder-toll", "the same", Outcome::Answer,
     "answer; tone sit-reorder-toll; speech 4; wait 1"},
    {"011", "sit-no-circuit-toll", "the same", Outcome::Answer,
     "answer; tone sit-no-circuit-toll; speech 4; wait 1"},
    {"020", "answering-machine",
     "answers after 2 rings, greets for 4 s, beeps, and listens until "
     "5 s of silence",
     Outcome::Answer, kMachine},
    {"021", "fax", "a fax machine: answer tone", Outcome::Answer, kFax},
    {"022", "modem", "a modem: carrier, `login: `, and an echo of what is sent", Outcome::Answer,
     kModem},
    {"023", "echo", "what is said comes back 20 ms later", Outcome::Answer, kEcho},
    {"024", "milliwatt", "1004 Hz at 0 dBm0 for an hour", Outcome::Answer, kMilliwatt},
    {"030", "gives-up", "hangs up, and calls back after 5 s for two rings", Outcome::Answer,
     kCallsBackTwoRings},
    {"031", "robocaller", "hangs up, calls back, speaks for 15 s, and waits for a key",
     Outcome::Answer, kRobocaller},
    {"032", "calling-fax",
     "hangs up, calls back with the fax calling tone until it hears an "
     "answer tone",
     Outcome::Answer, kFaxCallsBack},
    {"033", "hangs-up", "answers and hangs up after a second", Outcome::Answer,
     "answer rings=1; wait 1s; hangup"},
};

/// Somebody who is there for one call at a time.
struct Persona {
    Persona(Exchange& exchange, const Script& script, const ScriptSetting& setting)
        : end(exchange), runner(exchange.loop(), actor, script, setting) {}
    FarEnd end;
    FarEndActor actor{end};
    ScriptRunner runner;
};

struct Number {
    std::string number;
    Script script;
    std::vector<std::unique_ptr<Persona>> people;
};

}  // namespace

std::span<const MagicNumber> magicNumbers() noexcept {
    return kNumbers;
}

struct MagicNumbers::Impl {
    Exchange& exchange;
    std::uint32_t seed;
    Events events;
    std::vector<std::unique_ptr<Number>> numbers;

    void add(const std::string& number, std::string_view text) {
        auto parsed = parseScriptLine(text);
        assert(std::holds_alternative<Script>(parsed));  // a script of the table above
        numbers.push_back(std::make_unique<Number>());
        Number& own = *numbers.back();
        own.number = number;
        own.script = std::get<Script>(std::move(parsed));
        Route route;
        route.outcome = Outcome::Answer;
        route.rings = Route::kByHand;
        route.choose = [this, &own] { return choose(own); };
        exchange.setRoute(number, route);
    }

    FarEnd* choose(Number& own) {
        const auto free = std::find_if(own.people.begin(), own.people.end(), [](const auto& each) {
            return each->runner.isFree() && each->end.state() == FarEnd::State::Idle;
        });
        if (free != own.people.end()) {
            return &(*free)->end;
        }
        if (own.people.size() == kMostAtATime) {
            return nullptr;
        }
        ScriptSetting setting;
        setting.number = own.number;
        setting.country = exchange.options().country;
        setting.seed = seed + static_cast<std::uint32_t>(own.people.size()) * 1000;
        own.people.push_back(std::make_unique<Persona>(exchange, own.script, setting));
        Persona& person = *own.people.back();
        person.runner.onEvent([this, &own](std::string_view what, std::string_view detail) {
            if (events) {
                events(own.number, what, detail);
            }
        });
        person.runner.start();
        return &person.end;
    }
};

MagicNumbers::MagicNumbers(Exchange& exchange, std::string prefix, std::uint32_t seed)
    : impl_(std::make_unique<Impl>(Impl{exchange, seed, {}, {}})) {
    for (const MagicNumber& each : kNumbers) {
        const std::string number = prefix + std::string{each.digits};
        if (each.outcome == Outcome::Answer) {
            impl_->add(number, each.script);
        } else {
            Route route;
            route.outcome = each.outcome;
            route.newNumber = prefix + "000";
            exchange.setRoute(number, route);
        }
    }
    for (unsigned seconds = 0; seconds < 100; ++seconds) {
        impl_->add(fmt::format("{}1{:02}", prefix, seconds),
                   fmt::format("answer rings=1; speech {}; wait hangup within=600 else=over; "
                               "label over",
                               seconds));
    }
}

MagicNumbers::~MagicNumbers() = default;

void MagicNumbers::onEvent(Events events) {
    impl_->events = std::move(events);
}

bool MagicNumbers::isQuiet() const {
    for (const auto& number : impl_->numbers) {
        for (const auto& person : number->people) {
            if (!person->runner.isFree()) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace tipring::sim
