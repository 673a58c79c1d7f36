// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/detector_bank.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace tipring::media {
namespace {

/// All detectors hear pieces of this size, so that their events stay in order for any block.
constexpr std::size_t kPiece = 160;

hal::Result<void> checkTones(const std::vector<dsp::WantedTone>& tones) {
    std::size_t frequencies = 0;
    for (const dsp::WantedTone& tone : tones) {
        const auto sound = [](float hertz) { return hertz >= 100 && hertz <= 3800; };
        if (!sound(tone.hertz) || (tone.second != 0 && !sound(tone.second))) {
            return hal::fail(
                hal::ErrorCode::InvalTone,
                fmt::format("a monitored tone of {} and {} Hz is outside 100 to 3800 Hz",
                            tone.hertz, tone.second));
        }
        frequencies += tone.second != 0 ? 2 : 1;
    }
    if (frequencies > dsp::ToneDetector::kMostFrequencies) {
        return hal::fail(hal::ErrorCode::InvalTone,
                         fmt::format("{} monitored frequencies are more than {}", frequencies,
                                     dsp::ToneDetector::kMostFrequencies));
    }
    return {};
}

/// A bank of the dsp room and the lines that have a channel of it.
template <class Bank, class Key>
class Shared {
public:
    Shared(const Key& wanted, Bank bank) : key(wanted), bank_(std::move(bank)) {}

    std::size_t join(std::size_t line) {
        const auto free = std::find(lines_.begin(), lines_.end(), kNobody);
        const auto channel = static_cast<std::size_t>(free - lines_.begin());
        if (free == lines_.end()) {
            lines_.push_back(kNobody);
            pieces_.resize(lines_.size());
            bank_.resize(lines_.size());
        }
        bank_.reset(channel);
        lines_[channel] = line;
        return channel;
    }
    void leave(std::size_t channel) { lines_[channel] = kNobody; }
    void reset(std::size_t channel) { bank_.reset(channel); }

    void gather(std::size_t channel, std::span<const std::int16_t> samples) {
        pieces_[gathered_++] = {channel, samples};
    }
    /// What was gathered; `tell(line, event)`.
    template <class Tell>
    void process(Tell tell) {
        const auto pieces = std::span<const dsp::ChannelSamples>(pieces_).first(gathered_);
        bank_.process(
            pieces, [&](const typename Bank::Event& event) { tell(lines_[event.channel], event); });
        gathered_ = 0;
    }

    Key key;

private:
    static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
    Bank bank_;
    std::vector<std::size_t> lines_;           ///< of each channel
    std::vector<dsp::ChannelSamples> pieces_;  ///< one for each channel at most
    std::size_t gathered_ = 0;
};

using SharedDigits = Shared<dsp::DtmfBank, dsp::DtmfSettings>;
using SharedProgress = Shared<dsp::CallProgressBank, const dsp::CountryTones*>;

/// A place in a shared bank. The banks stay where they are.
template <class SharedBank>
struct Seat {
    SharedBank* bank = nullptr;
    std::size_t channel = 0;

    void gather(std::span<const std::int16_t> samples) const {
        if (bank != nullptr) {
            bank->gather(channel, samples);
        }
    }
    void reset() const {
        if (bank != nullptr) {
            bank->reset(channel);
        }
    }
    void leave() {
        if (bank != nullptr) {
            std::exchange(bank, nullptr)->leave(channel);
        }
    }
};

struct Line {
    Seat<SharedDigits> digits;
    Seat<SharedProgress> progress;
    dsp::SamplePosition position = 0;
    bool inHand = false;  ///< a block of it is being heard
    std::uint32_t there =
        0;  ///< bit n: each() has an nth detector. To ask them is slow: they are big
    std::optional<dsp::FaxCallingDetector> fax;
    std::optional<dsp::AnswerToneDetector> answerTone;
    std::optional<dsp::VoiceDetector> voice;
    std::optional<dsp::BeepDetector> beep;
    std::optional<dsp::AnsweringMachineDetector> answerer;
    std::optional<dsp::ToneDetector> tones;
    std::optional<dsp::CallerIdReceiver> callerId;

    Line(const DetectorSettings& settings, const dsp::CallerIdStandard* standard) {
        const auto make = [](auto& detector, bool wanted, const auto&... arguments) {
            if (wanted) {
                detector.emplace(arguments...);
            }
        };
        make(fax, settings.fax);
        make(answerTone, settings.answerTone);
        make(voice, settings.voice, settings.voices);
        make(beep, settings.beep && !settings.answerer);
        make(answerer, settings.answerer);
        make(tones, !settings.tones.empty(), settings.tones);
        if (standard != nullptr) {
            callerId.emplace(*standard);
        }
        std::uint32_t bit = 1;
        visitAll([this, &bit](const auto& detector) {
            there |= detector ? bit : 0;
            bit <<= 1;
        });
    }

    template <class Visit>
    void visitAll(Visit visit) {
        visit(fax);
        visit(answerTone);
        visit(voice);
        visit(beep);
        visit(answerer);
        visit(tones);
        visit(callerId);
    }

    /// One function for each of those that only this line has.
    template <class Function>
    void each(Function function) {
        std::uint32_t left = there;
        visitAll([&function, &left](auto& detector) {
            if ((left & 1) != 0) {
                function(*detector);
            }
            left >>= 1;
        });
    }

