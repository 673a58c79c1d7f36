// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/mixer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "mix_kernels.h"
#include "tipring/hal/dsp/echo_canceller.h"
#include "tipring/hal/dsp/level_meter.h"
#include "tipring/tapi_core/media/sample_queue.h"

namespace tipring::media {
namespace {

using std::chrono::nanoseconds;

constexpr float kLeastGain = -40, kGreatestGain = 20;
constexpr std::size_t kMostParties = 1024, kLongestTail = 1024;
constexpr std::size_t kEchoRoom = 4096;          // samples sent before the first one is received
constexpr std::uint64_t kTalking = 160 * 26000;  // energy of a block of -40 dBm0
constexpr unsigned kHangover = 20;               // blocks
constexpr double kLoudestComfort = 1300;         // mean square: -53 dBm0

float factorOf(float decibels) {
    return std::pow(10.0F, decibels / 20);
}

hal::Result<void> checkGain(float decibels) {
    if (decibels >= kLeastGain && decibels <= kGreatestGain) {
        return {};
    }
    return hal::fail(
        hal::ErrorCode::InvalParam,
        fmt::format("a gain of {} dB is outside {} to {} dB", decibels, kLeastGain, kGreatestGain));
}

/// Takes out what a line's hybrid sends back of what it was sent: both are counted by one device.
class LineEcho {
public:
    explicit LineEcho(std::size_t tail) : canceller_({tail}), sent_(kEchoRoom) {}

    void sent(std::span<const std::int16_t> samples) { sent_.push(samples); }
    void clean(std::uint64_t position, std::span<const std::int16_t> received,
               std::span<std::int16_t> clean) {
        if (const std::uint64_t lost = position - expected_; placed_ && lost < kEchoRoom) {
            sent_.discard(lost);
        }
        placed_ = true;
        expected_ = position + received.size();
        Mixer::Block reference{};
        const auto far = std::span{reference}.first(received.size());
        sent_.pop(far);
        canceller_.process(far, received, clean);
    }

private:
    dsp::EchoCanceller canceller_;
    SampleQueue sent_;
    std::uint64_t expected_ = 0;
    bool placed_ = false;
};

}  // namespace

struct Mixer::Party {
    explicit Party(const PartySettings& settings)
        : toMix(settings.delay),
          fromMix(settings.delay),
          gainDb(settings.gain),
          muted(settings.muted),
          comfort(settings.comfortNoise) {
        if (settings.echoTail > 0) {
            echo.emplace(settings.echoTail);
        }
    }

    ClockBridge toMix, fromMix;
    MixLimiter limiter;
    std::optional<LineEcho> echo;
    float gainDb;
    bool muted, comfort;
    bool leaving = false;
    float factor = 0;          // at the end of the last block; it fades in
    bool audible = false;      // `own` is not all zero
    std::uint64_t mixed = 0;   // samples given to fromMix
    std::uint64_t energy = 0;  // of the last block
    unsigned hangover = 0;     // blocks for which it still counts as talking
    double noise = 0;          // mean square
    std::array<std::int32_t, kBlock> own{};
    nanoseconds cost{};
    std::uint64_t blocks = 0;

