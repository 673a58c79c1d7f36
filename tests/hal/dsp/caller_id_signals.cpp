// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/caller_id_signals.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>

#include "tipring/hal/dsp/fsk_receiver.h"
#include "tipring/hal/dsp/fsk_sender.h"

namespace tipring::test {

namespace {

void addText(Message& to, std::uint8_t id, const std::string& text) {
    to.push_back(id);
    to.push_back(static_cast<std::uint8_t>(text.size()));
    to.insert(to.end(), text.begin(), text.end());
}

/// One pole: the simplest line that is worse at high frequencies.
void throughLongLine(Samples& samples) {
    double held = 0;
    for (std::int16_t& sample : samples) {
        held += 0.62 * (sample - held);
        sample = clipped(held * 1.3);
    }
}

class Ours : public FskSubject {
public:
    explicit Ours(const dsp::FskModulation& modulation) : receiver_(settings(modulation)) {}
    void reset() override { receiver_.reset(); }
    std::vector<Message> feed(std::span<const std::int16_t> samples) override {
        std::vector<Message> heard;
        receiver_.process(samples, [&](const dsp::FskEvent& event) {
            if (event.kind == dsp::FskEvent::Kind::Message && event.checksumValid) {
                heard.emplace_back(event.bytes.begin(), event.bytes.end());
            }
        });
        return heard;
    }

private:
    static dsp::FskSettings settings(const dsp::FskModulation& modulation) {
        dsp::FskSettings settings;
        settings.modulation = modulation;
        return settings;
    }
    dsp::FskReceiver receiver_;
};

/// Energy at that frequency in a part of the sound.
double energy(std::span<const std::int16_t> samples, double hertz) {
    double real = 0, imaginary = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double angle = 2 * std::numbers::pi * hertz * double(i) / 8000;
        real += samples[i] * std::cos(angle);
        imaginary += samples[i] * std::sin(angle);
    }
    return real * real + imaginary * imaginary;
}

FskRow row(const std::string& name, const std::vector<std::pair<double, int>>& points,
           const std::function<void(FskTrouble&, double)>& set) {
    FskRow made{name, {}};
    for (const auto& point : points) {
        FskPoint each{point.first, {}, point.second};
        each.trouble.signalToNoise = 25;
        set(each.trouble, point.first);
        made.points.push_back(each);
    }
    return made;
}

}  // namespace

Message callSetup(Random& random) {
    std::string number;
    for (int i = 0; i < 10; ++i) {
        number += static_cast<char>('0' + random.below(10));
    }
    Message message{0x80, 0};
    addText(message, 0x01, "04121834");
    addText(message, 0x02, number);
    addText(message, 0x07, random.below(2) == 0 ? "ROCKWELL INTL" : "SMITH JOHN");
    message[1] = static_cast<std::uint8_t>(message.size() - 2);
    return message;
}

Message withSum(Message message) {
    message.push_back(
        static_cast<std::uint8_t>(0U - std::accumulate(message.begin(), message.end(), 0U)));
    return message;
}

Samples fskSound(const Message& message, const dsp::FskModulation& modulation,
                 const FskTrouble& trouble, Random& random) {
    const double carrier = 1 + trouble.carrier / 100;
    dsp::FskSender sender({modulation.mark * carrier, modulation.space * carrier,
                           modulation.rate * (1 + trouble.rate / 100)},
                          trouble.mark, trouble.space);
    (void)sender.start(withSum(message), trouble.frame);
    Samples sound(400 + random.below(400));
    while (sender.active()) {
        sound.resize(sound.size() + 160);
        const std::size_t reached = sender.mix(std::span(sound).last(160));
        sound.resize(sound.size() - 160 + reached);
    }
    sound.resize(sound.size() + 800);
    if (trouble.longLine) {
        throughLongLine(sound);
    }
    if (trouble.toneHertz > 0) {
        addTone(sound, trouble.toneHertz, trouble.toneLevel, random.uniform() * 6);
    }
    for (std::int16_t& sample : sound) {
        sample = clipped(sample + trouble.constant);
    }
    if (trouble.signalToNoise < 90) {
        addNoise(sound, (trouble.mark + trouble.space) / 2 - trouble.signalToNoise, random);
    }
    if (trouble.muLaw) {
        throughMuLaw(sound);
    }
    return sound;
}

std::unique_ptr<FskSubject> ourFsk(const dsp::FskModulation& modulation) {
    return std::make_unique<Ours>(modulation);
}

