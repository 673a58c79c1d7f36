// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/open_usb_fxs.h"

#include <numeric>

#include "tipring/hal/dsp/caller_id_sender.h"
#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/tone.h"
#include "usb_rig.h"

namespace tipring::sim {
namespace {

using hal::ErrorCode;

struct OpenUsbFxsTest : testing::Test {
    hal::VirtualLoop loop;
    Telephone phone{loop};
    OpenUsbFxs board{loop, phone};
    UsbRig rig{loop, board};
    Collector collector;
    std::deque<std::uint8_t> toPhone;  ///< codes
    Bytes drs = hex("00 FF FF");
    std::uint8_t sequence = 0;
    Feeder feeder{[this](std::uint64_t) { return packet(); }};
    std::unique_ptr<hal::UsbInStream> in;
    std::unique_ptr<hal::UsbOutStream> out;

    Bytes packet() {
        Bytes one(16, std::byte{0xFF});
        one[3] = std::byte(++sequence);
        std::copy(drs.begin(), drs.end(), one.begin() + 4);
        for (std::size_t i = 8; i < 16 && !toPhone.empty(); ++i) {
            one[i] = std::byte(toPhone.front());
            toPhone.pop_front();
        }
        return one;
    }
    Bytes ask(std::string_view command) {
        EXPECT_TRUE(rig.write(0x01, hex(command)));
        const auto reply = rig.read(0x81, 32, 1000ms);
        return reply ? *reply : Bytes{};
    }
    void set(unsigned reg, unsigned value) {
        EXPECT_TRUE(rig.write(0x01, bytes({0x83, int(reg), int(value)})));
        EXPECT_EQ(rig.read(0x81, 32)->size(), 3U);
    }
    /// The registers of a port that is ready (steps 2 to 11 of the notes, in short).
    void power() {
        set(14, 0);
        loop.advance(50ms);
        for (const auto& [reg, value] :
             {std::pair{21, 0}, {22, 0xFF}, {23, 1}, {1, 0x28}, {64, 1}}) {
            set(unsigned(reg), unsigned(value));
        }
        (void)ask("85 14 F0 7E");
        (void)ask("85 15 60 01");
    }
    void stream() {
        ASSERT_TRUE(rig.claim(0));
        ASSERT_TRUE(rig.write(0x01, hex("7D 00 00")));
        hal::UsbStreamOptions options;
        options.packets = 4;
        options.transfers = 4;
        options.endpoint = 0x82;
        in = std::move(*rig.device->openInStream(options, collector));
        options.endpoint = 0x02;
        out = std::move(*rig.device->openOutStream(options, feeder));
        ASSERT_TRUE(in->start() && out->start());
    }
    void ring() { drs = hex("01 40 04"); }
    /// Byte `index` of the newest odd packet.
    [[nodiscard]] int odd(std::size_t index) const {
        for (auto one = collector.packets.rbegin(); one != collector.packets.rend(); ++one) {
            if (one->size() == 16 && (*one)[1] == std::byte{0xDD}) {
                return std::to_integer<int>((*one)[index]);
            }
        }
        return -1;
    }
    [[nodiscard]] std::vector<std::int16_t> said() const {
        std::vector<std::int16_t> samples;
        for (const Bytes& one : collector.packets) {
            for (std::size_t i = 8; i < one.size(); ++i) {
                samples.push_back(dsp::decodeMuLaw(std::to_integer<std::uint8_t>(one[i])));
            }
        }
        return samples;
    }
};

TEST_F(OpenUsbFxsTest, HasTheDescriptorsOfTheBoard) {
    EXPECT_EQ(rig.controlIn({0x80, 6, 0x0100, 0}, 18).value(),
              hex("12 01 00 02 00 00 00 08 D8 04 F1 FC 01 00 01 02 03 01"));
    const Bytes configuration = rig.controlIn({0x80, 6, 0x0200, 0}, 255).value();
    EXPECT_EQ(configuration.size(), 0x2EU);
    EXPECT_EQ(rig.device->identity().serial, "23010000");
    EXPECT_EQ(board.text(2).size(), 19U) << "one NUL too many";
    OpenUsbFxs blank(loop, phone, OpenUsbFxs::kBlank);
    EXPECT_EQ(blank.text(3), "EEEEEEEE");
}

TEST_F(OpenUsbFxsTest, AnswersBulkCommandsByteForByte) {
    EXPECT_EQ(ask("00 5A"), hex("00 5A 00 01"));
    EXPECT_EQ(ask("60 01"), hex("60 01 01 2E 0F"));
    EXPECT_EQ(ask("61 00 AB 01 02 03"), hex("61 00 AB 01 02 03"));
    EXPECT_EQ(board.text(3), "0A010203");
    EXPECT_EQ(ask("82 0B"), hex("82 0B 33"));
    EXPECT_EQ(ask("83 0E 10"), hex("83 0E 10"));
    EXPECT_EQ(ask("83 12 FF"), hex("83 12 00"));
    EXPECT_EQ(ask("85 00 C2 55"), hex("85 00 C2 55"));
    EXPECT_EQ(ask("84 00"), hex("84 00 C2 55"));
    EXPECT_EQ(ask("8F 00"), hex("8F 00"));
    EXPECT_EQ(ask("84 00"), hex("84 00 00 00"));
    EXPECT_EQ(ask("7F").size(), 32U);
    EXPECT_EQ(ask("40").size(), 4U);
    EXPECT_EQ(ask("41").size(), 3U);
}

TEST_F(OpenUsbFxsTest, IsSilentWhereTheFirmwareIs) {
    for (const char* silent : {"80", "81", "7E 01", "82 07", "82 3C", "82 5A", "83 6D 00"}) {
        EXPECT_EQ(ask(silent), Bytes{}) << silent;
    }
    FxsFaults faults;
    faults.silentRegister = 14;
    board.setLineFaults(faults);
    EXPECT_EQ(ask("82 0E"), Bytes{});
}

TEST_F(OpenUsbFxsTest, RunsTheConverterAndTheCalibration) {
    const auto volts = [this] { return std::to_integer<int>(ask("82 52").at(2)) * 0.376; };
    EXPECT_LT(volts(), 1);
    set(74, 44);
    set(14, 0);
    loop.advance(80ms);
    EXPECT_NEAR(volts(), 66, 0.5);
    set(97, 0x1E);
    EXPECT_EQ(ask("83 60 47"), hex("83 60 47"));
    loop.advance(200ms);
    EXPECT_EQ(ask("82 60"), hex("82 60 00"));
    set(98, 0x1F);
    EXPECT_NE(ask("82 58"), hex("82 58 00"));
    set(98, 0x08);
    EXPECT_EQ(ask("82 58"), hex("82 58 00"));
    set(93, 0x8C);
    loop.advance(20ms);
    EXPECT_EQ(ask("82 5D"), hex("82 5D 0C"));
    EXPECT_EQ(ask("82 6B"), hex("82 6B 08"));
}

TEST_F(OpenUsbFxsTest, FailsAsABrokenBoardDoes) {
    FxsFaults faults;
    faults.converterFails = faults.calibrationFails = faults.transistorsFail = true;
    faults.indirectStuck = true;
    board.setLineFaults(faults);
    set(14, 0);
    set(96, 0x47);
    set(98, 0);
    loop.advance(2s);
    EXPECT_EQ(ask("82 52"), hex("82 52 00"));
    EXPECT_EQ(ask("82 60"), hex("82 60 47"));
    EXPECT_EQ(ask("82 58"), hex("82 58 01"));
    EXPECT_EQ(ask("84 00"), hex("84 00 AD DE"));
    EXPECT_EQ(ask("85 00 11 22"), hex("85 00 EF BE"));
}

TEST_F(OpenUsbFxsTest, SendsOddAndEvenHeadersAndMirrorsTheSequence) {
    power();
    stream();
    loop.advance(32ms);
    ASSERT_EQ(collector.packets.size(), 32U);
    for (std::size_t i = 2; i < 32; ++i) {
        const Bytes& one = collector.packets[i];
        EXPECT_EQ(one[0], std::byte{0xBA});
        EXPECT_EQ(one[1], std::byte(i % 2 == 0 ? 0xDD : 0xEE));
        EXPECT_EQ(one[3], std::byte(i + 1)) << "the packet of the same frame";
        EXPECT_EQ(one[7], std::byte(i / 2 + 1));
        EXPECT_EQ(Bytes(one.begin() + 8, one.end()), Bytes(8, std::byte{0xFF}));
    }
    EXPECT_EQ(odd(6), 0);
    feeder.next = [](std::uint64_t) { return Bytes(7); };
    loop.advance(40ms);
    EXPECT_GT(odd(6), 10) << "short packets count as missed";
}

TEST_F(OpenUsbFxsTest, WritesRegistersOutOfTheStream) {
    power();
    stream();
    loop.advance(16ms);
    drs = hex("01 40 02");
    loop.advance(32ms);
    EXPECT_EQ(board.slicRegister(64), 0x22);
    drs = hex("01 40 05");
    loop.advance(32ms);
    EXPECT_EQ(board.slicRegister(64), 0x22) << "the sequence stands still";
    unsigned turn = 0;
    feeder.next = [&](std::uint64_t) {
        Bytes one = packet();
        one[4] = std::byte(++turn);
        return one;
    };
    loop.advance(64ms);
    EXPECT_EQ(board.slicRegister(64), 0x22) << "the two buffers never agree";
}

TEST_F(OpenUsbFxsTest, RingsThePhoneAndHearsItAnswer) {
    std::vector<bool> rings;
    phone.setListener({[&](bool on) { rings.push_back(on); }, {}, {}});
    power();
    stream();
    ring();
    loop.advance(500ms);
    EXPECT_EQ(rings, std::vector{true});
    EXPECT_NEAR(phone.feed().ringHertz, 20, 1);
    phone.lift();
    loop.advance(100ms);
    EXPECT_EQ(odd(2), 0x80);
    EXPECT_EQ(board.slicRegister(64), 0x11) << "ring trip ends the ring by itself";
    EXPECT_EQ(rings, (std::vector{true, false}));
    phone.hangUp();
    loop.advance(100ms);
    EXPECT_EQ(odd(2), 0);
}

TEST_F(OpenUsbFxsTest, TooManyRingersDoNotRing) {
    TelephoneSettings heavy;
    heavy.ren = 5;
    Telephone bells(loop, heavy);
    PhoneFeed feed;
    feed.ringVolts = 45;
    feed.ringHertz = 20;
    bells.setFeed(feed);
    EXPECT_FALSE(bells.isRinging());
    feed.ringVolts = 70;
    bells.setFeed(feed);
    EXPECT_TRUE(bells.isRinging());
    feed.ringHertz = 100;
    bells.setFeed(feed);
    EXPECT_FALSE(bells.isRinging());
}

TEST_F(OpenUsbFxsTest, TellsDigitsAndCarriesSoundBothWays) {
    power();
    stream();
    phone.lift();
    loop.advance(50ms);
    ASSERT_TRUE(phone.pressKeys("5"));
    loop.advance(80ms);
    EXPECT_EQ(odd(2), 0x95);
    loop.advance(200ms);
    EXPECT_EQ(odd(2), 0x80);
    ASSERT_TRUE(phone.pressKeys("#"));
    loop.advance(80ms);
    EXPECT_EQ(odd(2), 0x9C);
    std::string keys;
    dsp::DtmfDetector detector;
    detector.process(said(), [&](const dsp::DtmfEvent& event) {
        keys += event.kind == dsp::DtmfEvent::Kind::Start ? std::string{event.key} : "";
    });
    EXPECT_EQ(keys, "5#");

    std::vector<std::int16_t> heard;
    phone.setListener(
        {{}, {}, [&](auto samples) { heard.insert(heard.end(), samples.begin(), samples.end()); }});
    toPhone.assign(800, dsp::encodeMuLaw(8000));
    loop.advance(200ms);
    EXPECT_EQ(std::count(heard.begin(), heard.end(), dsp::decodeMuLaw(dsp::encodeMuLaw(8000))),
              800);
}

TEST_F(OpenUsbFxsTest, ThePhoneShowsACallerIdFromTheStream) {
    std::vector<std::string> shown;
    phone.setListener(
        {{}, [&](const dsp::CallerId& id) { shown.emplace_back(id.number.view()); }, {}});
    power();
    stream();
    drs = hex("01 40 02");
    dsp::CallerIdSender sender(*dsp::callerIdStandard("US"));
    dsp::CallerId id;
    id.number = "5550123";
    id.numberStatus = dsp::CallerIdStatus::Present;
    ASSERT_TRUE(sender.start(id));
    while (sender.active()) {
        std::array<std::int16_t, 160> block{};
        sender.mix(block, [](const dsp::CallerIdRequest&) {});
        for (const std::int16_t sample : block) {
            toPhone.push_back(dsp::encodeMuLaw(sample));
        }
    }
    const auto length = std::chrono::milliseconds(toPhone.size() / 8 + 100);
    loop.advance(length);
    EXPECT_EQ(shown, std::vector<std::string>{"5550123"});
    EXPECT_FALSE(phone.isOffHook());
}

TEST_F(OpenUsbFxsTest, FlashAndPulsesShowInTheHookBit) {
    power();
    stream();
    phone.lift();
    loop.advance(50ms);
    collector.packets.clear();
    ASSERT_TRUE(phone.dialPulses("3"));
    loop.advance(1200ms);
    phone.flash(300ms);
    loop.advance(600ms);
    std::vector<int> gaps;
    int gap = 0;
    for (const Bytes& one : collector.packets) {
        if (one[1] != std::byte{0xDD}) {
            continue;
        }
        if ((one[2] & std::byte{0x80}) == std::byte{}) {
            gap += 2;
        } else if (gap > 0) {
            gaps.push_back(std::exchange(gap, 0));
        }
    }
    EXPECT_EQ(gaps, (std::vector{60, 60, 60, 300}));
}

TEST_F(OpenUsbFxsTest, ResetAndASecondConfigurationTakeItOffTheBus) {
    ASSERT_TRUE(rig.write(0x01, hex("FF")));
    loop.advance(10ms);
    EXPECT_FALSE(board.plugged());
    loop.advance(200ms);
    EXPECT_TRUE(board.plugged());
    rig.device.reset();
    rig.open();
    EXPECT_TRUE(rig.controlOut({0, 9, 1, 0}, {}));
    EXPECT_FALSE(board.plugged());
}

}  // namespace
}  // namespace tipring::sim
