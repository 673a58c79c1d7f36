// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
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

/// What is wanted for all of them: of the device, where it can, else of the core's ear.
struct ListeningState {
    std::uint32_t digits = 0, media = 0;
    std::vector<TspiMonitorTone> tones;  ///< with tags of the core's own
    std::uint32_t nextTag = 1;

    /// Something is wanted that the device does not hear.
    [[nodiscard]] bool wantsEar(const TspiLineCaps& caps) const;
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
    /// The core's ear is to hear what the call's state says: INVALTONE, or the device's refusal.
    using TellEar = std::function<hal::Result<void>(CallRecord& call)>;

    Listening(hal::EventLoop& loop, std::shared_ptr<Outbox> outbox, TellEar tellEar)
        : loop_(loop), outbox_(std::move(outbox)), tellEar_(std::move(tellEar)) {}

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

    // What the provider reports, or the core's ear.
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
    template <class Wanted>
    hal::Result<void> tellEar(CallRecord& call, Wanted& kept, Wanted wanted, bool news);
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
    TellEar tellEar_;
    std::uint32_t nextEndToEndId_ = 1;
};

}  // namespace tipring::core
