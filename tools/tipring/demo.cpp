// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "commands.h"
#include "console.h"
#include "machine_task.h"
#include "sound_file.h"
#include "time_text.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/simulation.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using hal::Result;

// The caller of the demonstration; 555-01xx numbers are reserved for fiction.
constexpr const char* kCallerNumber = "2025550123";
constexpr const char* kCallerName = "ADA LOVELACE";
constexpr auto kSpeech = 4s;
constexpr unsigned kPatience = 4;  // rings

/// The person at the other end: calls, waits for the beep, speaks, hangs up.
class Caller {
public:
    Caller(hal::EventLoop& loop, sim::Simulation& simulation, Console& console)
        : loop_(loop),
          simulation_(simulation),
          console_(console),
          pause_(loop, [this] { next(); }) {}

    void onStep(AnsweringMachine::Step step) {
        if (step == AnsweringMachine::Step::Waiting) {
            plan_ = Plan::Call;
            pause_.arm(500ms);
        } else if (step == AnsweringMachine::Step::Recording) {
            plan_ = Plan::Speak;
            pause_.arm(300ms);
        }
    }

private:
    enum class Plan { Call, Speak, HangUp };

    void next() {
        switch (plan_) {
        case Plan::Call: call(); break;
        case Plan::Speak:
            say("(The caller speaks.)");
            simulation_.farEnd().setListener({.onState = {},
                                              .onKey = {},
                                              .onPlayed =
                                                  [this] {
                                                      plan_ = Plan::HangUp;
                                                      pause_.arm(700ms);
                                                  },
                                              .onSound = {}});
            voice_ = makeVoice(kSpeech);
            simulation_.farEnd().say(voice_);
            break;
        case Plan::HangUp:
            say("(The caller hangs up.)");
            simulation_.farEnd().hangUp();
            break;
        }
    }

    void call() {
        say("(Somebody dials our number.)");
        sim::CallerId id;
        id.number = kCallerNumber;
        id.name = kCallerName;
        const std::string line = simulation_.line().number();
        if (auto called = simulation_.farEnd().call(line, id, kPatience); !called) {
            console_.problem("the simulated call failed", called.error());
        }
    }

    void say(std::string_view text) {
        console_.note(fmt::format("{}  {}",
                                  console_.paint(Console::Style::Dim, localClock(loop_.wallNow())),
                                  console_.paint(Console::Style::Dim, text)));
    }

    hal::EventLoop& loop_;
    sim::Simulation& simulation_;
    Console& console_;
    hal::Timer pause_;
    Plan plan_ = Plan::Call;
    std::vector<std::int16_t> voice_;
};

Result<std::unique_ptr<hal::EventLoop>> makeLoop(bool fast) {
    auto real = hal::EpollLoop::create();
    if (!real) {
        return tl::unexpected(real.error());
    }
    if (fast) {
        return std::make_unique<hal::VirtualLoop>((*real)->wallNow());
    }
    return std::move(*real);
}

Result<MachineTask::Options> machineOptions(Settings& settings, const DemoOptions& options,
                                            bool simulated) {
    std::string folder = options.directory;
    if (folder.empty()) {
        folder = simulated ? dataDirectory() + "/demo" : dataDirectory();
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return hal::failSystem(
            fmt::format("cannot make the folder {} (choose one with --directory)", folder),
            error.value());
    }
    auto greeting = settings.greeting.empty() ? builtInGreeting(folder)
                                              : Result<std::string>(settings.greeting);
    if (!greeting) {
        return tl::unexpected(greeting.error());
    }
    if (simulated || !options.directory.empty()) {
        settings.stateDirectory = folder;
        settings.recordings = folder + "/recordings";
        if (!settings.callLog.empty()) {
            settings.callLog = folder + "/calls.db";
        }
    }
    MachineTask::Options machine;
    machine.policy.greeting = *greeting;
    machine.policy.rings = settings.rings;
    machine.policy.limit = 60s;
    machine.recordings = settings.recordings;
    machine.watchOnly = true;
    machine.endWhenMissed = simulated;
    machine.waitingText =
        simulated ? "" : "Now call this line from another telephone (Ctrl-C ends).";
    return machine;
}

ExitCode runWith(Console& console, hal::EventLoop& loop, Settings settings,
                 const DemoOptions& options) {
    const bool simulated = settings.ports.empty();
    std::unique_ptr<sim::Simulation> simulation;
    std::unique_ptr<Caller> caller;
    if (simulated) {
        auto made = sim::Simulation::create(
            loop, {.modem = options.modem,
                   .country = settings.country.empty() ? "US" : settings.country,
                   .number = "2025550100",
                   .portName = std::string(kDemoPort),
                   .utcOffset = utcOffset(loop.wallNow())});
        if (!made) {
            console.problem(made.error().cause);
            return ExitCode::Usage;
        }
        simulation = std::move(*made);
        caller = std::make_unique<Caller>(loop, *simulation, console);
        settings.ports = {fmt::format("sim:{}", kDemoPort)};
        console.note(console.paint(Console::Style::Strong,
                                   "A telephone call, on a simulated line (no hardware needed)"));
    } else {
        console.note(console.paint(
            Console::Style::Strong,
            fmt::format("A telephone call, on the modem at {}", settings.ports.front())));
    }
    auto machine = machineOptions(settings, options, simulated);
    if (!machine) {
        console.problem(machine.error().cause);
        return exitCodeFor(machine.error().code);
    }
    MachineTask task(loop, console, settings, std::move(*machine));
    if (caller) {
        task.onStepHook = [&](AnsweringMachine::Step step) { caller->onStep(step); };
    }
    return task.run();
}

}  // namespace

ExitCode runDemo(Console& console, const CommonOptions& common, const DemoOptions& options) {
    auto settings = settingsFor(common);
    if (!settings) {
        console.problem(settings.error().cause);
        return exitCodeFor(settings.error().code);
    }
    // Only a port on the command line means real hardware: the first demo must work everywhere.
    settings->ports = common.ports;
    if (options.fast && !settings->ports.empty()) {
        console.problem("--fast is for the simulated line; a real one takes its time");
        return ExitCode::Usage;
    }
    auto loop = makeLoop(options.fast);
    if (!loop) {
        console.problem("cannot start", loop.error());
        return ExitCode::Failed;
    }
    return runWith(console, **loop, std::move(*settings), options);
}

}  // namespace tipring::tools
