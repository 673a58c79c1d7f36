// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <gtest/gtest.h>

#include <vector>

#include "tipring/hal/base/virtual_loop.h"

namespace tipring::sangoma_u100 {
namespace {

using namespace std::chrono_literals;
using Kind = Message::Kind;
using Controls = std::array<std::uint8_t, kControls>;

class U100MessagesTest : public testing::Test {
protected:
    Controls sent() {
        Frame frame;
        messages.fill(frame);
        return frame.controls;
    }
    chips::RegisterBus::Read note() {
        return [this](const hal::Result<std::uint16_t>& got) { reads.push_back(got); };
    }
    static Controls controls(std::uint8_t a, std::uint8_t b, std::uint8_t c = kIdle) {
        return {kIdle, a, b, c, kIdle, kIdle, kIdle, kIdle};
    }
    const Controls idle{kIdle, kIdle, kIdle, kIdle, kIdle, kIdle, kIdle, kIdle};
    hal::VirtualLoop loop;
    Messages messages{loop};
    std::vector<hal::Result<std::uint16_t>> reads;
};

TEST_F(U100MessagesTest, OneReadAtATime) {
    messages.read(Owner::Daa1, 29, note());
    messages.read(Owner::Cpu, 2, note());
    EXPECT_EQ(sent(), controls(0x05, 29));
    EXPECT_EQ(sent(), idle);
    messages.heard({Kind::ReadFxo, 1, 29, 48});
    EXPECT_EQ(sent(), controls(0x10, 2));
    messages.heard({Kind::ReadCpu, 0, 2, 0x20});
    ASSERT_EQ(reads.size(), 2U);
    EXPECT_EQ(reads[0].value(), 48);
    EXPECT_EQ(reads[1].value(), 0x20);
    EXPECT_TRUE(messages.idle());
}

TEST_F(U100MessagesTest, AnswersToOthersAreDiscarded) {
    messages.read(Owner::Daa0, 5, note());
    sent();
    messages.heard({Kind::ReadFxo, 0, 6, 1});
    messages.heard({Kind::ReadFxo, 1, 5, 1});
    messages.heard({Kind::WriteFxo, 0, 5, 1});
    messages.heard({Kind::Event, 0, 5, 1});
    EXPECT_TRUE(reads.empty());
    messages.heard({Kind::ReadFxo, 0, 5, 8});
    ASSERT_EQ(reads.size(), 1U);
    EXPECT_EQ(reads[0].value(), 8);
}

TEST_F(U100MessagesTest, SilenceIsTold) {
    messages.read(Owner::Daa1, 11, note());
    sent();
    loop.advance(999ms);
    EXPECT_TRUE(reads.empty());
    loop.advance(1ms);
    ASSERT_EQ(reads.size(), 1U);
    ASSERT_FALSE(reads[0]);
    EXPECT_EQ(reads[0].error().code, hal::ErrorCode::Timeout);
    EXPECT_NE(reads[0].error().cause.find("register 11 of line 2"), std::string::npos);
}

TEST_F(U100MessagesTest, AHookPassesWhatWaits) {
    messages.read(Owner::Daa0, 28, note());
    messages.read(Owner::Daa0, 29, note());
    sent();
    messages.write(Owner::Daa0, 5, 9, {}, true);
    EXPECT_EQ(sent(), controls(0x08, 5, 9));
    EXPECT_EQ(sent(), idle);
}

TEST_F(U100MessagesTest, MoreThanItsRoomIsRefused) {
    for (std::size_t i = 0; i < Messages::kRoom; ++i) {
        messages.read(Owner::Cpu, 1, note());
    }
    EXPECT_TRUE(reads.empty());
    messages.read(Owner::Cpu, 1, note());
    ASSERT_EQ(reads.size(), 1U);
    EXPECT_FALSE(reads[0]);
}

}  // namespace
}  // namespace tipring::sangoma_u100