    [[nodiscard]] float wanted() const {
        return leaving || muted ? 0 : gainDb == 0 ? 1 : factorOf(gainDb);
    }
    void take();
    void measure(const Block& block, bool real);
};

/// The next 20 ms from the party, with its gain.
void Mixer::Party::take() {
    Block block;
    const std::uint64_t madeUp = toMix.madeUp();
    toMix.pop(block);
    measure(block, toMix.madeUp() == madeUp);
    const float to = wanted();
    audible = factor != 0 || to != 0;
    if (audible && factor == 1 && to == 1) {
        mixWiden(block, own);
    } else if (audible) {
        mixWiden(block, factor, to, own);
    }
    factor = to;
}

void Mixer::Party::measure(const Block& block, bool real) {
    energy = mixEnergy(block);
    hangover = energy >= kTalking ? kHangover : hangover - std::min(hangover, 1U);
    if (!comfort || !real || energy == 0) {
        return;
    }
    // The quietest that it has been, which is forgotten slowly.
    const double power = static_cast<double>(energy) / double{kBlock};
    noise = noise == 0 ? power : std::min(noise * 1.01, power);
    const double peak = std::sqrt(3 * std::min(noise, kLoudestComfort));
    toMix.setComfort(static_cast<std::int16_t>(peak));
}

struct Mixer::State {
    struct Place {
        std::unique_ptr<Party> party;
        std::uint32_t generation = 0;
    };
    MixerSettings settings;
    std::vector<Place> places;
    std::size_t present = 0;
    std::array<std::int32_t, kBlock> total{};
    MixLimiter limiter;
    Block everybody{};

    [[nodiscard]] nanoseconds now() const {
        return settings.clock ? settings.clock() : nanoseconds{};
    }
    void give(Party& party);
};

void Mixer::State::give(Party& party) {
    std::array<std::int32_t, kBlock> rest;
    Block block;
    if (party.audible) {
        mixSubtract(total, party.own, rest);
        party.limiter.process(rest, block);
    } else {
        party.limiter.process(total, block);
    }
    party.fromMix.push(party.mixed, block);
    party.mixed += kBlock;
    ++party.blocks;
}

hal::Result<void> Mixer::check(const PartySettings& settings) {
    if (settings.delay < ClockBridge::kLeastDelay || settings.delay > ClockBridge::kMostDelay) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("a delay of {} samples is outside {} to {}", settings.delay,
                                     ClockBridge::kLeastDelay, ClockBridge::kMostDelay));
    }
    if (settings.echoTail > kLongestTail) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("an echo path of {} samples is longer than {}",
                                     settings.echoTail, kLongestTail));
    }
    return checkGain(settings.gain);
}

hal::Result<Mixer> Mixer::create(MixerSettings settings) {
    if (settings.mostParties < 2 || settings.mostParties > kMostParties) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("a mix of {} parties: it has room for 2 to {}",
                                     settings.mostParties, kMostParties));
    }
    auto state = std::make_unique<State>();
    state->settings = std::move(settings);
    return Mixer(std::move(state));
}

Mixer::Mixer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mixer::Mixer(Mixer&&) noexcept = default;
Mixer& Mixer::operator=(Mixer&&) noexcept = default;
Mixer::~Mixer() = default;

hal::Result<PartyId> Mixer::join(const PartySettings& settings) {
    if (auto good = check(settings); !good) {
        return tl::unexpected(std::move(good.error()));
    }
    if (state_->present >= state_->settings.mostParties) {
        return hal::fail(
            hal::ErrorCode::ConferenceFull,
            fmt::format("all {} places of the mix are taken", state_->settings.mostParties));
    }
    auto& places = state_->places;
    auto free = std::find_if(places.begin(), places.end(),
                             [](const State::Place& place) { return place.party == nullptr; });
    if (free == places.end()) {
        free = places.emplace(places.end());
    }
    free->party = std::make_unique<Party>(settings);
    free->generation = (free->generation + 1) & 0xFFFFU;
    ++state_->present;
    return PartyId{(free->generation << 16U) | static_cast<std::uint32_t>(free - places.begin())};
}

Mixer::Party* Mixer::find(PartyId party) const {
    const std::size_t index = party.value & 0xFFFFU;
    if (index >= state_->places.size()) {
        return nullptr;
    }
    const State::Place& place = state_->places[index];
    const bool its = place.generation == party.value >> 16U && place.party != nullptr;
    return its && !place.party->leaving ? place.party.get() : nullptr;
}

namespace {
tl::unexpected<hal::Error> nobody() {
    return hal::fail(hal::ErrorCode::InvalParam, "the party is not in the mix");
}
}  // namespace

