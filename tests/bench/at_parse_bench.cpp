// SPDX-License-Identifier: Apache-2.0
// From the bytes of a modem to typed events, beside the least that a hand-written loop does with
// the same stream; and the shielding of voice. Each figure stands beside its floor in the same run.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "at_reader.h"
#include "at_response.h"
#include "caller_id_assembler.h"
#include "dle_decoder.h"

namespace {

using namespace tipring::at_modem;

struct Stream {
    std::string bytes;
    std::vector<std::size_t> ends;  ///< of each message: what a modem sends at once
};

const Stream& stream() {
    static const Stream kStream = [] {
        static constexpr std::array<std::string_view, 16> kMessages{
            "\r\nRING\r\n",
            "\r\nRING\r\n",
            "\r\nRING\r\n",
            "\r\nDATE = 0412\r\n\r\nTIME = 1834\r\n\r\nNMBR = 2125551212\r\n\r\nNAME = ACME "
            "CORP\r\n",
            "\r\nDATE=0412\r\nTIME=1834\r\nNMBR=O\r\nNAME=P\r\n",
            "\r\nOK\r\n",
            "\r\nOK\r\n",
            "\r\nOK\r\n",
            "\r\nOK\r\n",
            "\r\nERROR\r\n",
            "\r\nCONNECT 33600/ARQ/V34/LAPM/V42BIS\r\n",
            "\r\nVCON\r\n",
            "\r\nNO CARRIER\r\n",
            "\r\nBUSY\r\n",
            "\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n",
            "\r\n0,1,2,8\r\n\r\nOK\r\n",
        };
        Stream made;
        std::uint64_t random = 88172645463325252ULL;
        while (made.bytes.size() < (4U << 20)) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            made.bytes += kMessages[random % kMessages.size()];
            made.ends.push_back(made.bytes.size());
        }
        return made;
    }();
    return kStream;
}

/// The floor: memchr for the line end, a switch on the first letter, the field picked out.
class HandLoop {
public:
    void feed(const char* at, std::size_t size) {
        const char* const end = at + size;
        while (at < end) {
            const auto* newline =
                static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
            if (newline == nullptr) {
                keep(at, end);
                return;
            }
            if (kept_ > 0) {
                keep(at, newline);
                line({cut_.data(), kept_});
                kept_ = 0;
            } else {
                line({at, static_cast<std::size_t>(newline - at)});
            }
            at = newline + 1;
        }
    }
    std::uint64_t events = 0, check = 0;

private:
    void keep(const char* from, const char* to) {
        const auto size = std::min(static_cast<std::size_t>(to - from), cut_.size() - kept_);
        std::memcpy(cut_.data() + kept_, from, size);
        kept_ += size;
    }
    void event(int kind, std::string_view field) {
        ++events;
        check += static_cast<std::uint64_t>(kind) + field.size();
    }
    static std::string_view behind(std::string_view text, char mark) {
        const auto at = text.find(mark);
        return at == std::string_view::npos ? text : text.substr(at + 1);
    }
    void line(std::string_view text) {
        while (!text.empty() && text.back() == '\r') {
            text.remove_suffix(1);
        }
        if (text.empty()) {
            return;
        }
        switch (text.front()) {
        case 'R': return event(text == "RING" ? 1 : 0, {});
        case 'O': return event(text == "OK" ? 2 : 0, {});
        case 'E': return event(text == "ERROR" ? 3 : 0, {});
        case 'B': return event(text == "BUSY" ? 4 : 0, {});
        case 'V': return event(text == "VCON" ? 5 : 0, {});
        case 'C': return event(text.starts_with("CONNECT") ? 6 : 0, behind(text, ' '));
        case 'D': return event(text.starts_with("DATE") ? 7 : 0, behind(text, '='));
        case 'T': return event(text.starts_with("TIME") ? 8 : 0, behind(text, '='));
        case 'N':
            if (text.starts_with("NMBR") || text.starts_with("NAME")) {
                return event(9, behind(text, '='));
            }
            return event(text == "NO CARRIER" ? 10 : 0, {});
        default: return event(0, text);
        }
    }
    std::array<char, 512> cut_{};
    std::size_t kept_ = 0;
};

/// Ours: lines and what each of them is. With caller ID: put together too, numbers and names
/// judged, rings counted, which the floor does not do.
template <bool kWithCallerId>
class Driver final : public AtReaderSink {
public:
    void feed(const char* at, std::size_t size) {
        reader_.feed(std::as_bytes(std::span(at, size)), *this);
    }
    bool onLine(std::string_view text) override {
        const AtLine line = classify(text);
        ++events;
        check += static_cast<std::uint64_t>(line.kind) + line.value.size();
        if constexpr (kWithCallerId) {
            assembler_.take(line);
        }
        return true;
    }
    void onDle(char) override {}
    void onOverlong(std::string_view) override {}
    std::uint64_t events = 0, check = 0;

private:
    AtReader reader_;
    CallerIdAssembler assembler_;
};

using Clock = std::chrono::steady_clock;

