// SPDX-License-Identifier: Apache-2.0
#include "listening.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "application.h"
#include "call_record.h"
#include "line_record.h"
#include "media_control.h"
#include "outbox.h"
#include "provider_record.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr std::string_view kDigits = "0123456789*#ABCD";
constexpr std::uint32_t kDigitModes =
    LINEDIGITMODE_PULSE | LINEDIGITMODE_DTMF | LINEDIGITMODE_DTMFEND;
constexpr std::uint32_t kMediaModes = LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE |
                                      LINEMEDIAMODE_AUTOMATEDVOICE | LINEMEDIAMODE_DATAMODEM |
                                      LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_TDD;

void breach(const CallRecord& call, const char* message, const std::string& what,
            ContractRule rule = ContractRule::BadValue) {
    call.line->provider->breach(rule, message, call.line->name, what);
}

bool sameSound(const tapi::MonitoredTone& tone, const TspiMonitorTone& told) {
    return tone.duration.count() == told.duration &&
           std::equal(std::begin(tone.frequency), std::end(tone.frequency),
                      std::begin(told.frequency));
}

hal::Result<void> checkTones(const TspiLineCaps& caps, std::span<const tapi::MonitoredTone> tones) {
    if (tones.size() > caps.monitorToneMaxEntries) {
        return hal::fail(hal::ErrorCode::InvalToneList,
                         fmt::format("the line listens for at most {} tones, these are {}",
                                     caps.monitorToneMaxEntries, tones.size()));
    }
    constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(10);
    for (const tapi::MonitoredTone& tone : tones) {
        std::uint32_t frequencies = 0;
        bool heard = true;
        for (const std::uint32_t frequency : tone.frequency) {
            frequencies += frequency != 0 ? 1 : 0;
            heard = heard && frequency < 4000;
        }
        if (!heard || frequencies > caps.monitorToneMaxFrequencies || tone.duration.count() < 0 ||
            tone.duration > kLongest) {
            return hal::fail(hal::ErrorCode::InvalTone,
                             fmt::format("a tone of this line has at most {} frequencies of 1 to "
                                         "3999 Hz and lasts at most 10 minutes",
                                         caps.monitorToneMaxFrequencies));
        }
    }
    return {};
}

/// All that is listened for, each sound once. What was told already keeps its tag, so that a report
/// on its way means what it meant.
std::vector<TspiMonitorTone> allTones(const CallRecord& call, std::uint32_t& nextTag) {
    std::vector<TspiMonitorTone> all;
    for (const auto& view : call.views) {
        for (const tapi::MonitoredTone& tone : view->wish.tones) {
            const auto same = [&](const TspiMonitorTone& each) { return sameSound(tone, each); };
            if (std::any_of(all.begin(), all.end(), same)) {
                continue;
            }
            const auto& told = call.listening.tones;
            const auto known = std::find_if(told.begin(), told.end(), same);
            all.push_back(
                known != told.end()
                    ? *known
                    : TspiMonitorTone{nextTag++,
                                      static_cast<std::uint32_t>(tone.duration.count()),
                                      {tone.frequency[0], tone.frequency[1], tone.frequency[2]}});
        }
    }
    return all;
}

bool sameTags(const std::vector<TspiMonitorTone>& a, const std::vector<TspiMonitorTone>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.appSpecific == y.appSpecific; });
}

tapi::GatherEnd endOf(std::uint64_t end) {
    return std::has_single_bit(end) && end <= LINEGATHERTERM_CANCEL
               ? static_cast<tapi::GatherEnd>(end)
               : tapi::GatherEnd::Cancel;
}

}  // namespace

bool ListeningState::wantsEar(const TspiLineCaps& caps) const {
    const tapi::Detections core = coreDetections(caps);
    return (core.has(tapi::Detection::Digits) && (digits & ~caps.monitorDigitModes) != 0) ||
           (core.has(tapi::Detection::Tones) && !tones.empty()) ||
           (core.has(tapi::Detection::Media) && media != 0);
}

void EndedIds::add(std::uint32_t id) {
    constexpr std::size_t kKept = 16;
    if (ids_.size() == kKept) {
        ids_.erase(ids_.begin());
    }
    ids_.push_back(id);
}

bool EndedIds::take(std::uint64_t id) {
    const auto found = std::find(ids_.begin(), ids_.end(), id);
    if (found == ids_.end()) {
        return false;
    }
    ids_.erase(found);
    return true;
}

std::chrono::milliseconds Listening::now() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now().time_since_epoch());
}

std::chrono::milliseconds Listening::tickOf(const ProviderItem& item) const {
    return item.p3 == 0 ? now() : std::chrono::milliseconds(item.p3);
}

