// SPDX-License-Identifier: Apache-2.0
#include "tone_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::at_modem {
namespace {

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr std::array<std::string_view, 4> kLow{"697", "770", "852", "941"};  // Q.23
constexpr std::array<std::string_view, 4> kHigh{"1209", "1336", "1477", "1633"};
constexpr std::size_t kLongest = 256;

}  // namespace

ToneSender::ToneSender(CommandQueue& queue, std::function<void(std::uint32_t, std::uint32_t)> done,
                       std::function<void(const hal::Error&)> onStuck)
    : queue_(queue), done_(std::move(done)), onStuck_(std::move(onStuck)) {}

void ToneSender::setDuration(const Profile& profile, std::chrono::milliseconds duration) {
    const auto units =
        std::max<std::int64_t>(1, (duration + profile.toneUnit / 2) / profile.toneUnit);
    duration_ = fmt::format("{}", units);
}

hal::Result<void> ToneSender::sendDigits(const Profile& profile, std::uint32_t endToEndId,
                                         std::string_view digits, std::chrono::milliseconds each) {
    if (digits.size() > kLongest) {
        return hal::fail(hal::ErrorCode::InvalDigits,
                         fmt::format("at most {} digits at a time", kLongest));
    }
    if (profile.sequence(Sequence::Digit).empty()) {
        return hal::fail(hal::ErrorCode::OperationUnavail, "this modem sends no digits");
    }
    cancel();
    if (digits.empty()) {
        return {};
    }
    setDuration(profile, each.count() > 0 ? each : profile.digitTime);
    digits_.clear();
    for (const char c : digits) {
        const char key = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        if (kKeys.find(key) != kKeys.npos) {
            digits_.push_back(key);
        }
    }
    at_ = 0;
    id_ = endToEndId;
    sending_ = true;
    sendNext();
    return {};
}

hal::Result<void> ToneSender::sendTone(const Profile& profile, std::uint32_t endToEndId,
                                       std::uint32_t frequency,
                                       std::chrono::milliseconds duration) {
    if (profile.sequence(Sequence::Tone).empty()) {
        return hal::fail(hal::ErrorCode::OperationUnavail, "this modem sends no tones");
    }
    if (frequency < 200 || frequency > 3300) {
        return hal::fail(hal::ErrorCode::InvalTone, "a tone must be of 200 to 3300 Hz");
    }
    cancel();
    setDuration(profile, duration);
    frequency_ = fmt::format("{}", frequency);
    digits_.clear();
    at_ = 0;
    id_ = endToEndId;
    sending_ = true;
    AtEngine::Start start;
    start.values.set(Placeholder::Frequency, frequency_).set(Placeholder::Duration, duration_);
    push(dialogues::kTone, start);
    return {};
}

void ToneSender::sendNext() {
    if (pending_ > 0) {
        return;  // a cancelled key is still being sent; its end comes here again
    }
    if (at_ >= digits_.size()) {
        finish(LINEGENERATETERM_DONE);
        return;
    }
    digit_[0] = digits_[at_++];
    const std::size_t key = kKeys.find(digit_[0]);
    AtEngine::Start start;
    start.values.set(Placeholder::Digit, {digit_.data(), 1})
        .set(Placeholder::Low, kLow[key / 4])
        .set(Placeholder::High, kHigh[key % 4])
        .set(Placeholder::Duration, duration_);
    push(dialogues::kDigit, start);
}

void ToneSender::push(Dialogue dialogue, const AtEngine::Start& start) {
    if (queue_.push({dialogue, this, start})) {
        ++pending_;
    } else {
        finish(LINEGENERATETERM_CANCEL);
    }
}

void ToneSender::onDialogueEnd(const DialogueEnd& end) {
    if (--pending_ > 0 || !sending_) {
        return;
    }
    if (end.done()) {
        sendNext();
        return;
    }
    finish(LINEGENERATETERM_CANCEL);
    if (end.how == DialogueEnd::How::TimedOut) {
        onStuck_(end.error());
    }
}

void ToneSender::cancel() {
    finish(LINEGENERATETERM_CANCEL);
}

void ToneSender::finish(std::uint32_t how) {
    if (std::exchange(sending_, false)) {
        done_(id_, how);
    }
}

}  // namespace tipring::at_modem
