// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exchange/connection.h"
#include "exchange/exchange_impl.h"
#include "sound/key_player.h"
#include "sound_file.h"
#include "tipring/hal/sim/far_end.h"
#include "tone_ear.h"

namespace tipring::sim {

struct FarEnd::Impl final : Party {
    Impl(Exchange::Impl& exchange, FarEnd& face);
    ~Impl() override;

    void onProgress(Signal signal, std::string_view announcement) override;
    void speak() override;
    void hear() override;
    void onCarrier(bool on) override;
    void onData(std::span<const std::byte> bytes) override;
    void onConnected(Connection& call) override;
    void onReleased(Connection& call) override;
    void onRung(unsigned rings) override;
    [[nodiscard]] bool wantsSound() const override;

    /// An outgoing call of a line rings here; answered after `rings` of those rounds, or by hand.
    void ringHere(Connection& call, std::optional<unsigned> rings, hal::Duration round);
    void answer();
    void setState(State next);
    void clearCall();
    void idle();
    [[nodiscard]] bool speaking() const;

    Exchange::Impl& exchange;
    FarEnd& face;
    bool silent = false;  ///< the exchange's own
    Listener listener;
    State state = State::Idle;
    bool answered = false;
    std::string heardKeys, heardData, greeting, callerNumber;
    bool modem = false, echo = true;

    struct Samples {
        std::vector<std::int16_t> all;
        std::size_t at = 0;
    };
    using Item = std::variant<SoundReader, Samples, KeyPlayer, std::unique_ptr<SoundSource>>;
    std::deque<Item> queue;
    std::optional<SoundWriter> tape;

private:
    /// Adds what the item has; returns how many samples it filled, less than asked at its end.
    static std::size_t fill(Item& item, std::span<std::int16_t> samples);

    ToneEar ear_;
    void rungHere();

    hal::Timer answerTimer_, greetingTimer_, ringTimer_;
    hal::Duration round_{0};
    unsigned rings_ = 0;
};

}  // namespace tipring::sim
