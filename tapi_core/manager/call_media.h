// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "call_ear.h"
#include "handle_table.h"
#include "provider_queue.h"
#include "request_table.h"
#include "tipring/tapi_core/api/media.h"
#include "tipring/tapi_core/media/stream.h"
#include "tipring/tapi_core/tspi/media.h"

namespace tipring::core {

class CallView;
struct CallRecord;

/// A terminal of a call, as the loop's thread sees it.
struct CallTerminal {
    enum class State : std::uint8_t {
        Idle,
        Waiting,  ///< for its directions to run
        Active,
        Paused,
        Ending,  ///< the device still drains
    };
    enum class Kind : std::uint8_t { File, Descriptor, SoundDevice, Tone, Null, Room };

    tapi::TerminalId id{};
    Kind kind{};
    std::shared_ptr<media::Terminal> terminal;
    std::string name;    ///< the file's path, the device, ...
    bool brief = false;  ///< of Call::play or record: it goes when it ends
    State state = State::Idle;
    bool endedEarly = false;         ///< while it was waiting
    PendingRequest::Done started{};  ///< Waiting: whom to tell
    PendingRequest::Done stopped{};  ///< Ending: whom to tell
    media::TerminalCause cause{};    ///< Ending: why
    std::string text{};              ///< of the cause

    [[nodiscard]] bool uses(media::StreamDirection direction) const {
        return direction == media::StreamDirection::Play ? terminal->captures()
                                                         : terminal->renders();
    }
    /// It needs its directions to run.
    [[nodiscard]] bool runs() const {
        return state == State::Waiting || state == State::Active || state == State::Paused;
    }
};

/// The open stream of one call: the device at one end, terminals and the core's ear at the other.
/// The provider may run it from a thread of its own; what it causes comes to the loop as notices.
/// Its members belong to the loop's thread.
class CallMedia {
public:
    using Way = media::StreamDirection;
    /// What a direction is doing.
    enum class State : std::uint8_t { Off, Starting, On, Stopping };
    /// Notices of the core's own, beside TSPI_MEDIAEVENT_*.
    enum Notice : std::uint32_t {
        kTerminalEnded = 0x100,  ///< p2 = terminal, p3 = media::TerminalCause, text
        kTerminalNote,           ///< p2 = terminal, text = the file that begins
        kTick,                   ///< a second of sound has passed on another thread
        kHeard = 0x200,          ///< plus CallEar::Event; p2 = value, p3 = extra
    };

    CallMedia(std::weak_ptr<CallRecord> owner, std::shared_ptr<ProviderQueue> providerQueue);

    static const TspiMediaCallbacks& callbacks();
    [[nodiscard]] static HandleTable<CallMedia, HTAPIMEDIA>& handles();

    /// Puts it on the stream, idle.
    CallTerminal& add(std::unique_ptr<media::Terminal> terminal, CallTerminal::Kind kind,
                      std::string name);
    void remove(const CallTerminal& terminal);
    [[nodiscard]] CallTerminal* find(tapi::TerminalId id) const;
    [[nodiscard]] State& state(Way way) { return states_[static_cast<std::size_t>(way)]; }
    [[nodiscard]] State state(Way way) const { return states_[static_cast<std::size_t>(way)]; }
    /// From now on this one hears; null: nobody.
    void setEar(std::shared_ptr<CallEar> ear);
    [[nodiscard]] const std::shared_ptr<CallEar>& ear() const { return ear_; }
    /// What CallEar tells with.
    [[nodiscard]] CallEar::Tell earTell();
    [[nodiscard]] tapi::MediaStatus status() const;

    std::weak_ptr<CallRecord> call;
    HTAPIMEDIA handle = nullptr;
    HDRVMEDIA driverMedia = nullptr;
    TspiMediaCaps caps{};
    media::Stream stream;
    std::vector<std::unique_ptr<CallTerminal>> terminals;
    bool earRefused = false;  ///< the device would not record for the ear alone
    bool closing = false;     ///< the device has closed it; what hangs on it is told
    /// The line is used for something else; the ear hears nothing meanwhile. Thread: any.
    std::atomic<bool> interrupted{false};
    std::function<void(bool go)> heldBack;  ///< what waits until the ear's recording has stopped
    std::array<std::uint64_t, 2> alarms{};

private:
    static void onReceive(HTAPIMEDIA stream, std::uint64_t position, const std::int16_t* samples,
                          std::size_t count);
    static std::size_t onSend(HTAPIMEDIA stream, std::uint64_t position, std::int16_t* samples,
                              std::size_t capacity);
    static void onEvent(HTAPIMEDIA stream, std::uint32_t event, std::uintptr_t parameter,
                        const char* cause);

    void tick(std::size_t samples);
    void onTerminal(tapi::TerminalId id, const media::TerminalEvent& event);
    void notice(std::uint32_t event, std::uintptr_t parameter, std::uintptr_t extra,
                std::string text = {});

    const std::shared_ptr<ProviderQueue> queue_;
    const std::thread::id loopThread_;
    std::atomic<std::size_t> sinceTick_{0};
    std::array<State, 2> states_{};
    std::shared_ptr<CallEar> ear_;
    std::uint32_t nextId_ = 1;
};

}  // namespace tipring::core
