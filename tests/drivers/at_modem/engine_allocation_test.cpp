// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "at_engine.h"
#include "hal/base/allocation_count.h"
#include "profile_store.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::at_modem {
namespace {

/// A port that answers each command line without taking memory.
class QuietPort final : public hal::SerialPort {
public:
    void setObserver(hal::SerialPortObserver* observer) override { observer_ = observer; }
    hal::Result<std::size_t> write(std::span<const std::byte> bytes) override {
        ++writes;
        return bytes.size();
    }
    [[nodiscard]] std::size_t pending() const override { return 0; }
    hal::Result<void> discardOutput() override { return {}; }
    hal::Result<void> configure(const hal::LineSettings&) override { return {}; }
    hal::Result<void> setDtr(bool) override { return {}; }
    hal::Result<void> setRts(bool) override { return {}; }
    hal::Result<hal::ModemLines> modemLines() override { return hal::ModemLines{}; }
    [[nodiscard]] std::string_view name() const override { return "quiet"; }
    void say(std::string_view text) {
        observer_->onReceived(std::as_bytes(std::span(text.data(), text.size())));
    }
    int writes = 0;

private:
    hal::SerialPortObserver* observer_ = nullptr;
};

struct Counting : EngineListener, DialogueClient {
    int lines = 0, ends = 0;
    void onCallLine(const AtLine&) override { ++lines; }
    void onRingback() override { ++lines; }
    void onCode(char) override { ++lines; }
    void onStrayReply(Reply, std::string_view) override { ++lines; }
    void onPortGone(const hal::Error&) override {}
    void onInformation(std::uint8_t, std::string_view) override { ++lines; }
    void onDialogueEnd(const DialogueEnd&) override { ++ends; }
};

TEST(AtEngineAllocation, LinesAndDialoguesTakeNoMemory) {
    constexpr std::array kTwo{Step{.text = "AT+VCID?"}, Step{.text = "ATE0Q0V1"}};
    hal::VirtualLoop loop;
    const ProfileStore profiles;
    Counting counting;
    QuietPort port;
    AtEngine engine(loop, counting);
    engine.setProfile(*profiles.find("v253-voice"));
    engine.attach(port);
    const auto turn = [&] {
        engine.run(kTwo, counting);
        for (int i = 0; i < 2; ++i) {
            loop.advance(std::chrono::milliseconds{30});
            port.say("\r\nRING\r\n\r\nNMBR = 5551234\r\n\x10R\r\n+VCID: 1\r\n\r\nO");
            port.say("K\r\n\r\nOK\r\n");
        }
    };
    turn();
    const std::uint64_t before = test::allocationCount();
    for (int i = 0; i < 100; ++i) {
        turn();
    }
    EXPECT_EQ(test::allocationCount() - before, 0U);
    EXPECT_EQ(counting.ends, 101);
    EXPECT_EQ(port.writes, 202);
    EXPECT_GT(counting.lines, 800);
}

}  // namespace
}  // namespace tipring::at_modem