template <class Parser>
double nanosecondsPerMessage(std::size_t feedSize) {
    const Stream& input = stream();
    Parser parser;
    const auto start = Clock::now();
    if (feedSize == 0) {
        std::size_t begin = 0;
        for (const std::size_t end : input.ends) {
            parser.feed(input.bytes.data() + begin, end - begin);
            begin = end;
        }
    } else {
        for (std::size_t at = 0; at < input.bytes.size(); at += feedSize) {
            parser.feed(input.bytes.data() + at, std::min(feedSize, input.bytes.size() - at));
        }
    }
    benchmark::DoNotOptimize(parser.check);
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    return taken.count() / static_cast<double>(input.ends.size());
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Argument: bytes fed at once; 0: message by message.
template <bool kWithCallerId>
void atStream(benchmark::State& state) {
    const auto feedSize = static_cast<std::size_t>(state.range(0));
    std::vector<double> floor, ours;
    for (auto _ : state) {
        floor.push_back(nanosecondsPerMessage<HandLoop>(feedSize));
        ours.push_back(nanosecondsPerMessage<Driver<kWithCallerId>>(feedSize));
    }
    state.counters["floor_ns"] = median(floor);
    state.counters["ours_ns"] = median(ours);
    state.counters["ratio"] = median(ours) / median(floor);
}
BENCHMARK(atStream<false>)->Arg(0)->Arg(4096)->Iterations(9)->Unit(benchmark::kMillisecond);
BENCHMARK(atStream<true>)->Arg(0)->Arg(4096)->Iterations(9)->Unit(benchmark::kMillisecond);

std::vector<std::byte> voice(bool silence) {
    std::vector<std::byte> stream;
    std::uint64_t random = 1234567;
    for (std::size_t i = 0; i < (8U << 20); ++i) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const auto byte = silence ? std::byte{0x80} : static_cast<std::byte>(random >> 32);
        stream.push_back(byte);
        if (byte == std::byte{0x10}) {
            stream.push_back(byte);
        }
        if (i % 800 == 799) {  // ten events a second
            stream.push_back(std::byte{0x10});
            stream.push_back(std::byte{'s'});
        }
    }
    return stream;
}

/// The floor: runs between DLE bytes copied into a buffer.
class CopyRuns {
public:
    void feed(std::span<const std::byte> bytes) {
        const std::byte* at = bytes.data();
        const std::byte* const end = at + bytes.size();
        std::byte* to = out_.data();
        while (at < end) {
            const auto* dle = static_cast<const std::byte*>(
                std::memchr(at, 0x10, static_cast<std::size_t>(end - at)));
            const auto run = static_cast<std::size_t>((dle == nullptr ? end : dle) - at);
            std::memcpy(to, at, run);
            to += run;
            if (dle == nullptr || dle + 1 == end) {
                break;
            }
            if (dle[1] == std::byte{0x10}) {
                *to++ = dle[1];
            } else {
                ++events;
            }
            at = dle + 2;
        }
        benchmark::DoNotOptimize(out_.data());
    }
    std::uint64_t events = 0;

private:
    std::array<std::byte, 8192> out_{};
};

/// Ours, with the same copy in its sink.
class Unshield final : public DleSink {
public:
    void feed(std::span<const std::byte> bytes) {
        to_ = 0;
        decoder_.feed(bytes, *this);
        benchmark::DoNotOptimize(out_.data());
    }
    void onVoice(std::span<const std::byte> bytes) override {
        std::memcpy(out_.data() + to_, bytes.data(), bytes.size());
        to_ += bytes.size();
    }
    void onDle(char) override { ++events; }
    std::uint64_t events = 0;

private:
    DleDecoder decoder_;
    std::array<std::byte, 8192> out_{};
    std::size_t to_ = 0;
};

template <class Decoder>
double bytesPerNanosecond(std::span<const std::byte> bytes, std::size_t chunk) {
    Decoder decoder;
    const auto start = Clock::now();
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
        decoder.feed(bytes.subspan(at, std::min(chunk, bytes.size() - at)));
    }
    benchmark::DoNotOptimize(decoder.events);
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    return static_cast<double>(bytes.size()) / taken.count();
}

/// Arguments: bytes at once; 1 for silence, 0 for random sound.
void dleUnshield(benchmark::State& state) {
    const auto stream = voice(state.range(1) != 0);
    const auto chunk = static_cast<std::size_t>(state.range(0));
    std::vector<double> floor, ours;
    for (auto _ : state) {
        floor.push_back(bytesPerNanosecond<CopyRuns>(stream, chunk));
        ours.push_back(bytesPerNanosecond<Unshield>(stream, chunk));
    }
    state.counters["floor_MB/s"] = median(floor) * 1000;
    state.counters["ours_MB/s"] = median(ours) * 1000;
    state.counters["ratio"] = median(ours) / median(floor);
}
BENCHMARK(dleUnshield)
    ->Args({160, 0})
    ->Args({4096, 0})
    ->Args({160, 1})
    ->Args({4096, 1})
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);

}  // namespace
