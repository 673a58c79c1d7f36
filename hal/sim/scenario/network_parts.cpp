// SPDX-License-Identifier: Apache-2.0
#include "scenario/network_parts.h"

#include <fmt/format.h>

#include <array>

#include "control_line.h"
#include "control_words.h"
#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/sim/personality.h"

namespace tipring::sim {

namespace {

double powerOf(HeardBlock block) {
    double sum = 0;
    for (const std::int16_t sample : block) {
        sum += static_cast<double>(sample) * sample;
    }
    return sum / static_cast<double>(block.size());
}

bool isOpenEnded(const ScriptRunner& runner) {
    return runner.isFree() || runner.state() != ScriptRunner::State::Running;
}

}  // namespace

NetworkPerson::NetworkPerson(Exchange& exchange, const Script& script, const ScriptSetting& setting,
                             const Tell& tell)
    : end(exchange),
      runner(exchange.loop(), actor, script, setting),
      begin(exchange.loop(), [this] {
          begun = true;
          runner.start();
      }) {
    runner.onEvent(
        [&tell, number = setting.number](std::string_view what, std::string_view detail) {
            tell("far-end", number, what, detail);
        });
}

NetworkStation::NetworkStation(Exchange& exchange, const Scenario::Line& plan, const Tell& tell)
    : loop_(exchange.loop()),
      line_(exchange.addLine(plan.number)),
      tell_(tell),
      device_(plan.device),
      at_(plan.at) {
    if (!plan.country.empty()) {
        line_.setCountry(*findCountry(plan.country));
    }
    line_.setSettings(plan.settings);
    line_.setCopper(plan.copper);
    for (const auto& [number, ring] : plan.numbers) {
        exchange.addNumber(number, line_, ring);
    }
    for (const auto& [when, number] : plan.forwards) {
        line_.setForward(when, number);
    }
    line_.setMessageWaiting(plan.messages);
    line_.watch(*this);
    if (const Personality* personality = findPersonality(plan.device)) {
        modem_ = std::make_unique<AtModem>(loop_, line_, *personality);
        caller_ = std::make_unique<FarEnd>(exchange);
        control_ = std::make_unique<Control>(exchange, line_, *caller_, modem_.get());
    } else if (plan.device == "telephone") {
        telephone_ = std::make_unique<ScriptTelephone>(loop_, line_);
    }
}

NetworkStation::~NetworkStation() {
    line_.unwatch(*this);
}

hal::Result<void> NetworkStation::openOutlet(hal::EventLoop& loop, const Scenario::Line& plan) {
    if (modem_ == nullptr || plan.outlet == Scenario::Line::Outlet::None) {
        return {};
    }
    if (plan.outlet == Scenario::Line::Outlet::Process) {
        const std::string name = plan.path.empty() ? plan.number : plan.path;
        port_.emplace(name, *modem_);
        place_ = "sim:" + name;
        return {};
    }
    auto pty = PtyOutlet::create(loop, *modem_, plan.path);
    if (!pty) {
        return hal::fail(pty.error().code,
                         fmt::format("line {}: {}", plan.number, pty.error().cause));
    }
    pty_ = std::move(*pty);
    place_ = plan.path.empty() ? pty_->path() : plan.path;
    return {};
}

/// Whoever has the line, commands can call it then.
void NetworkStation::plugInto(Exchange& exchange, std::string_view model, std::string place) {
    device_ = modem_ == nullptr ? std::string(model) : device_;
    place_ = std::move(place);
    if (control_ == nullptr) {
        caller_ = std::make_unique<FarEnd>(exchange);
        control_ = std::make_unique<Control>(exchange, line_, *caller_, nullptr);
    }
}

hal::Result<void> NetworkStation::record(const std::string& file) {
    auto writer = SoundWriter::create(file, 2);
    if (!writer) {
        return tl::unexpected(writer.error());
    }
    tape_.emplace(std::move(*writer));
    line_.watch(*this, WatchedSound::InUse);
    return {};
}

void NetworkStation::addScript(const Scenario::Line& plan, const ScriptSetting& setting) {
    if (telephone_ == nullptr || !plan.script) {
        return;
    }
    runner_ = std::make_unique<ScriptRunner>(loop_, *telephone_, *plan.script, setting);
    runner_->onEvent([this](std::string_view what, std::string_view detail) {
        tell_("line", line_.number(), what, detail);
    });
    begin_ = std::make_unique<hal::Timer>(loop_, [this] {
        begun_ = true;
        runner_->start();
    });
}

void NetworkStation::start() {
    if (begin_ != nullptr) {
        begin_->arm(at_);
    }
}

bool NetworkStation::isOver() const {
    const bool script = runner_ == nullptr || (begun_ && isOpenEnded(*runner_));
    return script && line_.state() == Line::State::Idle;
}

NetworkLine NetworkStation::describe() const {
    NetworkLine line;
    line.line = &line_;
    line.modem = modem_.get();
    line.device = device_;
    line.place = pty_ != nullptr && pty_->link().empty() ? pty_->path() : place_;
    const bool sounds = line_.isOffHook();
    line.toDevice = dsp::dbm0OfPower(sounds ? heardPower_ : 0);
    line.fromDevice = dsp::dbm0OfPower(sounds ? spokenPower_ : 0);
    return line;
}

std::string NetworkStation::run(Exchange& exchange, std::string_view command) {
    if (control_ != nullptr) {
        return control_->run(command);
    }
    const auto words = splitWords(command);
    if (words && !words->empty()) {
        if (auto reply = runLineCommand(exchange, line_, *words)) {
            return *reply;
        }
    }
    return error(
        fmt::format("line {} has no modem; line, copper, forward, messages, number, "
                    "flash, line?, copper? and electrics? are for every line",
                    line_.number()));
}

void NetworkStation::onLineEvent(const Line& line, std::string_view what, std::string_view detail) {
    tell_("line", line.number(), what, detail);
}

void NetworkStation::onLineSound(const Line& /*line*/, HeardBlock toDevice, HeardBlock fromDevice) {
    heardPower_ = powerOf(toDevice);
    spokenPower_ = powerOf(fromDevice);
    if (tape_) {
        std::array<std::int16_t, 2 * kBlock> both{};
        for (std::size_t i = 0; i < kBlock; ++i) {
            both[2 * i] = toDevice[i];
            both[2 * i + 1] = fromDevice[i];
        }
        tape_->write(both);
    }
}

}  // namespace tipring::sim
