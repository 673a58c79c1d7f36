// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"
#include "modem_settings.h"
#include "sound/tone_pair.h"
#include "tipring/hal/sim/at_modem.h"
#include "tone_ear.h"
#include "voice_stream.h"

namespace tipring::sim {

/// How one command of a line ended: the next may come, ERROR, the voice result, or later.
enum class Outcome : std::uint8_t { Next, Fail, Voice, Later };

/// The modem's one state. Split over files by subject: at_modem.cpp (bytes in and out),
/// at_faults.cpp (what goes wrong), at_commands.cpp (V.250), at_voice_commands.cpp (V.253,
/// Rockwell), at_call.cpp (ringing, dialling, data), at_sound.cpp (streams and events).
struct AtModem::Impl {
    enum class Mode : std::uint8_t { Command, Online, Transmit, Receive, Duplex };
    /// What a command in progress waits for.
    enum class Wait : std::uint8_t { None, Dial, Answer, Tones, Drain, Delay };
    enum class Result : std::uint8_t {
        Ok,
        Connect,
        Ring,
        NoCarrier,
        Error,
        NoDialTone,
        Busy,
        NoAnswer,
        Voice
    };
    using Handler = Outcome (Impl::*)(const Command&);

    Impl(hal::EventLoop& loop, Line& line, const Personality& personality);

    // bytes in and out: at_modem.cpp
    std::size_t receive(std::span<const std::byte> bytes);
    std::size_t receiveCommand(std::span<const std::byte> bytes);
    void runLine();
    void put(std::string_view text) { send(text); }
    void putLine(std::string_view text);  ///< information text
    void putEvent(char code);             ///< DLE and a letter
    void putResult(Result result);
    void finish(Result result);  ///< ends the command in progress
    void deliver(Result result);
    [[nodiscard]] std::string_view resultText(Result result) const;
    [[nodiscard]] std::string_view resultCode(Result result) const;
    [[nodiscard]] Result filtered(Result result) const;  ///< by ATX
    void updateLines();
    void setDtr(bool on);
    void restore(const ModemSettings& profile);
    void factory();

    // faults: at_faults.cpp
    enum class Swallowed : std::uint8_t { No, Done, Lost };
    Swallowed faultAt(std::string_view command);
    void send(std::string_view text);  ///< to the outlet, by way of the faults that delay it
    void sendPiece();
    void flushHeld();
    void wake();
    void powerOn();
    void plugIn();
    [[nodiscard]] bool silenced() const { return wedged || stallTimer.armed(); }

    // commands: at_commands.cpp
    Outcome run(const Command& command);
    Outcome runBasic(const Command& command);
    Outcome runAmpersand(const Command& command);
    Outcome registerCommand(const Command& command);
    Outcome identify(const Command& command);
    Outcome view(const Command& command);
    std::optional<Outcome> fixedAnswer(const Command& command);
    std::optional<Outcome> settingCommand(const Command& command);
    Outcome classCommand(const Command& command);

    // voice commands: at_voice_commands.cpp
    static Handler findVoiceHandler(std::string_view name, const Personality& personality);
    Outcome voiceFormat(const Command& command);
    Outcome rockwellBits(const Command& command);
    Outcome rockwellRate(const Command& command);
    Outcome lineSelect(const Command& command);
    Outcome rockwellLineSelect(const Command& command);
    Outcome transmit(const Command& command);
    Outcome receiveVoice(const Command& command);
    Outcome duplex(const Command& command);
    Outcome sendTones(const Command& command);
    Outcome reportCallerId(const Command& command);
    bool parseTone(std::string_view text);
    void setClass(int next);

    // calls: at_call.cpp
    void ring(bool on);
    void callerId(const CallerId& id);
    void printCallerId(const CallerId& id, bool raw);
    void loopBreak();
    void signal(Signal next);
    void answeredByFarEnd();
    void carrier(bool on);
    void data(std::span<const std::byte> bytes);
    Outcome dialCommand(const Command& command);
    Outcome answerCommand();
    Outcome onlineCommand();
    void dialStep();
    void dialTimeout();
    void signalHeard();
    void trained();
    void hangUp();
    void takeLine();
    void abortCommand();
    std::size_t receiveOnline(std::span<const std::byte> bytes);
    void escapeOver();
    [[nodiscard]] bool inVoice() const { return cls == 8; }

    // sound: at_sound.cpp
    void sound(HeardBlock heard, SpokenBlock spoken);
    void speakTones(SpokenBlock spoken);
    void speakVoice(SpokenBlock spoken);
    void hearEvents(HeardBlock heard);
    void hearSilence(double rms);
    void sendVoice(HeardBlock heard);
    void startStream(Mode next);
    void endStream(bool shielded);
    std::size_t receiveTransmit(std::span<const std::byte> bytes);
    std::size_t receiveDuring(std::span<const std::byte> bytes);
    void transmitCode(char code);
    void receiveCode(char code);
    void takeCodes(std::span<const std::byte> codes);
    void updateListening();
    void inactive();

    hal::EventLoop& loop;
    Line& line;
    const Personality& personality;
    ModemOutlet* outlet = nullptr;
    ModemFaults faults;
    ModemTap tap;

    ModemSettings settings, stored;
    CommandLine commandLine;
    std::string running;       ///< the line that is being done
    std::string_view current;  ///< its command, for faults
    std::string held;          ///< said, and not sent yet: a stall, or in pieces
    bool wedged = false;
    std::size_t playedBlocks = 0, heardBlocks = 0;
    std::string out;  ///< scratch for answers
    Mode mode = Mode::Command;
    Wait wait = Wait::None;
    bool dtr = true;
    DceLines lines;

    // call
    bool offHook = false, online = false, peerCarrier = false;
    unsigned rings = 0;
    bool ringing = false;  ///< the present burst was reported
    hal::TimePoint ringEdge{};
    std::optional<CallerId> lastCaller;
    std::string dialString;
    std::size_t dialAt = 0;
    bool pulse = false, waitQuiet = false, sawRingback = false, comeBack = false;
    hal::Timer dialTimer, answerTimer, signalTimer, trainTimer, ringOver, delayTimer, inactivity;
    hal::Timer stallTimer, pieceTimer, awayTimer;
    std::optional<Result> delayed;

    // escape
    hal::Timer escapeTimer;
    hal::TimePoint lastData{};
    unsigned pluses = 0;

    // voice
    int cls = 0;
    int label = 0;  ///< of +VLS or #VLS
    const VoiceFormat* format = nullptr;
    std::uint32_t rate = 8000;
    std::optional<VoiceTransmit> voiceOut;
    std::optional<VoiceReceive> voiceIn;
    bool dle = false, stalled = false, paused = false, started = false, dry = false, lost = false;
    std::vector<std::byte> shielded;  ///< scratch of a block
    struct Tone {
        double hertz1, hertz2;
        std::size_t samples;
    };
    std::deque<Tone> tones;
    TonePair tone;
    ToneEar ear;
    unsigned keyBlocks = 0;
    char key = 0;
    bool listening = false, spoke = false, silenceTold = false;
    unsigned quietBlocks = 0;
};

}  // namespace tipring::sim
