// SPDX-License-Identifier: Apache-2.0
// Programs that nobody here wrote, both ways: what they send is heard, what is sent they hear.
#include <cctype>
#include <cstdlib>

#include "hal/dsp/dtmf_sweep.h"
#include "hal/dsp/peer_fixture.h"
#include "hal/dsp/spandsp_dtmf.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::test {
namespace {

const std::string kKeys(kDtmfKeys);

class DtmfPeers : public PeerFixture {};

/// What ours sends: the generator of the library, with leading and trailing silence.
Samples ours(const std::string& keys) {
    dsp::DtmfGenerator generator{800, 800, -13};
    EXPECT_TRUE(generator.push(keys));
    Samples samples(1600);
    while (generator.active()) {
        samples.resize(samples.size() + 160);
        generator.mix(std::span(samples).last(160));
    }
    samples.resize(samples.size() + 1600);
    return samples;
}

TEST_F(DtmfPeers, SpandspHearsOurs) {
    EXPECT_EQ(spandspDtmf()->feed(ours(kKeys)), kKeys);
}

TEST_F(DtmfPeers, OursHearsSpandsp) {
    EXPECT_EQ(ourDtmf()->feed(spandspDigits(kKeys)), kKeys);
}

TEST_F(DtmfPeers, MultimonHearsOurs) {
    write("ours.s16", ours(kKeys));
    run("sox -t raw -r 8000 -e signed -b 16 -c 1 " + file("ours.s16") +
        " -t raw -r 22050 -e signed -b 16 -c 1 " + file("fast.s16") + " gain -3");
    std::string heard;
    const std::string said = run("multimon-ng -q -a DTMF -t raw " + file("fast.s16"));
    for (std::size_t at = said.find("DTMF: "); at != std::string::npos;
         at = said.find("DTMF: ", at + 1)) {
        heard += said[at + 6];
    }
    EXPECT_EQ(heard, kKeys);
}

TEST_F(DtmfPeers, OursHearsSox) {
    run("sox -n -r 8000 -b 16 -c 1 -e signed -t raw " + file("sox.s16") +
        " synth 0.06 sine 852 sine 1336 remix 1,2 gain -12 pad 0.1 0.2");
    EXPECT_EQ(ourDtmf()->feed(read("sox.s16")), "8");
}

TEST_F(DtmfPeers, ProgressOfSoxIsHeard) {
    run("sox -n -r 8000 -b 16 -c 1 -e signed -t raw " + file("busy.s16") +
        " synth 0.5 sine 480 sine 620 remix 1,2 gain -15 pad 0.25 0.25 repeat 5");
    dsp::CallProgressDetector detector{*dsp::builtinTones().find("US")};
    std::vector<dsp::ToneKind> heard;
    detector.process(read("busy.s16"), [&](const dsp::ProgressEvent& event) {
        if (event.kind == dsp::ProgressEvent::Kind::Heard) {
            heard.push_back(event.tone);
        }
    });
    EXPECT_EQ(heard, std::vector{dsp::ToneKind::Busy});
}

TEST_F(DtmfPeers, TakesNoSpeechForDigitsOrProgress) {
    const auto subject = ourDtmf();
    for (const char* voice :
         {"en-us+m3", "en-gb+f2", "de+m1", "fr+f4", "es+m7", "ru+f3", "it+m2"}) {
        for (const int pitch : {20, 50, 80}) {
            const std::string wav = file("voice.wav");
            run("espeak-ng -v " + std::string(voice) + " -p " + std::to_string(pitch) + " -w " +
                wav +
                " 'one two three four five six seven eight nine zero, please leave a message"
                " after the tone, hello, are you there, see you on monday morning'");
            run("sox -R " + wav + " -r 8000 -b 16 -c 1 " + file("line.wav") + " gain -n -6");
            const Samples speech = readWav(file("line.wav"));
            ASSERT_GT(speech.size(), 20000U) << voice;
            EXPECT_EQ(subject->feed(speech), "") << voice << ' ' << pitch;
            dsp::CallProgressDetector detector{*dsp::builtinTones().find("DE")};
            detector.process(speech, [&](const dsp::ProgressEvent& event) {
                ADD_FAILURE() << voice << " heard as " << dsp::toneKindName(event.tone);
            });
        }
    }
}

TEST_F(DtmfPeers, HearsHalfAsManyHostileVowelsAsSpandsp) {
    constexpr double kHours = 0.2;
    EXPECT_LE(2 * talkOffHits(*ourDtmf(), kHours), talkOffHits(*spandspDtmf(), kHours));
}

}  // namespace
}  // namespace tipring::test
