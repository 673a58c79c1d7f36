// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// What the command tells a script. Documented in `tipring --help` and docs/guides: never renumber.
enum class ExitCode : int {
    Ok = 0,
    Failed = 1,        ///< tried and failed; standard error says why
    Usage = 2,         ///< the command line is wrong
    NotFound = 3,      ///< no such port, line or file
    InUse = 4,         ///< another program has the port, or the line is in a call
    NoAnswer = 5,      ///< the far end: busy, no answer, no dial tone, number not reached
    NoPermission = 6,  ///< this user may not open the port or write the file
    Interrupted = 130  ///< Ctrl-C before the work was done
};

[[nodiscard]] inline ExitCode exitCodeFor(hal::ErrorCode code) {
    switch (code) {
    case hal::ErrorCode::NoDevice:
    case hal::ErrorCode::BadDeviceId:
    case hal::ErrorCode::InvalCard:
    case hal::ErrorCode::InvalLocation:
    case hal::ErrorCode::InvalLineState: return ExitCode::NotFound;
    case hal::ErrorCode::Allocated:
    case hal::ErrorCode::InUse:
    case hal::ErrorCode::CallUnavail: return ExitCode::InUse;
    case hal::ErrorCode::InvalAddress:
    case hal::ErrorCode::InvalCountryCode:
    case hal::ErrorCode::InvalParam:
    case hal::ErrorCode::InvalDigits:
    case hal::ErrorCode::DialBilling:
    case hal::ErrorCode::DialDialtone:
    case hal::ErrorCode::DialPrompt:
    case hal::ErrorCode::DialQuiet:
    case hal::ErrorCode::DialVoiceDetect: return ExitCode::Usage;
    case hal::ErrorCode::ResourceUnavail: return ExitCode::NoPermission;
    default: return ExitCode::Failed;
    }
}

}  // namespace tipring::tools
