// SPDX-License-Identifier: Apache-2.0
// Ten minutes of sound both ways through driver and model: no sample is lost and none comes twice.
// Each side says a sequence of signs that repeats after 32,767 samples only; whoever hears it finds
// its place once, and from then on every sign must be the next one. Levels and companding change
// nothing in signs.
#include <optional>

#include "../adapters/ports_rig.h"
#include "proof_rig.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::proof {
namespace {

constexpr std::size_t kTenMinutes = 600 * 8000;
constexpr std::int16_t kLoud = 8000;

/// x^15 + x^14 + 1.
class Signs {
public:
    explicit Signs(unsigned seed) : state_(seed) {}
    std::int16_t next() {
        const unsigned bit = (state_ >> 14 ^ state_ >> 13) & 1;
        state_ = (state_ << 1 | bit) & 0x7FFF;
        return bit != 0 ? kLoud : std::int16_t{-kLoud};
    }
    /// The place behind these signs.
    static Signs behind(std::span<const std::int16_t> heard) {
        unsigned state = 0;
        for (const std::int16_t sample : heard) {
            state = (state << 1 | (sample > 0 ? 1U : 0U)) & 0x7FFF;
        }
        return Signs(state);
    }

private:
    unsigned state_;
};

/// Holds what is heard against the sequence, from the first sample on that it is loud enough.
class Follower {
public:
    void hear(std::span<const std::int16_t> samples) {
        for (const std::int16_t sample : samples) {
            take(sample);
        }
    }
    [[nodiscard]] std::size_t right() const { return right_; }
    [[nodiscard]] std::size_t wrong() const { return wrong_; }

private:
    void take(std::int16_t sample) {
        if (skipped_ < kSettling) {
            ++skipped_;
        } else if (!place_) {
            first_.push_back(sample);
            if (first_.size() == 15) {
                place_ = Signs::behind(first_);
            }
        } else if ((place_->next() > 0) == (sample > 0)) {
            ++right_;
        } else {
            ++wrong_;
        }
    }

    static constexpr std::size_t kSettling = 4000;
    std::size_t skipped_ = 0, right_ = 0, wrong_ = 0;
    std::vector<std::int16_t> first_;
    std::optional<Signs> place_;
};

/// The program's end of a port.
template <class Listener>
struct SignsPort : Listener {
    void onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                 std::span<std::int16_t> spoken) override {
        gaps += position != next ? 1 : 0;
        next = position + heard.size();
        follower.hear(heard);
        for (std::int16_t& sample : spoken) {
            sample = signs.next();
        }
    }
    void onGone(const hal::Error& why) override { ADD_FAILURE() << why.text(); }

    Signs signs{0x1234};
    Follower follower;
    std::uint64_t next = 0;
    std::size_t gaps = 0;
};
struct FxoSigns final : SignsPort<analog::FxoPortListener> {
    void onRing(bool) override {}
    void onElectrics(const analog::FxoElectrics&) override {}
};
struct FxsSigns final : SignsPort<analog::FxsPortListener> {
    void onHook(bool) override {}
    void onDigit(char) override {}
    void onFault(const hal::Error* why) override { EXPECT_EQ(why, nullptr); }
};

std::vector<std::int16_t> tenMinutes(unsigned seed) {
    Signs signs(seed);
    std::vector<std::int16_t> samples(kTenMinutes + 16000);
    std::generate(samples.begin(), samples.end(), [&] { return signs.next(); });
    return samples;
}

template <class Port>
void expectAll(const Port& program, const Follower& far) {
    EXPECT_EQ(program.gaps, 0U);
    EXPECT_EQ(program.follower.wrong(), 0U);
    EXPECT_EQ(far.wrong(), 0U);
    EXPECT_GE(program.follower.right(), kTenMinutes - 16000);
    EXPECT_GE(far.right(), kTenMinutes - 16000);
}

TEST(LongSound, OneSampleThatIsLostOrRepeatedIsNoticed) {
    for (const int change : {-1, 0, 1}) {
        std::vector<std::int16_t> samples = tenMinutes(7);
        samples.resize(40000);
        const auto middle = samples.begin() + 20000;
        if (change < 0) {
            samples.erase(middle);
        } else if (change > 0) {
            samples.insert(middle, *middle);
        }
        Follower follower;
        follower.hear(samples);
        EXPECT_EQ(follower.wrong() > 1000, change != 0) << change;
    }
}

TEST(LongSound, TenMinutesThroughASangomaU100) {
    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine(kOurNumber);
    sim::FarEnd caller{exchange};
    sim::SangomaU100 board{loop, &line, nullptr};
    sim::SimUsbName name{"long", board};
    adapters::testing::PortsRig rig{
        loop, sangoma_u100::models(),
        [](hal::EventLoop& own, std::unique_ptr<hal::UsbDevice> device, const auto&, auto& host) {
            return sangoma_u100::makeAdapter(own, std::move(device), host, "US");
        },
        "sim:long"};
    rig.start();
    ASSERT_TRUE(loop.advanceUntil([&] { return rig.here.size() == 2; }, 60s));
    FxoSigns program;
    analog::FxoPort& port = *rig.here[0].fxo;
    port.setListener(&program);
    ASSERT_TRUE(caller.call(kOurNumber, {}));
    loop.advance(1s);
    ASSERT_TRUE(port.setHook(true));
    loop.advance(1s);
    Follower far;
    sim::FarEnd::Listener listener;
    listener.onSound = [&](sim::HeardBlock block) { far.hear(block); };
    caller.setListener(listener);
    caller.say(tenMinutes(0x2345));
    ASSERT_TRUE(port.setSound(true));
    loop.advance(601s);
    expectAll(program, far);
    port.setListener(nullptr);
}

template <class Board>
void tenMinutesThrough(std::span<const adapters::UsbModelRow> rows,
                       adapters::AdapterFactory factory) {
    hal::VirtualLoop loop;
    sim::Telephone phone{loop};
    Board board{loop, phone};
    sim::SimUsbName name{"long", board};
    adapters::testing::PortsRig rig{loop, rows, std::move(factory), "sim:long"};
    rig.start();
    ASSERT_TRUE(loop.advanceUntil([&] { return !rig.here.empty(); }, 60s));
    FxsSigns program;
    analog::FxsPort& port = *rig.here[0].fxs;
    port.setListener(&program);
    phone.lift();
    loop.advance(500ms);
    Follower far;
    phone.setListener(
        {.onSound = [&](std::span<const std::int16_t> samples) { far.hear(samples); }});
    ASSERT_TRUE(port.setSound(true));
    phone.say(tenMinutes(0x2345));
    loop.advance(601s);
    expectAll(program, far);
    port.setListener(nullptr);
}

TEST(LongSound, TenMinutesThroughAnOpenUsbFxs) {
    tenMinutesThrough<sim::OpenUsbFxs>(open_usb_fxs::models(), open_usb_fxs::makeAdapter);
}

TEST(LongSound, TenMinutesThroughATigerJet) {
    tenMinutesThrough<sim::TigerJet560>(tiger_jet::models(), tiger_jet::makeAdapter);
}

}  // namespace
}  // namespace tipring::proof
