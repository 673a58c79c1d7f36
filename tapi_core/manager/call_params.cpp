// SPDX-License-Identifier: Apache-2.0
#include "call_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "bridges.h"
#include "tipring/tapi_core/api/requests.h"

namespace tipring::core {
namespace {

constexpr std::uint32_t kMediaModes = LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE |
                                      LINEMEDIAMODE_AUTOMATEDVOICE | LINEMEDIAMODE_DATAMODEM |
                                      LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_TDD;

/// What a flag takes of the address. Flags of services that are not there take what no address has.
struct FlagNeed {
    std::uint32_t flag;
    std::uint32_t caps;  // any of these
    const char* what;
};
constexpr FlagNeed kFlags[] = {
    {LINECALLPARAMFLAGS_SECURE, LINEADDRCAPFLAGS_SECURE, "keep call waiting away"},
    {LINECALLPARAMFLAGS_IDLE, 0xFFFFFFFF, ""},
    {LINECALLPARAMFLAGS_BLOCKID, LINEADDRCAPFLAGS_BLOCKIDDEFAULT | LINEADDRCAPFLAGS_BLOCKIDOVERRIDE,
     "hide its number"},
    {LINECALLPARAMFLAGS_ORIGOFFHOOK, LINEADDRCAPFLAGS_ORIGOFFHOOK, "lift its telephone"},
    {LINECALLPARAMFLAGS_DESTOFFHOOK, LINEADDRCAPFLAGS_DESTOFFHOOK, "lift the far telephone"},
    {LINECALLPARAMFLAGS_NOHOLDCONFERENCE, 0, "hold conferences"},
    {LINECALLPARAMFLAGS_PREDICTIVEDIAL, 0, "dial predictively"},
    {LINECALLPARAMFLAGS_ONESTEPTRANSFER, 0, "transfer calls"},
};

tl::unexpected<hal::Error> invalid(std::string why) {
    return hal::fail(hal::ErrorCode::InvalCallParams, std::move(why));
}

hal::Result<void> checkFlags(const LineRecord& line, std::uint32_t flags) {
    std::uint32_t rest = flags;
    for (const FlagNeed& need : kFlags) {
        const bool able =
            need.flag == LINECALLPARAMFLAGS_IDLE ||
            (need.flag == LINECALLPARAMFLAGS_NOHOLDCONFERENCE && Bridges::canJoin(line)) ||
            (line.addressCaps.addressCapFlags & need.caps) != 0;
        if ((flags & need.flag) != 0 && !able) {
            return invalid(fmt::format("line {} cannot {}", line.name, need.what));
        }
        rest &= ~need.flag;
    }
    return rest == 0 ? hal::Result<void>{}
                     : invalid(fmt::format("{:#x} are no flags of a call", rest));
}

hal::Result<void> checkNoAnswer(const LineRecord& line, std::chrono::seconds timeout) {
    const std::uint32_t most = line.addressCaps.maxNoAnswerTimeout;
    const std::chrono::seconds longest{most == 0 ? 3600 : most};
    if (timeout.count() < 0 || timeout > longest) {
        return invalid(
            fmt::format("a call of line {} waits 0 (the line's default) to {} s for an "
                        "answer",
                        line.name, longest.count()));
    }
    return {};
}

/// One value between its limits; limits of 0 are none.
hal::Result<std::chrono::milliseconds> clampOne(std::chrono::milliseconds wanted,
                                                std::uint32_t least, std::uint32_t most) {
    if (wanted.count() < 0) {
        return hal::fail(hal::ErrorCode::InvalDialParams, "a dial parameter is below zero");
    }
    if (wanted.count() == 0) {
        return wanted;
    }
    constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(10);
    const auto top = most == 0 ? kLongest : std::chrono::milliseconds(std::max(least, most));
    return std::clamp(wanted, std::min(std::chrono::milliseconds(least), top), top);
}

std::uint32_t inMs(std::chrono::milliseconds value) {
    return static_cast<std::uint32_t>(value.count());
}

}  // namespace

hal::Result<void> checkMediaModes(const LineRecord& line, tapi::MediaModes modes) {
    const std::uint32_t bits = modes.bits();
    if (bits == 0 || (bits & ~kMediaModes) != 0) {
        return hal::fail(hal::ErrorCode::InvalMediaMode,
                         fmt::format("{:#x} are no media modes", bits));
    }
    if (!std::has_single_bit(bits) && !modes.has(tapi::MediaMode::Unknown)) {
        return hal::fail(hal::ErrorCode::InvalMediaMode,
                         fmt::format("the media modes {:#x} need Unknown with them: a call has one "
                                     "once it is known",
                                     bits));
    }
    if ((bits & ~(line.caps.mediaModes | LINEMEDIAMODE_UNKNOWN)) != 0) {
        return hal::fail(hal::ErrorCode::InvalMediaMode,
                         fmt::format("line {} has the media modes {:#x}, asked were {:#x}",
                                     line.name, line.caps.mediaModes, bits));
    }
    return {};
}

hal::Result<void> checkBearer(const LineRecord& line, tapi::BearerMode bearer) {
    const auto bit = static_cast<std::uint32_t>(bearer);
    if (bit != LINEBEARERMODE_VOICE && bit != LINEBEARERMODE_PASSTHROUGH) {
        return hal::fail(hal::ErrorCode::InvalBearerMode,
                         fmt::format("{:#x} is no bearer mode of an analog line", bit));
    }
    // A line that tells none has what every analog line has.
    const std::uint32_t has =
        line.caps.bearerModes == 0 ? LINEBEARERMODE_VOICE : line.caps.bearerModes;
    if ((has & bit) == 0) {
        return hal::fail(hal::ErrorCode::BearerModeUnavail,
                         fmt::format("line {} has the bearer modes {:#x}, asked was {:#x}",
                                     line.name, has, bit));
    }
    return {};
}

hal::Result<void> checkRates(const LineRecord& line, std::uint32_t minRate, std::uint32_t maxRate) {
    if (maxRate != 0 && minRate > maxRate) {
        return hal::fail(
            hal::ErrorCode::InvalRate,
            fmt::format("at least {} and at most {} bit/s is no range", minRate, maxRate));
    }
    if (minRate > line.caps.maxRate) {
        return hal::fail(hal::ErrorCode::RateUnavail,
                         fmt::format("line {} does at most {} bit/s, asked were {}", line.name,
                                     line.caps.maxRate, minRate));
    }
    return {};
}

hal::Result<tapi::DialParams> clampDialParams(const LineRecord& line,
                                              const tapi::DialParams& wanted) {
    const TspiDialParams& least = line.caps.minDialParams;
    const TspiDialParams& most = line.caps.maxDialParams;
    const auto pause = clampOne(wanted.dialPause, least.dialPause, most.dialPause);
    const auto speed = clampOne(wanted.dialSpeed, least.dialSpeed, most.dialSpeed);
    const auto digit = clampOne(wanted.digitDuration, least.digitDuration, most.digitDuration);
    const auto wait = clampOne(wanted.waitForDialtone, least.waitForDialtone, most.waitForDialtone);
    for (const auto* each : {&pause, &speed, &digit, &wait}) {
        if (!*each) {
            return tl::unexpected(each->error());
        }
    }
    return tapi::DialParams{*pause, *speed, *digit, *wait};
}

hal::Result<tapi::CallParams> checkCallParams(const LineRecord& line,
                                              const tapi::CallParams& wanted) {
    const hal::Result<void> checks[] = {
        checkMediaModes(line, wanted.mediaModes), checkBearer(line, wanted.bearerMode),
        checkRates(line, wanted.minRate, wanted.maxRate), checkFlags(line, wanted.flags.bits()),
        checkNoAnswer(line, wanted.noAnswerTimeout)};
    for (const auto& check : checks) {
        if (!check) {
            return tl::unexpected(check.error());
        }
    }
    for (const std::string* text :
         {&wanted.displayableAddress, &wanted.calledParty, &wanted.comment}) {
        if (text->size() > tapi::kMaxRequestText) {
            return invalid(fmt::format("texts of a call have at most {} bytes, this one {}",
                                       tapi::kMaxRequestText, text->size()));
        }
    }
    auto dialParams = clampDialParams(line, wanted.dialParams);
    if (!dialParams) {
        return tl::unexpected(std::move(dialParams.error()));
    }
    tapi::CallParams params = wanted;
    params.dialParams = *dialParams;
    return params;
}

TspiDialParams toProvider(const tapi::DialParams& params) {
    return {inMs(params.dialPause), inMs(params.dialSpeed), inMs(params.digitDuration),
            inMs(params.waitForDialtone)};
}

TspiCallParams toProvider(const tapi::CallParams& params, std::uint32_t mediaModes) {
    TspiCallParams out{};
    out.size = sizeof out;
    out.bearerMode = static_cast<std::uint32_t>(params.bearerMode);
    out.mediaMode = mediaModes;
    out.noAnswerTimeout = static_cast<std::uint32_t>(params.noAnswerTimeout.count());
    out.flags = params.flags.bits() & ~LINECALLPARAMFLAGS_NOHOLDCONFERENCE;  // the core's own
    out.minRate = params.minRate;
    out.maxRate = params.maxRate;
    out.dialParams = toProvider(params.dialParams);
    return out;
}

}  // namespace tipring::core
