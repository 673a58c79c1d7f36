// SPDX-License-Identifier: Apache-2.0
#include "provider_rig.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tipring/drivers/at_modem/provider.h"

namespace tipring::at_modem {
namespace {

struct TimerBox {
    hal::Timer timer;
};
struct WatchBox {
    hal::Watch watch;
};

}  // namespace

struct ProviderRig::Host {
    explicit Host(ProviderRig& owner) : rig(owner) {
        table.size = sizeof table;
        table.version = TSPI_VERSION;
        table.context = this;
        table.log = [](void*, int, const char*, const char*) {};
        table.now = [](void* c) -> std::int64_t {
            return self(c).rig.loop.now().time_since_epoch().count();
        };
        table.wallNow = [](void* c) -> std::int64_t {
            return self(c).rig.loop.wallNow().time_since_epoch().count();
        };
        table.timerCreate = [](void* c, TspiTask task, void* argument) {
            return reinterpret_cast<TspiTimer>(
                new TimerBox{hal::Timer(self(c).rig.loop, [task, argument] { task(argument); })});
        };
        table.timerArm = [](void*, TspiTimer timer, std::int64_t delay) {
            reinterpret_cast<TimerBox*>(timer)->timer.arm(hal::Duration{delay});
        };
        table.timerCancel = [](void*, TspiTimer timer) {
            reinterpret_cast<TimerBox*>(timer)->timer.cancel();
        };
        table.timerDestroy = [](void*, TspiTimer timer) {
            delete reinterpret_cast<TimerBox*>(timer);
        };
        table.watchCreate = [](void*, int, std::uint32_t, TspiIoTask, void*) -> TspiWatch {
            return nullptr;
        };
        table.watchChange = [](void*, TspiWatch, std::uint32_t) { return 0; };
        table.watchDestroy = [](void*, TspiWatch) {};
        table.post = [](void* c, TspiTask task, void* argument) {
            self(c).rig.loop.post([task, argument] { task(argument); });
        };
        table.configGet = [](void* c, const char* key, char* value,
                             std::size_t capacity) -> std::int64_t {
            const auto found = self(c).rig.config_.find(key);
            if (found == self(c).rig.config_.end()) {
                return -1;
            }
            if (capacity > 0) {
                const std::size_t size = std::min(found->second.size(), capacity - 1);
                std::memcpy(value, found->second.data(), size);
                value[size] = '\0';
            }
            return static_cast<std::int64_t>(found->second.size());
        };
        table.explain = [](void* c, const char* cause) { self(c).rig.explained_ = cause; };
    }
    static Host& self(void* context) { return *static_cast<Host*>(context); }

