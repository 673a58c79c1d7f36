// SPDX-License-Identifier: Apache-2.0
// What a line carries, heard by programs that nobody here wrote.
#include "hal/dsp/peer_fixture.h"
#include "hal/dsp/spandsp_caller_id.h"
#include "line_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

class LinePeers : public test::PeerFixture {
protected:
    /// On hook, while a call rings.
    static Sound onHook(const std::string& country, const char* number = "2125551212") {
        LineRig rig{{.country = country}};
        rig.line.listen(true);
        rig.advance(500ms);
        rig.callFrom(rig.anna, number, "SMITH JOHN");
        rig.advance(7s);
        return rig.tap.heard;
    }
};

TEST_F(LinePeers, MinimodemHearsTheCaller) {
    write("line.s16", onHook("US"));
    convert("line.s16", "line.wav");
    const std::string text = run("minimodem --rx callerid -q -f " + file("line.wav"));
    EXPECT_NE(text.find("212-555-1212"), std::string::npos) << text;
    EXPECT_NE(text.find("SMITH JOHN"), std::string::npos) << text;
}

TEST_F(LinePeers, MultimonHearsTheCaller) {
    for (const char* country : {"US", "DE"}) {
        write("line.s16", onHook(country));
        convert("line.s16", "line.wav", "rate 22050");
        run("sox " + file("line.wav") + " -t raw -e signed -b 16 -c 1 " + file("at22050.raw"));
        const std::string text =
            run("multimon-ng -q -c -a CLIPFSK -t raw " + file("at22050.raw") + " 2>&1");
        EXPECT_NE(text.find("2125551212"), std::string::npos) << country << text;
    }
}

TEST_F(LinePeers, SpandspHearsTheCaller) {
    struct Row {
        const char* country;
        test::SpandspStandard standard;
    };
    for (const Row& row :
         {Row{"US", test::SpandspStandard::Class}, Row{"GB", test::SpandspStandard::Clip},
          Row{"FR", test::SpandspStandard::Clip}, Row{"DE", test::SpandspStandard::Clip},
          Row{"JP", test::SpandspStandard::Jclip}}) {
        const auto messages = spandspFsk(row.standard)->feed(onHook(row.country));
        ASSERT_EQ(messages.size(), 1U) << row.country;
        const std::string text(messages[0].begin(), messages[0].end());
        EXPECT_NE(text.find("2125551212"), std::string::npos) << row.country;
        EXPECT_EQ(text.find("SMITH JOHN") != std::string::npos, row.country != std::string{"JP"});
    }
}

TEST_F(LinePeers, MultimonHearsTheDigitsOfACallerIdByDtmf) {
    write("line.s16", onHook("SE"));
    convert("line.s16", "line.wav", "rate 22050");
    run("sox " + file("line.wav") + " -t raw -e signed -b 16 -c 1 " + file("at22050.raw"));
    const std::string text =
        run("multimon-ng -q -c -a DTMF -t raw " + file("at22050.raw") + " 2>&1");
    std::string keys;
    for (std::size_t at = text.find("DTMF: "); at != std::string::npos;
         at = text.find("DTMF: ", at + 1)) {
        keys += text[at + 6];
    }
    EXPECT_EQ(keys, "A2125551212C") << text;
}

TEST_F(LinePeers, MinimodemHearsTheCallerThroughNoise) {
    LineRig rig;
    rig.line.setCopper({.attenuation = 12, .slope = 4, .whiteNoise = -45.0F, .hum = -40.0F});
    rig.line.listen(true);
    rig.callFrom(rig.anna, "2125551212");
    rig.advance(6s);
    write("line.s16", rig.tap.heard);
    convert("line.s16", "line.wav");
    const std::string text = run("minimodem --rx callerid -q -f " + file("line.wav"));
    EXPECT_NE(text.find("212-555-1212"), std::string::npos) << text;
}

}  // namespace
}  // namespace tipring::sim
