// SPDX-License-Identifier: Apache-2.0
// Provider-specific interfaces, without knowing any: lists them, and calls their methods.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "commands.h"
#include "console.h"
#include "event_text.h"
#include "interface_text.h"
#include "provider_library.h"
#include "session.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

/// A manager with the modems' provider and those that were named, and one application.
struct Telephony {
    IsolatedProviders isolated;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> tapi;
};

Result<core::ProviderConfig> configOf(const std::vector<std::string>& pairs) {
    core::ProviderConfig config;
    for (const std::string& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == 0 || equals == pair.npos) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("--set {}: a setting is KEY=VALUE", pair));
        }
        config[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return config;
}

Result<Telephony> openTelephony(hal::EventLoop& loop, const Settings& settings,
                                const ProviderOptions& options) {
    Telephony made;
    made.manager = std::make_unique<core::LineManager>(loop, settings.stateDirectory);
    auto added = made.manager->addProvider(*tipring_at_modem_provider(), providerConfig(settings));
    auto config = configOf(options.settings);
    if (added && !config) {
        added = tl::unexpected(config.error());
    }
    for (const std::string& library : options.libraries) {
        if (added) {
            added = addLibrary(*made.manager, library, *config, options.isolate, made.isolated);
        }
    }
    if (!added) {
        return tl::unexpected(std::move(added.error()));
    }
    made.tapi = made.manager->createApplication("tipring");
    return made;
}

void tellMember(Console& console, const tapi::InterfaceDescription& of, const char* kind,
                const std::string& name, const std::string& text, const std::string& signature,
                JsonLine json) {
    console.result(fmt::format("    {:<6} {}", kind, signature));
    if (!text.empty()) {
        console.result(fmt::format("           {}", text));
    }
    json.set("interface", of.name).set("version", of.version).set("object", objectText(of.object));
    json.set("provider", of.provider).set(kind, name).setUnlessEmpty("text", text);
    console.object(json);
}

void tellInterface(Console& console, const tapi::InterfaceDescription& of) {
    console.result(fmt::format("{}  version {}, on each {}, of {}",
                               console.paint(Console::Style::Strong, of.name), of.version,
                               objectText(of.object), of.provider));
    if (!of.text.empty()) {
        console.result("    " + of.text);
    }
    JsonLine json;
    json.set("interface", of.name).set("version", of.version).set("object", objectText(of.object));
    console.object(json.set("provider", of.provider).setUnlessEmpty("text", of.text));
    for (const tapi::InterfaceMethod& method : of.methods) {
        JsonLine line;
        line.set("in", argumentTexts(method.in)).set("out", argumentTexts(method.out));
        tellMember(console, of, "method", method.name, method.text, methodText(method),
                   std::move(line));
    }
    for (const tapi::InterfaceEvent& event : of.events) {
        JsonLine line;
        line.set("arguments", argumentTexts(event.arguments));
        tellMember(console, of, "event", event.name, event.text, eventText(event), std::move(line));
    }
}

/// By number, name, or port; null where there is none.
std::shared_ptr<tapi::Address> findLine(const tapi::Tapi& tapi, const std::string& word) {
    for (const auto& line : tapi.addresses()) {
        const bool meant = fmt::format("{}", line->id()) == word || line->name() == word ||
                           line->capabilities().permanentId == word;
        if (meant) {
            return line;
        }
    }
    for (const auto& line : tapi.addresses()) {
        const auto port = line->deviceId("comm/portname");
        if (port && (*port == word || *port == "serial:" + word)) {
            return line;
        }
    }
    return nullptr;
}

Result<std::shared_ptr<tapi::ProviderInterface>> findInterface(
    tapi::Tapi& tapi, const CallInterfaceOptions& options) {
    if (options.line == "-") {
        return tapi.queryInterface(options.name, 0);
    }
    const auto line = findLine(tapi, options.line);
    if (!line) {
        return hal::fail(
            ErrorCode::BadDeviceId,
            fmt::format("there is no line {}; `tipring lines` lists them", options.line));
    }
    return line->queryInterface(options.name, 0);
}

