// SPDX-License-Identifier: Apache-2.0
// The simulated exchange. Call level: whole calls a second (off hook, seven digits, ringing with
// caller ID, answer, hang-up at both ends) on one core of virtual time, with 1, 100 and 10,000
// lines idle beside them. Target 100,000. Sound: lines in real time on one core, each with tones,
// caller ID by FSK, digits, and speech through bad wires. Target 100. "real_time_lines" is the
// number of lines times the seconds simulated for each second of the processor.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;

std::string number(unsigned index) {
    const std::string digits = std::to_string(index);
    return "5" + std::string(6 - digits.size(), '0') + digits;
}

/// A telephone of the call level: it answers after the caller ID.
class Telephone final : public sim::LineDevice {
public:
    void plugInto(sim::Line& line) {
        line_ = &line;
        line.attach(this);
    }
    void onRing(bool /*on*/) override {}
    void onCallerId(const sim::CallerId& /*id*/) override {
        ++told;
        line_->offHook();
    }
    void onAnswered() override { ++connected; }
    void onSound(sim::HeardBlock /*heard*/, sim::SpokenBlock /*spoken*/) override {}
    unsigned told = 0, connected = 0;

private:
    sim::Line* line_ = nullptr;
};

void calls(benchmark::State& state, bool all) {
    hal::VirtualLoop loop;
    sim::Exchange exchange(loop);
    const auto count = static_cast<unsigned>(state.range(0));
    std::vector<Telephone> telephones(count);
    std::vector<sim::Line*> lines;
    for (unsigned i = 0; i < count; ++i) {
        lines.push_back(&exchange.addLine(number(i)));
        telephones[i].plugInto(*lines.back());
    }
    unsigned long made = 0;
    unsigned next = 0;
    for (auto _ : state) {
        sim::Line& from = *lines[next];
        sim::Line& to = *lines[(next + 1) % count];
        next = all ? (next + 7919) % count : 0;
        from.offHook();
        for (const char key : to.number()) {
            from.dial(key);
        }
        loop.advance(4s);
        from.onHook();
        to.onHook();
        ++made;
    }
    unsigned long told = 0, connected = 0;
    for (const Telephone& telephone : telephones) {
        told += telephone.told;
        connected += telephone.connected;
    }
    if (told != made || connected != 2 * made) {
        state.SkipWithError("not every call was told and answered");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(made));
}
BENCHMARK_CAPTURE(calls, idle, false)->Arg(2)->Arg(100)->Arg(10000);
BENCHMARK_CAPTURE(calls, all, true)->Arg(100)->Arg(10000);

/// The same with all lines in calls at once: calls overlap instead of following one another.
void overlappingCalls(benchmark::State& state) {
    hal::VirtualLoop loop;
    sim::Exchange exchange(loop);
    const auto pairs = static_cast<unsigned>(state.range(0));
    std::vector<Telephone> telephones(2 * pairs);
    std::vector<sim::Line*> lines;
    for (unsigned i = 0; i < 2 * pairs; ++i) {
        lines.push_back(&exchange.addLine(number(i)));
        telephones[i].plugInto(*lines.back());
    }
    unsigned long made = 0;
    for (auto _ : state) {
        for (unsigned i = 0; i < pairs; ++i) {
            lines[i]->offHook();
            for (const char key : lines[pairs + i]->number()) {
                lines[i]->dial(key);
            }
        }
        loop.advance(4s);
        for (sim::Line* line : lines) {
            line->onHook();
        }
        made += pairs;
    }
    unsigned long connected = 0;
    for (const Telephone& telephone : telephones) {
        connected += telephone.connected;
    }
    if (connected != 2 * made) {
        state.SkipWithError("not every call was answered");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(made));
}
BENCHMARK(overlappingCalls)->Arg(100)->Arg(5000);

