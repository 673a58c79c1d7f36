// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "machine_task.h"
#include "sound_file.h"

namespace tipring::tools {
namespace {

MachineTask::Options machineOptions(const Settings& settings, const AnswerOptions& options) {
    MachineTask::Options machine;
    machine.policy.rings = options.rings.value_or(settings.rings);
    machine.policy.limit =
        options.limitSeconds ? std::chrono::seconds(*options.limitSeconds) : settings.limit;
    machine.policy.stopAtSilence = !options.keepOnSilence;
    if (!options.noGreeting) {
        machine.policy.greeting = options.greeting.empty() ? settings.greeting : options.greeting;
        if (machine.policy.greeting.empty()) {
            machine.policy.greeting = builtInGreeting(settings.stateDirectory).value_or("");
        }
    }
    machine.recordings = settings.recordings;
    machine.recordingFile = options.recording;
    machine.all = options.all;
    machine.waitingText = fmt::format("Waiting for {} (answered at ring {}; Ctrl-C ends).",
                                      options.all ? "calls" : "a call", machine.policy.rings);
    return machine;
}

}  // namespace

ExitCode runAnswer(Console& console, const CommonOptions& common, const AnswerOptions& options) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return MachineTask(loop, console, settings, machineOptions(settings, options)).run();
    });
}

}  // namespace tipring::tools