    [[nodiscard]] std::span<const std::int16_t> pieceOf(
        std::span<const std::int16_t> samples) const {
        return samples.first(std::min<std::size_t>(samples.size(), kPiece - position % kPiece));
    }
};

template <class SharedBank, class Key, class Make>
SharedBank& bankFor(std::vector<std::unique_ptr<SharedBank>>& banks, const Key& key, Make make) {
    for (const auto& bank : banks) {
        if (bank->key == key) {
            return *bank;
        }
    }
    return *banks.emplace_back(std::make_unique<SharedBank>(key, make()));
}

}  // namespace

struct DetectorBank::State {
    using Tell = dsp::Listener<LineDetectorEvent>;

    std::vector<std::unique_ptr<SharedDigits>> digits;
    std::vector<std::unique_ptr<SharedProgress>> progress;
    std::vector<std::unique_ptr<Line>> lines;
    /// What is left of a block.
    struct Rest {
        Line* line = nullptr;
        std::size_t number = 0;
        std::span<const std::int16_t> samples;
    };
    std::vector<Rest> rest;

    /// The next piece of each of them; true while samples are left.
    bool round(std::span<Rest> all, Tell tell) {
        for (const Rest& one : all) {
            const auto piece = one.line->pieceOf(one.samples);
            one.line->digits.gather(piece);
            one.line->progress.gather(piece);
        }
        const auto pass = [&tell](std::size_t line, const auto& event) {
            tell({line, DetectorEvent(event)});
        };
        for (const auto& bank : digits) {
            bank->process(pass);
        }
        for (const auto& bank : progress) {
            bank->process(pass);
        }
        bool more = false;
        for (Rest& one : all) {
            const auto piece = one.line->pieceOf(one.samples);
            one.line->each([&](auto& detector) { hear(detector, one.number, piece, tell); });
            one.line->position += piece.size();
            one.samples = one.samples.subspan(piece.size());
            more = more || !one.samples.empty();
        }
        return more;
    }

    void finish(std::size_t count, Tell tell) {
        const auto all = std::span(rest).first(count);
        while (count > 0 && round(all, tell)) {
        }
        for (const Rest& one : all) {
            one.line->inHand = false;
        }
    }

    template <class Detector>
    static void hear(Detector& detector, std::size_t line, std::span<const std::int16_t> piece,
                     Tell tell) {
        detector.process(piece, [&](const auto& event) { tell({line, DetectorEvent(event)}); });
    }
    static void hear(dsp::CallerIdReceiver& detector, std::size_t line,
                     std::span<const std::int16_t> piece, Tell tell) {
        detector.process(piece, [&](const dsp::CallerIdEvent& event) {
            tell({line, DetectorEvent(CallerIdHeard{&event})});
        });
    }
};

DetectorBank::DetectorBank() : state_(std::make_unique<State>()) {}
DetectorBank::DetectorBank(DetectorBank&&) noexcept = default;
DetectorBank& DetectorBank::operator=(DetectorBank&&) noexcept = default;
DetectorBank::~DetectorBank() = default;

hal::Result<std::size_t> DetectorBank::add(const DetectorSettings& settings) {
    const dsp::CountryTones* country = dsp::builtinTones().find(settings.country);
    if (settings.progress && country == nullptr) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("the tones of the country \"{}\" are not known", settings.country));
    }
    if (auto checked = checkTones(settings.tones); !checked) {
        return tl::unexpected(std::move(checked.error()));
    }
    const dsp::CallerIdStandard* callerId = dsp::callerIdStandard(settings.callerId);
    if (!settings.callerId.empty() && callerId == nullptr) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("the caller ID of \"{}\" is not known", settings.callerId));
    }
    auto& lines = state_->lines;
    const auto free = std::find(lines.begin(), lines.end(), nullptr);
    const auto number = static_cast<std::size_t>(free - lines.begin());
    if (free == lines.end()) {
        lines.emplace_back();
        state_->rest.resize(lines.size());
    }
    auto line = std::make_unique<Line>(settings, settings.callerId.empty() ? nullptr : callerId);
    if (settings.digits) {
        auto& bank =
            bankFor(state_->digits, settings.dtmf, [&] { return dsp::DtmfBank(0, settings.dtmf); });
        line->digits = {&bank, bank.join(number)};
    }
    if (settings.progress) {
        auto& bank =
            bankFor(state_->progress, country, [&] { return dsp::CallProgressBank(0, *country); });
        line->progress = {&bank, bank.join(number)};
    }
    lines[number] = std::move(line);
    return number;
}

void DetectorBank::remove(std::size_t line) {
    if (has(line)) {
        state_->lines[line]->digits.leave();
        state_->lines[line]->progress.leave();
        state_->lines[line].reset();
    }
}

std::size_t DetectorBank::lines() const {
    return state_->lines.size();
}

bool DetectorBank::has(std::size_t line) const {
    return line < lines() && state_->lines[line] != nullptr;
}

void DetectorBank::process(std::span<const dsp::ChannelSamples> blocks,
                           dsp::Listener<LineDetectorEvent> tell) {
    std::size_t count = 0;
    for (const dsp::ChannelSamples& block : blocks) {
        if (!has(block.channel) || block.samples.empty()) {
            continue;
        }
        Line& line = *state_->lines[block.channel];
        if (line.inHand) {
            state_->finish(std::exchange(count, 0), tell);
        }
        line.inHand = true;
        state_->rest[count++] = {&line, block.channel, block.samples};
    }
    state_->finish(count, tell);
}

void DetectorBank::reset(std::size_t line) {
    if (has(line)) {
        Line& which = *state_->lines[line];
        which.digits.reset();
        which.progress.reset();
        which.each([](auto& detector) { detector.reset(); });
        which.position = 0;
    }
}

dsp::SamplePosition DetectorBank::position(std::size_t line) const {
    return has(line) ? state_->lines[line]->position : 0;
}

}  // namespace tipring::media
