// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/tspi/line_events.h"
#include "tipring/tapi_core/tspi/phone_events.h"
#include "tipring/tapi_core/tspi/request.h"
#include "tipring/tapi_core/tspi/tspi.h"

/// A provider in C++: derive from these, and providerTable() makes the C table.
///
/// Thread: the core's loop. Methods return a Result; a failure becomes the code, its cause goes
/// through TspiHost::explain. What is thrown is caught and becomes NOMEM or OPERATIONFAILED.
/// The defaults mean OPERATIONUNAVAIL.
///
/// Requests: a method with `Request&&` refuses by returning a failure with the request left alone
/// (nothing happened, no completion), or accepts by moving it away and returning success; whoever
/// keeps it completes it, during the call, later, or from another thread.
///
/// Text that comes in is valid during the call only. Structs of the contract come in zeroed, with
/// `size` set.
namespace tipring::tspi {

/// What the table keeps in each object that the core has a handle of.
class Hosted {
public:
    Hosted() = default;
    Hosted(const Hosted&) = delete;
    Hosted& operator=(const Hosted&) = delete;

protected:
    ~Hosted() = default;

private:
    friend class LineEvents;
    friend class PhoneEvents;
    friend class HostSession;
    HostSession* session_ = nullptr;
};

/// The sound of one call (media.h). Destroyed by mediaClose: no callback may come after that.
class MediaStream : public Hosted {
public:
    virtual ~MediaStream() = default;
    /// `direction` is one of TSPI_MEDIA_*. INUSE where the device is half-duplex and busy.
    virtual hal::Result<void> start(Request&& request, std::uint32_t direction) = 0;
    /// `how` is TSPI_MEDIASTOP_*.
    virtual hal::Result<void> stop(Request&& request, std::uint32_t direction,
                                   std::uint32_t how) = 0;
};

/// Where a MediaStream delivers and fetches its samples. Dead after mediaClose.
struct MediaEvents {
    HTAPIMEDIA stream = nullptr;
    TspiMediaCallbacks callbacks{};

    void receive(std::uint64_t position, std::span<const std::int16_t> samples) const {
        callbacks.receive(stream, position, samples.data(), samples.size());
    }
    [[nodiscard]] std::size_t send(std::uint64_t position, std::span<std::int16_t> room) const {
        return callbacks.send(stream, position, room.data(), room.size());
    }
    /// `event` is TSPI_MEDIAEVENT_*; `cause` may be null.
    void event(std::uint32_t event, std::uintptr_t parameter, const char* cause) const {
        callbacks.event(stream, event, parameter, cause);
    }
};

/// A call; owned by the provider.
class Call : public Hosted {
public:
    virtual ~Call() = default;

