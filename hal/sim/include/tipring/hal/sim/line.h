// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/sim/copper.h"
#include "tipring/hal/sim/country.h"

namespace tipring::sim {

/// Sound moves in blocks of 20 ms: 160 samples, 16-bit linear, 8 kHz, mono.
inline constexpr std::size_t kBlock = 160;
inline constexpr std::chrono::milliseconds kBlockTime{20};
using HeardBlock = std::span<const std::int16_t, kBlock>;
using SpokenBlock = std::span<std::int16_t, kBlock>;

/// Why a number or a name is not told.
enum class Absence : std::uint8_t { None, Private, Unavailable };

/// What the exchange tells about a caller. Month 0: the time of the call by the loop's wall clock.
struct CallerId {
    std::string number{};
    std::string name{};
    Absence numberAbsence = Absence::None;
    Absence nameAbsence = Absence::None;  ///< None with an empty name: no name is sent at all
    std::uint8_t month = 0, day = 0, hour = 0, minute = 0;
    std::string called{};       ///< the number that was dialled, where it is not the line's own
    std::string redirecting{};  ///< who forwarded the call
};

/// What the exchange plays on a line.
enum class Signal : std::uint8_t {
    None,
    DialTone,
    Ringback,
    Busy,
    Congestion,
    SpecialDial,    ///< dial tone that says more: a message waits, a code was understood, recall
    VacantNumber,   ///< special information tone and a voice
    NumberChanged,  ///< the same, and the voice says the new number
    Howler,         ///< for a telephone that was left off hook
};
/// "dial-tone", "busy", ...
[[nodiscard]] std::string_view signalName(Signal signal) noexcept;
/// Dial tone of either kind.
[[nodiscard]] constexpr bool invitesToDial(Signal signal) {
    return signal == Signal::DialTone || signal == Signal::SpecialDial;
}

/// What a meter at the device's terminals shows.
struct LineElectrics {
    float volts = 0;      ///< DC, less than 0 while the polarity is reversed; 0 without battery
    float milliamps = 0;  ///< DC through the device; 0 on hook
    float ringVolts = 0;  ///< effective; 0 between bursts
    float ringHertz = 0;

    bool operator==(const LineElectrics&) const = default;
};

/// When calls to a line go elsewhere.
enum class Forward : std::uint8_t { Always, Busy, NoAnswer };
inline constexpr std::size_t kForwards = 3;

/// How the exchange treats one line. May change at any time; what runs already goes on.
struct LineSettings {
    std::string name{};  ///< told with the number when this line calls
    std::optional<ExchangeHabits::Supervision> supervision{};  ///< null: as in its country
    std::optional<ExchangeHabits::Flash> flash{};              ///< null: as in its country
    /// A standard of dsp::callerIdStandard(); empty: as in its country; "none": not subscribed to.
    std::string callerId{};
    bool singleMessage = false;     ///< SDMF, number and time alone, where the standard is FSK
    bool reversesOnAnswer = false;  ///< polarity turns when an outgoing call is answered
    bool dialTone = true;           ///< false: a dead or blocked line
    bool toneDialling = true, pulseDialling = true;
    bool callWaiting = false;
    bool transferOnHangUp = false;  ///< hanging up connects the two others, with any kind of flash
    bool reminder = false;          ///< a short ring for each call that is forwarded always
    bool stutter = true, lamp = true;           ///< how a waiting message shows: dial tone, FSK
    std::chrono::milliseconds noDial{20000};    ///< dial tone lasts that long
    std::chrono::milliseconds noAnswer{20000};  ///< until a call is forwarded
    float batteryVolts = 48, ringVolts = 75;    ///< 0..100, 0..150
    float loopOhms = 1200;                      ///< feed and wire together, 100..10000
};

class Line;

/// What is plugged into a line: a modem, an adapter, a telephone.
///
/// The first group of calls comes with no sound at all and costs nothing while the line is idle; a
/// device that looks at the wires itself takes onElectrics and onSound instead.
class LineDevice {
public:
    virtual ~LineDevice() = default;
    /// Ring voltage begins or ends: every burst of the cadence.
    virtual void onRing(bool on) = 0;
    /// The caller ID message came over the line, whole; `id` has its date. Off hook: of a call that
    /// waits.
    virtual void onCallerId(const CallerId& /*id*/) {}
    /// Loop current was cut for a moment: the far end hung up.
    virtual void onLoopBreak() {}
    /// The exchange plays something else now.
    virtual void onSignal(Signal /*signal*/) {}
    /// The exchange connected the outgoing call. No analog line shows it; the sound is there.
    virtual void onAnswered() {}
    virtual void onCarrier(bool /*on*/) {}
    virtual void onData(std::span<const std::byte> /*bytes*/) {}
    /// A second call waits, or gave up.
    virtual void onCallWaiting(bool /*on*/) {}
    /// The lamp's message came over the line.
    virtual void onMessageWaiting(bool /*on*/) {}
    /// Another telephone on the same pair was lifted or put down.
    virtual void onExtension(bool /*offHook*/) {}
    /// Japan: whether the terminal goes off hook for the message by itself, out of the exchange's
    /// sight. False for one that does so with closeLoop().
    [[nodiscard]] virtual bool answersCallSignal() { return true; }

