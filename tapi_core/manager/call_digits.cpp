// SPDX-License-Identifier: Apache-2.0
// Digits and tones of calls: sent, heard and collected.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "core.h"
#include "dial_string.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

bool validTone(const tapi::GeneratedTone& tone) {
    constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(10);
    return tone.frequency > 0 && tone.frequency < 4000 && tone.cadenceOn.count() >= 0 &&
           tone.cadenceOn <= kLongest && tone.cadenceOff.count() >= 0 &&
           tone.cadenceOff <= kLongest;
}

hal::Result<void> checkTones(const TspiLineCaps& caps, tapi::ToneMode mode,
                             std::span<const tapi::GeneratedTone> tones,
                             std::chrono::milliseconds duration) {
    const auto bit = static_cast<std::uint32_t>(mode);
    constexpr std::uint32_t kModes = LINETONEMODE_CUSTOM | LINETONEMODE_RINGBACK |
                                     LINETONEMODE_BUSY | LINETONEMODE_BEEP | LINETONEMODE_BILLING;
    if (!std::has_single_bit(bit) || (bit & ~kModes) != 0) {
        return hal::fail(hal::ErrorCode::InvalToneMode, fmt::format("{:#x} is no tone mode", bit));
    }
    if ((caps.generateToneModes & bit) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot send such tones", fieldText(caps.name)));
    }
    if (duration.count() < 0 || duration > std::chrono::minutes(10)) {
        return hal::fail(hal::ErrorCode::InvalTone, "a tone lasts at most 10 minutes");
    }
    if (mode != tapi::ToneMode::Custom) {
        return {};
    }
    const std::size_t most = std::max(caps.generateToneMaxFrequencies, 1U);
    if (tones.empty() || tones.size() > most) {
        return hal::fail(hal::ErrorCode::InvalTone,
                         fmt::format("a tone of this line has 1 to {} frequencies", most));
    }
    if (!std::all_of(tones.begin(), tones.end(), validTone)) {
        return hal::fail(hal::ErrorCode::InvalTone,
                         "a tone has 1 to 3999 Hz and cadences of at most 10 minutes");
    }
    return {};
}

}  // namespace

/// One generation per call, of all its owners: the old one ends before the new one can.
hal::Result<void> Core::generate(CallView& view, const char* function,
                                 const std::function<TSPI_RESULT(std::uint32_t)>& invoke) {
    ProviderRecord& provider = *view.call->line->provider;
    if (!invoke) {
        return provider.missing(function);
    }
    const std::weak_ptr<CallView> weak = view.weak_from_this();
    const bool waits = media_.holdBack(view.call, [this, weak, function, invoke](bool go) {
        const auto late = weak.lock();
        if (!late) {
            return;
        }
        const auto begun = go ? generateNow(*late, function, invoke) : hal::Result<void>{};
        if (!begun) {
            kLog.info("line {}: {}", late->call->line->name, begun.error().text());
        }
        if (!go || !begun) {
            tellGenerated(late, true);
        }
    });
    return waits ? hal::Result<void>{} : generateNow(view, function, invoke);
}

hal::Result<void> Core::generateNow(CallView& view, const char* function,
                                    const std::function<TSPI_RESULT(std::uint32_t)>& invoke) {
    ProviderRecord& provider = *view.call->line->provider;
    const std::uint32_t id = nextEndToEndId_++;
    const TSPI_RESULT code =  // what it reports of it is queued
        provider.invoke(function, {view.call->driverCall, {}}, [&] { return invoke(id); });
    if (code != 0) {
        return tl::unexpected(provider.refusal(function, code));
    }
    for (const auto& old : view.call->generations) {
        view.call->endedIds.add(old.endToEndId);
    }
    endGeneration(view.call, true);
    view.call->generations.push_back({id, view.weak_from_this()});
    return {};
}

/// Only cancels what is under way.
hal::Result<void> Core::cancelGeneration(CallView& view) {
    const CallPtr& call = view.call;
    ProviderRecord& provider = *call->line->provider;
    media_.letGo(call);
    auto told =
        provider.call("lineGenerateDigits", provider.table().lineGenerateDigits, call->driverCall,
                      nextEndToEndId_++, LINEDIGITMODE_DTMF, static_cast<const char*>(nullptr), 0U);
    if (told) {
        for (const auto& old : call->generations) {
            call->endedIds.add(old.endToEndId);
        }
        endGeneration(call, true);
        media_.onChange(call);
    }
    return told;
}

