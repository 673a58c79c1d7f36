// SPDX-License-Identifier: Apache-2.0
// Caller ID down a line: sender to receiver for each network, DTMF, and calls that wait.
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "hal/base/allocation_count.h"
#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/call_waiting.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/caller_id_sender.h"

namespace tipring::test {
namespace {

using dsp::CallerId;
using dsp::CallerIdRequest;
using dsp::CallerIdStandard;
using dsp::CallerIdStatus;
using Form = dsp::DtmfCallerIdForm;

CallerId caller(const CallerIdStandard& standard) {
    CallerId id;
    id.type = standard.framing == dsp::FskFraming::Ntt ? dsp::CallerIdType::NttCallSetup
                                                       : dsp::CallerIdType::CallSetup;
    id.number = "0123456789";
    id.numberStatus = CallerIdStatus::Present;
    if (standard.hasFsk() && id.type == dsp::CallerIdType::CallSetup) {
        id.time = dsp::CallerIdTime{11, 25, 9, 30};
        id.name = "SMITH JOHN";
        id.nameStatus = CallerIdStatus::Present;
    }
    return id;
}

struct Sent {
    Samples sound;
    std::vector<CallerIdRequest> requests;
};

Sent sendOf(const CallerIdStandard& standard, const CallerId& id, std::size_t step = 160) {
    Sent sent;
    dsp::CallerIdSender sender(standard);
    EXPECT_TRUE(sender.start(id)) << standard.name;
    while (sender.active()) {
        sent.sound.resize(sent.sound.size() + step);
        sender.mix(std::span(sent.sound).last(step),
                   [&](const CallerIdRequest& request) { sent.requests.push_back(request); });
    }
    return sent;
}

TEST(CallerIdSender, SendsACallAsTheNetworkDoes) {
    for (const auto& [name, asked, heard] :
         {std::tuple{"ntt", dsp::CallerIdType::CallSetup, dsp::CallerIdType::NttCallSetup},
          std::tuple{"ntt", dsp::CallerIdType::SingleCallSetup, dsp::CallerIdType::NttCallSetup},
          std::tuple{"bell", dsp::CallerIdType::NttCallSetup, dsp::CallerIdType::CallSetup}}) {
        const CallerIdStandard& standard = *dsp::callerIdStandard(name);
        CallerId id = caller(*dsp::callerIdStandard("bell"));
        id.type = asked;
        const Sent sent = sendOf(standard, id);
        dsp::CallerIdReceiver receiver(standard);
        std::vector<CallerId> ids;
        receiver.process(sent.sound,
                         [&](const dsp::CallerIdEvent& event) { ids.push_back(event.id); });
        ASSERT_EQ(ids.size(), 1U) << name;
        EXPECT_EQ(ids[0].type, heard);
        EXPECT_EQ(ids[0].number.view(), "0123456789");
        EXPECT_TRUE(ids[0].checksumValid);
    }
}

TEST(CallerIdSender, RefusesWhatTheNetworkHasNoMessageFor) {
    CallerId id;
    id.type = dsp::CallerIdType::MessageWaiting;
    id.messageWaiting = true;
    dsp::CallerIdSender sender(*dsp::callerIdStandard("ntt"));
    EXPECT_FALSE(sender.start(id));
    EXPECT_FALSE(sender.active());
}

class EveryStandard : public testing::TestWithParam<CallerIdStandard> {};

TEST_P(EveryStandard, HearsWhatItSends) {
    const CallerIdStandard& standard = GetParam();
    const CallerId id = caller(standard);
    Sent sent = sendOf(standard, id);
    Random random;
    addNoise(sent.sound, -45, random);
    dsp::CallerIdReceiver receiver(standard);
    std::vector<dsp::CallerIdEvent> events;
    receiver.process(sent.sound, [&](const dsp::CallerIdEvent& event) { events.push_back(event); });
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].standard, &receiver.standard());
    EXPECT_EQ(events[0].id.number, id.number);
    EXPECT_EQ(events[0].id.numberStatus, CallerIdStatus::Present);
    EXPECT_EQ(events[0].id.name, id.name);
    EXPECT_EQ(events[0].id.time, id.time);
    EXPECT_TRUE(events[0].id.checksumValid);
}

