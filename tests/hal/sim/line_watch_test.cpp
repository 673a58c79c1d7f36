// SPDX-License-Identifier: Apache-2.0
// Those who look on at a line.
#include "line_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct Watcher final : LineWatcher {
    void onLineEvent(const Line& line, std::string_view what, std::string_view) override {
        events += std::string(what) + " ";
        if (leaves) {
            const_cast<Line&>(line).unwatch(*this);
        }
    }
    void onLineSound(const Line&, HeardBlock, HeardBlock) override { ++blocks; }
    std::string events;
    int blocks = 0;
    bool leaves = false;
};

TEST(LineWatch, EachGetsTheSoundThatItWants) {
    LineRig rig;
    Watcher trace, tape, monitor;
    rig.line.watch(trace);
    rig.advance(1s);
    EXPECT_EQ(trace.blocks, 0);
    rig.line.watch(tape, WatchedSound::InUse);
    rig.advance(1s);
    EXPECT_EQ(tape.blocks, 0);
    rig.line.offHook();
    rig.advance(1s);
    EXPECT_NEAR(tape.blocks, 50, 1);
    rig.line.onHook();
    rig.advance(1s);
    EXPECT_NEAR(tape.blocks, 50, 1);
    rig.line.watch(monitor, WatchedSound::Always);
    rig.advance(1s);
    EXPECT_NEAR(monitor.blocks, 50, 1);
    rig.line.unwatch(monitor);
    rig.advance(1s);
    EXPECT_NEAR(monitor.blocks, 50, 1);
}

TEST(LineWatch, OneMayLeaveFromInsideAndTheOthersStay) {
    LineRig rig;
    Watcher first, second, third;
    for (Watcher* each : {&first, &second, &third}) {
        rig.line.watch(*each);
    }
    second.leaves = true;
    rig.line.offHook();
    rig.line.onHook();
    EXPECT_TRUE(first.events.starts_with("off-hook ")) << first.events;
    EXPECT_EQ(first.events, third.events);
    EXPECT_LT(second.events.size(), first.events.size());
    EXPECT_EQ(second.events.find(' ') + 1, second.events.size());  // one
}

}  // namespace
}  // namespace tipring::sim