int heardOf(FskSubject& subject, const dsp::FskModulation& modulation, const FskTrouble& trouble,
            int messages) {
    Random random;
    int heard = 0;
    for (int i = 0; i < messages; ++i) {
        const Message message = callSetup(random);
        const Samples sound = fskSound(message, modulation, trouble, random);
        subject.reset();
        const std::vector<Message> all = subject.feed(sound);
        heard += std::find(all.begin(), all.end(), message) != all.end() ? 1 : 0;
    }
    return heard * 100 / messages;
}

int boundOf(const dsp::FskModulation& modulation, double signalToNoise, int messages) {
    Random random;
    FskTrouble trouble;
    trouble.signalToNoise = signalToNoise;
    trouble.frame = {0, 0, 0, 0};
    int right = 0;
    for (int i = 0; i < messages; ++i) {
        const Message message = callSetup(random);
        const Message frame = withSum(message);
        const Samples sound = fskSound(message, modulation, trouble, random);
        const double length = 8000 / modulation.rate;
        const double bits = double(frame.size() * 10);
        const double begin = double(sound.size()) - 800 - std::round(bits * length);
        bool good = true;
        for (std::size_t bit = 0; bit < frame.size() * 10; ++bit) {
            const std::size_t place = bit % 10;
            const bool one = place == 9 || (place > 0 && (frame[bit / 10] >> (place - 1) & 1) != 0);
            const auto from = static_cast<std::size_t>(begin + std::ceil(double(bit) * length));
            const auto to = static_cast<std::size_t>(begin + std::ceil(double(bit + 1) * length));
            const auto part = std::span(sound).subspan(from, to - from);
            good = good && (energy(part, modulation.mark) > energy(part, modulation.space)) == one;
        }
        right += good ? 1 : 0;
    }
    return right * 100 / messages;
}

std::vector<FskRow> fskRows() {
    return {
        row("signal to noise dB",
            {{14, 100}, {12, 99}, {10, 97}, {9, 90}, {8, 0}, {7, 0}, {6, 0}, {5, 0}, {4, 0}},
            [](FskTrouble& t, double x) { t.signalToNoise = x; }),
        row("signal to noise dB, mu-law", {{14, 100}, {12, 99}, {10, 96}, {8, 0}, {6, 0}},
            [](FskTrouble& t, double x) { t.signalToNoise = x, t.muLaw = true; }),
        row("level dBm0", {{0, 100}, {-10, 100}, {-20, 100}, {-30, 100}, {-40, 100}, {-44, 0}},
            [](FskTrouble& t, double x) { t.mark = t.space = x, t.signalToNoise = 99; }),
        row("mark over space dB",
            {{-15, 0}, {-10, 100}, {-5, 100}, {0, 100}, {5, 100}, {10, 100}, {15, 0}},
            [](FskTrouble& t, double x) { t.mark += x / 2, t.space -= x / 2; }),
        row("carrier %", {{-6, 0}, {-3, 100}, {0, 100}, {3, 100}, {6, 0}},
            [](FskTrouble& t, double x) { t.carrier = x; }),
        row("bit rate %", {{-4, 0}, {-3, 100}, {-1, 100}, {0, 100}, {1, 100}, {3, 100}, {4, 0}},
            [](FskTrouble& t, double x) { t.rate = x; }),
        row("seizure bits", {{300, 100}, {96, 100}, {48, 100}, {24, 100}, {0, 100}},
            [](FskTrouble& t, double x) { t.frame.seizure = unsigned(x); }),
        row("mark bits", {{180, 100}, {80, 100}, {40, 100}, {20, 100}, {10, 100}},
            [](FskTrouble& t, double x) { t.frame.mark = unsigned(x); }),
        row("stuffing bits", {{0, 100}, {1, 100}, {2, 100}, {5, 100}, {10, 100}, {20, 100}},
            [](FskTrouble& t, double x) { t.frame.stuffing = unsigned(x); }),
        row("50 Hz dBm0", {{-30, 100}, {-20, 100}, {-13, 100}, {-8, 0}},
            [](FskTrouble& t, double x) {
                t.toneHertz = 50, t.toneLevel = x, t.signalToNoise = 99;
            }),
        row("1 kHz dB under signal", {{15, 100}, {12, 100}, {10, 100}, {8, 95}, {6, 0}},
            [](FskTrouble& t, double x) {
                t.toneHertz = 1000, t.toneLevel = t.mark - x, t.signalToNoise = 99;
            }),
        row("DC", {{500, 100}, {2000, 100}, {4000, 100}},
            [](FskTrouble& t, double x) { t.constant = x, t.signalToNoise = 99; }),
        row("long line, signal to noise dB", {{20, 100}, {14, 100}, {10, 50}, {8, 0}},
            [](FskTrouble& t, double x) { t.longLine = true, t.signalToNoise = x; }),
    };
}

}  // namespace tipring::test
