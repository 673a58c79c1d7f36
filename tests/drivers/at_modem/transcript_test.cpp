// SPDX-License-Identifier: Apache-2.0
// Every capture of a real modem, and what the driver has to conclude from it.
#include "transcript.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "at_reader.h"
#include "caller_id_assembler.h"
#include "tipring/drivers/at_modem/capture_decoder.h"

namespace tipring::at_modem {
namespace {

std::span<const std::byte> asBytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

/// The keys of `tipring decode --json`.
nlohmann::json toJson(const DecodedCall& call) {
    const CallerId& id = call.callerId;
    nlohmann::json json{{"rings", call.rings},
                        {"numberStatus", name(id.numberStatus)},
                        {"nameStatus", name(id.nameStatus)}};
    const auto text = [&](const char* key, std::string_view value) {
        if (!value.empty()) {
            json[key] = value;
        }
    };
    text("number", id.number.view());
    text("name", id.name.view());
    text("called", id.called.view());
    text("redirecting", id.redirecting.view());
    if (id.date) {
        json["date"] = fmt::format("{:02}-{:02}", id.date->month, id.date->day);
    }
    if (id.time) {
        json["time"] = fmt::format("{:02}:{:02}", id.time->hour, id.time->minute);
    }
    const auto flag = [&](const char* key, std::optional<bool> value) {
        if (value) {
            json[key] = *value;
        }
    };
    flag("callerIdBeforeRing", call.callerIdBeforeRing);
    flag("messageWaiting", id.messageWaiting);
    flag("checksumValid", id.checksumValid);
    return json;
}

std::vector<DecodedCall> decode(const Transcript& transcript) {
    if (!transcript.frame) {
        return decodeCapture(asBytes(transcript.bytes));
    }
    DecodedCall call;
    const auto id = decodeFrame(asBytes(transcript.bytes));
    EXPECT_TRUE(id);
    call.callerId = id.value_or(CallerId{});
    return {call};
}

class TranscriptTest : public testing::TestWithParam<Transcript> {};

TEST_P(TranscriptTest, IsReadAsExpected) {
    const auto calls = decode(GetParam());
    const nlohmann::json& expect = GetParam().expect;
    if (expect.contains("calls") && !expect.contains("messageWaiting")) {
        ASSERT_EQ(calls.size(), expect.at("calls").get<std::size_t>());
    }
    ASSERT_LE(calls.size(), 1u);
    const nlohmann::json got = toJson(calls.empty() ? DecodedCall{} : calls.front());
    for (const auto& [key, value] : expect.items()) {
        if (key != "calls") {
            EXPECT_EQ(got.value(key, nlohmann::json()), value) << key << " in " << got;
        }
    }
    if (!expect.contains("number") && expect.value("numberStatus", "") != "ok") {
        EXPECT_FALSE(got.contains("number") && expect.contains("numberStatus")) << got;
    }
}

/// Collects calls through pieces of any size, as a port delivers them.
class Pieces final : public AtReaderSink {
public:
    bool onLine(std::string_view line) override {
        assembler.take(classify(line));
        return true;
    }
    void onDle(char code) override {
        if (code == 'R') {
            assembler.takeRing();
        }
    }
    void onOverlong(std::string_view) override {}
    CallerIdAssembler assembler;
};

TEST_P(TranscriptTest, ComesOutTheSameHoweverItIsCut) {
    if (GetParam().frame) {
        return;
    }
    const auto read = [&](const std::function<std::size_t()>& pieceSize) {
        Pieces pieces;
        AtReader reader;
        const auto bytes = asBytes(GetParam().bytes);
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = std::min(pieceSize(), bytes.size() - at);
            reader.feed(bytes.subspan(at, size), pieces);
            at += size;
        }
        reader.flush(pieces);
        return pieces.assembler;
    };
    const auto whole = read([&] { return GetParam().bytes.size(); });
    std::mt19937 random(1);
    for (int round = 0; round < 20; ++round) {
        const auto cut = read([&] { return round == 0 ? 1 : 1 + random() % 7; });
        EXPECT_EQ(cut.callerId(), whole.callerId());
        EXPECT_EQ(cut.rings(), whole.rings());
    }
}

TEST_P(TranscriptTest, SurvivesAnyDamage) {
    std::mt19937 random(2);
    for (int round = 0; round < 200; ++round) {
        std::string bytes = GetParam().bytes;
        for (int hits = 0; hits < 3; ++hits) {
            bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        for (const DecodedCall& call : decodeCapture(asBytes(bytes))) {
            EXPECT_NO_THROW((void)toJson(call).dump());  // dump() refuses what is not UTF-8
        }
        (void)decodeFrame(asBytes(bytes));
    }
}

INSTANTIATE_TEST_SUITE_P(RealModems, TranscriptTest, testing::ValuesIn(loadTranscripts()),
                         [](const auto& test) { return test.param.id; });

TEST(TranscriptPieces, AKeyCutInTheMiddleGivesNoNumber) {
    for (const Transcript& transcript : loadTranscripts()) {
        if (transcript.chunks.empty() || !transcript.expect.contains("number")) {
            continue;
        }
        Pieces pieces;
        AtReader reader;
        reader.feed(asBytes(transcript.chunks[0]), pieces);
        EXPECT_TRUE(pieces.assembler.callerId().number.empty());
        reader.feed(asBytes(transcript.chunks[1]), pieces);
        EXPECT_FALSE(pieces.assembler.callerId().number.empty());
    }
}

}  // namespace
}  // namespace tipring::at_modem