    /// Something changed at the terminals. Short alerting rings before a caller ID are seen here
    /// alone.
    virtual void onElectrics(const LineElectrics& /*now*/) {}
    /// 20 ms both ways, while the device listens (see Line::listen). What it says counts off hook.
    virtual void onSound(HeardBlock heard, SpokenBlock spoken) = 0;

protected:
    LineDevice() = default;
    LineDevice(const LineDevice&) = delete;
    LineDevice& operator=(const LineDevice&) = delete;
};

/// When sound moves for somebody who looks on at a line; while the device listens it does anyway.
enum class WatchedSound : std::uint8_t {
    None,
    InUse,  ///< off hook, and during each message on hook (caller ID, lamp)
    Always,
};

/// Looks on at a line and changes nothing: a trace, a recording, the second ear of a device that
/// has a modem's brain and a monitor beside it. May stop to do so from inside.
class LineWatcher {
public:
    virtual ~LineWatcher() = default;
    /// "ring" with how many, "caller-id" with the number, "reminder", "off-hook", "on-hook",
    /// "digit" with the key, "signal" with what the exchange plays, "connected", "released".
    virtual void onLineEvent(const Line& /*line*/, std::string_view /*what*/,
                             std::string_view /*detail*/) {}
    /// 20 ms at the device's terminals: what it hears and what it says.
    virtual void onLineSound(const Line& /*line*/, HeardBlock /*toDevice*/,
                             HeardBlock /*fromDevice*/) {}

protected:
    LineWatcher() = default;
    LineWatcher(const LineWatcher&) = delete;
    LineWatcher& operator=(const LineWatcher&) = delete;
};

class Exchange;
class FarEnd;

/// A subscriber's line: two wires between the exchange and one device. Thread: the loop's.
class Line {
public:
    enum class State : std::uint8_t { Idle, Ringing, OffHook, Connected };

    ~Line();
    [[nodiscard]] State state() const;
    [[nodiscard]] const std::string& number() const;
    /// As the exchange sees it: any telephone of the pair.
    [[nodiscard]] bool isOffHook() const;
    [[nodiscard]] Signal signal() const;
    /// Rings of the present call, the one that is on included; 0 when idle. A double ring is one.
    [[nodiscard]] unsigned rings() const;
    /// Keys that the exchange heard since the line went off hook.
    [[nodiscard]] std::string_view dialled() const;
    [[nodiscard]] bool hasHeldCall() const;
    [[nodiscard]] bool hasWaitingCall() const;
    /// Three parties hear one another.
    [[nodiscard]] bool inConference() const;
    [[nodiscard]] LineElectrics electrics() const;

    /// The rules of the line's country, which outlives the line.
    [[nodiscard]] const Country& country() const;
    void setCountry(const Country& country);
    [[nodiscard]] const LineSettings& settings() const;
    void setSettings(const LineSettings& settings);
    /// LineSettings::dialTone, at once.
    void setDialTone(bool on);
    /// The wires, the same in both directions; a cut wire takes battery, ring and hook away too.
    void setCopper(const CopperSettings& settings);
    [[nodiscard]] const CopperSettings& copper() const;
    /// Where calls go; an empty number ends it. The subscriber's codes change the same.
    void setForward(Forward when, std::string_view number);
    [[nodiscard]] const std::string& forward(Forward when) const;
    /// How many messages wait: stutter dial tone, and a message by FSK when the line is idle next.
    void setMessageWaiting(unsigned messages);
    /// Another telephone on the same pair is lifted or put down; what it says (when lifted).
    void setExtension(bool offHook);
    void sayOnExtension(std::span<const std::int16_t> samples);

    /// One that looks on already gets that sound from now on.
    void watch(LineWatcher& watcher, WatchedSound sound = WatchedSound::None);
    void unwatch(LineWatcher& watcher);

    // What the device does, told as what it means.
    void attach(LineDevice* device);
    void offHook();
    void onHook();
    /// One key, at the moment when its tone or pulses end. Routes the call when the number is
    /// known.
    void dial(char key);
    void flash();
    void setCarrier(bool on);
    void sendData(std::span<const std::byte> bytes);

    // What the device does to the wires; the exchange finds out from the times what it means: an
    // answer, a dial pulse, a flash, or the end of the call some time later.
    void closeLoop();
    void openLoop();
    /// Sound goes both ways in blocks from now on, on hook too: caller ID, messages, another
    /// telephone. Digits are heard from it while the exchange waits for some.
    void listen(bool on);

private:
    friend class Exchange;
    friend class FarEnd;
    struct Impl;
    explicit Line(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
