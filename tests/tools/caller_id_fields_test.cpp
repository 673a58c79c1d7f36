// SPDX-License-Identifier: Apache-2.0
#include "caller_id_fields.h"

#include <gtest/gtest.h>

namespace tipring::tools {
namespace {

TEST(CallerIdFields, ReadsQuotesCommasAndTimes) {
    const auto id = parseCallerIdFields(R"(name="DOE, J",number=5551234,time=09:30,date=11-25)");
    ASSERT_TRUE(id) << id.error().cause;
    EXPECT_EQ(id->name.view(), "DOE, J");
    EXPECT_EQ(id->nameStatus, dsp::CallerIdStatus::Present);
    EXPECT_EQ(id->number.view(), "5551234");
    EXPECT_EQ(id->time, (dsp::CallerIdTime{11, 25, 9, 30}));
}

TEST(CallerIdFields, ReadsReasonsFlagsAndNumbers) {
    const auto id = parseCallerIdFields(
        "reason=P,nameReason=O,messageWaiting=off,messages=3,callType=129,chargedSeconds=70");
    ASSERT_TRUE(id) << id.error().cause;
    EXPECT_EQ(id->numberStatus, dsp::CallerIdStatus::Private);
    EXPECT_EQ(id->nameStatus, dsp::CallerIdStatus::Unavailable);
    EXPECT_EQ(id->messageWaiting, false);
    EXPECT_EQ(id->messages, 3);
    EXPECT_EQ(id->callType, 129);
    EXPECT_EQ(id->durationSeconds, 70U);
}

TEST(CallerIdFields, RefusesWhatACallerIdCannotSay) {
    for (const char* text :
         {"number", "number=", "colour=red", "reason=X", "date=13-01", "date=1101", "time=24:00",
          "messages=256", "messages=-1", "messages=1x", "name=\"J DOE", "name=\"J\"DOE",
          "messageWaiting=perhaps", "=1", "number=1,,name=2",
          "number=123456789012345678901234567890123"}) {
        const auto id = parseCallerIdFields(text);
        ASSERT_FALSE(id) << text;
        EXPECT_EQ(id.error().code, hal::ErrorCode::InvalParam);
    }
}

TEST(CallerIdFields, NothingIsAnEmptyMessage) {
    const auto id = parseCallerIdFields("");
    ASSERT_TRUE(id);
    EXPECT_FALSE(id->knowsCaller());
    EXPECT_NE(callerIdFieldNames().find("number, reason, name"), std::string::npos);
}

}  // namespace
}  // namespace tipring::tools
