// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/caller_id.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "hal/base/allocation_count.h"
#include "hal/dsp/tone_signals.h"

namespace tipring::test {
namespace {

using dsp::CallerId;
using dsp::CallerIdCharacters;
using dsp::CallerIdStatus;
using dsp::CallerIdType;
using Bytes = std::vector<std::uint8_t>;

/// Type, length, the parts.
Bytes message(std::uint8_t type, const std::vector<std::string>& parts) {
    Bytes bytes{type, 0};
    for (const std::string& part : parts) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    bytes[1] = static_cast<std::uint8_t>(bytes.size() - 2);
    return bytes;
}

std::string part(std::uint8_t id, const std::string& content) {
    return std::string{static_cast<char>(id), static_cast<char>(content.size())} + content;
}

Bytes encoded(const CallerId& id, CallerIdCharacters characters = CallerIdCharacters::Latin1) {
    Bytes bytes(dsp::kMaxCallerIdFrame);
    bytes.resize(dsp::encodeCallerId(id, bytes, characters));
    return bytes;
}

TEST(CallerId, ReadsASingleMessage) {
    const auto id = dsp::decodeCallerId(message(0x04, {"12312359", "2125551212"}));
    ASSERT_TRUE(id);
    EXPECT_EQ(id->type, CallerIdType::SingleCallSetup);
    EXPECT_EQ(id->time, (dsp::CallerIdTime{12, 31, 23, 59}));
    EXPECT_EQ(id->number.view(), "2125551212");
    EXPECT_EQ(id->numberStatus, CallerIdStatus::Present);
}

TEST(CallerId, ReadsEveryStatus) {
    const std::vector<std::pair<char, CallerIdStatus>> codes{
        {'P', CallerIdStatus::Private},         {'O', CallerIdStatus::Unavailable},
        {'C', CallerIdStatus::Payphone},        {'L', CallerIdStatus::LongDistance},
        {'S', CallerIdStatus::ServiceConflict}, {'I', CallerIdStatus::International}};
    for (const auto& each : codes) {
        const std::string code(1, each.first);
        const auto single = dsp::decodeCallerId(message(0x04, {"01010000", code}));
        ASSERT_TRUE(single);
        EXPECT_EQ(single->numberStatus, each.second);
        const auto multiple =
            dsp::decodeCallerId(message(0x80, {part(0x04, code), part(0x08, code)}));
        ASSERT_TRUE(multiple);
        EXPECT_EQ(multiple->numberStatus, each.second);
        EXPECT_EQ(multiple->nameStatus, each.second);
        EXPECT_TRUE(multiple->knowsCaller());
    }
    const auto other = dsp::decodeCallerId(message(0x80, {part(0x04, "Z"), part(0x07, "X")}));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->numberStatus, CallerIdStatus::Other);
}

TEST(CallerId, ReadsTheLampBothWays) {
    const auto on = dsp::decodeCallerId(message(0x06, {"BBB"}));
    const auto off = dsp::decodeCallerId(message(0x06, {"ooo"}));
    const auto multipleOn = dsp::decodeCallerId(message(0x82, {part(0x0B, "\xFF")}));
    const auto multipleOff = dsp::decodeCallerId(message(0x82, {part(0x0B, std::string(1, '\0'))}));
    for (const auto& each : {on, multipleOn}) {
        ASSERT_TRUE(each);
        EXPECT_EQ(each->messageWaiting, true);
    }
    for (const auto& each : {off, multipleOff}) {
        ASSERT_TRUE(each);
        EXPECT_EQ(each->messageWaiting, false);
    }
}

/// A message with everything that one of that kind can say.
CallerId everything() {
    CallerId id;
    id.callType = 1;
    id.time = dsp::CallerIdTime{2, 29, 0, 7};
    id.number = "+4930123456";
    id.numberStatus = CallerIdStatus::Present;
    id.called = "5551";
    id.redirectReason = "1";
    id.qualifier = "L";
    id.name = "J\xC3\x9CRGEN";
    id.nameStatus = CallerIdStatus::Present;
    id.alternateRoute = "42";
    id.messageWaiting = true;
    id.messageId = std::string_view("\x01\x00\x02", 3);
    id.lastMessageNumber = "777";
    id.complementaryTime = dsp::CallerIdTime{12, 1, 23, 0};
    id.complementary = "888";
    id.firstCalled = "999";
    id.messages = 3;
    id.forwarded = 2;
    id.callingUser = 0x0A;
    id.redirecting = "5552";
    id.charge = "12.50";
    id.additionalCharge = "1";
    id.durationSeconds = 3723;
    id.networkProvider = "NET";
    id.carrier = "CAR";
    id.terminal = "T";
    id.display = "HELLO";
    id.service = std::string_view("\x00\xFF", 2);
    id.extension = "X";
    return id;
}

TEST(CallerId, WritesAndReadsEveryParameter) {
    const CallerId id = everything();
    const Bytes bytes = encoded(id);
    ASSERT_FALSE(bytes.empty());
    const auto read = dsp::decodeCallerIdFrame(bytes);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->checksumValid);
    EXPECT_EQ(read->callType, id.callType);
    EXPECT_EQ(read->time, id.time);
    EXPECT_EQ(read->number, id.number);
    EXPECT_EQ(read->called, id.called);
    EXPECT_EQ(read->redirectReason, id.redirectReason);
    EXPECT_EQ(read->qualifier, id.qualifier);
    EXPECT_EQ(read->name, id.name);
    EXPECT_EQ(read->nameStatus, id.nameStatus);
    EXPECT_EQ(read->alternateRoute, id.alternateRoute);
    EXPECT_EQ(read->messageWaiting, id.messageWaiting);
    EXPECT_EQ(read->messageId, id.messageId);
    EXPECT_EQ(read->lastMessageNumber, id.lastMessageNumber);
    EXPECT_EQ(read->complementaryTime, id.complementaryTime);
    EXPECT_EQ(read->complementary, id.complementary);
    EXPECT_EQ(read->firstCalled, id.firstCalled);
    EXPECT_EQ(read->messages, id.messages);
    EXPECT_EQ(read->forwarded, id.forwarded);
    EXPECT_EQ(read->callingUser, id.callingUser);
    EXPECT_EQ(read->redirecting, id.redirecting);
    EXPECT_EQ(read->charge, id.charge);
    EXPECT_EQ(read->additionalCharge, id.additionalCharge);
    EXPECT_EQ(read->durationSeconds, id.durationSeconds);
    EXPECT_EQ(read->networkProvider, id.networkProvider);
    EXPECT_EQ(read->carrier, id.carrier);
    EXPECT_EQ(read->terminal, id.terminal);
    EXPECT_EQ(read->display, id.display);
    EXPECT_EQ(read->service, id.service);
    EXPECT_EQ(read->extension, id.extension);
    EXPECT_TRUE(read->unknown.empty());
    EXPECT_EQ(encoded(*read), bytes);
}

