// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "digit_gathering.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/types.h"
#include "tipring/tapi_core/tspi/line.h"

namespace tipring::core {

struct ApplicationRecord;
struct CallRecord;
class Outbox;
struct ProviderItem;
class CallView;

/// What one application wants to hear of a call.
struct ListeningWish {
    tapi::DigitModes digits;
    tapi::MediaModes media;
    std::vector<tapi::MonitoredTone> tones;
    std::unique_ptr<DigitGathering> gathering;
};

/// What the provider was told for all of them.
struct ListeningState {
    std::uint32_t digits = 0, media = 0;
    std::vector<TspiMonitorTone> tones;  ///< with tags of the core's own
    std::uint32_t nextTag = 1;
};

/// End-to-end ids that the core has ended by itself: what the provider still says of them is no
/// news, and no breach either. Of many it keeps the last ones.
class EndedIds {
public:
    void add(std::uint32_t id);
    /// True once for each.
    bool take(std::uint64_t id);

private:
    std::vector<std::uint32_t> ids_;
};

/// Digits, tones and media that applications listen for on calls. The provider is told the union of
/// what they want; each hears what it asked for itself. Checks of privilege and state are the
/// caller's. Thread: the loop's.
class Listening {
public:
    Listening(hal::EventLoop& loop, std::shared_ptr<Outbox> outbox)
        : loop_(loop), outbox_(std::move(outbox)) {}

    /// INVALDIGITMODE: no digit mode, or one that the line does not hear.
    hal::Result<void> monitorDigits(CallView& view, tapi::DigitModes modes);
    /// INVALTONELIST: longer than the line's. INVALTONE: more frequencies than it tells apart, one
    /// that a telephone line does not carry, or a duration below zero or over 10 minutes.
    /// RESOURCEUNAVAIL: too many together with those of the other applications.
    hal::Result<void> monitorTones(CallView& view, std::span<const tapi::MonitoredTone> tones);
    /// INVALMEDIAMODE: no media mode.
    hal::Result<void> monitorMedia(CallView& view, tapi::MediaModes modes);
    /// Errors of checkGathering. By the provider where it can and does it for nobody else on this
    /// call, else out of the digits that are heard. An older gathering of this application ends
    /// with Cancel first, but not where the new one is refused.
    hal::Result<void> gatherDigits(CallView& view, const tapi::GatherDigits& wanted);

    // What the provider reports.
    void onDigit(CallRecord& call, const ProviderItem& item);
    void onTone(CallRecord& call, const ProviderItem& item);
    void onMedia(CallRecord& call, const ProviderItem& item);
    void onGathered(CallRecord& call, const ProviderItem& item);

    /// The application has no more to do with the call: what it listened for ends without a word.
    void leave(CallRecord& call, const ApplicationRecord& application);
    void leave(CallView& view);
    /// The call ends: gatherings are cancelled.
    void end(CallRecord& call);

private:
    hal::Result<void> tellDigits(CallRecord& call);
    hal::Result<void> tellMedia(CallRecord& call);
    hal::Result<void> tellTones(CallRecord& call);
    void tellAll(CallRecord& call);
    hal::Result<bool> gatherAtProvider(CallView& view, const tapi::GatherDigits& wanted);
    hal::Result<void> gatherHere(CallView& view, const tapi::GatherDigits& wanted);
    void cancelAtProvider(CallRecord& call, const DigitGathering& gathering);
    void finish(CallView& view, std::string digits, tapi::GatherEnd end);
    [[nodiscard]] std::chrono::milliseconds tickOf(const ProviderItem& item) const;
    [[nodiscard]] std::chrono::milliseconds now() const;

    hal::EventLoop& loop_;
    std::shared_ptr<Outbox> outbox_;
    std::uint32_t nextEndToEndId_ = 1;
};

}  // namespace tipring::core
