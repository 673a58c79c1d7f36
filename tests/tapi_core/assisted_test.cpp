// SPDX-License-Identifier: Apache-2.0
// Assisted telephony: who hears of a request, who takes it, and what is refused.
#include <string>
#include <vector>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

tapi::AssistedRequest callTo(std::string number) {
    return {std::move(number), "address book", "Ada", "about the loom"};
}

class AssistedTest : public ManagerFixture {
protected:
    AssistedTest() { start(); }

    static std::vector<std::string> heard(const Application& app) {
        std::vector<std::string> numbers;
        for (const auto& event : app.events.all<tapi::RequestEvent>()) {
            numbers.push_back(event.request.number);
        }
        return numbers;
    }
};

TEST_F(AssistedTest, ARequestReachesTheRecipientAndIsTakenOnce) {
    Application asker(*manager, "asker"), dialer(*manager, "dialer");
    const auto cookie = dialer.tapi->registerRequestRecipient().value();
    ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("+1 (202) 5550123")));
    EXPECT_TRUE(dialer.events.events.empty());  // never from inside the request
    settle();
    const auto events = dialer.events.all<tapi::RequestEvent>();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].registration, cookie);
    EXPECT_EQ(events[0].request.calledParty, "Ada");
    const auto taken = dialer.tapi->takeRequest();
    ASSERT_TRUE(taken) << taken.error().text();
    EXPECT_EQ(taken->number, "+1 (202) 5550123");
    EXPECT_EQ(taken->appName, "address book");
    EXPECT_EQ(taken->comment, "about the loom");
    EXPECT_EQ(dialer.tapi->takeRequest().error().code, ErrorCode::NoRequest);
    EXPECT_TRUE(asker.events.events.empty());
}

TEST_F(AssistedTest, WithoutARecipientItIsRefused) {
    Application asker(*manager, "asker");
    EXPECT_EQ(asker.tapi->requestMakeCall(callTo("1")).error().code, ErrorCode::NoRequestRecipient);
    EXPECT_EQ(asker.tapi->takeRequest().error().code, ErrorCode::NotRegistered);
}

TEST_F(AssistedTest, TheQueueIsBoundedAndKeepsItsOrder) {
    Application asker(*manager, "asker"), dialer(*manager, "dialer");
    ASSERT_TRUE(dialer.tapi->registerRequestRecipient());
    for (std::size_t i = 0; i < tapi::kMaxRequests; ++i) {
        ASSERT_TRUE(asker.tapi->requestMakeCall(callTo(std::to_string(i))));
    }
    EXPECT_EQ(asker.tapi->requestMakeCall(callTo("99")).error().code, ErrorCode::RequestQueueFull);
    EXPECT_EQ(dialer.tapi->takeRequest()->number, "0");
    EXPECT_TRUE(asker.tapi->requestMakeCall(callTo("16")));
    for (std::size_t i = 1; i <= tapi::kMaxRequests; ++i) {
        EXPECT_EQ(dialer.tapi->takeRequest()->number, std::to_string(i));
    }
    EXPECT_EQ(dialer.tapi->takeRequest().error().code, ErrorCode::NoRequest);
}

struct BadRequest {
    const char* what;
    tapi::AssistedRequest request;
    ErrorCode code;
};
TEST_F(AssistedTest, BadRequestsAreRefusedInWords) {
    Application asker(*manager, "asker"), dialer(*manager, "dialer");
    ASSERT_TRUE(dialer.tapi->registerRequestRecipient());
    const std::string huge(65536, '5');
    const BadRequest rows[] = {
        {"no number", {"", "a", "", ""}, ErrorCode::InvalDestAddress},
        {"64 KB number", {huge, "a", "", ""}, ErrorCode::InvalDestAddress},
        {"line break", {"1\r\nATD2", "a", "", ""}, ErrorCode::InvalDestAddress},
        {"delete", {"1\x7f", "a", "", ""}, ErrorCode::InvalDestAddress},
        {"64 KB name", {"1", huge, "", ""}, ErrorCode::InvalParam},
        {"64 KB party", {"1", "a", huge, ""}, ErrorCode::InvalParam},
        {"64 KB comment", {"1", "a", "", huge}, ErrorCode::InvalParam},
    };
    for (const BadRequest& row : rows) {
        const auto result = asker.tapi->requestMakeCall(row.request);
        ASSERT_FALSE(result) << row.what;
        EXPECT_EQ(result.error().code, row.code) << row.what;
        EXPECT_FALSE(result.error().cause.empty()) << row.what;
    }
    settle();
    EXPECT_TRUE(heard(dialer).empty());
}

