// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/tapi_core/api/call.h"
#include "tipring/tapi_core/api/call_hub.h"
#include "tipring/tapi_core/api/event_filter.h"
#include "tipring/tapi_core/api/interfaces.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Phone;

/// What an address can ever do (its status says what is possible now). The numbers are those of
/// LINEDEVCAPS and LINEADDRESSCAPS, as their bits.
struct AddressCapabilities {
    std::string permanentId;  ///< the same device has the same one over restart and re-plug
    std::string providerInfo;
    std::string switchInfo;
    std::string number;  ///< its own, if it is configured
    MediaModes mediaModes;
    bool callerId = false;
    bool canPlay = false, canRecord = false, fullDuplex = false;
    bool monitorsDigits = false, generatesDigits = false;
    /// What the device hears by itself, and what the core hears in its place out of the sound; each
    /// thing is heard by one of them, or not at all. On a device that is not full-duplex the core
    /// hears while nothing is played.
    Detections deviceDetects, coreDetects;
    std::uint32_t callStates = 0;       ///< LINECALLSTATE_* that can occur
    std::uint32_t disconnectModes = 0;  ///< LINEDISCONNECTMODE_*
    std::uint32_t connectedModes = 0;   ///< without CONFIRMED, connected is always presumed
    std::uint32_t dialModifiers = 0;    ///< LINEDEVCAPFLAGS_DIAL*

    std::uint32_t bearerModes = 0;                                ///< LINEBEARERMODE_*
    std::uint32_t maxRate = 0;                                    ///< bit/s; 0: no data
    std::uint32_t devCapFlags = 0;                                ///< LINEDEVCAPFLAGS_*
    std::uint32_t sharing = 0;                                    ///< LINEADDRESSSHARING_*
    std::uint32_t generateDigitModes = 0, monitorDigitModes = 0;  ///< LINEDIGITMODE_*
    std::uint32_t generateToneModes = 0;                          ///< LINETONEMODE_*
    std::uint32_t generateToneMaxFrequencies = 0;
    std::uint32_t monitorToneMaxFrequencies = 0, monitorToneMaxEntries = 0;
    std::chrono::milliseconds gatherMinTimeout{0}, gatherMaxTimeout{0};
    DialParams minDialParams, maxDialParams, defaultDialParams;
    std::uint32_t maxActiveCalls = 1, maxOnHoldCalls = 0, maxOnHoldPendingCalls = 0;
    std::uint32_t maxConference = 0, maxTransferConference = 0;  ///< parties
    std::uint32_t answerMode = 0;                                ///< LINEANSWERMODE_*
    std::uint32_t ringModes = 0;
    std::uint32_t lineStates = 0;         ///< LINEDEVSTATE_* that can occur
    std::uint32_t lineFeatures = 0;       ///< LINEFEATURE_* that can ever be possible
    std::uint32_t settableDevStatus = 0;  ///< LINEDEVSTATUSFLAGS_*
    std::vector<std::string> deviceClasses;
    std::uint32_t callInfoStates = 0;  ///< LINECALLINFOSTATE_* that can change
    std::uint32_t callerIdFlags = 0, calledIdFlags = 0,
                  connectedIdFlags = 0;  ///< LINECALLPARTYID_*
    std::uint32_t redirectionIdFlags = 0, redirectingIdFlags = 0;
    std::uint32_t dialToneModes = 0, busyModes = 0, specialInfo = 0, offeringModes = 0;
    std::uint32_t addressCapFlags = 0;  ///< LINEADDRCAPFLAGS_*
    std::uint32_t callFeatures = 0,
                  callFeatures2 = 0;    ///< LINECALLFEATURE_* that can ever be possible
    std::uint32_t addressFeatures = 0;  ///< LINEADDRFEATURE_*
    std::uint32_t removeFromConfCaps = 0, removeFromConfState = 0;
    std::uint32_t transferModes = 0, forwardModes = 0, callTreatments = 0;
    std::chrono::seconds maxNoAnswerTimeout{0};
    std::uint32_t maxCallDataSize = 0;  ///< bytes
};

enum class AddressState : std::uint8_t { InService, OutOfService };

/// How a line and its address are now. Source: LINEDEVSTATUS, LINEADDRESSSTATUS.
struct AddressStatus {
    bool open = false;       ///< somebody uses it; the rest is live only then
    bool connected = false;  ///< the device answers
    bool inService = false;  ///< the exchange is there
    bool messageWaiting = false;
    bool locked = false;
    bool inUse = false;  ///< a call of ours, or a parallel telephone
    std::uint32_t activeCalls = 0, onHoldCalls = 0, onHoldPendingCalls = 0;
    std::uint32_t lineFeatures = 0;     ///< LINEFEATURE_* that would succeed now
    std::uint32_t addressFeatures = 0;  ///< LINEADDRFEATURE_* that would succeed now
    std::uint32_t ringMode = 0;         ///< of the ringing under way; 0: none
    std::uint32_t ringsBeforeAnswer = 0;
    std::uint32_t forwardModes = 0;
    std::string forwardAddress;
    std::vector<std::string> openers;  ///< names of the applications, owners first
    MediaModes openMediaModes;         ///< that anybody registered for
    std::string cause;                 ///< why not connected or in service
};

