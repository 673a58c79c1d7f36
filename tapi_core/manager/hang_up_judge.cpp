// SPDX-License-Identifier: Apache-2.0
#include "hang_up_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace tipring::core {
namespace {

using media::HangupSign;
using std::chrono::milliseconds;

static_assert(static_cast<int>(tapi::HangUpSign::NoCarrier) ==
              static_cast<int>(HangupSign::NoCarrier));
static_assert(static_cast<int>(tapi::HangUpSign::Silence) == static_cast<int>(HangupSign::Silence));
static_assert(static_cast<int>(tapi::HangUpSign::BusyTone) ==
              static_cast<int>(HangupSign::BusyTone));

/// So much that it decides alone when it has lasted its time.
constexpr double kLongSilence = 6.5;

media::HangupSettings settingsFor(const tapi::HangUpWatch& watch) {
    media::HangupSettings settings;
    if (watch.silence.count() > 0) {
        auto& weight = settings.weights[static_cast<std::size_t>(HangupSign::Silence)];
        weight.weight = kLongSilence;
        weight.needed = watch.silence;
    }
    return settings;
}

}  // namespace

HangUpJudge::HangUpJudge(hal::EventLoop& loop, const tapi::HangUpWatch& watch, Decided decided)
    : loop_(loop),
      decided_(std::move(decided)),
      watch_(watch),
      fusion_(settingsFor(watch)),
      lookTimer_(loop, [this] { look(); }),
      silenceTimer_(loop, [this] { look(); }) {}

milliseconds HangUpJudge::now() const {
    return std::chrono::duration_cast<milliseconds>(loop_.now().time_since_epoch());
}

void HangUpJudge::vote(HangupSign sign, double confidence, milliseconds lasted) {
    fusion_.vote({sign, confidence, now(), lasted});
    lookTimer_.arm({});
}

void HangUpJudge::silent(milliseconds lasted) {
    silentSince_ = now() - lasted;
    const milliseconds left = watch_.silence - lasted;
    if (watch_.silence.count() > 0) {
        silenceTimer_.arm(std::max(left, milliseconds{0}));
    }
    lookTimer_.arm({});
}

void HangUpJudge::notSilent() {
    deaf();
    fusion_.retract(HangupSign::Silence);
}

void HangUpJudge::deaf() {
    countSilence();
    silentSince_.reset();
    silenceTimer_.cancel();
}

void HangUpJudge::alive() {
    notSilent();
    fusion_.alive();
}

void HangUpJudge::setWatch(const tapi::HangUpWatch& watch) {
    const auto since = silentSince_;
    watch_ = watch;
    fusion_ = media::HangupFusion(settingsFor(watch));
    notSilent();
    if (since) {
        silent(now() - *since);
    }
}

void HangUpJudge::countSilence() {
    if (silentSince_) {
        fusion_.vote({HangupSign::Silence, 1, now(), now() - *silentSince_});
    }
}

/// Last thing that it does: it may be destroyed in there.
void HangUpJudge::look() {
    countSilence();
    if (watch_.on && fusion_.hungUp(now())) {
        decided_();
    }
}

std::vector<tapi::HangUpReason> HangUpJudge::reasons() {
    countSilence();
    std::vector<tapi::HangUpReason> reasons;
    for (const auto& part : fusion_.decision(now()).parts) {
        reasons.push_back({static_cast<tapi::HangUpSign>(part.vote.sign), part.worth, part.vote.at,
                           part.vote.lasted});
    }
    return reasons;
}

std::string reasonsText(const std::vector<tapi::HangUpReason>& reasons, milliseconds now) {
    std::string text;
    for (const tapi::HangUpReason& reason : reasons) {
        const auto seconds = [](milliseconds time) { return double(time.count()) / 1000; };
        fmt::format_to(std::back_inserter(text), "{}{} (weight {:.1f}", text.empty() ? "" : ", ",
                       tapi::name(reason.sign), reason.weight);
        if (reason.lasted.count() > 0) {
            fmt::format_to(std::back_inserter(text), ", for {:.1f} s", seconds(reason.lasted));
        }
        if (now - reason.tick >= milliseconds{100}) {
            fmt::format_to(std::back_inserter(text), ", {:.1f} s before",
                           seconds(now - reason.tick));
        }
        text += ')';
    }
    return text;
}

}  // namespace tipring::core