    virtual hal::Result<void> dial(Request&& request, std::string_view address);
    virtual hal::Result<void> accept(Request&& request);
    virtual hal::Result<void> answer(Request&& request);
    virtual hal::Result<void> drop(Request&& request);
    /// The core forgets the call: complete what is pending on it, then silence. Hang up if the caps
    /// say CLOSEDROP. The object may be destroyed in here.
    virtual void close() = 0;
    virtual hal::Result<void> info(TspiCallInfo& info);
    virtual hal::Result<void> status(TspiCallStatus& status);
    virtual hal::Result<void> setMediaMode(std::uint32_t mediaMode);
    /// Empty digits: only cancel. `duration` in ms per digit, 0: default.
    virtual hal::Result<void> generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                             std::string_view digits, std::uint32_t duration);
    virtual hal::Result<void> generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                           std::uint32_t duration,
                                           std::span<const TspiGenerateTone> tones);
    virtual hal::Result<void> monitorDigits(std::uint32_t digitModes);
    virtual hal::Result<void> monitorMedia(std::uint32_t mediaModes);
    virtual hal::Result<void> monitorTones(std::span<const TspiMonitorTone> tones);
    /// The default leaves it to the core.
    virtual hal::Result<void> gatherDigits(std::uint32_t endToEndId, std::uint32_t digitModes,
                                           std::uint32_t maxDigits, std::string_view terminators,
                                           std::uint32_t firstDigitTimeout,
                                           std::uint32_t interDigitTimeout);
    virtual hal::Result<void> setParams(Request&& request, std::uint32_t bearerMode,
                                        std::uint32_t minRate, std::uint32_t maxRate,
                                        const TspiDialParams& dialParams);
    /// A duplicate, the caller's own.
    virtual hal::Result<hal::FileDescriptor> descriptor(std::string_view deviceClass);
    virtual hal::Result<void> setTreatment(Request&& request, std::uint32_t treatment);
    virtual hal::Result<void> secure(Request&& request);
    virtual hal::Result<std::uint32_t> addressId();

    virtual hal::Result<void> hold(Request&& request);
    virtual hal::Result<void> unhold(Request&& request);
    virtual hal::Result<void> swapHold(Request&& request, Call& held);
    /// The returned consultation call stays the provider's until its close().
    virtual hal::Result<Call*> setupTransfer(Request&& request, HTAPICALL consultCall,
                                             const TspiCallParams& params);
    /// With LINETRANSFERMODE_CONFERENCE the conference, else null.
    virtual hal::Result<Call*> completeTransfer(Request&& request, Call& consultCall,
                                                HTAPICALL conference, std::uint32_t transferMode);
    virtual hal::Result<void> blindTransfer(Request&& request, std::string_view address);
    virtual hal::Result<Call*> prepareAddToConference(Request&& request, HTAPICALL consultCall,
                                                      const TspiCallParams& params);
    virtual hal::Result<void> addToConference(Request&& request, Call& consultCall);
    virtual hal::Result<void> removeFromConference(Request&& request);
    virtual hal::Result<std::unique_ptr<MediaStream>> openMedia(const MediaEvents& events,
                                                                TspiMediaCaps& caps);

    [[nodiscard]] HDRVCALL handle() { return reinterpret_cast<HDRVCALL>(this); }
};

/// An open line. Destroyed by lineClose: pending requests complete there, then silence.
class Line : public Hosted {
public:
    virtual ~Line() = default;

    virtual hal::Result<void> status(TspiLineStatus& status) = 0;
    virtual hal::Result<void> setDefaultMediaDetection(std::uint32_t mediaModes);
    virtual hal::Result<void> conditionalMediaDetection(std::uint32_t mediaModes,
                                                        const TspiCallParams& params);
    virtual hal::Result<void> setStatusMessages(std::uint32_t lineStates,
                                                std::uint32_t addressStates);
    virtual hal::Result<void> addressStatus(std::uint32_t addressId, TspiAddressStatus& status);
    /// The address that has that number.
    virtual hal::Result<std::uint32_t> addressId(std::string_view address);
    virtual hal::Result<void> setDevStatus(Request&& request, std::uint32_t flags, bool set);
    virtual hal::Result<std::string> devConfig(std::string_view deviceClass);
    virtual hal::Result<void> setDevConfig(std::string_view deviceClass, std::string_view config);
    virtual hal::Result<void> forward(Request&& request, std::uint32_t addressId,
                                      std::span<const TspiForward> list,
                                      std::uint32_t ringsNoAnswer);
    virtual hal::Result<void> selectExtVersion(std::uint32_t version);
    /// The returned call stays the provider's until its close(). Null is a mistake.
    /// `address` empty: go off-hook only.
    virtual hal::Result<Call*> makeCall(Request&& request, HTAPICALL call, std::string_view address,
                                        const TspiCallParams& params);
    /// `call` may be null.
    virtual hal::Result<void> devSpecific(Request&& request, Call* call,
                                          std::span<const std::byte> data);
    virtual hal::Result<void> devSpecificFeature(Request&& request, std::uint32_t feature,
                                                 std::span<const std::byte> data);
    /// "comm/portname" gives "serial:/dev/ttyACM0".
    virtual hal::Result<std::string> deviceId(std::string_view deviceClass);