/// It fades out in the next block.
hal::Result<void> Mixer::leave(PartyId party) {
    Party* found = find(party);
    if (found == nullptr) {
        return nobody();
    }
    found->leaving = true;
    --state_->present;
    return {};
}

hal::Result<void> Mixer::setGain(PartyId party, float decibels) {
    Party* found = find(party);
    if (found == nullptr) {
        return nobody();
    }
    auto good = checkGain(decibels);
    if (good) {
        found->gainDb = decibels;
    }
    return good;
}

hal::Result<void> Mixer::setMuted(PartyId party, bool muted) {
    Party* found = find(party);
    if (found == nullptr) {
        return nobody();
    }
    found->muted = muted;
    return {};
}

hal::Result<PartyReport> Mixer::report(PartyId party) const {
    const Party* found = find(party);
    if (found == nullptr) {
        return nobody();
    }
    PartyReport report;
    report.dbm0 = dsp::dbm0OfPower(static_cast<double>(found->energy) / double{kBlock});
    report.talking = found->hangover > 0;
    report.muted = found->muted;
    report.gain = found->gainDb;
    report.fromParty = found->toMix.counters();
    report.toParty = found->fromMix.counters();
    report.drift = found->toMix.correction();
    report.reduction = -20 * std::log10(found->limiter.gain());
    if (found->blocks > 0) {
        report.cost = found->cost / static_cast<std::int64_t>(found->blocks);
    }
    return report;
}

bool Mixer::talking(PartyId party) const {
    const Party* found = find(party);
    return found != nullptr && found->hangover > 0;
}

std::size_t Mixer::parties() const {
    return state_->present;
}

void Mixer::receive(PartyId party, std::uint64_t position, std::span<const std::int16_t> samples) {
    Party* found = find(party);
    if (found == nullptr) {
        return;
    }
    const nanoseconds before = state_->now();
    if (!found->echo) {
        found->toMix.push(position, samples);
        samples = {};
    }
    while (!samples.empty()) {
        Block clean;
        const auto piece = samples.first(std::min(samples.size(), kBlock));
        found->echo->clean(position, piece, clean);
        found->toMix.push(position, std::span{clean}.first(piece.size()));
        position += piece.size();
        samples = samples.subspan(piece.size());
    }
    found->cost += state_->now() - before;
}

void Mixer::send(PartyId party, std::span<std::int16_t> samples) {
    Party* found = find(party);
    if (found == nullptr) {
        std::fill(samples.begin(), samples.end(), std::int16_t{0});
        return;
    }
    const nanoseconds before = state_->now();
    found->fromMix.pop(samples);
    if (found->echo) {
        found->echo->sent(samples);
    }
    found->cost += state_->now() - before;
}

void Mixer::tick(std::span<const std::int16_t> announcement) {
    const nanoseconds before = state_->now();
    announcement = announcement.first(std::min(announcement.size(), kBlock));
    state_->total.fill(0);
    std::copy(announcement.begin(), announcement.end(), state_->total.begin());
    for (State::Place& place : state_->places) {
        if (place.party) {
            place.party->take();
            if (place.party->audible) {
                mixAdd(place.party->own, state_->total);
            }
        }
    }
    for (State::Place& place : state_->places) {
        if (place.party && place.party->leaving) {
            place.party.reset();
        } else if (place.party) {
            state_->give(*place.party);
        }
    }
    state_->limiter.process(state_->total, state_->everybody);
    if (state_->settings.clock && state_->present > 0) {
        const nanoseconds share =
            (state_->now() - before) / static_cast<std::int64_t>(state_->present);
        for (State::Place& place : state_->places) {
            if (place.party) {
                place.party->cost += share;
            }
        }
    }
}

const Mixer::Block& Mixer::everybody() const {
    return state_->everybody;
}

}  // namespace tipring::media