/// Listens on hook and off, answers the second ring, says digits and a voice.
class Talker final : public sim::LineDevice {
public:
    Talker(sim::Line& line, std::span<const std::int16_t> speech) : line_(line), speech_(speech) {
        line.attach(this);
        line.listen(true);
    }
    ~Talker() override { line_.attach(nullptr); }
    void onRing(bool on) override {
        rings_ += on ? 1 : 0;
        if (rings_ == 2) {
            line_.closeLoop();
            rings_ = 0;
        }
    }
    void onCallerId(const sim::CallerId& /*id*/) override { ++told; }
    void onSound(sim::HeardBlock heard, sim::SpokenBlock spoken) override {
        loud += std::any_of(heard.begin(), heard.end(), [](auto s) { return s != 0; }) ? 1 : 0;
        at_ = at_ + spoken.size() > speech_.size() ? 0 : at_;
        std::copy_n(speech_.begin() + static_cast<std::ptrdiff_t>(at_), spoken.size(),
                    spoken.begin());
        at_ += spoken.size();
    }
    unsigned long told = 0, loud = 0;

private:
    sim::Line& line_;
    std::span<const std::int16_t> speech_;
    std::size_t at_ = 0;
    unsigned rings_ = 0;
};

/// Noise that swells and fades like speech does, for its cost and not for its sound.
std::vector<std::int16_t> speech() {
    std::vector<std::int16_t> samples(16000);
    std::uint32_t random = 1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        random = random * 1664525 + 1013904223;
        const int swell = static_cast<int>(i % 2000 < 1000 ? i % 1000 : 1000 - i % 1000);
        samples[i] =
            static_cast<std::int16_t>((static_cast<int>(random >> 18) - 8192) * swell / 1000);
    }
    return samples;
}

void sound(benchmark::State& state, const sim::CopperSettings& wires) {
    hal::VirtualLoop loop;
    sim::Exchange exchange(loop);
    const auto count = static_cast<unsigned>(state.range(0));
    const std::vector<std::int16_t> voice = speech();
    std::vector<std::unique_ptr<Talker>> talkers;
    std::vector<std::unique_ptr<sim::FarEnd>> people;
    for (unsigned i = 0; i < count; ++i) {
        sim::Line& line = exchange.addLine(number(i));
        line.setCopper(wires);
        talkers.push_back(std::make_unique<Talker>(line, voice));
        people.push_back(std::make_unique<sim::FarEnd>(exchange));
    }
    double seconds = 0;
    for (auto _ : state) {  // 30 s: two rings with a caller ID, 20 s of talk, the tone after it
        sim::CallerId id;
        id.number = "5551234";
        id.name = "SMITH JOHN";
        for (unsigned i = 0; i < count; ++i) {
            (void)people[i]->call(number(i), id);
        }
        loop.advance(7s);
        for (const auto& person : people) {
            (void)person->pressKeys("123456789");
            person->say(voice);
            person->say(voice);
        }
        loop.advance(18s);
        for (const auto& person : people) {
            person->hangUp();
        }
        loop.advance(4s);
        for (unsigned i = 0; i < count; ++i) {
            exchange.findLine(number(i))->onHook();
        }
        loop.advance(1s);
        seconds += 30;
    }
    for (const auto& talker : talkers) {
        if (talker->told == 0 || talker->loud == 0) {
            state.SkipWithError("a line heard nothing");
        }
    }
    state.counters["real_time_lines"] =
        benchmark::Counter(seconds * count, benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(sound, good_wires, sim::CopperSettings{})
    ->Arg(100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sound, bad_wires,
                  sim::CopperSettings{.attenuation = 6,
                                      .slope = 4,
                                      .whiteNoise = -50.0F,
                                      .impulses = -30.0F,
                                      .hum = -45.0F,
                                      .echoLoss = 15.0F})
    ->Arg(100)
    ->Unit(benchmark::kMillisecond);

/// Lines on which a device listens on hook while nothing happens: what an FXO adapter costs.
void listening(benchmark::State& state) {
    hal::VirtualLoop loop;
    sim::Exchange exchange(loop);
    const std::vector<std::int16_t> voice = speech();
    std::vector<std::unique_ptr<Talker>> talkers;
    for (unsigned i = 0; i < static_cast<unsigned>(state.range(0)); ++i) {
        talkers.push_back(std::make_unique<Talker>(exchange.addLine(number(i)), voice));
    }
    double seconds = 0;
    for (auto _ : state) {
        loop.advance(1s);
        seconds += 1;
    }
    state.counters["real_time_lines"] = benchmark::Counter(
        seconds * static_cast<double>(state.range(0)), benchmark::Counter::kIsRate);
}
BENCHMARK(listening)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
    hal::setLogSink([](hal::LogLevel, std::string_view, std::string_view) {});
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
