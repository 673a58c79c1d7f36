// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/call.h"
#include "tipring/tapi_core/api/call_hub.h"
#include "tipring/tapi_core/api/events.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/api/requests.h"
#include "tipring/tapi_core/api/room.h"
#include "tipring/tapi_core/api/types.h"

/// The application contract: TAPI 3's model in C++. Two implementations, in process and over D-Bus;
/// a program does not know which it has.
namespace tipring::tapi {

class AddressTranslation;

/// Which new calls an application wants to hear of.
struct CallNotification {
    bool owner = true;     ///< wants to control them
    bool monitor = false;  ///< wants to watch those that others own
    MediaModes mediaModes = MediaMode::AutomatedVoice;
    std::uint32_t callbackInstance = 0;  ///< comes back in every event of such calls
};

/// Where an application stands among those that want the same (lineSetAppPriority).
enum class Priority : std::uint8_t {
    Normal,   ///< by the order in which they registered
    Highest,  ///< before all others; the last who asked for it wins
    Lowest,   ///< after all others
};

/// An application's view of the telephony of this machine. One per application.
/// Thread: the loop's. No event arrives before a sink and a filter are set, in either order.
class Tapi {
public:
    virtual ~Tapi() = default;

    [[nodiscard]] virtual std::vector<std::shared_ptr<Address>> addresses() const = 0;
    [[nodiscard]] virtual std::vector<std::shared_ptr<Phone>> phones() const;
    /// Those in which this application has a call.
    [[nodiscard]] virtual std::vector<std::shared_ptr<CallHub>> callHubs() const;
    /// The first line that has a call's wants (LINEMAPPER): LINEMAPPERFAILED.
    [[nodiscard]] virtual Result<std::shared_ptr<Address>> findAddress(
        const CallParams& wanted) const;

    /// Borrowed; null ends delivery at once. EventQueue is the sink for a descriptor or for
    /// waiting.
    virtual void setEventSink(EventSink* sink) = 0;
    virtual void setEventFilter(EventFilter filter) = 0;
    [[nodiscard]] virtual EventFilter eventFilter() const = 0;

    /// Opens the line for new calls. Of all owners the one with the highest priority for the media
    /// type gets a call as owner; of the rest, those that asked for monitor get it as monitors.
    /// The others find it at Address::calls().
    virtual Result<RegistrationCookie> registerCallNotifications(
        const std::shared_ptr<Address>& address, const CallNotification& wanted) = 0;
    /// Events already on their way for that registration are dropped; a call whose notification was
    /// among them stays unowned. Calls that were heard of stay, with their events. Of a request
    /// recipient too.
    virtual Result<void> unregisterNotifications(RegistrationCookie cookie) = 0;

    /// For calls of one media mode, by the application's name; kept over restarts.
    virtual Result<void> setPriority(MediaMode mediaMode, Priority priority);
    [[nodiscard]] virtual Priority priority(MediaMode mediaMode) const;

    /// Assisted telephony: this application makes calls for others. RequestEvent tells of each
    /// request while the recipient is the first one.
    virtual Result<RegistrationCookie> registerRequestRecipient();
    /// For requests of assisted telephony.
    virtual Result<void> setRequestPriority(Priority priority);
    /// The oldest request that waits: NOREQUEST, NOTREGISTERED.
    virtual Result<AssistedRequest> takeRequest();
    /// Asks whoever is registered to make a call: NOREQUESTRECIPIENT, REQUESTQUEUEFULL,
    /// INVALDESTADDRESS.
    virtual Result<void> requestMakeCall(const AssistedRequest& request);

    /// A conference room. INVALPARAM: a setting is out of range; else why a file cannot be played.
    virtual Result<std::shared_ptr<Room>> createRoom(const RoomSettings& settings);

    /// Dial rules; the same for all applications. Null where there are none.
    [[nodiscard]] virtual AddressTranslation* translation() const;

    /// Interfaces of all providers, on all kinds of objects.
    [[nodiscard]] virtual std::vector<InterfaceDescription> interfaces() const;
    /// One that stands on a provider itself (ObjectKind::Tapi). INVALFEATURE: there is none.
    virtual Result<std::shared_ptr<ProviderInterface>> queryInterface(std::string_view name,
                                                                      std::uint32_t version);
};

}  // namespace tipring::tapi