/// Calls a method and tells its results, then for a while the events.
class Caller final : private tapi::EventSink {
public:
    Caller(hal::EventLoop& loop, Console& console, Telephony& telephony,
           const CallInterfaceOptions& options)
        : loop_(loop),
          console_(console),
          tapi_(*telephony.tapi),
          options_(options),
          end_(loop, [this] { finish(ExitCode::Ok); }) {}
    ~Caller() override { tapi_.setEventSink(nullptr); }

    ExitCode run() {
        tapi_.setEventSink(this);
        tapi_.setEventFilter(tapi::EventClass::Private);
        if (auto begun = begin(); !begun) {
            return fail(begun.error());
        }
        if (!exit_) {
            loop_.run();
        }
        return exit_.value_or(ExitCode::Failed);
    }

private:
    Result<void> begin() {
        auto found = findInterface(tapi_, options_);
        if (!found) {
            return tl::unexpected(std::move(found.error()));
        }
        interface_ = std::move(*found);
        std::vector<tapi::Value> arguments;
        for (const tapi::InterfaceMethod& method : interface_->description().methods) {
            if (method.name == options_.method) {
                results_ = method.out;
                auto parsed = parseValues(method.in, options_.arguments);
                if (!parsed) {
                    return tl::unexpected(std::move(parsed.error()));
                }
                arguments = std::move(*parsed);
            }
        }
        if (options_.events > 0 && options_.line != "-") {
            // Keeps the line open, so that its events come.
            auto watching = tapi_.registerCallNotifications(findLine(tapi_, options_.line),
                                                            {.owner = false, .monitor = true});
            if (!watching) {
                return tl::unexpected(std::move(watching.error()));
            }
        }
        auto asked = interface_->call(options_.method, std::move(arguments),
                                      [this](const auto& results) { onResults(results); });
        return asked ? Result<void>{} : tl::unexpected(std::move(asked.error()));
    }

    void onResults(const Result<std::vector<tapi::Value>>& results) {
        if (!results) {
            finish(fail(results.error()));
            return;
        }
        JsonLine json;
        json.set("interface", options_.name).set("method", options_.method);
        for (std::size_t i = 0; i < results->size(); ++i) {
            console_.result(fmt::format("{}: {}", results_[i].name, valueText((*results)[i])));
            setValue(json, results_[i].name, (*results)[i]);
        }
        console_.object(json);
        if (options_.events == 0) {
            finish(ExitCode::Ok);
        } else {
            end_.arm(std::chrono::seconds(options_.events));
        }
    }

    void onEvent(const tapi::Event& event) override {
        const auto& mine = std::get<tapi::PrivateEvent>(event);
        std::vector<std::string> values;
        for (const tapi::Value& value : mine.values) {
            values.push_back(valueText(value));
        }
        console_.result(
            fmt::format("{}.{}({})", mine.interfaceName, mine.event, fmt::join(values, ", ")));
        console_.object(toJson(event, loop_.wallNow()));
    }

    ExitCode fail(const hal::Error& error) {
        console_.problem(fmt::format("{} of {}", options_.method, options_.name), error);
        return exitCodeFor(error.code);
    }
    void finish(ExitCode code) {
        exit_ = code;
        loop_.stop();
    }

    hal::EventLoop& loop_;
    Console& console_;
    tapi::Tapi& tapi_;
    const CallInterfaceOptions& options_;
    hal::Timer end_;
    std::shared_ptr<tapi::ProviderInterface> interface_;
    std::vector<tapi::InterfaceArgument> results_;
    std::optional<ExitCode> exit_;
};

}  // namespace

ExitCode runInterfaces(Console& console, const CommonOptions& common,
                       const ProviderOptions& options) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        const auto telephony = openTelephony(loop, settings, options);
        if (!telephony) {
            console.problem(telephony.error().cause);
            return exitCodeFor(telephony.error().code);
        }
        for (const tapi::InterfaceDescription& each : telephony->tapi->interfaces()) {
            tellInterface(console, each);
        }
        return ExitCode::Ok;
    });
}

ExitCode runCallInterface(Console& console, const CommonOptions& common,
                          const ProviderOptions& options, const CallInterfaceOptions& call) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        auto telephony = openTelephony(loop, settings, options);
        if (!telephony) {
            console.problem(telephony.error().cause);
            return exitCodeFor(telephony.error().code);
        }
        return Caller(loop, console, *telephony, call).run();
    });
}

}  // namespace tipring::tools
