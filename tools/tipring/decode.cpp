// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "tipring/drivers/at_modem/capture_decoder.h"
#include "tipring/hal/base/file_descriptor.h"

namespace tipring::tools {
namespace {

using at_modem::CallerId;
using at_modem::DecodedCall;
using at_modem::FieldStatus;
using hal::Result;

/// A day of a modem's chatter is far below this.
constexpr std::size_t kMostBytes = 64u << 20;

Result<std::vector<std::byte>> readAll(const std::string& file) {
    const bool standardInput = file == "-";
    hal::FileDescriptor opened;
    if (!standardInput) {
        opened.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        if (!opened) {
            return hal::failSystem(fmt::format("cannot read {}", file), errno);
        }
    }
    const int fd = standardInput ? STDIN_FILENO : opened.get();
    std::vector<std::byte> bytes;
    std::array<std::byte, 65536> block{};
    for (;;) {
        const auto got = ::read(fd, block.data(), block.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return hal::failSystem(
                fmt::format("cannot read {}", standardInput ? "standard input" : file), errno);
        }
        if (got == 0) {
            return bytes;
        }
        bytes.insert(bytes.end(), block.begin(), block.begin() + got);
        if (bytes.size() > kMostBytes) {
            return hal::fail(
                hal::ErrorCode::InvalParam,
                fmt::format("{} is larger than {} MiB; decode it in pieces",
                            standardInput ? "standard input" : file, kMostBytes >> 20));
        }
    }
}

void setCallerId(JsonLine& line, const CallerId& id) {
    line.setUnlessEmpty("number", id.number.view()).set("numberStatus", name(id.numberStatus));
    line.setUnlessEmpty("name", id.name.view()).set("nameStatus", name(id.nameStatus));
    if (id.date) {
        line.set("date", fmt::format("{:02}-{:02}", id.date->month, id.date->day));
    }
    if (id.time) {
        line.set("time", fmt::format("{:02}:{:02}", id.time->hour, id.time->minute));
    }
}

void setRest(JsonLine& line, const CallerId& id) {
    line.setUnlessEmpty("called", id.called.view());
    line.setUnlessEmpty("redirecting", id.redirecting.view());
    if (id.messageWaiting) {
        line.set("messageWaiting", *id.messageWaiting);
    }
    if (id.checksumValid) {
        line.set("checksumValid", *id.checksumValid);
    }
}

/// "5551234", or the words for why there is none.
std::string fieldText(FieldStatus status, std::string_view text) {
    switch (status) {
    case FieldStatus::Ok: return std::string(text);
    case FieldStatus::Private: return "withheld by the caller";
    case FieldStatus::Unavailable: return "not known to the network";
    case FieldStatus::Invalid: return "something else was sent in its place";
    case FieldStatus::Partial: return fmt::format("{} (incomplete)", text);
    case FieldStatus::Absent: break;
    }
    return "not sent";
}

std::string momentText(const CallerId& id) {
    constexpr std::array kMonths{"January",   "February", "March",    "April",
                                 "May",       "June",     "July",     "August",
                                 "September", "October",  "November", "December"};
    std::string text;
    if (id.date && id.date->month >= 1 && id.date->month <= kMonths.size()) {
        text = fmt::format("{} {}", id.date->day, kMonths[id.date->month - 1u]);
    }
    if (id.time) {
        text +=
            fmt::format("{}{:02}:{:02}", text.empty() ? "" : ", ", id.time->hour, id.time->minute);
    }
    return text;
}

void tellCallerId(Console& console, const CallerId& id) {
    const auto row = [&](std::string_view label, std::string_view text) {
        console.result(fmt::format("    {:<10} {}", label, text));
    };
    row("number:", fieldText(id.numberStatus, id.number.view()));
    if (id.nameStatus != FieldStatus::Absent || !id.name.empty()) {
        row("name:", id.name.empty() ? fieldText(id.nameStatus, {}) : std::string(id.name.view()));
    }
    if (const std::string moment = momentText(id); !moment.empty()) {
        row("sent:", moment);
    }
    if (!id.called.empty()) {
        row("called:", id.called.view());
    }
    if (!id.redirecting.empty()) {
        row("forwarded:", id.redirecting.view());
    }
    if (id.messageWaiting) {
        row("mailbox:", *id.messageWaiting ? "a message is waiting" : "no messages");
    }
    if (id.checksumValid) {
        row("checksum:", *id.checksumValid ? "right" : "wrong: nothing in the message was used");
    }
}

void tellCall(Console& console, const DecodedCall& call, std::size_t number) {
    JsonLine line;
    line.set("rings", call.rings);
    setCallerId(line, call.callerId);
    if (call.callerIdBeforeRing) {
        line.set("callerIdBeforeRing", *call.callerIdBeforeRing);
    }
    setRest(line, call.callerId);
    console.object(line);

    const std::string rings = call.rings == 0   ? std::string("no ring")
                              : call.rings == 1 ? std::string("1 ring")
                                                : fmt::format("{} rings", call.rings);
    const bool early = call.callerIdBeforeRing.value_or(false);
    console.result(fmt::format(
        "{}: {}{}", console.paint(Console::Style::Strong, fmt::format("Call {}", number)), rings,
        early ? ", caller ID before the first" : ""));
    tellCallerId(console, call.callerId);
}

ExitCode decodeFrameBytes(Console& console, const std::vector<std::byte>& bytes) {
    const auto id = at_modem::decodeFrame(bytes);
    if (!id) {
        console.problem(
            fmt::format("no caller-ID message in these {} bytes: it starts with 04 "
                        "(SDMF) or 80 (MDMF) and its length",
                        bytes.size()));
        return ExitCode::Failed;
    }
    JsonLine line;
    setCallerId(line, *id);
    setRest(line, *id);
    console.object(line);
    console.result("Caller-ID message");
    tellCallerId(console, *id);
    return ExitCode::Ok;
}

}  // namespace

ExitCode runDecode(Console& console, const DecodeOptions& options) {
    if (options.file == "-" && ::isatty(STDIN_FILENO) == 1) {
        console.note("Reading what a modem sent from this terminal; Ctrl-D ends.");
    }
    const auto bytes = readAll(options.file);
    if (!bytes) {
        console.problem(bytes.error().cause);
        return exitCodeFor(bytes.error().code);
    }
    if (options.frame) {
        return decodeFrameBytes(console, *bytes);
    }
    const auto calls = at_modem::decodeCapture(*bytes);
    if (calls.empty()) {
        console.note(fmt::format("No call and no caller ID in these {} bytes.", bytes->size()));
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        tellCall(console, calls[i], i + 1);
    }
    return ExitCode::Ok;
}

}  // namespace tipring::tools
