// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "sound_file.h"
#include "synth_sound.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::tools {
namespace {

ExitCode failed(Console& console, const hal::Error& error) {
    console.problem(error.cause);
    return exitCodeFor(error.code);
}

/// Every country and its tones.
ExitCode list(Console& console) {
    for (const dsp::CountryTones& country : dsp::builtinTones().countries) {
        std::vector<std::string> names;
        std::string text;
        for (const dsp::CountryTone& tone : country.tones) {
            names.emplace_back(dsp::toneKindName(tone.kind));
            text += fmt::format("{}{}", text.empty() ? "" : ", ", names.back());
        }
        JsonLine line;
        line.set("country", country.code).set("name", country.name);
        console.object(line.set("tones", names));
        console.result(fmt::format("{}  {:<22} {}", country.code, country.name, text));
    }
    return ExitCode::Ok;
}

/// Bare samples, low byte first, to standard output.
hal::Result<void> writeSamples(const std::vector<std::int16_t>& samples) {
    std::vector<unsigned char> bytes;
    bytes.reserve(samples.size() * 2);
    for (const std::int16_t sample : samples) {
        bytes.push_back(static_cast<unsigned char>(sample & 0xFF));
        bytes.push_back(static_cast<unsigned char>((sample >> 8) & 0xFF));
    }
    for (std::size_t done = 0; done < bytes.size();) {
        const auto wrote = ::write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
        if (wrote < 0 && errno == EPIPE) {
            return {};  // who read has enough
        }
        if (wrote < 0 && errno != EINTR) {
            return hal::failSystem("cannot write to standard output", errno);
        }
        done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
    }
    return {};
}

}  // namespace

ExitCode runSynth(Console& console, const CommonOptions& common, SynthSettings settings,
                  const SynthOptions& options) {
    if (options.list) {
        return list(console);
    }
    const bool bare = options.file == "-";
    if (options.file.empty() || settings.pieces.empty()) {
        console.problem(options.file.empty() ? "name a file to write, or - for standard output"
                                             : "nothing to write: name --dtmf, --tone, ...");
        return ExitCode::Usage;
    }
    if (bare && ::isatty(STDOUT_FILENO) == 1) {
        console.problem("standard output is a terminal; samples go to a pipe or a file");
        return ExitCode::Usage;
    }
    settings.country = common.country.empty() ? "US" : common.country;
    const auto sound = synthesize(settings);
    if (!sound) {
        return failed(console, sound.error());
    }
    const auto written = bare ? writeSamples(*sound) : writeSound(options.file, *sound);
    if (!written) {
        return failed(console, written.error());
    }
    if (!bare) {
        JsonLine line;
        line.set("file", options.file);
        line.set("durationMs", static_cast<std::int64_t>(sound->size() / 8));
        console.object(line);
        console.note(
            fmt::format("{}: {:.1f} s", options.file, static_cast<double>(sound->size()) / 8000));
    }
    return ExitCode::Ok;
}

}  // namespace tipring::tools