TEST_P(EveryStandard, KeepsItsTimes) {
    const CallerIdStandard& standard = GetParam();
    const Sent sent = sendOf(standard, caller(standard));
    dsp::CallerIdReceiver receiver(standard);
    dsp::CallerIdEvent heard;
    receiver.process(sent.sound, [&](const dsp::CallerIdEvent& event) { heard = event; });
    ASSERT_FALSE(sent.requests.empty());
    EXPECT_EQ(sent.requests.back().kind, CallerIdRequest::Kind::Done);
    const double after = double(sent.requests.back().position) - double(heard.ended);
    // The bits after the sum, or the last digit, belong to the message.
    const double tail = standard.hasFsk() ? 10 * 8000 / 1200.0 : 140 * 8;
    EXPECT_GE(after - tail + 10, standard.dataToRing.least * 8);
    EXPECT_LE(after - tail - 10, standard.dataToRing.most * 8);
    dsp::SamplePosition ringOn = 0, ringOff = 0;
    for (const CallerIdRequest& request : sent.requests) {
        ringOn = request.kind == CallerIdRequest::Kind::RingOn ? request.position : ringOn;
        ringOff = request.kind == CallerIdRequest::Kind::RingOff ? request.position : ringOff;
    }
    if (ringOff > 0) {
        EXPECT_EQ(ringOff - ringOn, standard.alertLength * 8);
        const double bits = standard.frame.seizure + standard.frame.mark;
        const double gap = double(heard.began) - bits * 8000 / 1200 - double(ringOff);
        EXPECT_GE(gap + 10, standard.alertToData.least * 8);
        EXPECT_LE(gap - 10, standard.alertToData.most * 8);
    }
}

