// SPDX-License-Identifier: Apache-2.0
// A provider without hardware, to begin one's own from: a doorbell that rings when it is told to.
// It has a line (the door), a phone (the set in the hall) and an interface of its own.
#include <chrono>
#include <iterator>
#include <memory>
#include <string>

#include "tipring/tapi_core/tspi/provider.h"

namespace {

using namespace tipring;
using namespace std::chrono_literals;
using hal::ErrorCode;
using hal::Result;

constexpr auto kPatience = 30s;  // then the visitor goes away
constexpr const char* kKey = "front-door";

// The interface: what it has, as data. The numbers of methods and events are their places here.
constexpr TspiArgument kTimes[] = {{"times", TSPI_TYPE_UINT32}};
constexpr TspiArgument kVisitor[] = {{"visitor", TSPI_TYPE_STRING}};
constexpr TspiArgument kPress[] = {{"visitor", TSPI_TYPE_STRING}, {"times", TSPI_TYPE_UINT32}};
constexpr TspiMethod kMethods[] = {
    {"Press", "Somebody presses the button; gives how often that happened.", kVisitor, 1, kTimes,
     1},
    {"Pressed", "How often the button was pressed.", nullptr, 0, kTimes, 1},
};
constexpr TspiInterfaceSignal kEvents[] = {
    {"SomebodyRang", "The button was pressed.", kPress, 2},
};
const TspiInterface kDoorbell = {sizeof(TspiInterface),
                                 TSPI_OBJECT_ADDRESS,
                                 "org.example.Doorbell",
                                 1,
                                 "A doorbell that can be pressed from afar.",
                                 kMethods,
                                 std::size(kMethods),
                                 kEvents,
                                 std::size(kEvents)};
enum Method : std::uint32_t { kPressMethod, kPressedMethod };
enum Event : std::uint32_t { kSomebodyRang };

/// The set in the hall: a chime that can be silenced.
class HallPhone final : public tspi::Phone {
public:
    explicit HallPhone(const tspi::PhoneEvents& events) : events_(events) {}

    Result<void> status(TspiPhoneStatus& status) override {
        status.statusFlags = PHONESTATUSFLAGS_CONNECTED;
        status.ringMode = ringMode_;
        status.ringVolume = volume_;
        status.hookSwitchMode[TSPI_HANDSET] = PHONEHOOKSWITCHMODE_ONHOOK;
        status.features =
            PHONEFEATURE_GETRING | PHONEFEATURE_SETRING | PHONEFEATURE_GETHOOKSWITCHHANDSET;
        return {};
    }
    Result<void> setRing(tspi::Request&& request, std::uint32_t mode,
                         std::uint32_t volume) override {
        tspi::Request accepted = std::move(request);
        const bool news = ringMode_ != mode;
        ringMode_ = mode;
        volume_ = volume;
        accepted.succeed();
        if (news) {
            events_.state(PHONESTATE_RINGMODE, mode);
        }
        return {};
    }

private:
    tspi::PhoneEvents events_;
    std::uint32_t ringMode_ = 1, volume_ = 0x8000;
};

class Door;

/// Somebody at the door.
class Visit final : public tspi::Call {
public:
    Visit(Door& door, std::string visitor) : door_(door), visitor_(std::move(visitor)) {}

    Result<void> answer(tspi::Request&& request) override;
    Result<void> drop(tspi::Request&& request) override;
    void close() override;
    Result<void> info(TspiCallInfo& info) override {
        info.origin = LINECALLORIGIN_INBOUND;
        info.mediaMode = LINEMEDIAMODE_INTERACTIVEVOICE;
        info.callerId.flags = LINECALLPARTYID_NAME;
        tspi::copyText(info.callerId.name, visitor_);
        return {};
    }

    HTAPICALL handle = nullptr;
    std::uint32_t state = 0;

private:
    Door& door_;
    std::string visitor_;
};

/// The open line.
class Door final : public tspi::Line {
public:
    Door(tspi::Session& session, std::uint32_t& times, const tspi::LineEvents& events)
        : session_(session),
          times_(times),
          events_(events),
          patience_(session.loop(), [this] { leave(LINEDISCONNECTMODE_NOANSWER); }) {}

    Result<void> status(TspiLineStatus& status) override {
        status.connected = status.inService = 1;
        status.activeCalls = visit_ != nullptr ? 1 : 0;
        return {};
    }

    Result<void> call(tspi::Request&& request, std::uint32_t method,
                      std::span<const TspiValue> arguments) {
        if (method > kPressedMethod) {
            return hal::fail(ErrorCode::InvalFeature, "a doorbell cannot do that");
        }
        tspi::Request accepted = std::move(request);
        if (method == kPressMethod) {
            press({static_cast<const char*>(arguments[0].as.data), arguments[0].size});
        }
        session_.interfaceResult(accepted, tspi::InterfaceValues().add(times_).values());
        accepted.succeed();
        return {};
    }