hal::Result<void> Listening::monitorDigits(CallView& view, tapi::DigitModes modes) {
    const LineRecord& line = *view.call->line;
    if ((modes.bits() & ~(kDigitModes & line.able.monitorDigitModes)) != 0) {
        return hal::fail(hal::ErrorCode::InvalDigitMode,
                         fmt::format("line {} hears the digit modes {:#x}, asked were {:#x}",
                                     line.name, line.able.monitorDigitModes, modes.bits()));
    }
    const auto before = std::exchange(view.wish.digits, modes);
    auto told = tellDigits(*view.call);
    if (!told) {
        view.wish.digits = before;
    }
    return told;
}

hal::Result<void> Listening::monitorMedia(CallView& view, tapi::MediaModes modes) {
    if ((modes.bits() & ~kMediaModes) != 0) {
        return hal::fail(hal::ErrorCode::InvalMediaMode,
                         fmt::format("{:#x} are no media modes", modes.bits()));
    }
    const auto before = std::exchange(view.wish.media, modes);
    auto told = tellMedia(*view.call);
    if (!told) {
        view.wish.media = before;
    }
    return told;
}

hal::Result<void> Listening::monitorTones(CallView& view,
                                          std::span<const tapi::MonitoredTone> tones) {
    if (auto valid = checkTones(view.call->line->able, tones); !valid) {
        return valid;
    }
    auto before = std::exchange(view.wish.tones, {tones.begin(), tones.end()});
    auto told = tellTones(*view.call);
    if (!told) {
        view.wish.tones = std::move(before);
    }
    return told;
}

/// Sets what is wanted, and takes it back where the ear cannot.
template <class Wanted>
hal::Result<void> Listening::tellEar(CallRecord& call, Wanted& kept, Wanted wanted, bool news) {
    std::swap(kept, wanted);
    if (!news) {
        return {};
    }
    auto told = tellEar_(call);
    if (!told) {
        std::swap(kept, wanted);
    }
    return told;
}

hal::Result<void> Listening::tellDigits(CallRecord& call) {
    std::uint32_t modes = 0;
    for (const auto& view : call.views) {
        const DigitGathering* gathering = view->wish.gathering.get();
        modes |= view->wish.digits.bits();
        modes |= gathering != nullptr && gathering->endToEndId() == 0
                     ? gathering->wanted().modes.bits()
                     : 0U;
    }
    const std::uint32_t before = call.listening.digits;
    if (modes == before) {
        return {};
    }
    const std::uint32_t device = call.line->caps.monitorDigitModes;
    if ((modes & device) != (before & device)) {
        ProviderRecord& provider = *call.line->provider;
        auto told = provider.call("lineMonitorDigits", provider.table().lineMonitorDigits,
                                  call.driverCall, modes & device);
        if (!told) {
            return told;
        }
    }
    return tellEar(call, call.listening.digits, modes, (modes & ~device) != (before & ~device));
}

hal::Result<void> Listening::tellMedia(CallRecord& call) {
    std::uint32_t modes = 0;
    for (const auto& view : call.views) {
        modes |= view->wish.media.bits();
    }
    if (modes == call.listening.media) {
        return {};
    }
    if (call.line->capabilities.coreDetects.has(tapi::Detection::Media)) {
        return tellEar(call, call.listening.media, modes, true);
    }
    ProviderRecord& provider = *call.line->provider;
    auto told = provider.call("lineMonitorMedia", provider.table().lineMonitorMedia,
                              call.driverCall, modes);
    if (told) {
        call.listening.media = modes;
    }
    return told;
}

hal::Result<void> Listening::tellTones(CallRecord& call) {
    ListeningState& state = call.listening;
    std::uint32_t nextTag = state.nextTag;
    std::vector<TspiMonitorTone> tones = allTones(call, nextTag);
    if (sameTags(tones, state.tones)) {
        return {};
    }
    const std::uint32_t most = call.line->able.monitorToneMaxEntries;
    if (tones.size() > most) {
        return hal::fail(hal::ErrorCode::ResourceUnavail,
                         fmt::format("all applications together listen for {} tones, the line has "
                                     "room for {}",
                                     tones.size(), most));
    }
    if (call.line->capabilities.coreDetects.has(tapi::Detection::Tones)) {
        auto told = tellEar(call, state.tones, std::move(tones), true);
        state.nextTag = told ? nextTag : state.nextTag;
        return told;
    }
    ProviderRecord& provider = *call.line->provider;
    auto told =
        provider.call("lineMonitorTones", provider.table().lineMonitorTones, call.driverCall,
                      tones.data(), static_cast<std::uint32_t>(tones.size()));
    if (told) {
        state.tones = std::move(tones);
        state.nextTag = nextTag;
    }
    return told;
}

