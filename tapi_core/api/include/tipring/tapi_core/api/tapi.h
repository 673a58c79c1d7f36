// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/tapi_core/api/events.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

/// What an address can ever do (its status says what is possible now).
struct AddressCapabilities {
    std::string permanentId;  ///< the same device has the same one over restart and re-plug
    std::string providerInfo;
    MediaModes mediaModes;
    bool callerId = false;
    bool canPlay = false, canRecord = false, fullDuplex = false;
    bool monitorsDigits = false, generatesDigits = false;
    std::uint32_t callStates = 0;       ///< LINECALLSTATE_* that can occur
    std::uint32_t disconnectModes = 0;  ///< LINEDISCONNECTMODE_*
    std::uint32_t connectedModes = 0;   ///< without CONFIRMED, connected is always presumed
    std::uint32_t dialModifiers = 0;    ///< LINEDEVCAPFLAGS_DIAL*
};

enum class AddressState : std::uint8_t { InService, OutOfService };

/// How sound leaves a playback: let it be heard to its end, or cut it off now.
enum class StopMode : std::uint8_t { Drain, Discard };

/// One call as one application sees it. Handles may be kept as long as wanted: after the call is
/// idle they stay readable.
/// A request returns its id, and its reply comes later, once; or an error, and no reply comes.
class Call {
public:
    virtual ~Call() = default;

    [[nodiscard]] virtual std::uint64_t id() const = 0;  ///< unique in this Tapi's life
    [[nodiscard]] virtual std::shared_ptr<Address> address() const = 0;
    [[nodiscard]] virtual CallState state() const = 0;
    [[nodiscard]] virtual LineCallState lineState() const = 0;
    /// True when something proved the connection (LINECONNECTEDMODE_CONFIRMED), not just presumed.
    [[nodiscard]] virtual bool connectionConfirmed() const = 0;
    [[nodiscard]] virtual CallPrivilege privilege() const = 0;
    [[nodiscard]] virtual CallInfo info() const = 0;

    /// Dials the destination given to Address::createCall. Only in Idle, once.
    virtual Result<RequestId> connect(Reply reply) = 0;
    virtual Result<RequestId> answer(Reply reply) = 0;
    /// Hangs up, cancels or rejects, in any state but idle.
    virtual Result<RequestId> disconnect(Reply reply) = 0;
    virtual Result<RequestId> dial(std::string_view digits, Reply reply) = 0;

    /// Sends DTMF on the call; GenerateEvent tells the end. A new one cancels the old.
    virtual Result<void> generateDigits(std::string_view digits) = 0;
    virtual Result<void> generateTone(std::uint32_t hertz, std::chrono::milliseconds duration) = 0;
    virtual Result<void> monitorDigits(bool on) = 0;

    /// Plays a sound file to the line (any format and rate that libsndfile reads).
    /// FileTerminalEvent Idle/EndOfFile when it was heard to its end.
    virtual Result<RequestId> play(const std::string& path, Reply reply) = 0;
    virtual Result<RequestId> stopPlaying(StopMode mode, Reply reply) = 0;
    /// Records the line to a WAV file, 16-bit 8 kHz mono; fails if the file exists. What was
    /// received is in the file even if the process dies a second later.
    virtual Result<RequestId> record(const std::string& path, Reply reply) = 0;
    virtual Result<RequestId> stopRecording(Reply reply) = 0;
};

/// A line with one number: where calls come in and go out.
class Address {
public:
    virtual ~Address() = default;

    [[nodiscard]] virtual std::uint32_t id() const = 0;  ///< stable for the device
    [[nodiscard]] virtual std::string name() const = 0;  ///< for people
    [[nodiscard]] virtual std::string providerName() const = 0;
    [[nodiscard]] virtual AddressState state() const = 0;
    /// Why it is out of service, in words; empty when in service.
    [[nodiscard]] virtual std::string stateCause() const = 0;
    [[nodiscard]] virtual const AddressCapabilities& capabilities() const = 0;
    /// Name of the device behind it by class: "comm/portname" gives "serial:/dev/ttyACM0".
    [[nodiscard]] virtual Result<std::string> deviceId(std::string_view deviceClass) const = 0;

    /// A call object in Idle; connect() dials. `destination` is dialable (digits, T P , ! W @ ;
    /// ...) and is checked here: INVALADDRESS for control characters, DIALTONE & co for modifiers
    /// that the device lacks.
    virtual Result<std::shared_ptr<Call>> createCall(std::string_view destination,
                                                     MediaModes mediaModes) = 0;
    /// Calls that exist on this address and that this application may see.
    [[nodiscard]] virtual std::vector<std::shared_ptr<Call>> calls() const = 0;
    /// The provider's own request (an AT line for a modem). The line need not be in a call.
    virtual Result<RequestId> devSpecific(std::string_view data, Reply reply) = 0;
};

/// Which new calls an application wants to hear of.
struct CallNotification {
    bool owner = true;     ///< wants to control them
    bool monitor = false;  ///< wants to watch those that others own
    MediaModes mediaModes = MediaMode::AutomatedVoice;
    std::uint32_t callbackInstance = 0;  ///< comes back in every event of such calls
};
using RegistrationCookie = std::uint64_t;

/// An application's view of the telephony of this machine. One per application.
/// Thread: the loop's. No event arrives before a sink and a filter are set, in either order.
class Tapi {
public:
    virtual ~Tapi() = default;

    [[nodiscard]] virtual std::vector<std::shared_ptr<Address>> addresses() const = 0;

    /// Borrowed; null ends delivery at once.
    virtual void setEventSink(EventSink* sink) = 0;
    virtual void setEventFilter(EventFilter filter) = 0;
    [[nodiscard]] virtual EventFilter eventFilter() const = 0;

    /// Opens the line for new calls. Of all owners the one with the highest priority for the media
    /// type gets a call as owner, the others and the monitors as monitors.
    virtual Result<RegistrationCookie> registerCallNotifications(
        const std::shared_ptr<Address>& address, const CallNotification& wanted) = 0;
    /// Events already on their way for that registration are dropped; a call whose notification was
    /// among them stays unowned. Calls that were heard of stay.
    virtual Result<void> unregisterNotifications(RegistrationCookie cookie) = 0;
};

}  // namespace tipring::tapi
