// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

class JsonLine;

/// Where a command speaks. Results and events go to standard output, one whole line each and
/// flushed at once; trouble goes to standard error. With json only JSON lines reach standard
/// output; with quiet only results and trouble are told.
/// A closed pipe at standard output is remembered, see broken().
class Console {
public:
    enum class Style { Plain, Strong, Dim, Good, Bad, Ring };
    struct Options {
        bool json = false;
        bool quiet = false;
        std::FILE* out = stdout;
        std::FILE* err = stderr;
    };

    explicit Console(Options options);

    [[nodiscard]] bool json() const { return options_.json; }
    [[nodiscard]] bool quiet() const { return options_.quiet; }
    /// Standard output is a terminal (and people, not --json, are the audience).
    [[nodiscard]] bool interactive() const { return terminal_; }

    /// What was asked for. Not with json.
    void result(std::string_view text);
    /// What goes on meanwhile. Not with json or quiet.
    void note(std::string_view text);
    /// One line of JSON; only with json.
    void object(const JsonLine& line);
    /// A line that the next one replaces. Only on a terminal, not with quiet.
    void progress(std::string_view text);
    /// "tipring: TEXT" on standard error: what, where, why; what to do.
    void problem(std::string_view text);
    void problem(std::string_view what, const hal::Error& error);

    /// Colour where standard output is a terminal and NO_COLOR is not set; else the bare text.
    [[nodiscard]] std::string paint(Style style, std::string_view text) const;

    /// Nobody reads standard output any more (`tipring monitor | head`).
    [[nodiscard]] bool broken() const { return broken_; }

private:
    void write(std::string_view text, bool newline);
    void clearProgress();

    Options options_;
    bool terminal_;
    bool colour_;
    bool progressShown_ = false;
    bool broken_ = false;
};

}  // namespace tipring::tools