/// Somebody wants less than before; a provider that refuses that is listened to in vain.
void Listening::tellAll(CallRecord& call) {
    if (call.phase != CallRecord::Phase::Alive || call.line->provider == nullptr) {
        return;
    }
    for (const auto& told : {tellDigits(call), tellMedia(call), tellTones(call)}) {
        if (!told) {
            kLog.info("line {}: {}", call.line->name, told.error().text());
        }
    }
}

hal::Result<void> Listening::gatherDigits(CallView& view, const tapi::GatherDigits& wanted) {
    CallRecord& call = *view.call;
    if (wanted.count == 0) {
        if (const auto old = std::move(view.wish.gathering)) {
            cancelAtProvider(call, *old);
            finish(view, old->digits(), tapi::GatherEnd::Cancel);
        }
        return {};
    }
    auto checked = checkGathering(call.line->able, wanted);
    if (!checked) {
        return tl::unexpected(std::move(checked.error()));
    }
    const auto there = gatherAtProvider(view, *checked);
    if (!there) {
        return tl::unexpected(there.error());
    }
    return *there ? hal::Result<void>{} : gatherHere(view, *checked);
}

/// False: the core must do it.
hal::Result<bool> Listening::gatherAtProvider(CallView& view, const tapi::GatherDigits& wanted) {
    CallRecord& call = *view.call;
    ProviderRecord& provider = *call.line->provider;
    const std::uint32_t byEar = wanted.modes.bits() & ~call.line->caps.monitorDigitModes;
    const auto function = byEar != 0 ? nullptr : provider.table().lineGatherDigits;
    const bool taken = std::any_of(call.views.begin(), call.views.end(), [&](const auto& each) {
        return each.get() != &view && each->wish.gathering &&
               each->wish.gathering->endToEndId() != 0;
    });
    if (function == nullptr || taken) {
        return false;
    }
    const std::uint32_t id = nextEndToEndId_++;
    const auto inMs = [](std::chrono::milliseconds time) {
        return static_cast<std::uint32_t>(time.count());
    };
    const auto asked = provider.call(
        "lineGatherDigits", function, call.driverCall, id, wanted.modes.bits(), wanted.count,
        wanted.terminators.c_str(), inMs(wanted.firstDigitTimeout), inMs(wanted.interDigitTimeout));
    if (!asked) {
        return asked.error().code == hal::ErrorCode::OperationUnavail
                   ? hal::Result<bool>{false}
                   : tl::unexpected(asked.error());
    }
    if (const auto old = std::move(view.wish.gathering)) {
        if (old->endToEndId() != 0) {
            call.endedIds.add(old->endToEndId());  // the provider's new one replaced it
        }
        finish(view, old->digits(), tapi::GatherEnd::Cancel);
    }
    view.wish.gathering = std::make_unique<DigitGathering>(wanted, id);
    return true;
}

hal::Result<void> Listening::gatherHere(CallView& view, const tapi::GatherDigits& wanted) {
    auto fresh = std::make_unique<DigitGathering>(loop_, wanted, [this, &view](auto end) {
        const auto ended = std::move(view.wish.gathering);
        finish(view, ended->digits(), end);
    });
    auto old = std::exchange(view.wish.gathering, std::move(fresh));
    if (auto told = tellDigits(*view.call); !told) {
        view.wish.gathering = std::move(old);
        return told;
    }
    if (old) {
        cancelAtProvider(*view.call, *old);
        finish(view, old->digits(), tapi::GatherEnd::Cancel);
    }
    return {};
}

void Listening::cancelAtProvider(CallRecord& call, const DigitGathering& gathering) {
    if (gathering.endToEndId() == 0 || call.phase != CallRecord::Phase::Alive) {
        return;
    }
    call.endedIds.add(gathering.endToEndId());
    ProviderRecord& provider = *call.line->provider;
    const auto told =
        provider.call("lineGatherDigits", provider.table().lineGatherDigits, call.driverCall,
                      gathering.endToEndId(), gathering.wanted().modes.bits(), 0U, "", 0U, 0U);
    if (!told) {
        kLog.info("line {}: {}", call.line->name, told.error().text());
    }
}

void Listening::finish(CallView& view, std::string digits, tapi::GatherEnd end) {
    outbox_->event(view.application,
                   tapi::GatherDigitsEvent{view.shared_from_this(), std::move(digits), end, now(),
                                           view.callbackInstance},
                   view.cookie);
    tellAll(*view.call);
}