TEST(CallerId, WritesWhatTheStandardsShow) {
    CallerId id;
    id.type = CallerIdType::SingleCallSetup;
    id.time = dsp::CallerIdTime{9, 30, 12, 24};
    id.number = "6095551212";
    id.numberStatus = CallerIdStatus::Present;
    // The example of the SDMF message that has gone round since 1990; its sum is 0x51.
    const Bytes wanted{0x04, 0x12, '0', '9', '3', '0', '1', '2', '2', '4', '6',
                       '0',  '9',  '5', '5', '5', '1', '2', '1', '2', 0x51};
    EXPECT_EQ(encoded(id), wanted);
    id.numberStatus = CallerIdStatus::Private;
    EXPECT_EQ(encoded(id)[10], 'P');
    id.type = CallerIdType::SingleMessageWaiting;
    EXPECT_TRUE(encoded(id).empty());
    id.messageWaiting = false;
    EXPECT_EQ(encoded(id), (Bytes{0x06, 0x03, 0x6F, 0x6F, 0x6F, 0xAA}));
}

TEST(CallerId, KnowsTheCharactersOfNames) {
    CallerId id;
    id.name =
        "\xC2\xA3"
        "5 \xC3\xA9 $\xE2\x82\xAC";  // pound, e acute, dollar, euro
    id.nameStatus = CallerIdStatus::Present;
    const Bytes latin = encoded(id);
    EXPECT_EQ(std::string(latin.begin() + 4, latin.end() - 1),
              "\xA3"
              "5 \xE9 $?");
    const Bytes british = encoded(id, CallerIdCharacters::British);
    EXPECT_EQ(std::string(british.begin() + 4, british.end() - 1), "$5 ? ??");
    EXPECT_EQ(dsp::decodeCallerIdFrame(british, CallerIdCharacters::British)->name.view(),
              "\xC2\xA3"
              "5 ? ??");
    EXPECT_EQ(dsp::decodeCallerIdFrame(latin)->name.view(),
              "\xC2\xA3"
              "5 \xC3\xA9 $?");
    const auto control = dsp::decodeCallerId(message(0x80, {part(7,
                                                                 "A\x01\x7F\x90"
                                                                 "B")}));
    EXPECT_EQ(control->name.view(), "AB");
}