    struct ConferenceCalls {
        Call* conference = nullptr;
        Call* consult = nullptr;
    };
    /// `call` is null where a conference is begun without a call. Both stay the provider's.
    virtual hal::Result<ConferenceCalls> setupConference(Request&& request, Call* call,
                                                         HTAPICALL conference,
                                                         HTAPICALL consultCall,
                                                         std::uint32_t parties,
                                                         const TspiCallParams& params);
    virtual hal::Result<Call*> pickup(Request&& request, std::uint32_t addressId, HTAPICALL call,
                                      std::string_view address);
    /// LINECALLHUBTRACKING_*.
    virtual hal::Result<std::uint32_t> callHubTracking();
    virtual hal::Result<void> setCallHubTracking(std::uint32_t level);

    [[nodiscard]] HDRVLINE handle() { return reinterpret_cast<HDRVLINE>(this); }
};

/// An open phone (phone.h). Destroyed by phoneClose: pending requests complete there, then silence.
class Phone : public Hosted {
public:
    virtual ~Phone() = default;

    virtual hal::Result<void> status(TspiPhoneStatus& status) = 0;
    virtual hal::Result<void> setStatusMessages(std::uint32_t states, std::uint32_t buttonModes,
                                                std::uint32_t buttonStates);
    /// `device` is one PHONEHOOKSWITCHDEV_*.
    virtual hal::Result<void> setHookSwitch(Request&& request, std::uint32_t device,
                                            std::uint32_t mode);
    virtual hal::Result<void> setRing(Request&& request, std::uint32_t ringMode,
                                      std::uint32_t volume);
    virtual hal::Result<void> setGain(Request&& request, std::uint32_t device, std::uint32_t gain);
    virtual hal::Result<void> setVolume(Request&& request, std::uint32_t device,
                                        std::uint32_t volume);
    virtual hal::Result<std::uint32_t> lamp(std::uint32_t lampId);
    virtual hal::Result<void> setLamp(Request&& request, std::uint32_t lampId,
                                      std::uint32_t lampMode);
    virtual hal::Result<void> buttonInfo(std::uint32_t buttonId, TspiButtonInfo& info);
    virtual hal::Result<void> setButtonInfo(Request&& request, std::uint32_t buttonId,
                                            const TspiButtonInfo& info);
    virtual hal::Result<void> devSpecific(Request&& request, std::span<const std::byte> data);
    virtual hal::Result<std::string> deviceId(std::string_view deviceClass);
    virtual hal::Result<void> selectExtVersion(std::uint32_t version);

    [[nodiscard]] HDRVPHONE handle() { return reinterpret_cast<HDRVPHONE>(this); }
};

/// On what a method of a provider-specific interface is called.
struct InterfaceTarget {
    std::uint32_t object = TSPI_OBJECT_TAPI;
    Line* line = nullptr;  ///< of ADDRESS and CALL
    Call* call = nullptr;  ///< of CALL
};

/// The values of an interface's method or event while they live here: text and bytes are copied.
class InterfaceValues {
public:
    InterfaceValues& add(bool value);
    InterfaceValues& add(std::int32_t value);
    InterfaceValues& add(std::uint32_t value);
    InterfaceValues& add(std::int64_t value);
    InterfaceValues& add(std::uint64_t value);
    InterfaceValues& add(double value);
    InterfaceValues& add(std::string_view text);
    InterfaceValues& add(const char* text) { return add(std::string_view(text)); }
    InterfaceValues& add(std::span<const std::byte> bytes);
    [[nodiscard]] std::span<const TspiValue> values() const { return values_; }

private:
    InterfaceValues& push(std::uint32_t type, std::string_view data);

    std::vector<TspiValue> values_;
    std::deque<std::string> texts_;  // they stay where they are
};

