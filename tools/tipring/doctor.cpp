// SPDX-License-Identifier: Apache-2.0
// Tells what is wrong with the machine's modems and adapters, and what to do about it.
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "doctor_machine.h"
#include "json_line.h"
#include "session.h"

namespace tipring::tools {
namespace {

void tell(Console& console, const DoctorCheck& check, const std::vector<Finding>& findings) {
    if (findings.empty()) {
        console.result(
            fmt::format("{}  {}", console.paint(Console::Style::Good, "ok     "), check.question));
        console.object(JsonLine().set("check", check.name).set("ok", true));
        return;
    }
    for (const Finding& each : findings) {
        const bool problem = each.kind == Finding::Kind::Problem;
        console.result(
            fmt::format("{}  {}{}{}",
                        console.paint(problem ? Console::Style::Bad : Console::Style::Dim,
                                      problem ? "problem" : "note   "),
                        each.device, each.device.empty() ? "" : ": ", each.seen));
        console.result(fmt::format("         remedy: {}", each.remedy));
        JsonLine line;
        line.set("check", check.name).set("ok", !problem).setUnlessEmpty("device", each.device);
        line.set("kind", problem ? "problem" : "note").set("seen", each.seen);
        console.object(line.set("remedy", each.remedy));
    }
}

}  // namespace

ExitCode runDoctor(Console& console, const CommonOptions& common, const DoctorOptions& options) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        DoctorMachine machine = lookAround(settings.ports, options.root);
        if (!options.quick) {
            console.progress("Asking the devices ...");
            askDevices(loop, machine);
        }
        bool wrong = false;
        for (const DoctorCheck& check : doctorChecks()) {
            std::vector<Finding> findings;
            check.look(machine, findings);
            tell(console, check, findings);
            for (const Finding& each : findings) {
                wrong = wrong || each.kind == Finding::Kind::Problem;
            }
        }
        return wrong ? ExitCode::Failed : ExitCode::Ok;
    });
}

}  // namespace tipring::tools
