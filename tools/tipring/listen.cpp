// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <vector>

#include "commands.h"
#include "console.h"
#include "ear.h"
#include "heard_text.h"
#include "sound_input.h"
#include "sound_plot.h"

namespace tipring::tools {
namespace {

/// Two hours: more columns than a picture has, and memory for an endless sound.
constexpr std::size_t kMostDrawn = 2 * 3600 * 8000;

/// Tells what is heard, and keeps what a picture needs.
class Listening {
public:
    Listening(Console& console, const ListenOptions& options)
        : console_(console), options_(options) {}

    ExitCode run(const std::string& country) {
        EarSettings settings{.country = country.empty() ? "US" : country,
                             .standard = options_.standard,
                             .live = options_.live || !options_.device.empty()};
        auto ear = Ear::create(settings, [this](const Heard& heard) { tell(heard); });
        if (!ear) {
            return failed(ear.error());
        }
        auto read = this->read([this, &ear](std::span<const std::int16_t> samples) {
            ear->hear(samples);
            keep(samples);
            return !console_.broken();
        });
        if (!read) {
            return failed(read.error());
        }
        ear->finish();
        if (told_ == 0) {
            console_.note("Nothing was heard.");
        }
        return draw();
    }

private:
    hal::Result<void> read(const SoundSink& sink) {
        if (!options_.device.empty()) {
            console_.note(fmt::format("Listening to {}; Ctrl-C ends.", options_.device));
            return readDevice(options_.device, sink);
        }
        if (options_.file == "-" && ::isatty(STDIN_FILENO) == 1) {
            return hal::fail(hal::ErrorCode::InvalParam,
                             "standard input is a terminal; samples come from a pipe or a file");
        }
        return options_.raw || options_.file == "-" ? readSamples(options_.file, sink)
                                                    : readSound(options_.file, sink);
    }

    void tell(const Heard& heard) {
        ++told_;
        console_.object(toJson(heard));
        console_.result(describe(heard));
        if (!options_.plot.empty()) {
            marks_.push_back(plotMark(heard));
        }
    }

    void keep(std::span<const std::int16_t> samples) {
        if (!options_.plot.empty()) {
            const auto kept = samples.first(std::min(samples.size(), kMostDrawn - sound_.size()));
            sound_.insert(sound_.end(), kept.begin(), kept.end());
        }
    }

    ExitCode draw() {
        if (options_.plot.empty()) {
            return ExitCode::Ok;
        }
        if (sound_.size() == kMostDrawn) {
            console_.note("The picture has the first two hours.");
        }
        const auto drawn = plotSound(options_.plot, sound_, marks_);
        return drawn ? ExitCode::Ok : failed(drawn.error());
    }

    ExitCode failed(const hal::Error& error) {
        console_.problem(error.cause);
        return exitCodeFor(error.code);
    }

    Console& console_;
    const ListenOptions& options_;
    std::size_t told_ = 0;
    std::vector<std::int16_t> sound_;
    std::vector<PlotMark> marks_;
};

}  // namespace

ExitCode runListen(Console& console, const CommonOptions& common, const ListenOptions& options) {
    if (options.file.empty() == options.device.empty()) {
        console.problem("name a sound file, - for standard input, or a --device");
        return ExitCode::Usage;
    }
    return Listening(console, options).run(common.country);
}

}  // namespace tipring::tools