    ProviderRig& rig;
    TspiHost table{};
};

ProviderRig::ProviderRig(Config config)
    : table(tipring_at_modem_provider()),
      host_(std::make_unique<Host>(*this)),
      config_(std::move(config)) {
    init_.size = sizeof init_;
    init_.version = TSPI_VERSION;
    init_.host = &host_->table;
    init_.context = this;
    init_.completion = &ProviderRig::onCompletion;
    init_.lineCreate = [](void*, const char*) {};
    init_.lineRemove = [](void*, std::uint32_t) {};
    if (table->providerInit(&init_, &provider) != 0) {
        breaches.push_back("providerInit failed");
        return;
    }
    std::uint32_t lines = 0;
    table->providerEnumDevices(provider, &lines);
    for (std::uint32_t i = 0; i < lines; ++i) {
        char key[256];
        table->providerGetDeviceKey(provider, i, key, sizeof key);
        table->providerCreateLineDevice(provider, key, i);
    }
}

ProviderRig::~ProviderRig() {
    close();
    if (provider != nullptr) {
        table->providerShutdown(provider);
    }
}

void ProviderRig::open() {
    std::uint32_t version = 0;
    table->lineNegotiateTSPIVersion(provider, 0, TSPI_VERSION, TSPI_VERSION, &version);
    closed_ = false;
    const TSPI_RESULT result = table->lineOpen(provider, 0, reinterpret_cast<HTAPILINE>(this),
                                               &ProviderRig::onEvent, version, &line);
    if (result != 0) {
        breaches.push_back(fmt::format("lineOpen failed: {}", explained_));
    }
}

void ProviderRig::close() {
    if (line != nullptr) {
        table->lineClose(line);
        line = nullptr;
        call = nullptr;
        closed_ = true;
    }
}

bool ProviderRig::until(std::string_view event, std::chrono::milliseconds limit) {
    return loop.advanceUntil([&] { return has(event); }, limit);
}

bool ProviderRig::untilReady(std::chrono::seconds limit) {
    return until("inservice", limit);
}

TSPI_RESULT ProviderRig::finish(DRV_REQUESTID id, std::chrono::milliseconds limit) {
    loop.advanceUntil([&] { return completed(id); }, limit);
    return completed(id) ? results[id] : TSPIERR_TIMEOUT;
}

TSPI_RESULT ProviderRig::makeCall(const char* address, std::uint32_t mediaMode,
                                  std::uint32_t noAnswer) {
    TspiCallParams params{};
    params.size = sizeof params;
    params.bearerMode = LINEBEARERMODE_VOICE;
    params.mediaMode = mediaMode;
    params.noAnswerTimeout = noAnswer;
    HDRVCALL made = nullptr;
    const TSPI_RESULT result = table->lineMakeCall(
        nextId(), line, reinterpret_cast<HTAPICALL>(++lastCall_), address, &params, &made);
    if (result > 0) {
        call = made;
    }
    return result;
}

TspiCallInfo ProviderRig::info() const {
    TspiCallInfo info{};
    info.size = sizeof info;
    table->lineGetCallInfo(call, &info);
    return info;
}

TspiCallStatus ProviderRig::status() const {
    TspiCallStatus status{};
    status.size = sizeof status;
    table->lineGetCallStatus(call, &status);
    return status;
}

TspiLineCaps ProviderRig::caps() const {
    TspiLineCaps caps{};
    caps.size = sizeof caps;
    caps.media.size = sizeof caps.media;
    table->lineGetDevCaps(provider, 0, &caps);
    return caps;
}

int ProviderRig::count(std::string_view event) const {
    return static_cast<int>(std::count_if(
        events.begin(), events.end(), [&](const std::string& other) { return other == event; }));
}

std::string ProviderRig::states() const {
    std::string all;
    for (const std::string& event : events) {
        if (event.starts_with("state ")) {
            all += (all.empty() ? "" : " ") + event.substr(6);
        }
    }
    return all;
}

void ProviderRig::onCompletion(void* context, DRV_REQUESTID id, TSPI_RESULT result,
                               const char* cause) {
    auto& rig = *static_cast<ProviderRig*>(context);
    if (rig.results.count(id) != 0) {
        rig.breaches.push_back(fmt::format("request {} was completed twice", id));
    }
    rig.results[id] = result;
    rig.causes[id] = cause != nullptr ? cause : "";
}

void ProviderRig::onEvent(HTAPILINE line, HTAPICALL call, std::uint32_t message, std::uintptr_t p1,
                          std::uintptr_t p2, std::uintptr_t p3) {
    reinterpret_cast<ProviderRig*>(line)->take(call, message, p1, p2, p3);
}

void ProviderRig::take(HTAPICALL handle, std::uint32_t message, std::uintptr_t p1,
                       std::uintptr_t p2, std::uintptr_t p3) {
    if (closed_) {
        breaches.push_back(fmt::format("event {} after lineClose", message));
    }
    if (handle != nullptr && idle_.count(handle) != 0) {
        breaches.push_back(fmt::format("event {} after idle", message));
    }
    switch (message) {
    case LINE_NEWCALL:
        if (room) {
            call = reinterpret_cast<HDRVCALL>(p1);
            *reinterpret_cast<HTAPICALL*>(p2) = reinterpret_cast<HTAPICALL>(++lastCall_);
        }
        events.push_back("newcall");
        break;
    case LINE_CALLSTATE:
        takeState(handle, static_cast<std::uint32_t>(p1), static_cast<std::uint32_t>(p2));
        break;
    case LINE_CALLINFO: events.push_back(fmt::format("callinfo {:x}", p1)); break;
    case LINE_LINEDEVSTATE:
        switch (p1) {
        case LINEDEVSTATE_RINGING: events.push_back(fmt::format("ring {} {}", p2, p3)); break;
        case LINEDEVSTATE_INSERVICE: events.push_back("inservice"); break;
        case LINEDEVSTATE_OUTOFSERVICE: events.push_back("outofservice"); break;
        case LINEDEVSTATE_CONNECTED: events.push_back("port open"); break;
        case LINEDEVSTATE_DISCONNECTED: events.push_back("port gone"); break;
        case LINEDEVSTATE_MSGWAITON: events.push_back("messages on"); break;
        case LINEDEVSTATE_MSGWAITOFF: events.push_back("messages off"); break;
        case LINEDEVSTATE_CAPSCHANGE: events.push_back("caps"); break;
        default: events.push_back(fmt::format("line state {:x}", p1)); break;
        }
        break;
    case LINE_MONITORDIGITS:
        events.push_back(fmt::format("digit {}", static_cast<char>(p1)));
        break;
    case LINE_MONITORMEDIA: events.push_back(fmt::format("media {:x}", p1)); break;
    case LINE_HANGUPSIGN: events.push_back(fmt::format("sign {} {}", p1, p2)); break;
    case LINE_GENERATE: events.push_back(fmt::format("generated {} {}", p1, p2)); break;
    default: events.push_back(fmt::format("message {}", message)); break;
    }
}

void ProviderRig::takeState(HTAPICALL handle, std::uint32_t state, std::uint32_t mode) {
    if (state == LINECALLSTATE_IDLE) {
        ++idle_[handle];
    }
    if (state == LINECALLSTATE_DISCONNECTED || state == LINECALLSTATE_CONNECTED) {
        events.push_back(fmt::format("state {}:{:x}", stateName(state), mode));
    } else {
        events.push_back("state " + stateName(state));
    }
}

std::string stateName(std::uint32_t state) {
    switch (state) {
    case LINECALLSTATE_IDLE: return "idle";
    case LINECALLSTATE_OFFERING: return "offering";
    case LINECALLSTATE_ACCEPTED: return "accepted";
    case LINECALLSTATE_DIALTONE: return "dialtone";
    case LINECALLSTATE_DIALING: return "dialing";
    case LINECALLSTATE_RINGBACK: return "ringback";
    case LINECALLSTATE_BUSY: return "busy";
    case LINECALLSTATE_SPECIALINFO: return "specialinfo";
    case LINECALLSTATE_CONNECTED: return "connected";
    case LINECALLSTATE_PROCEEDING: return "proceeding";
    case LINECALLSTATE_DISCONNECTED: return "disconnected";
    default: return "unknown";
    }
}

}  // namespace tipring::at_modem
