// SPDX-License-Identifier: Apache-2.0
// Caller ID with programs that nobody here wrote, both ways.
#include "hal/dsp/peer_fixture.h"
#include "hal/dsp/spandsp_caller_id.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/caller_id_sender.h"

namespace tipring::test {
namespace {

using dsp::CallerId;
using dsp::CallerIdStatus;

class CallerIdPeers : public PeerFixture {};

CallerId someone() {
    CallerId id;
    id.time = dsp::CallerIdTime{4, 12, 18, 34};
    id.number = "2125551212";
    id.numberStatus = CallerIdStatus::Present;
    id.name = "SMITH JOHN";
    id.nameStatus = CallerIdStatus::Present;
    return id;
}

Samples ours(const char* standard, const CallerId& id) {
    dsp::CallerIdSender sender(*dsp::callerIdStandard(standard));
    EXPECT_TRUE(sender.start(id));
    Samples samples(1600);
    while (sender.active()) {
        samples.resize(samples.size() + 160);
        sender.mix(std::span(samples).last(160), [](const auto&) {});
    }
    samples.resize(samples.size() + 1600);
    return samples;
}

std::vector<CallerId> heard(const char* standard, const Samples& sound) {
    std::vector<CallerId> ids;
    dsp::CallerIdReceiver receiver(*dsp::callerIdStandard(standard));
    receiver.process(sound, [&](const dsp::CallerIdEvent& event) {
        EXPECT_TRUE(event.id.checksumValid);
        ids.push_back(event.id);
    });
    return ids;
}

Message messageOf(const CallerId& id) {
    Message message(dsp::kMaxCallerIdFrame);
    message.resize(dsp::encodeCallerId(id, message));
    message.pop_back();
    return message;
}

TEST_F(CallerIdPeers, SpandspHearsOurs) {
    CallerId single = someone();
    single.type = dsp::CallerIdType::SingleCallSetup;
    CallerId lamp;
    lamp.type = dsp::CallerIdType::MessageWaiting;
    lamp.messageWaiting = true;
    const std::vector<std::pair<const char*, SpandspStandard>> pairs{
        {"bell", SpandspStandard::Class},
        {"etsi-dtas", SpandspStandard::Clip},
        {"bell", SpandspStandard::Aclip}};
    for (const auto& pair : pairs) {
        for (const CallerId& id : {someone(), single, lamp}) {
            const auto messages = spandspFsk(pair.second)->feed(ours(pair.first, id));
            ASSERT_EQ(messages.size(), 1U) << pair.first;
            EXPECT_EQ(messages[0], messageOf(id));
        }
    }
}

TEST_F(CallerIdPeers, OursHearsSpandsp) {
    const std::vector<std::pair<const char*, SpandspStandard>> pairs{
        {"bell", SpandspStandard::Class},
        {"etsi-dtas", SpandspStandard::Clip},
        {"bell", SpandspStandard::Aclip}};
    for (const auto& pair : pairs) {
        const auto ids = heard(pair.first, spandspSends(pair.second, messageOf(someone())));
        ASSERT_EQ(ids.size(), 1U) << pair.first;
        EXPECT_EQ(ids[0].number.view(), "2125551212");
        EXPECT_EQ(ids[0].name.view(), "SMITH JOHN");
        EXPECT_EQ(ids[0].time, someone().time);
    }
}

CallerId japanese() {
    CallerId id;
    id.type = dsp::CallerIdType::NttCallSetup;
    id.number = "0312345678";
    id.numberStatus = CallerIdStatus::Present;
    return id;
}

TEST_F(CallerIdPeers, JapanBothWays) {
    const CallerId id = japanese();
    Message message(dsp::kMaxCallerIdFrame);
    message.resize(dsp::encodeCallerId(id, message));
    const auto ids = heard("ntt", spandspSends(SpandspStandard::Jclip, message));
    ASSERT_EQ(ids.size(), 1U);
    EXPECT_EQ(ids[0].number, id.number);
    const auto messages = spandspFsk(SpandspStandard::Jclip)->feed(ours("ntt", id));
    ASSERT_EQ(messages.size(), 1U);
    // It gives the head of the frame too, five bytes of it.
    EXPECT_EQ(std::string(messages[0].begin(), messages[0].end()).find("0312345678"), 9U);
}

TEST_F(CallerIdPeers, DtmfBothWays) {
    const std::string keys = "A2125551212#";
    const auto ids =
        heard("dtmf-hash", spandspSends(SpandspStandard::DtmfHash, {keys.begin(), keys.end()}));
    ASSERT_EQ(ids.size(), 1U);
    EXPECT_EQ(ids[0].number.view(), "2125551212");
    CallerId id = someone();
    const auto messages = spandspFsk(SpandspStandard::DtmfHash)->feed(ours("dtmf-hash", id));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(std::string(messages[0].begin(), messages[0].end()), keys);
}

TEST_F(CallerIdPeers, MinimodemHearsOurs) {
    write("ours.s16", ours("bell", someone()));
    convert("ours.s16", "ours.wav");
    const std::string text = run("minimodem --rx callerid -q -f " + file("ours.wav"));
    EXPECT_NE(text.find("212-555-1212"), std::string::npos) << text;
    EXPECT_NE(text.find("SMITH JOHN"), std::string::npos) << text;
}

TEST_F(CallerIdPeers, MultimonHearsOurs) {
    write("ours.s16", ours("bell", someone()));
    convert("ours.s16", "ours.wav", "rate 22050");
    run("sox " + file("ours.wav") + " -t raw -e signed -b 16 -c 1 " + file("at22050.raw"));
    const std::string text =
        run("multimon-ng -q -c -a CLIPFSK -t raw " + file("at22050.raw") + " 2>&1");
    EXPECT_NE(text.find("2125551212"), std::string::npos) << text;
}

TEST_F(CallerIdPeers, OursHearsMinimodem) {
    const Message message = messageOf(someone());
    {
        std::ofstream out(file("bytes"), std::ios::binary);
        for (const std::uint8_t byte : withSum(message)) {
            out.put(static_cast<char>(byte));
        }
    }
    // At 8 kHz its bits would have whole samples: 5 % too slow.
    run("minimodem --tx -8 1200 -M 1200 -S 2200 --startbits 1 --stopbits 1 -R 48000 -f " +
        file("theirs.wav") + " < " + file("bytes"));
    run("sox " + file("theirs.wav") + " -t raw -e signed -b 16 -c 1 -r 8000 " + file("theirs.s16") +
        " gain -6 pad 0.2 0.2");
    const auto ids = heard("bell", read("theirs.s16"));
    ASSERT_EQ(ids.size(), 1U);
    EXPECT_EQ(ids[0].number.view(), "2125551212");
}

/// Sound that was at another rate and in another coding on its way.
TEST_F(CallerIdPeers, SurvivesSox) {
    write("ours.s16", ours("etsi-dtas", someone()));
    const char* const trips[] = {"mu-law.wav", "44k.wav"};
    const char* const codings[] = {"-e mu-law", "-r 44100"};
    for (std::size_t i = 0; i < 2; ++i) {
        run("sox -t raw -r 8000 -e signed -b 16 -c 1 " + file("ours.s16") + " " + codings[i] + " " +
            file(trips[i]));
        run("sox " + file(trips[i]) + " -t raw -e signed -b 16 -c 1 -r 8000 " + file("back.s16"));
        const auto ids = heard("etsi-dtas", read("back.s16"));
        ASSERT_EQ(ids.size(), 1U) << trips[i];
        EXPECT_EQ(ids[0].name.view(), "SMITH JOHN");
    }
}

}  // namespace
}  // namespace tipring::test
