// SPDX-License-Identifier: Apache-2.0
#include "sound_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <string>

namespace tipring::tools {
namespace {

/// A number between limits, which "nan" is not.
CLI::Validator number(double low, double high) {
    return CLI::Validator(
        [low, high](std::string& text) -> std::string {
            double value = 0;
            const bool good =
                CLI::detail::lexical_cast(text, value) && value >= low && value <= high;
            return good ? std::string()
                        : fmt::format("{} is not between {} and {}", text, low, high);
        },
        "");
}

CLI::Validator oneOf(const std::vector<std::string>& values) {
    return CLI::Validator(CLI::IsMember(values)).description("");
}

void addPieces(CLI::App& command, SynthSettings& settings) {
    for (const SynthKind& kind : synthKinds()) {
        const std::string name(kind.name);
        // At once, not when all is read: their order among each other is the order of the sounds.
        CLI::Option* option = command
                                  .add_option_function<std::string>(
                                      "--" + name,
                                      [&settings, name](const std::string& text) {
                                          settings.pieces.push_back({name, text});
                                      },
                                      std::string(kind.help))
                                  ->trigger_on_parse()
                                  ->type_name(std::string(kind.value))
                                  ->group("Sounds, in the order in which they are given");
        if (!kind.values.empty()) {
            option->check(oneOf(kind.values));
        }
    }
}

void addSettings(CLI::App& command, SynthSettings& settings) {
    const auto add = [&command](const char* name, auto& target, double low, double high,
                                const char* value, const char* help) {
        command.add_option(name, target, help)
            ->check(number(low, high))
            ->type_name(value)
            ->group("How they sound");
    };
    add("--level", settings.level, -70, 3.14, "DBM0", "Level of each frequency");
    add("--twist", settings.twist, -20, 20, "DB", "High frequency of a key over the low one");
    add("--on", settings.on, 10, 10'000, "MS", "Length of a key (default 80)");
    add("--off", settings.off, 0, 10'000, "MS", "Pause after a key (default 80)");
    add("--pause", settings.pause, 0, 60'000, "MS", "Around the sounds (default 200)");
    add("--seconds", settings.seconds, 0.02, 3600, "N", "Length of tones that last");
    command.add_option("--standard", settings.standard,
                       "Caller ID: bell202, v23, dtmf, or bell, bt, etsi-dtas, etsi-ring, ntt, ... "
                       "(default: the country's)");
    command.add_option("--format", settings.format, "Caller ID: mdmf or sdmf")
        ->check(oneOf({"mdmf", "sdmf"}));
    command
        .add_option("--alert", settings.alert,
                    "Before caller ID: none, dt-as, ring, reversal (the last two are silent)")
        ->check(oneOf({"none", "dt-as", "ring", "reversal"}));
}

void addCopper(CLI::App& command, SynthSettings& settings) {
    sim::CopperSettings& copper = settings.copper;
    const auto add = [&command](const char* name, auto& target, double low, double high,
                                const char* value, const char* help) {
        return command.add_option(name, target, help)
            ->check(number(low, high))
            ->type_name(value)
            ->group("What the line does to them");
    };
    add("--noise", copper.whiteNoise, -90, 3, "DBM0", "White noise");
    add("--hum", copper.hum, -90, 3, "DBM0", "Hum of the mains");
    add("--hum-hertz", copper.humHertz, 40, 70, "HERTZ", "Its frequency (default 50)");
    CLI::Option* attenuate =
        add("--attenuate", copper.attenuation, 0, 60, "DB", "Loss at all frequencies");
    command
        .add_option_function<float>(
            "--gain", [&copper](float gain) { copper.attenuation = -gain; },
            "Gain at all frequencies")
        ->check(number(-60, 40))
        ->type_name("DB")
        ->excludes(attenuate)
        ->group("What the line does to them");
    add("--slope", copper.slope, 0, 15, "DB", "Loss of 3400 Hz over 300 Hz");
    add("--clicks", copper.impulses, -60, 3.14, "DBM0", "Clicks of that peak");
    add("--click-rate", copper.impulseRate, 0.01, 1000, "RATE", "Clicks a second (default 1)");
    add("--clip", copper.clipping, -60, 3.14, "DBM0", "Clip above that level");
    add("--dropouts", copper.dropoutRate, 0, 100, "RATE", "Breaks a second");
    add("--dropout-length", copper.dropoutLength, 1, 10'000, "MS", "Length of a break (50)");
    add("--seed", settings.seed, 0, 4'294'967'295.0, "N", "Another noise (default 1)");
}

}  // namespace

void addListenOptions(CLI::App& command, ListenOptions& options) {
    command.add_option("FILE", options.file,
                       "Sound file of any kind; - for bare samples on standard input");
    command.add_option("--device", options.device, "Listen to a sound device: default, hw:1")
        ->type_name("NAME");
    command.add_flag("--raw", options.raw, "FILE has bare samples: 16 bit, low byte first, 8 kHz");
    command.add_flag("--live", options.live,
                     "Tell each thing as soon as it is sure, not all at the end");
    command
        .add_option("--standard", options.standard,
                    "Caller ID to listen for: bell202, v23, dtmf, or a name as bt, etsi-ring, ntt "
                    "(default: the country's)")
        ->type_name("NAME");
    command
        .add_option("--plot", options.plot,
                    "Picture to make: spectrogram with what was heard, .png or .svg")
        ->type_name("FILE");
}

void addSynthOptions(CLI::App& command, SynthOptions& options, SynthSettings& settings) {
    command.add_option("FILE", options.file,
                       "WAV file to write; - for bare samples on standard output");
    command.add_flag("--list", options.list, "List the countries and their tones");
    addPieces(command, settings);
    addSettings(command, settings);
    addCopper(command, settings);
}

}  // namespace tipring::tools
