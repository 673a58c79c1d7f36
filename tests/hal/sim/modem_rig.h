// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

/// A modem on a line of an exchange, on virtual time, with the computer's end of its cable.
struct ModemRig : ModemOutlet {
    explicit ModemRig(std::string_view model = "v253", ExchangeOptions options = {})
        : exchange(loop, options),
          line(exchange.addLine("5550100")),
          modem(loop, line, *findPersonality(model)),
          farEnd(exchange) {
        modem.setOutlet(this);
    }

    bool toDte(std::span<const std::byte> bytes) override {
        if (full) {
            return false;
        }
        received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return true;
    }
    void onReady() override {
        ++readies;
        std::string rest;
        rest.swap(waiting);
        push(rest);
    }
    void onLines(DceLines next) override { lines.push_back(next); }
    void vanish() override { vanished = true; }

    /// Writes bytes; what the modem does not take waits here and goes when it is ready.
    void push(std::string_view text) {
        const std::size_t taken =
            waiting.empty() ? modem.receive(std::as_bytes(std::span{text})) : 0;
        waiting += text.substr(taken);
    }
    /// What came since the last take().
    std::string take() {
        std::string text;
        text.swap(received);
        return text;
    }
    /// A command and what comes until the loop is quiet for now.
    std::string ask(std::string_view command) {
        push(command);
        push("\r");
        loop.settle();
        return take();
    }
    /// The same without echo and frames: "33600|OK".
    std::string words(std::string_view command) {
        std::string text = ask(command), result;
        if (text.starts_with(command)) {
            text.erase(0, command.size());
        }
        for (const char c : text) {
            if (c != '\r' && c != '\n') {
                result += c;
            } else if (!result.empty() && result.back() != '|') {
                result += '|';
            }
        }
        while (result.ends_with('|')) {
            result.pop_back();
        }
        return result;
    }
    void advance(std::chrono::milliseconds time) { loop.advance(time); }

    void callFrom(std::string number, std::string name = "") {
        CallerId id;
        id.number = std::move(number);
        id.name = std::move(name);
        ASSERT_TRUE(farEnd.call("5550100", id));
    }
    /// Answered and off hook in class 8, echo off, nothing left to read.
    void answerVoice() {
        ask("ATE0");
        const bool rockwell = modem.personality().rockwellVoice;
        ask(rockwell ? "AT#CLS=8" : "AT+FCLASS=8");
        callFrom("5551234");
        advance(std::chrono::milliseconds{100});
        ask(rockwell ? "ATA" : "AT+VLS=1");
        ASSERT_EQ(line.state(), Line::State::Connected);
        take();
    }

    // first, so that they are there while the others die
    std::string received, waiting;
    std::vector<DceLines> lines;
    unsigned readies = 0;
    bool full = false, vanished = false;
    hal::VirtualLoop loop;
    Exchange exchange;
    Line& line;
    AtModem modem;
    FarEnd farEnd;
};

inline std::vector<std::int16_t> sine(double hertz, std::size_t count, double amplitude = 8000,
                                      double rate = 8000) {
    std::vector<std::int16_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(
            amplitude * std::sin(2 * 3.14159265358979 * hertz * double(i) / rate));
    }
    return samples;
}

/// The amplitude of one frequency in samples.
inline double amplitudeAt(std::span<const std::int16_t> samples, double hertz, double rate = 8000) {
    double real = 0, imaginary = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double angle = 2 * 3.14159265358979 * hertz * double(i) / rate;
        real += samples[i] * std::cos(angle);
        imaginary += samples[i] * std::sin(angle);
    }
    return 2 * std::hypot(real, imaginary) / double(std::max<std::size_t>(samples.size(), 1));
}

}  // namespace tipring::sim