/// A forwarding of the exchange (lineForward).
struct Forwarding {
    std::uint32_t mode = 0;   ///< one LINEFORWARDMODE_*
    std::string destination;  ///< dialable; empty: this mode is cancelled
    std::uint32_t rings = 0;  ///< before forwarding on no answer; 0: default
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
    [[nodiscard]] virtual AddressStatus status() const;
    /// Name of the device behind it by class: "comm/portname" gives "serial:/dev/ttyACM0".
    [[nodiscard]] virtual Result<std::string> deviceId(std::string_view deviceClass) const = 0;

    /// A call object in Idle; connect() dials. `destination` is dialable (digits, T P , ! W @ ;
    /// ...) and is checked here: INVALADDRESS for control characters, DIALTONE & co for modifiers
    /// that the device lacks. Parameters: INVALMEDIAMODE, INVALBEARERMODE, BEARERMODEUNAVAIL,
    /// INVALRATE, RATEUNAVAIL, INVALCALLPARAMS.
    virtual Result<std::shared_ptr<Call>> createCall(std::string_view destination,
                                                     const CallParams& params) = 0;
    Result<std::shared_ptr<Call>> createCall(std::string_view destination, MediaModes mediaModes) {
        CallParams params;
        params.mediaModes = mediaModes;
        return createCall(destination, params);
    }
    /// Calls that exist on this address and that this application may see. Whoever comes late gets
    /// monitor handles here, and may raise its privilege (Call::setPrivilege).
    [[nodiscard]] virtual std::vector<std::shared_ptr<Call>> calls() const = 0;
    /// Takes a call that rings or waits elsewhere. `group` is dialable, empty: the waiting call.
    virtual Result<std::shared_ptr<Call>> pickup(std::string_view group, Reply reply);

    /// A conference that has no member yet (on-hold-pending-conference), and the call to the first
    /// one. By the provider where it can (LINEADDRCAPFLAGS_SETUPCONFNULL), else by the core, then
    /// without that call: any may be added.
    virtual Result<ConferenceCalls> setupConference(std::uint32_t parties, const CallParams& params,
                                                    Reply reply);

    /// Rings before an answering application should answer; the highest wish of all counts
    /// (lineSetNumRings). 0: no wish.
    virtual Result<void> setRingsBeforeAnswer(std::uint32_t rings);
    /// LINEDEVSTATUSFLAGS_* among AddressCapabilities::settableDevStatus: lamp, lock.
    virtual Result<RequestId> setDevStatus(std::uint32_t flags, bool on, Reply reply);
    /// An empty list cancels all forwarding.
    virtual Result<RequestId> forward(const std::vector<Forwarding>& list,
                                      std::uint32_t ringsNoAnswer, Reply reply);
    /// Settings of a device class, as text of the provider's own.
    [[nodiscard]] virtual Result<std::string> deviceConfig(std::string_view deviceClass) const;
    virtual Result<void> setDeviceConfig(std::string_view deviceClass, const std::string& config);
    /// Could these media modes be watched for all at once?
    [[nodiscard]] virtual Result<void> checkMediaDetection(MediaModes modes) const;
    /// On top of the application's filter, for the address and its calls.
    virtual Result<void> setEventFilter(EventClass eventClass, std::int32_t subEvent, bool on);
    /// Hubs of the line's calls: the highest wish of all applications counts. INVALPARAM.
    virtual Result<void> setCallHubTracking(CallHubTracking level);
    [[nodiscard]] virtual CallHubTracking callHubTracking() const;
    /// Phones that belong to the line.
    [[nodiscard]] virtual std::vector<std::shared_ptr<Phone>> phones() const;

    /// The provider's own request (an AT line for a modem). The line need not be in a call.
    virtual Result<RequestId> devSpecific(std::string_view data, Reply reply) = 0;
    virtual Result<RequestId> devSpecificFeature(std::uint32_t feature, std::string_view data,
                                                 Reply reply);
    /// The vendor's extension that devSpecific speaks, negotiated: 0 where it has none. The first
    /// opener's choice holds until the line is closed: INCOMPATIBLEEXTVERSION, INVALEXTVERSION.
    virtual Result<std::uint32_t> negotiateExtVersion(std::uint32_t low, std::uint32_t high);
    [[nodiscard]] virtual std::vector<InterfaceDescription> interfaces() const;
    /// INVALFEATURE: there is no such interface, or not in that version.
    virtual Result<std::shared_ptr<ProviderInterface>> queryInterface(std::string_view name,
                                                                      std::uint32_t version);
};

}  // namespace tipring::tapi