struct PriorityRow {
    const char* what;
    tapi::Priority first, second, third;
    int told;  ///< which of the three
};
TEST_F(AssistedTest, TheFirstByPriorityIsTold) {
    using P = tapi::Priority;
    const PriorityRow rows[] = {
        {"in order", P::Normal, P::Normal, P::Normal, 0},
        {"second is highest", P::Normal, P::Highest, P::Normal, 1},
        {"the last highest wins", P::Highest, P::Normal, P::Highest, 2},
        {"lowest stands behind", P::Lowest, P::Normal, P::Normal, 1},
        {"two lowest", P::Lowest, P::Lowest, P::Normal, 2},
        {"all lowest", P::Lowest, P::Lowest, P::Lowest, 0},
    };
    for (const PriorityRow& row : rows) {
        for (const bool before : {true, false}) {  // set before registering, or after
            Application asker(*manager, "asker");
            Application apps[] = {{*manager, "one"}, {*manager, "two"}, {*manager, "three"}};
            const P priorities[] = {row.first, row.second, row.third};
            for (int i = 0; i < 3; ++i) {
                if (before) {
                    ASSERT_TRUE(apps[i].tapi->setRequestPriority(priorities[i]));
                }
                ASSERT_TRUE(apps[i].tapi->registerRequestRecipient());
            }
            for (int i = 0; i < 3 && !before; ++i) {
                ASSERT_TRUE(apps[i].tapi->setRequestPriority(priorities[i]));
            }
            ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("1")));
            settle();
            for (int i = 0; i < 3; ++i) {
                EXPECT_EQ(heard(apps[i]).size(), i == row.told ? 1U : 0U) << row.what << " " << i;
            }
        }
    }
}

TEST_F(AssistedTest, WhatWaitsGoesToTheNextRecipient) {
    Application asker(*manager, "asker"), second(*manager, "second");
    auto first = std::make_unique<Application>(*manager, "first");
    const auto cookie = first->tapi->registerRequestRecipient().value();
    ASSERT_TRUE(second.tapi->registerRequestRecipient());
    ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("1")));
    ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("2")));
    ASSERT_TRUE(first->tapi->takeRequest());
    ASSERT_TRUE(first->tapi->unregisterNotifications(cookie));
    settle();
    EXPECT_TRUE(heard(*first).empty());  // events under way die with the registration
    EXPECT_EQ(heard(second), std::vector<std::string>{"2"});
    EXPECT_EQ(first->tapi->unregisterNotifications(cookie).error().code, ErrorCode::NotRegistered);
}

TEST_F(AssistedTest, WhatWaitsIsForgottenWithTheLastRecipient) {
    Application asker(*manager, "asker");
    auto dialer = std::make_unique<Application>(*manager, "dialer");
    ASSERT_TRUE(dialer->tapi->registerRequestRecipient());
    ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("1")));
    dialer.reset();
    EXPECT_EQ(asker.tapi->requestMakeCall(callTo("1")).error().code, ErrorCode::NoRequestRecipient);
    EXPECT_EQ(logged("they are forgotten"), 1U);
    Application late(*manager, "late");
    ASSERT_TRUE(late.tapi->registerRequestRecipient());
    EXPECT_EQ(late.tapi->takeRequest().error().code, ErrorCode::NoRequest);
}

TEST_F(AssistedTest, TheFilterHidesTheEventAndNotTheRequest) {
    Application asker(*manager, "asker"), dialer(*manager, "dialer", tapi::EventClass::CallState);
    ASSERT_TRUE(dialer.tapi->registerRequestRecipient());
    ASSERT_TRUE(asker.tapi->requestMakeCall(callTo("1")));
    settle();
    EXPECT_TRUE(heard(dialer).empty());
    EXPECT_TRUE(dialer.tapi->takeRequest());
}

}  // namespace
}  // namespace tipring::test
