// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tipring/drivers/analog/flash_services.h"
#include "tipring/drivers/analog/fxo_port.h"
#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/caller_id.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::analog {

enum class FxoState : std::uint8_t {
    Gone,       ///< the device was unplugged
    NoBattery,  ///< on hook, and the exchange does not feed the line
    Idle,
    InUse,  ///< a parallel telephone is off hook
    Ringing,
    FetchingId,  ///< off hook for the caller ID of a call that will ring (Japan)
    Seizing,     ///< off hook, waiting for the dial tone
    Dialing,
    Waiting,   ///< dialled; nothing heard yet
    Alerting,  ///< ringback is heard
    Talking,
    Flashing,   ///< the exchange is asked for a service
    OnHold,     ///< the exchange holds the only party
    Refused,    ///< the active party of two is gone, or was not reached; the other one is held
    Releasing,  ///< on hook, for the time that the exchange needs to see it
};
inline constexpr std::size_t kFxoStates = 15;

/// Why a call ended.
enum class FxoEnd : std::uint8_t {
    None,
    HungUp,   ///< by us
    Refused,  ///< by us, while it rang: the line is let ring
    FarHungUp,
    GaveUp,    ///< it rings no more
    PickedUp,  ///< by a parallel telephone
    Busy,
    Congestion,
    SpecialInfo,
    NoAnswer,
    NoDialTone,
    NoLoop,  ///< no current flows, or the battery went
    Glare,   ///< a call came in while the line was seized
    Unplugged,
};

struct FxoEvent {
    enum class Kind : std::uint8_t {
        Offered,   ///< a call comes in: by its first ring or by the message before it
        Ring,      ///< `mode` from 1, `count` from 0
        CallerId,  ///< `callerId`; may come twice, the later one says more
        DialTone,  ///< `tone`; None of it was heard where the line dials blindly: `heard` false
        Dialing,   ///< the first digit goes out
        Dialled,   ///< all digits are out
        Ringback,
        Tone,       ///< busy, congestion, special information ...: `tone`; then Ended follows
        Connected,  ///< `confirmed` by the network, or presumed; a second one confirms
        Ended,      ///< the call is over but for the hook: `end`, `cause`
        Over,       ///< exactly once a call: the line is free of it
        KeysSent,   ///< what sendKeys() took
        Flashed,  ///< what flash() asked for was done (`on`), presumably where no `tone` of it was
                  ///< `heard`; else the line is as before, or Refused: the number was busy
        PartyEnded,      ///< the active party of two is gone or was not reached: `end`, `cause`
        Waiting,         ///< somebody calls meanwhile: `on` at the alert, then with `callerId`, or
                         ///< without where none came
        WaitingTone,     ///< the beep of a call that waits
        Extension,       ///< a parallel telephone was lifted (`on`) or put down
        InService,       ///< `on`; `cause` when it is not
        MessageWaiting,  ///< `on`
        Gone,            ///< unplugged: `cause`
    };
    Kind kind{};
    unsigned mode = 1, count = 0;
    dsp::ToneKind tone{};
    bool heard = true, confirmed = false, on = false;
    FxoEnd end = FxoEnd::None;
    const dsp::CallerId* callerId = nullptr;  ///< valid during the call
    std::string_view cause{};                 ///< in words; valid during the call
};

/// Who uses a line.
class FxoObserver {
public:
    virtual ~FxoObserver() = default;
    virtual void onFxo(const FxoEvent& event) = 0;
    /// While off hook in a call, silence between two parties of it; see FxoPortListener::onSound().
    /// What is spoken while the exchange tells who waits does not go out.
    virtual void onFxoSound(std::uint64_t position, std::span<const std::int16_t> heard,
                            std::span<std::int16_t> spoken) = 0;

protected:
    FxoObserver() = default;
    FxoObserver(const FxoObserver&) = delete;
    FxoObserver& operator=(const FxoObserver&) = delete;
};

struct FxoSettings {
    bool waitForDialTone = true;               ///< false: dial after `blind`
    std::chrono::milliseconds dialTone{6000};  ///< longest wait for it
    std::chrono::milliseconds blind{1500};
    std::chrono::milliseconds noAnswer{60000};  ///< from the last digit
    /// On hook before the next call, and more than the exchange takes for a flash.
    std::chrono::milliseconds release{600};
    bool pulse = false;
    std::optional<Supervision> supervision{};  ///< null: the profile's
};

/// Supervises one line-side port: rings with their cadence, caller ID, battery, polarity, loop
/// current, a parallel telephone; seizes, dials, follows the tones, and knows when the far end
/// answered or hung up. A state machine as a table (fxo_line.cpp), on the loop's time and the
/// port's samples. Thread: the loop's. The observer may call back from inside its events.
class FxoLine {
public:
    /// The port is borrowed, on hook, and listened to from now on.
    FxoLine(hal::EventLoop& loop, FxoPort& port, const LineProfile& profile, FxoObserver& observer,
            const FxoSettings& settings = {});
    ~FxoLine();

    [[nodiscard]] FxoState state() const;
    /// A call is under way, ringing included: Over has not come.
    [[nodiscard]] bool busy() const;
    [[nodiscard]] bool extensionLifted() const;

    /// InvalCallState unless it rings. Connected follows.
    hal::Result<void> answer();
    /// Goes off hook and dials (dialler.h's keys); none: off hook with dial tone, dialMore() has
    /// the digits. InUse: a call, a ring (glare) or a parallel telephone is on the line.
    /// InvalLineState: no battery. `incomplete`: more digits will come.
    hal::Result<void> dial(std::string_view keys, bool incomplete = false,
                           std::chrono::milliseconds noAnswer = {});
    hal::Result<void> dialMore(std::string_view keys, bool incomplete,
                               std::chrono::milliseconds noAnswer = {});
    /// Keys in a call; KeysSent follows. Empty keys stop what is under way, KeysSent does not come.
    hal::Result<void> sendKeys(std::string_view keys, std::chrono::milliseconds toneOn = {},
                               bool pulse = false);
    /// Asks the exchange for a service: sends the keys, in which `!` is a flash of that length, and
    /// listens for what `aim` says; Flashed follows. After Consult dialMore() has the digits.
    /// InvalCallState without a call, or while it is asked for another one.
    hal::Result<void> flash(std::string_view keys, std::chrono::milliseconds breakTime,
                            FlashAim aim);
    /// A hook flash in a call and then, half a second later, the code of a service (keys, may be
    /// empty); KeysSent follows, what sendKeys() was sending is dropped.
    hal::Result<void> flash(std::string_view code);
    /// WaitingTone comes while this is on.
    void expectBeeps(bool on);
    [[nodiscard]] bool mayFlash() const;
    /// Whether the exchange holds another party: what ends the active one leaves the line.
    void setCompany(bool held);
    /// Ends the call; on a ringing line only the call's events end. Nothing without a call.
    void hangUp();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::analog
