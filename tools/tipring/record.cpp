// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include "commands.h"
#include "console.h"
#include "machine_task.h"

namespace tipring::tools {

ExitCode runRecord(Console& console, const CommonOptions& common, const RecordOptions& options) {
    if (::access(options.file.c_str(), F_OK) == 0) {
        console.problem(
            fmt::format("{} exists and is not written over; give another name or move "
                        "it away",
                        options.file));
        return ExitCode::Usage;
    }
    if (!options.dial.empty()) {
        DialOptions dial;
        dial.number = options.dial;
        dial.record = options.file;
        dial.seconds = options.limitSeconds;
        return runDial(console, common, dial);
    }
    MachineTask::Options machine;
    machine.policy.rings = options.rings;
    machine.policy.limit = std::chrono::seconds(options.limitSeconds);
    machine.policy.beep = std::chrono::milliseconds(0);
    machine.policy.stopAtKey = false;
    machine.policy.stopAtSilence = false;
    machine.recordingFile = options.file;
    machine.waitingText = "Waiting for a call to record (Ctrl-C ends).";
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return MachineTask(loop, console, settings, std::move(machine)).run();
    });
}

}  // namespace tipring::tools
