// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "command_template.h"
#include "dialogue.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::at_modem {

/// What a modem says by itself. Calls come on the loop's thread, from inside the port's.
class EngineListener {
public:
    virtual ~EngineListener() = default;
    /// A ring in words, its cadence, or a line of caller ID. In any state.
    virtual void onCallLine(const AtLine& line) = 0;
    /// The far end of a call that is being placed rings.
    virtual void onRingback() = 0;
    /// A DLE code outside of a stream (3.2 of V.253's tables), in any state.
    virtual void onCode(char code) = 0;
    /// A line that is nothing known, while no command waits.
    virtual void onUnsolicited(std::string_view /*line*/) {}
    /// A final result that nobody waits for.
    virtual void onStrayReply(Reply reply, std::string_view line) = 0;
    /// Room in the port's queue again.
    virtual void onWritable() {}
    /// The port ended; a running dialogue was ended before. The port may be destroyed afterwards,
    /// not inside.
    virtual void onPortGone(const hal::Error& why) = 0;
};

/// Who reads the sound of a reception.
class SoundSink {
public:
    virtual ~SoundSink() = default;
    /// Shielding removed.
    virtual void onSound(std::span<const std::byte> bytes) = 0;
    virtual void onSoundCode(char code) = 0;
    /// DLE ETX: what follows is text again.
    virtual void onSoundEnd() = 0;
};

class EngineReader;

/// Runs dialogues with a modem, one command at a time, on one port.
///
/// Results are taken from whole lines only; echo may be there or not; what comes late or twice is
/// drained in the gap before the next command; rings, caller ID and DLE codes go to the listener in
/// any state. After a step timed out, nothing is sent before the line was silent for 150 ms.
/// No allocation per line. Thread: the loop's.
class AtEngine final : private hal::SerialPortObserver {
public:
    AtEngine(hal::EventLoop& loop, EngineListener& listener);
    ~AtEngine() override;
    AtEngine(const AtEngine&) = delete;
    AtEngine& operator=(const AtEngine&) = delete;

    /// The port is borrowed until detach(). A dialogue that runs ends with Gone.
    void attach(hal::SerialPort& port);
    void detach(const hal::Error& why);
    void setProfile(const Profile& profile) { profile_ = &profile; }

    struct Start {
        CommandValues values{};
        std::chrono::milliseconds extra{0};  ///< added to the limits of Codes steps
        hal::TimePoint notBefore{};          ///< of the first command
    };
    /// Nothing else may run. The client is borrowed until its onDialogueEnd.
    void run(Dialogue dialogue, DialogueClient& client, const Start& start);
    void run(Dialogue dialogue, DialogueClient& client) { run(dialogue, client, Start{}); }
    [[nodiscard]] bool busy() const { return client_ != nullptr; }
    /// Ends the running dialogue as soon as the modem can: a step that any byte interrupts at
    /// once, others with their answer. The client hears Cancelled.
    void cancel();

    /// From the next byte on (the byte after CONNECT's LF, when called from a dialogue's end) all
    /// is sound, until the modem says that it ended, or a result comes after endStream().
    void beginSound(SoundSink& sink);
    /// The end was asked for: a result alone ends the sound too.
    void endingSound() { soundEnding_ = true; }
    void stopSound();
    [[nodiscard]] bool hasSound() const { return sink_ != nullptr; }

    /// Raw bytes of a transmission; returns how many the port took.
    std::size_t send(std::span<const std::byte> bytes);
    [[nodiscard]] std::size_t unsent() const;
    /// Throws away what the port has not sent.
    void discardUnsent();

private:
    friend class EngineReader;
    enum class State : std::uint8_t { Idle, Waiting, Asked, Interrupting };

    void onReceived(std::span<const std::byte> bytes) override;
    void onWritable() override;
    void onGone(const hal::Error& why) override;

    [[nodiscard]] const Step& step() const { return dialogue_[index_]; }
    void beginStep(std::chrono::milliseconds pause);
    void onTimer();
    void transmit();
    bool transmitLine();
    void transmitCode();
    void write(std::string_view bytes);
    // What the reader found.
    void takeCode(char code);
    void takeCallLine(const AtLine& line);
    [[nodiscard]] bool asked() const { return state_ == State::Asked; }
    void takeInformation(std::string_view line);
    void takeReply(Reply reply, std::string_view line);

    void answered(Reply reply, std::string_view line);
    void follow(Then then, DialogueEnd::How failure, Reply reply, std::string_view line,
                std::chrono::milliseconds pause);
    void drain();
    [[nodiscard]] bool endsCallerId() const;
    void timedOut();
    void end(DialogueEnd::How how, Reply reply, std::string_view line);
    [[nodiscard]] std::size_t commandCount() const;
    [[nodiscard]] const Command* command() const;

    hal::EventLoop& loop_;
    EngineListener& listener_;
    hal::SerialPort* port_ = nullptr;
    const Profile* profile_ = nullptr;
    hal::Timer timer_;

    Dialogue dialogue_{};
    DialogueClient* client_ = nullptr;
    Start start_{};
    State state_ = State::Idle;
    std::size_t index_ = 0;    ///< of the step
    std::size_t command_ = 0;  ///< of the step's sequence, or of its codes
    unsigned tries_ = 0;
    bool cancelled_ = false;
    bool draining_ = false;  ///< send only after silence
    hal::TimePoint drainLimit_{};
    std::optional<hal::TimePoint> callLineAt_;
    CommandLine line_;

    SoundSink* sink_ = nullptr;
    bool soundEnding_ = false;
    hal::TimePoint lastByte_{};
    hal::TimePoint quietSince_{};  ///< of the last final result
    std::unique_ptr<EngineReader> reader_;
};

}  // namespace tipring::at_modem