void Core::endGeneration(const CallPtr& call, bool cancelled) {
    for (const auto& generation : std::exchange(call->generations, {})) {
        if (const auto view = generation.view.lock()) {
            tellGenerated(view, cancelled);
        }
    }
}

void Core::tellGenerated(const std::shared_ptr<CallView>& view, bool cancelled) {
    const auto tick =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now().time_since_epoch());
    outbox_->event(view->application,
                   tapi::GenerateEvent{view, cancelled, view->callbackInstance, tick},
                   view->cookie);
}

hal::Result<void> Core::generateDigits(CallView& view, std::string_view digits,
                                       tapi::DigitMode mode, std::chrono::milliseconds duration) {
    if (auto allowed = check(view, Operation::GenerateDigits); !allowed) {
        return allowed;
    }
    const TspiLineCaps& caps = view.call->line->caps;
    const auto bit = static_cast<std::uint32_t>(mode);
    if (mode != tapi::DigitMode::Dtmf && mode != tapi::DigitMode::Pulse) {
        return hal::fail(hal::ErrorCode::InvalDigitMode, "digits are sent as DTMF or as pulses");
    }
    if ((caps.generateDigitModes & bit) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot send digits that way", view.call->line->name));
    }
    if (duration.count() < 0 || duration > std::chrono::seconds(60)) {
        return hal::fail(hal::ErrorCode::InvalParam, "a digit lasts at most a minute");
    }
    constexpr std::string_view kDigits = "0123456789*#ABCDabcd,!";
    if (digits.size() > kMaxDialText || digits.find_first_not_of(kDigits) != digits.npos) {
        return hal::fail(hal::ErrorCode::InvalDigits, "digits are 0-9 * # A-D , and !");
    }
    if (digits.empty()) {
        return cancelGeneration(view);
    }
    const std::string copy(digits);
    const auto function = view.call->line->provider->table().lineGenerateDigits;
    if (function == nullptr) {
        return generate(view, "lineGenerateDigits", nullptr);
    }
    return generate(
        view, "lineGenerateDigits",
        [function, driverCall = view.call->driverCall, bit, copy, duration](std::uint32_t id) {
            return function(driverCall, id, bit, copy.c_str(),
                            static_cast<std::uint32_t>(duration.count()));
        });
}

hal::Result<void> Core::generateTones(CallView& view, tapi::ToneMode mode,
                                      std::span<const tapi::GeneratedTone> tones,
                                      std::chrono::milliseconds duration) {
    if (auto allowed = check(view, Operation::GenerateTone); !allowed) {
        return allowed;
    }
    const TspiLineCaps& caps = view.call->line->caps;
    if (auto valid = checkTones(caps, mode, tones, duration); !valid) {
        return valid;
    }
    const auto function = view.call->line->provider->table().lineGenerateTone;
    if (function == nullptr) {
        return generate(view, "lineGenerateTone", nullptr);
    }
    std::vector<TspiGenerateTone> list;
    for (const tapi::GeneratedTone& tone : tones) {
        list.push_back({tone.frequency, static_cast<std::uint32_t>(tone.cadenceOn.count()),
                        static_cast<std::uint32_t>(tone.cadenceOff.count()), tone.volume});
    }
    return generate(view, "lineGenerateTone",
                    [function, driverCall = view.call->driverCall, mode, duration,
                     tonesTogether = std::move(list)](std::uint32_t id) {
                        return function(driverCall, id, static_cast<std::uint32_t>(mode),
                                        static_cast<std::uint32_t>(duration.count()),
                                        tonesTogether.data(),
                                        static_cast<std::uint32_t>(tonesTogether.size()));
                    });
}

hal::Result<void> Core::monitorDigits(CallView& view, tapi::DigitModes modes) {
    auto allowed = check(view, Operation::MonitorDigits);
    return allowed ? listening_.monitorDigits(view, modes) : allowed;
}

hal::Result<void> Core::monitorTones(CallView& view, std::span<const tapi::MonitoredTone> tones) {
    auto allowed = check(view, Operation::MonitorTones);
    return allowed ? listening_.monitorTones(view, tones) : allowed;
}

hal::Result<void> Core::monitorMedia(CallView& view, tapi::MediaModes modes) {
    auto allowed = check(view, Operation::MonitorMedia);
    return allowed ? listening_.monitorMedia(view, modes) : allowed;
}

hal::Result<void> Core::gatherDigits(CallView& view, const tapi::GatherDigits& wanted) {
    auto allowed = check(view, Operation::GatherDigits);
    return allowed ? listening_.gatherDigits(view, wanted) : allowed;
}

}  // namespace tipring::core
