// SPDX-License-Identifier: Apache-2.0
// Members that are added, removed, hung up and called anew in any order: the states always fit, and
// nothing is left over.
#include <random>

#include "tapi_core/bridge_fixture.h"

namespace tipring::test {
namespace {

class BridgePropertyTest : public BridgeFixture {
protected:
    template <class Result>
    auto ask(Result result) {
        EXPECT_TRUE(result) << result.error().text();
        asked += result ? 1 : 0;
        settle();
        return std::move(*result);
    }
    template <class Result>
    void tell(const Result& result, bool wanted) {
        EXPECT_EQ(result.has_value(), wanted);
        if (!result) {
            EXPECT_EQ(result.error().code, ErrorCode::InvalCallState);
        }
        asked += result ? 1 : 0;
        settle();
    }
    void step() {
        const std::size_t line = random() % kLines;
        Call& call = calls[line];
        switch (random() % 8) {
        case 0:
        case 1:
            if (!call || call->lineState() == S::Idle) {
                call = connected(line);
            }
            return;
        case 2:
            if (call && !whole() && call->lineState() == S::Connected) {
                conference = ask(call->setupConference(0, {}, reply())).conference;
            }
            return;
        case 3:
        case 4:
            if (call && whole()) {
                tell(conference->addToConference(call, reply()), call->lineState() == S::Connected);
            }
            return;
        case 5:
            if (call && call->lineState() == S::Conferenced) {
                tell(call->removeFromConference(reply()), true);
            }
            return;
        case 6:
            if (call && call->lineState() != S::Idle) {
                hangUp(line);
            }
            return;
        default:
            if (whole() && random() % 20 == 0) {
                tell(conference->disconnect(reply()), true);
                for (std::size_t each = 0; each < kLines; ++each) {
                    if (calls[each] && calls[each]->lineState() == S::Conferenced) {
                        hangUp(each);
                    }
                }
            }
        }
    }
    [[nodiscard]] bool whole() const { return conference && conference->lineState() != S::Idle; }
    void expectInvariants(unsigned number) {
        std::size_t members = 0;
        for (const Call& call : calls) {
            members += call && call->lineState() == S::Conferenced ? 1 : 0;
        }
        if (whole()) {
            const bool waits = conference->lineState() == S::OnHoldPendConf;
            EXPECT_TRUE(waits ? members == 1 : members >= 2) << members << " at step " << number;
            EXPECT_EQ(conference->hub()->numberOfCalls(), members + 1) << number;
        } else {
            EXPECT_EQ(members, 0u) << number;
        }
    }

    std::minstd_rand random{20261125};
};

TEST_F(BridgePropertyTest, TenThousandStepsInAnyOrder) {
    calls.resize(kLines);
    for (unsigned number = 0; number < 10000 && !HasFailure(); ++number) {
        step();
        expectInvariants(number);
        if (number % 64 == 0) {
            app->events.events.clear();
        }
    }
}

}  // namespace
}  // namespace tipring::test
