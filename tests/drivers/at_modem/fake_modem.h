// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::at_modem {

/// A port in memory with canned answers: `fake:NAME` opens it while this lives. What a line of the
/// computer gets as an answer is looked up byte for byte; everything else is done by the test.
class FakeModem {
public:
    FakeModem(hal::EventLoop& loop, std::string name);
    ~FakeModem();
    FakeModem(const FakeModem&) = delete;
    FakeModem& operator=(const FakeModem&) = delete;

    /// `command` as sent, without CR; `bytes` come back at the loop's next turn.
    void answer(std::string_view command, std::string_view bytes);
    /// The answer once, then what was there before.
    void answerOnce(std::string_view command, std::string_view bytes);
    /// What lines without an entry get: "\r\nOK\r\n" unless told otherwise; empty: nothing.
    void otherwise(std::string_view bytes) { otherwise_ = bytes; }
    /// Called with each command line, before its answer.
    std::function<void(std::string_view)> onCommand;
    /// Bytes from the modem, now.
    void say(std::string_view bytes);
    /// The port ends by itself.
    void vanish(std::string_view why = "unplugged");
    /// Opening fails from now on.
    bool absent = false;

    /// What goes wrong with the n-th answer from now on (0: the next); -1: nothing.
    enum class Fault : std::uint8_t { Dropped, Doubled, Late, Garbled };
    int faultAt = -1;
    Fault fault = Fault::Dropped;

    /// All bytes that came, CR included.
    std::string written;
    /// The command lines that came, without CR.
    std::vector<std::string> commands;
    int opened = 0;
    bool dtr = false;
    std::vector<bool> dtrChanges;

    [[nodiscard]] int sent(std::string_view command) const;
    [[nodiscard]] bool isOpen() const { return port_ != nullptr; }

private:
    class Port;
    friend class Port;
    void take(std::string_view bytes);
    void reply(std::string_view command);
    void sayLater(std::string bytes);

    hal::EventLoop& loop_;
    hal::PortScheme scheme_;
    std::string name_;
    std::map<std::string, std::string, std::less<>> answers_;
    std::map<std::string, std::string, std::less<>> once_;
    std::string otherwise_ = "\r\nOK\r\n";
    std::string line_;
    hal::Timer late_;
    std::string lateBytes_;
    Port* port_ = nullptr;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tipring::at_modem
