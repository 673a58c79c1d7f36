// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/tspi/line_events.h"
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
                                           std::uint32_t frequency, std::uint32_t duration);
    virtual hal::Result<void> monitorDigits(std::uint32_t digitModes);
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
    /// The returned call stays the provider's until its close(). Null is a mistake.
    /// `address` empty: go off-hook only.
    virtual hal::Result<Call*> makeCall(Request&& request, HTAPICALL call, std::string_view address,
                                        const TspiCallParams& params);
    /// `call` may be null.
    virtual hal::Result<void> devSpecific(Request&& request, Call* call,
                                          std::span<const std::byte> data);
    /// "comm/portname" gives "serial:/dev/ttyACM0".
    virtual hal::Result<std::string> deviceId(std::string_view deviceClass);

    [[nodiscard]] HDRVLINE handle() { return reinterpret_cast<HDRVLINE>(this); }
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
    virtual hal::Result<std::unique_ptr<Line>> openLine(std::uint32_t deviceId,
                                                        const LineEvents& events) = 0;
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
