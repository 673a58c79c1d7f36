// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tipring/drivers/analog/port_source.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

/// Makes TAPI lines of FXO ports, and lines and phones of FXS ports. An adapter's driver hands in
/// its ports and has nothing else to do with TAPI:
///
///     static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session) {
///         return analog::createProvider(session, std::make_unique<U100Ports>(session.loop()));
///     }
///
/// Configuration keys (TspiHost::configGet):
///
///     country           "GB": rings, tones, caller ID, flash, supervision (line_profile.h);
///                       default "US"
///     dialTone          "wait" (default) or "blind"
///     dialMode          "tone" (default) or "pulse"
///     noAnswerTimeout   seconds to wait for an answer where the call does not say: 5..300,
///                       default 60
///     hookFlash         what the exchange of FXO lines does for a hook flash: "none", "american",
///                       "american-transfer", "european", "pbx"; default: as usual in the country
///     dialPlan          of FXS ports (dial_plan.h); default: any number, ended by time or `#`
///
/// A value that cannot be used is told in the log, and the default stands.
///
/// A port that leaves keeps its line: out of service, disconnected, and back when the key comes
/// back. A line and a phone of one FXS port have the same key.
[[nodiscard]] hal::Result<std::unique_ptr<tspi::Provider>> createProvider(
    tspi::Session& session, std::unique_ptr<PortSource> source);

}  // namespace tipring::analog
