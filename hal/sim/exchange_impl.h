// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "switched_tone.h"
#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

struct Line::Impl final : Party {
    Impl(Exchange::Impl& exchange, std::string number);

    // Party
    void speak(SpokenBlock spoken) override;
    void hear(HeardBlock heard) override;
    void onCarrier(bool on) override;
    void onData(std::span<const std::byte> bytes) override;
    void onConnected() override;
    void onReleased() override;
    [[nodiscard]] bool wantsSound() const override { return listening; }

    [[nodiscard]] bool isFree() const { return !off && connection == nullptr; }
    /// Begins to ring for a caller.
    void ring(Connection& call, const CallerId& id);
    void offHook();
    void onHook();
    void dial(char key);
    void setSignal(Signal next);
    /// 20 ms without a connection: tones, or silence.
    void hearExchange();

    Exchange::Impl& exchange;
    std::string number;
    const Country* country;
    LineDevice* device = nullptr;
    bool off = false, listening = false, dialTone = true;
    bool burst = false;  ///< ring voltage is on
    unsigned rings = 0, maxRings = 0;
    std::string dialled;
    Signal signal = Signal::None;
    Signal afterPause = Signal::None;  ///< what the pause timer brings

private:
    void ringStep();
    void stopRinging();
    void callerIdDue();
    [[nodiscard]] hal::Duration callerIdLength() const;
    void route();
    void pauseOver();

    CallerId id_;
    bool idWaits_ = false;
    std::size_t step_ = 0;
    hal::Timer ringTimer_, idTimer_, pauseTimer_, dialTimer_;
    SwitchedTone tone_;
    std::array<std::int16_t, kBlock> spoken_{};  ///< what the device said in the last block
};

struct Exchange::Impl {
    Impl(hal::EventLoop& ownLoop, ExchangeOptions ownOptions);
    ~Impl();

    [[nodiscard]] Line::Impl* find(std::string_view number) const;
    /// A number that begins with `digits` and is longer exists.
    [[nodiscard]] bool mayGoOn(std::string_view digits) const;
    [[nodiscard]] bool isKnown(std::string_view digits) const;
    /// Puts a dialled number through: rings a line, or does what the route says.
    void routeCall(Line::Impl& from, std::string_view digits);
    Connection& connect(Party& caller, Party& called);
    void setUp(Connection& call);
    /// One end hangs up; the other is told.
    void release(Party& party);
    void setCarrier(Party& party, bool on);
    void sendData(Party& party, std::span<const std::byte> bytes);
    /// Somebody wants sound now.
    void wakeClock();
    [[nodiscard]] CallerId dated(CallerId id) const;

    hal::EventLoop& loop;
    ExchangeOptions options;
    const Country* country;
    std::vector<std::unique_ptr<Line>> lines;
    std::vector<std::unique_ptr<FarEnd>> silentEnds;  ///< for routes that name nobody
    std::map<std::string, Route, std::less<>> routes;
    Route defaultRoute;
    std::vector<std::unique_ptr<Connection>> connections;

private:
    void routeToLine(Line::Impl& from, Line::Impl& to);
    void routeToFarEnd(Line::Impl& from, const Route& route);
    FarEnd& freeSilentEnd();
    void tick();
    bool tickConnections();
    void sweep();

    hal::Timer clock_, sweeper_;
    hal::TimePoint nextTick_{};
    Exchange* self_ = nullptr;
    friend class Exchange;
};

}  // namespace tipring::sim