/// What a provider has of the core, from providerInit to providerShutdown.
class Session {
public:
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    [[nodiscard]] virtual hal::EventLoop& loop() = 0;
    [[nodiscard]] virtual const TspiHost& host() const = 0;
    /// A value of the provider's configuration; none where the key is not set.
    [[nodiscard]] virtual std::optional<std::string> config(const char* key) const = 0;
    /// Hot-plug, after the enumeration: the core answers with Provider::createLineDevice.
    virtual void deviceArrived(const char* deviceKey) = 0;
    virtual void deviceRemoved(std::uint32_t deviceId) = 0;
    virtual void phoneArrived(const char* deviceKey) = 0;
    virtual void phoneRemoved(std::uint32_t deviceId) = 0;
    /// The results of an interface's method, before its request succeeds.
    virtual void interfaceResult(const Request& request, std::span<const TspiValue> values) = 0;
    /// An event of the provider itself, number `event` of interface number `interfaceIndex`;
    /// LineEvents has those of lines and calls.
    virtual void interfaceEvent(std::uint32_t interfaceIndex, std::uint32_t event,
                                std::span<const TspiValue> values) = 0;

protected:
    Session() = default;
};

/// A provider's session. Destroyed by providerShutdown, after all its lines.
class Provider {
public:
    virtual ~Provider() = default;

    /// Keys of the devices that exist now: the provider's own names, stable over restarts.
    virtual std::vector<std::string> deviceKeys() = 0;
    /// From now on the device with that key is line `deviceId`.
    virtual hal::Result<void> createLineDevice(std::string_view deviceKey,
                                               std::uint32_t deviceId) = 0;
    virtual hal::Result<void> lineCaps(std::uint32_t deviceId, TspiLineCaps& caps) = 0;
    /// The default leaves it to the core, which makes them of the line's.
    virtual hal::Result<void> addressCaps(std::uint32_t deviceId, std::uint32_t addressId,
                                          TspiAddressCaps& caps);
    /// The vendor's extension of a line. The default: none.
    virtual hal::Result<TspiExtensionId> extensionId(std::uint32_t deviceId);
    virtual hal::Result<std::uint32_t> negotiateExtVersion(std::uint32_t deviceId,
                                                           std::uint32_t low, std::uint32_t high);
    virtual hal::Result<std::unique_ptr<Line>> openLine(std::uint32_t deviceId,
                                                        const LineEvents& events) = 0;

    /// Phones. The defaults: none.
    virtual std::vector<std::string> phoneKeys();
    virtual hal::Result<void> createPhoneDevice(std::string_view deviceKey, std::uint32_t deviceId);
    virtual hal::Result<void> phoneCaps(std::uint32_t deviceId, TspiPhoneCaps& caps);
    virtual hal::Result<TspiExtensionId> phoneExtensionId(std::uint32_t deviceId);
    virtual hal::Result<std::uint32_t> negotiatePhoneExtVersion(std::uint32_t deviceId,
                                                                std::uint32_t low,
                                                                std::uint32_t high);
    virtual hal::Result<std::unique_ptr<Phone>> openPhone(std::uint32_t deviceId,
                                                          const PhoneEvents& events);

    /// Interfaces of its own, the same all the time; what they point to lives as long as the
    /// library.
    virtual std::span<const TspiInterface> interfaces();
    virtual hal::Result<void> callInterface(Request&& request, const InterfaceTarget& target,
                                            std::uint32_t interfaceIndex, std::uint32_t method,
                                            std::span<const TspiValue> arguments);
};

/// Copies text into a fixed field of the contract, cut at `capacity` - 1 bytes but never inside a
/// UTF-8 character, and terminated.
void copyText(char* field, std::size_t capacity, std::string_view text) noexcept;
template <std::size_t N>
void copyText(char (&field)[N], std::string_view text) noexcept {
    copyText(field, N, text);
}

using ProviderFactory = hal::Result<std::unique_ptr<Provider>> (*)(Session& session);
/// The table without its providerInit.
[[nodiscard]] TspiProvider providerTableWithoutInit(const char* name) noexcept;
TSPI_RESULT initProvider(const TspiInit* init, HPROVIDER* provider,
                         ProviderFactory factory) noexcept;

/// The table of the provider P, which has
///     static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
/// `name` is a literal. Lives as long as the program or library.
template <class P>
const TspiProvider* providerTable(const char* name) {
    static const TspiProvider table = [name] {
        TspiProvider made = providerTableWithoutInit(name);
        made.providerInit = [](const TspiInit* init, HPROVIDER* provider) {
            return initProvider(init, provider, &P::create);
        };
        return made;
    }();
    return &table;
}

}  // namespace tipring::tspi
