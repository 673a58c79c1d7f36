// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "session.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;

struct Ability {
    const char* word;
    const char* text;
    bool can;
};

std::vector<Ability> abilities(const tapi::AddressCapabilities& caps) {
    const bool byCore = caps.coreDetects.has(tapi::Detection::Digits);
    return {
        {"callerId", "names the caller", caps.callerId},
        {"play", "plays sound", caps.canPlay},
        {"record", "records", caps.canRecord},
        {"fullDuplex", "plays and records at once", caps.fullDuplex},
        {"hearsDigits", byCore ? "hears keys (out of the sound)" : "hears keys",
         caps.monitorsDigits},
        {"sendsDigits", "sends keys", caps.generatesDigits},
        {"data", "data calls", caps.mediaModes.has(tapi::MediaMode::DataModem)},
        {"confirmsAnswer", "knows when the far end answers",
         (caps.connectedModes & static_cast<std::uint32_t>(tapi::ConnectedMode::Confirmed)) != 0}};
}

/// Opens every configured port, waits until each answers or its time is over, and tells.
class Lister final : public Session::User {
public:
    Lister(hal::EventLoop& loop, Console& console, const Settings& settings)
        : console_(console),
          session_(loop, console, settings,
                   Session::Needs{.allLines = true, .ownCalls = false, .journal = false}, *this),
          settle_(loop, [this] { finishWhenAllTold(); }) {}

    ExitCode run() {
        console_.progress("Asking the modem ...");
        return session_.run();
    }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        tell(*line);
        ++told_;
        settle_.arm(0ms);
    }
    void onEvent(const tapi::Event&) override {}
    void onLinesGivenUp() override { finishWhenAllTold(true); }
    void onInterrupt() override { session_.finish(ExitCode::Interrupted); }

    void finishWhenAllTold(bool givenUp = false) {
        if (givenUp || !session_.isWaiting()) {
            const bool all = !givenUp && told_ > 0;
            session_.finish(all ? ExitCode::Ok : ExitCode::NotFound);
        }
    }

    void tell(const tapi::Address& line) {
        const auto& caps = line.capabilities();
        const auto port = line.deviceId("comm/portname");
        console_.result(fmt::format("{}  line {}{}",
                                    console_.paint(Console::Style::Strong, line.name()), line.id(),
                                    port ? fmt::format(", {}", *port) : std::string()));
        const bool phone = (caps.callStates & LINECALLSTATE_OFFERING) == 0;
        console_.result(
            fmt::format("    {}{}", phone ? "for a telephone; " : "", caps.providerInfo));
        std::vector<std::string> can, cannot;
        JsonLine json;
        json.set("line", line.id()).set("name", line.name()).set("id", caps.permanentId);
        json.setUnlessEmpty("port", port.value_or("")).set("provider", line.providerName());
        json.set("info", caps.providerInfo);
        json.set("kind", phone ? "phone" : "line");
        json.set("inService", line.state() == tapi::AddressState::InService);
        for (const Ability& ability : abilities(caps)) {
            (ability.can ? can : cannot).emplace_back(ability.text);
            json.set(ability.word, ability.can);
        }
        console_.result(
            fmt::format("    can:    {}", can.empty() ? std::string("nothing proved yet")
                                                      : fmt::format("{}", fmt::join(can, ", "))));
        if (!cannot.empty()) {
            console_.result(fmt::format("    cannot: {}", fmt::join(cannot, ", ")));
        }
        console_.object(json);
    }

    Console& console_;
    Session session_;
    hal::Timer settle_;
    std::size_t told_ = 0;
};

}  // namespace

ExitCode runLines(Console& console, const CommonOptions& common) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return Lister(loop, console, settings).run();
    });
}

}  // namespace tipring::tools
