// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "json_line.h"

namespace tipring::tools {
namespace {

bool coloursWanted() {
    const char* noColor = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return (noColor == nullptr || *noColor == '\0') && term != nullptr &&
           std::string_view(term) != "dumb";
}

const char* sequence(Console::Style style) {
    switch (style) {
    case Console::Style::Strong: return "\x1b[1m";
    case Console::Style::Dim: return "\x1b[2m";
    case Console::Style::Good: return "\x1b[32m";
    case Console::Style::Bad: return "\x1b[31m";
    case Console::Style::Ring: return "\x1b[1;33m";
    case Console::Style::Plain: break;
    }
    return "";
}

}  // namespace

Console::Console(Options options)
    : options_(options),
      terminal_(!options.json && ::isatty(::fileno(options.out)) == 1),
      colour_(terminal_ && coloursWanted()) {}

void Console::result(std::string_view text) {
    if (!options_.json) {
        write(text, true);
    }
}

void Console::note(std::string_view text) {
    if (!options_.json && !options_.quiet) {
        write(text, true);
    }
}

void Console::object(const JsonLine& line) {
    if (options_.json) {
        write(line.text(), true);
    }
}

void Console::progress(std::string_view text) {
    if (terminal_ && !options_.quiet) {
        write(fmt::format("\r\x1b[K{}", text), false);
        progressShown_ = true;
    }
}

void Console::problem(std::string_view text) {
    clearProgress();
    fmt::print(options_.err, "tipring: {}\n", text);
    std::fflush(options_.err);
}

void Console::problem(std::string_view what, const hal::Error& error) {
    problem(fmt::format("{}: {}", what, error.cause.empty() ? errorName(error.code) : error.cause));
}

std::string Console::paint(Style style, std::string_view text) const {
    return colour_ && style != Style::Plain ? fmt::format("{}{}\x1b[0m", sequence(style), text)
                                            : std::string(text);
}

void Console::clearProgress() {
    if (progressShown_) {
        std::fputs("\r\x1b[K", options_.out);
        std::fflush(options_.out);
        progressShown_ = false;
    }
}

void Console::write(std::string_view text, bool newline) {
    clearProgress();
    std::fwrite(text.data(), 1, text.size(), options_.out);
    if (newline) {
        std::fputc('\n', options_.out);
    }
    if (std::fflush(options_.out) != 0) {
        broken_ = true;
    }
}

}  // namespace tipring::tools
