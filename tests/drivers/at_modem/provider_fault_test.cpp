// SPDX-License-Identifier: Apache-2.0
// A whole call, with the n-th answer of the modem going wrong, for each n; and the port going away
// at each command.
#include <gtest/gtest.h>

#include <random>

#include "fake_modem.h"
#include "provider_rig.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Fault = FakeModem::Fault;

class World {
public:
    World() : rig(ProviderRig::Config{{"ports", "fake:m"}, {"heartbeat", "0"}}) {
        modem.answer("ATI3", "\r\nCX93001-EIS_V0.2013-V92\r\n\r\nOK\r\n");
        modem.answer("AT+FCLASS=?", "\r\n0,1,1.0,2,8\r\n\r\nOK\r\n");
        modem.answer("AT#CLS=?", "\r\nERROR\r\n");
        modem.answer("AT+VCID?", "\r\n1\r\nOK\r\n");
        modem.answer("AT+VTX", "\r\nCONNECT\r\n");
        modem.answer("AT+VRX", "\r\nCONNECT\r\n");
        modem.answer("\x10\x03", "\r\nOK\r\n");
        modem.answer("\x10\x10\x10\x03", "\r\nOK\r\n");
        modem.answer("\x10\x18\x10\x03", "\r\nOK\r\n");
        modem.answer("\x10!", "\x10\x03\r\nOK\r\n");
        modem.answer("\x10\x10\x10!", "\x10\x03\r\nOK\r\n");
        modem.answer("\x10\x1B", "\x10\x03\r\nOK\r\n");
        rig.open();
        EXPECT_TRUE(rig.untilReady());
        rig.advance(seconds{5});
        rig.events.clear();
    }

    /// Rings, answers, plays, records, sends a digit, hangs up. Whatever fails, each request gets
    /// its reply, and the call its idle.
    void call() {
        modem.say("\r\nRING\r\n\r\nNMBR=5551234\r\nNAME=J DOE\r\n");
        HDRVCALL mine = rig.call;
        ask([&](DRV_REQUESTID id) { return rig.table->lineAnswer(id, mine); });
        const TspiMediaCallbacks callbacks = quietCallbacks();
        TspiMediaCaps caps{};
        caps.size = sizeof caps;
        HDRVMEDIA media = nullptr;
        const bool sound = rig.table->mediaOpen(mine, reinterpret_cast<HTAPIMEDIA>(this),
                                                &callbacks, &caps, &media) == 0;
        for (const std::uint32_t direction : {TSPI_MEDIA_PLAY, TSPI_MEDIA_RECORD}) {
            if (sound) {
                ask([&](DRV_REQUESTID id) { return rig.table->mediaStart(id, media, direction); });
                rig.advance(milliseconds{500});
                ask([&](DRV_REQUESTID id) {
                    return rig.table->mediaStop(id, media, direction, TSPI_MEDIASTOP_DRAIN);
                });
            }
        }
        rig.table->lineGenerateDigits(mine, 1, LINEDIGITMODE_DTMF, "5", 0);
        rig.advance(seconds{1});
        ask([&](DRV_REQUESTID id) { return rig.table->lineDrop(id, mine); });
        if (sound) {
            rig.table->mediaClose(media);
        }
        EXPECT_TRUE(rig.until("state idle", seconds{120})) << rig.states();
        EXPECT_EQ(rig.count("state idle"), 1) << rig.states();
        rig.table->lineCloseCall(mine);
    }

    /// After it all the line is in service, and the next call comes through.
    void expectHealthy() {
        rig.advance(seconds{90});
        rig.events.clear();
        modem.say("\r\nRING\r\n");
        EXPECT_TRUE(rig.has("state offering"));
        const DRV_REQUESTID id = rig.nextId();
        EXPECT_GT(rig.table->lineAnswer(id, rig.call), 0);
        EXPECT_EQ(rig.finish(id), 0) << rig.causes[id];
        rig.close();
        EXPECT_EQ(rig.breaches, std::vector<std::string>{});
    }

    ProviderRig rig;
    FakeModem modem{rig.loop, "m"};

private:
    template <class Request>
    void ask(Request request) {
        const DRV_REQUESTID id = rig.nextId();
        if (request(id) > 0) {
            rig.finish(id);
            EXPECT_TRUE(rig.completed(id));
        }
    }
    static TspiMediaCallbacks quietCallbacks() {
        TspiMediaCallbacks c{};
        c.size = sizeof c;
        c.receive = [](HTAPIMEDIA, std::uint64_t, const std::int16_t*, std::size_t) {};
        c.send = [](HTAPIMEDIA, std::uint64_t, std::int16_t*, std::size_t) -> std::size_t {
            return 0;
        };
        c.event = [](HTAPIMEDIA, std::uint32_t, std::uintptr_t, const char*) {};
        return c;
    }
};

class ProviderFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(ProviderFaultTest, EachAnswerMayGoWrong) {
    for (int n = 0; n < 30; ++n) {
        SCOPED_TRACE(n);
        World world;
        world.modem.fault = GetParam();
        world.modem.faultAt = n;
        world.call();
        const bool happened = world.modem.faultAt < 0;
        world.modem.faultAt = -1;
        world.expectHealthy();
        if (!happened) {
            EXPECT_GE(n, 12);  // the whole call was covered
            return;
        }
    }
    ADD_FAILURE() << "the call has more answers than were tried";
}

INSTANTIATE_TEST_SUITE_P(All, ProviderFaultTest,
                         testing::Values(Fault::Dropped, Fault::Doubled, Fault::Late,
                                         Fault::Garbled));

TEST(ProviderFault, ThePortMayGoAtEachCommand) {
    for (int n = 0; n < 30; ++n) {
        SCOPED_TRACE(n);
        World world;
        int left = n;
        world.modem.onCommand = [&](std::string_view) {
            if (left-- == 0) {
                world.rig.loop.post([&] { world.modem.vanish(); });
            }
        };
        world.call();
        world.modem.onCommand = nullptr;
        world.expectHealthy();
        if (left >= 0) {
            EXPECT_GE(n, 10);
            return;
        }
    }
}

TEST(ProviderFault, NoiseOfAnyKindDoesNoHarm) {
    std::mt19937 random(7);
    World world;
    for (int i = 0; i < 2000; ++i) {
        std::string noise(random() % 40, '\0');
        for (char& c : noise) {
            // Mostly what the parsers look at.
            static constexpr std::string_view kAlphabet =
                "\r\n\x10\x03=OKRINGNMBRDATE 0125bdsqRX./~";
            c = random() % 4 == 0 ? static_cast<char>(random())
                                  : kAlphabet[random() % kAlphabet.size()];
        }
        world.modem.say(noise);
        world.rig.advance(milliseconds{random() % 300});
    }
    world.modem.say("\r\n");
    world.rig.advance(seconds{30});
    world.expectHealthy();
}

}  // namespace
}  // namespace tipring::at_modem