TEST(CallerId, KeepsParametersItDoesNotKnow) {
    const auto id = dsp::decodeCallerId(message(0x80, {part(0x02, "123"), part(0x77, "xy")}));
    ASSERT_TRUE(id);
    EXPECT_EQ(id->unknown.view(), "\x77\x02xy");
}

TEST(CallerId, RefusesWhatDoesNotFit) {
    for (const Bytes& bytes :
         {Bytes{}, Bytes{0x80}, Bytes{0x80, 0}, Bytes{0x80, 1, 2}, Bytes{0x80, 3, 2, 9, '1'},
          Bytes{0x04, 1, 'P'}, Bytes{0x06, 1, 'x'}, Bytes{0x55, 3, 2, 1, '1'},
          Bytes{0x80, 3, 2, 1, '1', 'z'}, message(0x80, {part(0x02, "\x01\x02")}),
          message(0x80, {part(0x77, "xy")})}) {
        EXPECT_FALSE(dsp::decodeCallerId(bytes)) << bytes.size();
    }
    EXPECT_FALSE(dsp::decodeCallerIdFrame({}));
    // No such date: the rest still counts.
    const auto id = dsp::decodeCallerId(message(0x80, {part(1, "02301200"), part(2, "5551")}));
    ASSERT_TRUE(id);
    EXPECT_FALSE(id->time);
    EXPECT_EQ(id->number.view(), "5551");
}

TEST(CallerId, TellsAWrongSum) {
    Bytes bytes = encoded(everything());
    bytes.back() ^= 0x40;
    EXPECT_FALSE(dsp::decodeCallerIdFrame(bytes)->checksumValid);
}

TEST(CallerId, RefusesWhatHasNoRoom) {
    CallerId id = everything();
    std::array<std::uint8_t, 40> small{};
    EXPECT_EQ(dsp::encodeCallerId(id, small), 0U);
    id.display = std::string(250, 'x');
    EXPECT_TRUE(encoded(id).empty());
    EXPECT_TRUE(encoded(CallerId{}).empty());
    id.type = CallerIdType::ShortMessage;
    EXPECT_TRUE(encoded(id).empty());
}

TEST(CallerId, SurvivesAnyBytesWithoutAllocation) {
    Random random;
    int read = 0;
    const std::uint64_t before = allocationCount();
    for (int i = 0; i < 20000; ++i) {
        std::array<std::uint8_t, 60> bytes{};
        const std::size_t size = random.below(bytes.size());
        for (std::uint8_t& byte : bytes) {
            byte = static_cast<std::uint8_t>(random.below(random.below(2) == 0 ? 12 : 256));
        }
        bytes[0] = random.below(2) == 0 ? 0x80 : 0x04;
        bytes[1] = static_cast<std::uint8_t>(size - 2);
        read += dsp::decodeCallerId(std::span(bytes).first(size)) ? 1 : 0;
    }
    EXPECT_EQ(allocationCount(), before);
    EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace tipring::test
