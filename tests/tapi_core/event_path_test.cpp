// SPDX-License-Identifier: Apache-2.0
// A program of its own: it counts every allocation.
#include "hal/base/allocation_count.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

class EventPathTest : public ManagerFixture {};

TEST_F(EventPathTest, ADigitTakesNoMemoryOnItsWayUp) {
    struct Counter : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            digits += std::holds_alternative<tapi::DigitEvent>(event) ? 1 : 0;
        }
        int digits = 0;
    } counter;
    start();
    Application app(*manager, "app");
    auto call = connected(app);
    ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
    app.tapi->setEventSink(&counter);
    const auto press = [&] {
        fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS, '5',
                   LINEDIGITMODE_DTMF);
        loop.settle();
        loop.settle();
    };
    for (int i = 0; i < 10; ++i) {
        press();
    }
    const auto before = allocationCount();
    for (int i = 0; i < 1000; ++i) {
        press();
    }
    EXPECT_EQ(allocationCount() - before, 0u);
    EXPECT_EQ(counter.digits, 1010);
}

}  // namespace
}  // namespace tipring::test