TEST_P(EveryStandard, SoundsTheSameInAnyBlocks) {
    const Sent sent = sendOf(GetParam(), caller(GetParam()));
    for (const std::size_t step : {1U, 7U, 5000U}) {
        Sent other = sendOf(GetParam(), caller(GetParam()), step);
        const std::size_t both = std::min(sent.sound.size(), other.sound.size());
        EXPECT_TRUE(std::equal(sent.sound.begin(),
                               sent.sound.begin() + static_cast<std::ptrdiff_t>(both),
                               other.sound.begin()));
        ASSERT_EQ(other.requests.size(), sent.requests.size());
        for (std::size_t i = 0; i < other.requests.size(); ++i) {
            EXPECT_EQ(other.requests[i].position, sent.requests[i].position);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(CallerIdLine, EveryStandard,
                         testing::ValuesIn(dsp::callerIdStandards().begin(),
                                           dsp::callerIdStandards().end()),
                         [](const auto& each) {
                             std::string name(each.param.name);
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(CallerIdStandards, AreFoundByNameAndCountry) {
    EXPECT_EQ(dsp::callerIdStandard("bt"), dsp::callerIdStandard("GB"));
    EXPECT_EQ(dsp::callerIdStandard("US")->name, "bell");
    EXPECT_EQ(dsp::callerIdStandard("TW")->name, "dtmf-d-to-c");
    EXPECT_EQ(dsp::callerIdStandard("DK")->name, "dtmf-parts");
    for (const char* none : {"", "XX", "U", "S ", "USA", " CA"}) {
        EXPECT_EQ(dsp::callerIdStandard(none), nullptr) << none;
    }
    for (const CallerIdStandard& standard : dsp::callerIdStandards()) {
        EXPECT_FALSE(standard.source.empty());
        EXPECT_NE(standard.hasFsk(), !standard.dtmf.empty());
        EXPECT_EQ(standard.countries.size() % 3, 0U);
    }
}

TEST(CallerIdReceiver, ReceivesWithoutAllocation) {
    const CallerIdStandard& standard = *dsp::callerIdStandard("FR");
    const Sent sent = sendOf(standard, caller(standard));
    dsp::CallerIdReceiver receiver(standard);
    int heard = 0;
    const std::uint64_t before = allocationCount();
    receiver.process(sent.sound, [&](const dsp::CallerIdEvent&) { ++heard; });
    EXPECT_EQ(allocationCount(), before);
    EXPECT_EQ(heard, 1);
}

TEST(CallerIdReceiver, TellsMessageWaitingInBothFormats) {
    for (const auto type :
         {dsp::CallerIdType::SingleMessageWaiting, dsp::CallerIdType::MessageWaiting}) {
        for (const bool on : {true, false}) {
            CallerId id;
            id.type = type;
            id.messageWaiting = on;
            const CallerIdStandard& standard = *dsp::callerIdStandard("US");
            const Sent sent = sendOf(standard, id);
            dsp::CallerIdReceiver receiver(standard);
            std::optional<bool> heard;
            receiver.process(sent.sound, [&](const dsp::CallerIdEvent& event) {
                heard = event.id.messageWaiting;
            });
            EXPECT_EQ(heard, on);
        }
    }
}

TEST(DtmfCallerId, ReadsEveryForm) {
    struct Case {
        Form form;
        const char* keys;
        CallerIdStatus status;
        const char* number;
        const char* redirecting;
        const char* code;
    };
    for (const Case& each : std::initializer_list<Case>{
             {Form::PartsToC, "A12345C", CallerIdStatus::Present, "12345", "", ""},
             {Form::PartsToC, "A12345D678C", CallerIdStatus::Present, "12345", "678", ""},
             {Form::PartsToC, "D678C", CallerIdStatus::Absent, "", "678", ""},
             {Form::PartsToC, "B00C", CallerIdStatus::Unavailable, "", "", "00"},
             {Form::PartsToC, "B10C", CallerIdStatus::Private, "", "", "10"},
             {Form::PartsToC, "D678B77C", CallerIdStatus::Other, "", "678", "77"},
             {Form::NumberToHash, "A12345#", CallerIdStatus::Present, "12345", "", ""},
             {Form::NumberToHash, "D1#", CallerIdStatus::Private, "", "", "1"},
             {Form::NumberToHash, "D2#", CallerIdStatus::International, "", "", "2"},
             {Form::NumberToHash, "D3#", CallerIdStatus::Unavailable, "", "", "3"},
             {Form::NumberToC, "D12345C", CallerIdStatus::Present, "12345", "", ""},
             {Form::DigitsToHash, "12345#", CallerIdStatus::Present, "12345", "", ""}}) {
        const auto id = dsp::readDtmfCallerId(each.keys, each.form);
        ASSERT_TRUE(id) << each.keys;
        EXPECT_EQ(id->numberStatus, each.status) << each.keys;
        EXPECT_EQ(id->number.view(), each.number);
        EXPECT_EQ(id->redirecting.view(), each.redirecting);
        EXPECT_EQ(id->dtmfCode.view(), each.code);
        if (each.status != CallerIdStatus::Other && each.status != CallerIdStatus::Absent) {
            EXPECT_EQ(dsp::writeDtmfCallerId(*id, each.form).view(), each.keys);
        }
    }
}

TEST(DtmfCallerId, RefusesOthers) {
    const auto every = Form::PartsToC | dsp::DtmfCallerIdForms(Form::NumberToHash) |
                       Form::NumberToC | Form::DigitsToHash;
    for (const char* keys : {"", "C", "#", "AC", "A#", "DC", "BC", "1#", "12#", "A12C3", "A1*2C",
                             "A12", "AA12C", "A12#C", "12C", "A1D#"}) {
        EXPECT_FALSE(dsp::readDtmfCallerId(keys, every)) << keys;
    }
    EXPECT_FALSE(dsp::readDtmfCallerId("A123C", Form::NumberToHash));
}

TEST(DtmfCallerId, PutsDigitsTogether) {
    dsp::DtmfCallerIdDecoder decoder(Form::PartsToC);
    std::vector<dsp::DtmfCallerIdEvent> events;
    const auto push = [&](const std::string& keys, dsp::SamplePosition from) {
        for (const char key : keys) {
            decoder.push(key, from, [&](const auto& event) { events.push_back(event); });
            from += 1000;
        }
    };
    push("A12", 0);
    push("A345C", 10000);  // began anew
    push("A66", 20000);
    push("7C", 60000);  // too late
    push(std::string(200, '1'), 100000);
    push("A8D9C", 500000);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].id.number.view(), "345");
    EXPECT_EQ(events[0].began, 10000U);
    EXPECT_EQ(events[0].ended, 14000U);
    EXPECT_EQ(events[1].id.redirecting.view(), "9");
}

/// The two halves on one line; `answers`: the terminal's key gets through.
struct Exchange {
    std::vector<dsp::CallWaitingEvent> terminal;
    std::vector<dsp::CallWaitingProgress> exchange;
};
Exchange waitingCall(const CallerIdStandard& standard, std::size_t step, bool answers) {
    dsp::CallWaitingSender sender(standard);
    dsp::CallWaitingReceiver receiver(standard);
    Exchange heard;
    EXPECT_TRUE(sender.start(caller(standard)));
    constexpr std::size_t kLength = 24000;
    Samples up(kLength), down(kLength);
    // Each hears the other one block later at most, so blocks are cut to one sample for the line.
    for (std::size_t at = 0; at < kLength; at += step) {
        const std::size_t count = std::min(step, kLength - at);
        sender.process(std::span(up).subspan(at, count), std::span(down).subspan(at, count),
                       [&](const auto& event) { heard.exchange.push_back(event); });
        receiver.process(std::span(down).subspan(at, count),
                         [&](const auto& event) { heard.terminal.push_back(event); });
        if (at + step + count <= kLength) {
            Samples key(count);
            receiver.send(key);
            if (answers) {
                std::copy(key.begin(), key.end(),
                          up.begin() + static_cast<std::ptrdiff_t>(at + step));
            }
        }
    }
    return heard;
}

TEST(CallWaiting, TellsWhoWaits) {
    for (const char* name : {"bell", "bt", "etsi-dtas"}) {
        for (const std::size_t step : {1U, 80U}) {
            const CallerIdStandard& standard = *dsp::callerIdStandard(name);
            const Exchange heard = waitingCall(standard, step, true);
            ASSERT_EQ(heard.terminal.size(), 2U) << name;
            EXPECT_EQ(heard.terminal[0].kind, dsp::CallWaitingEvent::Kind::Mute);
            EXPECT_EQ(heard.terminal[1].kind, dsp::CallWaitingEvent::Kind::Caller);
            EXPECT_EQ(heard.terminal[1].id.number.view(), "0123456789");
            ASSERT_EQ(heard.exchange.size(), 2U);
            EXPECT_EQ(heard.exchange[0].kind, dsp::CallWaitingProgress::Kind::Cut);
            EXPECT_EQ(heard.exchange[1].kind, dsp::CallWaitingProgress::Kind::Sent);
        }
    }
}

TEST(CallWaiting, GivesTheVoiceBackWithoutAMessage) {
    const CallerIdStandard& standard = *dsp::callerIdStandard("bell");
    const Exchange heard = waitingCall(standard, 80, false);
    ASSERT_EQ(heard.terminal.size(), 2U);
    EXPECT_EQ(heard.terminal[1].kind, dsp::CallWaitingEvent::Kind::Unmute);
    ASSERT_EQ(heard.exchange.size(), 2U);
    EXPECT_EQ(heard.exchange[1].kind, dsp::CallWaitingProgress::Kind::NoAcknowledgement);
    EXPECT_LT(heard.terminal[1].position - heard.terminal[0].position, 8000U);
}

TEST(CallWaiting, IsNotOfferedWhereItIsUnknown) {
    dsp::CallWaitingSender sender(*dsp::callerIdStandard("TW"));
    EXPECT_FALSE(sender.start(caller(*dsp::callerIdStandard("US"))));
}

TEST(CallWaiting, HearsTheSameInAnyBlocks) {
    const CallerIdStandard& standard = *dsp::callerIdStandard("bell");
    dsp::CallWaitingSender sender(standard);
    ASSERT_TRUE(sender.start(caller(standard)));
    Samples up(20000), down(20000);
    dsp::DtmfGenerator key(480, 0);
    ASSERT_TRUE(key.push("D"));
    key.mix(std::span(up).subspan(3900));  // an acknowledgement in its window, whoever sends it
    sender.process(up, down, [](const auto&) {});
    std::vector<std::vector<dsp::SamplePosition>> positions;
    for (const std::size_t step : {1U, 7U, 333U, 20000U}) {
        dsp::CallWaitingReceiver receiver(standard);
        positions.emplace_back();
        for (std::size_t at = 0; at < down.size(); at += step) {
            receiver.process(
                std::span(down).subspan(at, std::min(step, down.size() - at)),
                [&](const auto& event) { positions.back().push_back(event.position); });
        }
        EXPECT_EQ(positions.back().size(), 2U);
        EXPECT_EQ(positions.back(), positions.front()) << step;
    }
}

}  // namespace
}  // namespace tipring::test