    void enter(Visit& visit, std::uint32_t state, std::uint32_t mode = 0) {
        patience_.cancel();
        visit.state = state;
        events_.callState(visit.handle, state, mode, LINEMEDIAMODE_INTERACTIVEVOICE);
    }
    void leave(std::uint32_t mode) {
        if (visit_ != nullptr && visit_->state != LINECALLSTATE_IDLE) {
            enter(*visit_, LINECALLSTATE_DISCONNECTED, mode);
            enter(*visit_, LINECALLSTATE_IDLE);
        }
    }
    void forget() {
        patience_.cancel();
        visit_.reset();
    }

private:
    void press(std::string_view visitor) {
        ++times_;
        tspi::InterfaceValues values;
        values.add(visitor).add(times_);
        events_.interfaceEvent(nullptr, 0, kSomebodyRang, values.values());
        events_.ringing(1, 0);
        if (visit_ != nullptr) {
            return;  // the first one is still there
        }
        visit_ = std::make_unique<Visit>(*this, std::string(visitor));
        visit_->handle = events_.newCall(*visit_);
        if (visit_->handle == nullptr) {
            visit_.reset();  // the core has no room
            return;
        }
        enter(*visit_, LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE);
        patience_.arm(kPatience);
    }

    tspi::Session& session_;
    std::uint32_t& times_;
    tspi::LineEvents events_;
    hal::Timer patience_;
    std::unique_ptr<Visit> visit_;
};

Result<void> Visit::answer(tspi::Request&& request) {
    if (state != LINECALLSTATE_OFFERING) {
        return hal::fail(ErrorCode::InvalCallState, "nobody rings");
    }
    tspi::Request(std::move(request)).succeed();
    door_.enter(*this, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    return {};
}
Result<void> Visit::drop(tspi::Request&& request) {
    tspi::Request(std::move(request)).succeed();
    door_.leave(LINEDISCONNECTMODE_NORMAL);
    return {};
}
void Visit::close() {
    door_.forget();  // this object dies here
}

class Doorbell final : public tspi::Provider {
public:
    static Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session) {
        return std::unique_ptr<tspi::Provider>(std::make_unique<Doorbell>(session));
    }
    explicit Doorbell(tspi::Session& session)
        : session_(session), name_(session.config("name").value_or("front door")) {}

    std::vector<std::string> deviceKeys() override { return {kKey}; }
    Result<void> createLineDevice(std::string_view, std::uint32_t id) override {
        lineId_ = id;
        return {};
    }
    Result<void> lineCaps(std::uint32_t, TspiLineCaps& caps) override {
        tspi::copyText(caps.permanentId, kKey);
        tspi::copyText(caps.name, name_);
        tspi::copyText(caps.providerInfo, "doorbell, an example");
        caps.addressCount = 1;
        caps.bearerModes = LINEBEARERMODE_VOICE;
        caps.mediaModes = LINEMEDIAMODE_INTERACTIVEVOICE;
        caps.devCapFlags = LINEDEVCAPFLAGS_CLOSEDROP;
        caps.callStates = LINECALLSTATE_IDLE | LINECALLSTATE_OFFERING | LINECALLSTATE_CONNECTED |
                          LINECALLSTATE_DISCONNECTED;
        caps.callerIdFlags = LINECALLPARTYID_NAME;
        caps.ringModes = 1;
        return {};
    }
    Result<std::unique_ptr<tspi::Line>> openLine(std::uint32_t,
                                                 const tspi::LineEvents& events) override {
        return std::unique_ptr<tspi::Line>(std::make_unique<Door>(session_, times_, events));
    }

    std::vector<std::string> phoneKeys() override { return {"hall"}; }
    Result<void> createPhoneDevice(std::string_view, std::uint32_t) override { return {}; }
    Result<void> phoneCaps(std::uint32_t, TspiPhoneCaps& caps) override {
        tspi::copyText(caps.permanentId, "hall");
        tspi::copyText(caps.name, "set in the hall");
        caps.lineDeviceId = lineId_ + 1;
        caps.hookSwitchDevices = PHONEHOOKSWITCHDEV_HANDSET;
        caps.monitoredHookSwitchModes[TSPI_HANDSET] = PHONEHOOKSWITCHMODE_ONHOOK;
        caps.ringModes = 2;  // 0: silent, 1: the chime
        caps.settableRing = 1;
        caps.phoneStates = PHONESTATE_RINGMODE | PHONESTATE_RINGVOLUME;
        caps.features =
            PHONEFEATURE_GETRING | PHONEFEATURE_SETRING | PHONEFEATURE_GETHOOKSWITCHHANDSET;
        return {};
    }
    Result<std::unique_ptr<tspi::Phone>> openPhone(std::uint32_t,
                                                   const tspi::PhoneEvents& events) override {
        return std::unique_ptr<tspi::Phone>(std::make_unique<HallPhone>(events));
    }

    std::span<const TspiInterface> interfaces() override { return {&kDoorbell, 1}; }
    Result<void> callInterface(tspi::Request&& request, const tspi::InterfaceTarget& target,
                               std::uint32_t, std::uint32_t method,
                               std::span<const TspiValue> arguments) override {
        return static_cast<Door*>(target.line)->call(std::move(request), method, arguments);
    }

private:
    tspi::Session& session_;
    std::string name_;
    std::uint32_t lineId_ = 0;
    std::uint32_t times_ = 0;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tspi::providerTable<Doorbell>("doorbell");
}