void Listening::onDigit(CallRecord& call, const ProviderItem& item) {
    const auto digit = static_cast<char>(item.p1);
    if (item.p1 > 0x7F || kDigits.find(digit) == std::string_view::npos) {
        return breach(call, "LINE_MONITORDIGITS", fmt::format("{:#x} is no digit", item.p1));
    }
    if (!std::has_single_bit(item.p2) || (item.p2 & ~std::uint64_t{kDigitModes}) != 0) {
        return breach(call, "LINE_MONITORDIGITS", fmt::format("{:#x} is no digit mode", item.p2));
    }
    const auto mode = static_cast<tapi::DigitMode>(item.p2);
    const auto tick = tickOf(item);
    for (const auto& view : call.views) {
        if (view->wish.digits.has(mode)) {
            outbox_->event(view->application,
                           tapi::DigitEvent{view, digit, tick, view->callbackInstance, mode},
                           view->cookie);
        }
        if (view->wish.gathering) {
            view->wish.gathering->hear(digit, mode);
        }
    }
}

void Listening::onTone(CallRecord& call, const ProviderItem& item) {
    const auto& told = call.listening.tones;
    const auto heard = std::find_if(told.begin(), told.end(),
                                    [&](const auto& each) { return each.appSpecific == item.p1; });
    if (heard == told.end()) {
        if (item.p1 == 0 || item.p1 >= call.listening.nextTag) {
            breach(call, "LINE_MONITORTONE", fmt::format("{} is no tone of the list", item.p1));
        }
        return;  // of a list that was replaced meanwhile
    }
    const auto tick = tickOf(item);
    for (const auto& view : call.views) {
        for (const tapi::MonitoredTone& tone : view->wish.tones) {
            if (sameSound(tone, *heard)) {
                outbox_->event(view->application,
                               tapi::ToneEvent{view, tone.tag, tick, view->callbackInstance},
                               view->cookie);
            }
        }
    }
}

void Listening::onMedia(CallRecord& call, const ProviderItem& item) {
    if (item.p1 == 0 || (item.p1 & ~std::uint64_t{kMediaModes}) != 0) {
        return breach(call, "LINE_MONITORMEDIA", fmt::format("{:#x} are no media modes", item.p1));
    }
    for (const auto& view : call.views) {
        const std::uint32_t heard = view->wish.media.bits() & static_cast<std::uint32_t>(item.p1);
        if (heard != 0) {
            outbox_->event(view->application,
                           tapi::CallMediaEvent{view,
                                                tapi::CallMediaEvent::Kind::MediaHeard,
                                                {},
                                                heard,
                                                view->callbackInstance},
                           view->cookie);
        }
    }
}

void Listening::onGathered(CallRecord& call, const ProviderItem& item) {
    const auto found = std::find_if(call.views.begin(), call.views.end(), [&](const auto& view) {
        return view->wish.gathering && view->wish.gathering->endToEndId() != 0 &&
               view->wish.gathering->endToEndId() == item.p2;
    });
    if (found == call.views.end()) {
        if (!call.endedIds.take(item.p2)) {
            breach(call, "LINE_GATHERDIGITS", fmt::format("no gathering {} is under way", item.p2),
                   ContractRule::UnknownGeneration);
        }
        return;
    }
    const auto view = *found;
    const auto ended = std::move(view->wish.gathering);
    std::string digits = item.text();
    if (digits.size() > ended->wanted().count || digits.find_first_not_of(kDigits) != digits.npos) {
        breach(call, "LINE_GATHERDIGITS", "came with more than the digits that were asked for");
        digits.clear();
    }
    if (static_cast<std::uint64_t>(endOf(item.p1)) != item.p1) {
        breach(call, "LINE_GATHERDIGITS", fmt::format("{:#x} is no reason to end", item.p1));
    }
    finish(*view, std::move(digits), endOf(item.p1));
}

void Listening::leave(CallRecord& call, const ApplicationRecord& application) {
    const auto views = call.views;
    for (const auto& view : views) {
        if (view->application.get() == &application) {
            leave(*view);
        }
    }
}

void Listening::leave(CallView& view) {
    const ListeningWish ended = std::exchange(view.wish, {});
    if (ended.gathering) {
        cancelAtProvider(*view.call, *ended.gathering);
    }
    tellAll(*view.call);
}

void Listening::end(CallRecord& call) {
    for (const auto& view : call.views) {
        const ListeningWish ended = std::exchange(view->wish, {});
        if (ended.gathering) {
            finish(*view, ended.gathering->digits(), tapi::GatherEnd::Cancel);
        }
    }
}

}  // namespace tipring::core
