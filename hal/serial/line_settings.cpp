// SPDX-License-Identifier: Apache-2.0
#include "line_settings.h"

#include <fmt/format.h>

#include <array>

namespace tipring::hal {
namespace {

void setBits(tcflag_t& flags, tcflag_t mask, tcflag_t value) {
    flags = (flags & ~mask) | value;
}

}  // namespace

Result<void> checkSettings(std::string_view port, const LineSettings& settings) {
    if (settings.baud == 0) {
        return fail(ErrorCode::InvalParam, fmt::format("{}: a rate of 0 bit/s", port));
    }
    if (settings.dataBits < 5 || settings.dataBits > 8) {
        return fail(ErrorCode::InvalParam,
                    fmt::format("{}: {} data bits; 5 to 8 exist", port, settings.dataBits));
    }
    if (settings.stopBits < 1 || settings.stopBits > 2) {
        return fail(ErrorCode::InvalParam,
                    fmt::format("{}: {} stop bits; 1 or 2 exist", port, settings.stopBits));
    }
    return {};
}

void makeRaw(termios& term) {
    ::cfmakeraw(&term);
    term.c_cflag |= CLOCAL | CREAD | HUPCL;
    term.c_cc[VMIN] = 1;
    term.c_cc[VTIME] = 0;
}

void applyFraming(termios& term, const LineSettings& settings) {
    static constexpr std::array<tcflag_t, 4> kSizes{CS5, CS6, CS7, CS8};
    setBits(term.c_cflag, CSIZE, kSizes.at(settings.dataBits - 5U));
    setBits(term.c_cflag, CSTOPB, settings.stopBits == 2 ? CSTOPB : 0);
    const tcflag_t odd = settings.parity == Parity::Odd ? PARODD : 0;
    setBits(term.c_cflag, PARENB | PARODD, settings.parity == Parity::None ? 0 : (PARENB | odd));
    applyFlow(term, settings.flow);
}

void applyFlow(termios& term, FlowControl flow) {
    setBits(term.c_cflag, CRTSCTS, flow == FlowControl::RtsCts ? CRTSCTS : 0);
    setBits(term.c_iflag, IXON | IXOFF | IXANY, flow == FlowControl::XonXoff ? IXON | IXOFF : 0);
}

}  // namespace tipring::hal
