// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/fake_provider.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tipring::test {
namespace {

/// providerInit has no argument that could lead to the test's object.
std::map<std::string, FakeProvider*>& fakes() {
    static std::map<std::string, FakeProvider*> all;
    return all;
}

template <std::size_t N>
void put(char (&field)[N], const std::string& text) {
    std::strncpy(field, text.c_str(), N - 1);
}

}  // namespace

/// The C functions.
struct FakeTable {
    using Line = FakeProvider::Line;
    using Call = FakeProvider::Call;
    using Media = FakeProvider::Media;

    /// All but the size, which is the core's.
    template <class Struct>
    static void give(Struct* out, const Struct& value) {
        const std::uint32_t size = out->size;
        *out = value;
        out->size = size;
    }
    static FakeProvider& of(HPROVIDER provider) {
        return *reinterpret_cast<FakeProvider*>(provider);
    }
    static Line& of(HDRVLINE line) { return *reinterpret_cast<Line*>(line); }
    static Call& of(HDRVCALL call) { return *reinterpret_cast<Call*>(call); }
    static Media& of(HDRVMEDIA media) { return *reinterpret_cast<Media*>(media); }
    static TSPI_RESULT ask(Call& call, const char* function, DRV_REQUESTID id) {
        return call.line->provider->treat(function, id);
    }

    static TSPI_RESULT init(const TspiInit* init, HPROVIDER* provider) {
        FakeProvider* self = nullptr;
        char name[64] = "fake";
        init->host->configGet(init->host->context, "fake", name, sizeof name);
        self = fakes().at(name);
        if (self->initResult < 0) {
            init->host->explain(init->host->context, "told to fail");
            return self->initResult;
        }
        self->init_ = *init;
        self->loop_ = std::make_unique<tspi::HostLoop>(*init->host);
        *provider = reinterpret_cast<HPROVIDER>(self);
        return 0;
    }
    static TSPI_RESULT shutdown(HPROVIDER provider) {
        FakeProvider& self = of(provider);
        self.stopThread();
        self.timers_.clear();
        self.loop_.reset();
        self.log_.push_back("providerShutdown");
        return 0;
    }
    static TSPI_RESULT enumDevices(HPROVIDER provider, std::uint32_t* count) {
        *count = static_cast<std::uint32_t>(of(provider).keys_.size());
        return 0;
    }
    static TSPI_RESULT deviceKey(HPROVIDER provider, std::uint32_t index, char* key,
                                 std::size_t capacity) {
        std::strncpy(key, of(provider).keys_.at(index).c_str(), capacity - 1);
        return 0;
    }
    static TSPI_RESULT createLine(HPROVIDER provider, const char* key, std::uint32_t id) {
        FakeProvider& self = of(provider);
        auto line = std::make_unique<Line>();
        line->provider = &self;
        line->key = key;
        line->id = id;
        line->status.connected = line->status.inService = 1;
        self.lines_.push_back(std::move(line));
        return 0;
    }
    static TSPI_RESULT devCaps(HPROVIDER provider, std::uint32_t id, TspiLineCaps* caps) {
        FakeProvider& self = of(provider);
        give(caps, self.caps);
        for (const auto& line : self.lines_) {
            if (line->id == id) {
                put(caps->permanentId, line->key);
                put(caps->name, "line " + line->key);
            }
        }
        return 0;
    }
    static TSPI_RESULT lineStatus(HDRVLINE line, TspiLineStatus* status) {
        give(status, of(line).status);
        return 0;
    }
    static TSPI_RESULT lineOpen(HPROVIDER provider, std::uint32_t id, HTAPILINE htLine,
                                LINEEVENT events, std::uint32_t, HDRVLINE* line) {
        FakeProvider& self = of(provider);
        self.log_.push_back("lineOpen");
        if (self.openResult < 0) {
            return self.openResult;
        }
        // The youngest device of that id: the others were removed.
        const auto found = std::find_if(self.lines_.rbegin(), self.lines_.rend(),
                                        [id](const auto& each) { return each->id == id; });
        (*found)->handle = (*found)->lastHandle = htLine;
        (*found)->events = events;
        ++(*found)->opened;
        *line = reinterpret_cast<HDRVLINE>(found->get());
        return 0;
    }
    static TSPI_RESULT lineClose(HDRVLINE line) {
        of(line).provider->log_.push_back("lineClose");
        of(line).handle = nullptr;
        ++of(line).closed;
        return 0;
    }
    static TSPI_RESULT mediaDetection(HDRVLINE line, std::uint32_t modes) {
        of(line).mediaDetection = modes;
        return 0;
    }
    static TSPI_RESULT makeCall(DRV_REQUESTID id, HDRVLINE line, HTAPICALL htCall,
                                const char* address, const TspiCallParams* params, HDRVCALL* call) {
        FakeProvider& self = *of(line).provider;
        Call& made = self.addCall(of(line), htCall);
        made.number = address;
        made.info.origin = LINECALLORIGIN_OUTBOUND;
        made.info.mediaMode = params->mediaMode;
        made.params = *params;
        *call = reinterpret_cast<HDRVCALL>(&made);
        return self.treat("lineMakeCall", id);
    }
    static TSPI_RESULT dial(DRV_REQUESTID id, HDRVCALL call, const char* address) {
        of(call).dialled.push_back(address);
        return ask(of(call), "lineDial", id);
    }
    static TSPI_RESULT accept(DRV_REQUESTID id, HDRVCALL call) {
        return ask(of(call), "lineAccept", id);
    }
    static TSPI_RESULT answer(DRV_REQUESTID id, HDRVCALL call) {
        return ask(of(call), "lineAnswer", id);
    }
    static TSPI_RESULT drop(DRV_REQUESTID id, HDRVCALL call) {
        ++of(call).drops;
        return ask(of(call), "lineDrop", id);
    }
    static TSPI_RESULT closeCall(HDRVCALL call) {
        ++of(call).closed;
        of(call).line->provider->log_.push_back("lineCloseCall");
        return 0;
    }
    static TSPI_RESULT callInfo(HDRVCALL call, TspiCallInfo* info) {
        give(info, of(call).info);
        return 0;
    }
    static TSPI_RESULT callStatus(HDRVCALL call, TspiCallStatus* status) {
        give(status, of(call).status);
        return 0;
    }
    static TSPI_RESULT setMediaMode(HDRVCALL call, std::uint32_t mode) {
        of(call).mediaMode = mode;
        return 0;
    }
    static TSPI_RESULT setCallParams(DRV_REQUESTID id, HDRVCALL call, std::uint32_t bearer,
                                     std::uint32_t minRate, std::uint32_t maxRate,
                                     const TspiDialParams* dialParams) {
        TspiCallParams& params = of(call).params;
        params.bearerMode = bearer;
        params.minRate = minRate;
        params.maxRate = maxRate;
        params.dialParams = *dialParams;
        return ask(of(call), "lineSetCallParams", id);
    }
    static TSPI_RESULT secureCall(DRV_REQUESTID id, HDRVCALL call) {
        return ask(of(call), "lineSecureCall", id);
    }
    static TSPI_RESULT generateDigits(HDRVCALL call, std::uint32_t id, std::uint32_t,
                                      const char* digits, std::uint32_t) {
        of(call).endToEndId = digits == nullptr ? 0 : id;
        return 0;
    }
    static TSPI_RESULT generateTone(HDRVCALL call, std::uint32_t id, std::uint32_t, std::uint32_t,
                                    const TspiGenerateTone*, std::uint32_t) {
        of(call).endToEndId = id;
        return 0;
    }
    static TSPI_RESULT monitorDigits(HDRVCALL call, std::uint32_t modes) {
        of(call).digitModes = modes;
        return of(call).line->provider->monitorResult;
    }
    static TSPI_RESULT monitorTones(HDRVCALL call, const TspiMonitorTone* tones,
                                    std::uint32_t count) {
        of(call).tones.assign(tones, tones + count);
        return of(call).line->provider->monitorResult;
    }
    static TSPI_RESULT monitorMedia(HDRVCALL call, std::uint32_t modes) {
        of(call).mediaModes = modes;
        return of(call).line->provider->monitorResult;
    }
    static TSPI_RESULT gatherDigits(HDRVCALL call, std::uint32_t id, std::uint32_t modes,
                                    std::uint32_t maxDigits, const char* terminators,
                                    std::uint32_t first, std::uint32_t inter) {
        const TSPI_RESULT result = of(call).line->provider->gatherResult;
        if (result == 0) {
            of(call).gathers.push_back({id, modes, maxDigits, terminators, first, inter});
        }
        return result;
    }
    static TSPI_RESULT pickup(DRV_REQUESTID id, HDRVLINE line, std::uint32_t, HTAPICALL htCall,
                              HDRVCALL* call, const char* address) {
        FakeProvider& self = *of(line).provider;
        Call& taken = self.addCall(of(line), htCall);
        taken.number = address;
        taken.info.origin = LINECALLORIGIN_INBOUND;
        taken.info.reason = LINECALLREASON_PICKUP;
        taken.info.mediaMode = LINEMEDIAMODE_INTERACTIVEVOICE;
        *call = reinterpret_cast<HDRVCALL>(&taken);
        return self.treat("linePickup", id);
    }
    static TSPI_RESULT devSpecific(DRV_REQUESTID id, HDRVLINE line, HDRVCALL call, const void* data,
                                   std::size_t size) {
        of(line).own.emplace_back(static_cast<const char*>(data), size);
        of(line).ownCall = call;
        return of(line).provider->treat("lineDevSpecific", id);
    }
    static TSPI_RESULT getId(HDRVLINE line, const char* deviceClass, char* id,
                             std::size_t capacity) {
        if (std::strcmp(deviceClass, "comm/portname") != 0) {
            return LINEERR_INVALDEVICECLASS;
        }
        std::strncpy(id, ("serial:/dev/" + of(line).key).c_str(), capacity - 1);
        return 0;
    }
    static TSPI_RESULT mediaOpen(HDRVCALL call, HTAPIMEDIA htMedia,
                                 const TspiMediaCallbacks* callbacks, TspiMediaCaps* caps,
                                 HDRVMEDIA* media) {
        FakeProvider& self = *of(call).line->provider;
        self.media_.push_back(std::make_unique<Media>());
        Media& made = self.lastMedia();
        made.call = &of(call);
        made.handle = htMedia;
        made.callbacks = *callbacks;
        *caps = self.caps.media;
        *media = reinterpret_cast<HDRVMEDIA>(&made);
        return 0;
    }
    static TSPI_RESULT mediaStart(DRV_REQUESTID id, HDRVMEDIA media, std::uint32_t direction) {
        of(media).afterClose += of(media).closed ? 1 : 0;
        of(media).running |= direction;
        (direction == TSPI_MEDIA_PLAY ? of(media).played : of(media).recorded) = 0;
        return ask(*of(media).call, "mediaStart", id);
    }
    static TSPI_RESULT mediaStop(DRV_REQUESTID id, HDRVMEDIA media, std::uint32_t direction,
                                 std::uint32_t how) {
        of(media).afterClose += of(media).closed ? 1 : 0;
        of(media).running &= ~direction;
        of(media).call->line->provider->log_.push_back(how == TSPI_MEDIASTOP_DRAIN ? "drain"
                                                                                   : "discard");
        return ask(*of(media).call, "mediaStop", id);
    }
    static TSPI_RESULT mediaClose(HDRVMEDIA media) {
        of(media).closed = true;
        of(media).running = 0;
        of(media).call->line->provider->log_.push_back("mediaClose");
        return 0;
    }

    static TspiProvider make(const char* name) {
        TspiProvider table{};
        table.size = sizeof table;
        table.version = TSPI_VERSION;
        table.name = name;
        table.providerInit = &init;
        table.providerShutdown = &shutdown;
        table.providerEnumDevices = &enumDevices;
        table.providerGetDeviceKey = &deviceKey;
        table.providerCreateLineDevice = &createLine;
        table.lineGetDevCaps = &devCaps;
        table.lineGetLineDevStatus = &lineStatus;
        table.lineOpen = &lineOpen;
        table.lineClose = &lineClose;
        table.lineSetDefaultMediaDetection = &mediaDetection;
        addCallFunctions(table);
        table.lineDevSpecific = &devSpecific;
        table.linePickup = &pickup;
        table.lineGetID = &getId;
        table.mediaOpen = &mediaOpen;
        table.mediaStart = &mediaStart;
        table.mediaStop = &mediaStop;
        table.mediaClose = &mediaClose;
        return table;
    }
    static void addCallFunctions(TspiProvider& table) {
        table.lineMakeCall = &makeCall;
        table.lineDial = &dial;
        table.lineAccept = &accept;
        table.lineAnswer = &answer;
        table.lineDrop = &drop;
        table.lineCloseCall = &closeCall;
        table.lineGetCallInfo = &callInfo;
        table.lineGetCallStatus = &callStatus;
        table.lineSetMediaMode = &setMediaMode;
        table.lineSecureCall = &secureCall;
        table.lineSetCallParams = &setCallParams;
        table.lineGenerateDigits = &generateDigits;
        table.lineGenerateTone = &generateTone;
        table.lineMonitorDigits = &monitorDigits;
        table.lineMonitorTones = &monitorTones;
        table.lineMonitorMedia = &monitorMedia;
        table.lineGatherDigits = &gatherDigits;
    }
};

FakeProvider::FakeProvider(std::vector<std::string> keys, const char* name)
    : table(FakeTable::make(name)), keys_(std::move(keys)) {
    fakes()[name] = this;
    caps.size = sizeof caps;
    caps.addressCount = 1;
    caps.mediaModes = LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;
    caps.devCapFlags = LINEDEVCAPFLAGS_DIALDIALTONE | LINEDEVCAPFLAGS_CLOSEDROP;
    caps.callStates = 0xFFFF;
    caps.callerIdFlags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_NAME;
    caps.generateDigitModes = caps.monitorDigitModes = LINEDIGITMODE_DTMF;
    caps.generateToneModes = LINETONEMODE_CUSTOM;
    caps.maxDialString = 40;
    caps.media = {sizeof(TspiMediaCaps), TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD, 0, 8000, 16};
    caps.detections = TSPI_DETECT_SILENCE | TSPI_DETECT_PROGRESS | TSPI_DETECT_MEDIA;
}

FakeProvider::~FakeProvider() {
    stopThread();
    fakes().erase(table.name);
}

std::size_t FakeProvider::count(const std::string& function) const {
    return static_cast<std::size_t>(std::count(log_.begin(), log_.end(), function));
}

TSPI_RESULT FakeProvider::treat(const char* function, DRV_REQUESTID id) {
    log_.emplace_back(function);
    if (inside) {
        inside(function);
    }
    const Behaviour behaviour = behave ? behave(function) : Behaviour{};
    const char* cause = behaviour.cause.empty() ? nullptr : behaviour.cause.c_str();
    using How = Behaviour::How;
    if (behaviour.how == How::Refuse) {
        init_.host->explain(init_.host->context, cause);
        return behaviour.result;
    }
    if (behaviour.how == How::WrongCode) {
        return static_cast<TSPI_RESULT>(id) + 1000;
    }
    ++accepted_;
    switch (behaviour.how) {
    case How::Twice: init_.completion(init_.context, id, behaviour.result, cause); [[fallthrough]];
    case How::Inside: init_.completion(init_.context, id, behaviour.result, cause); break;
    case How::Later: completeLater(id, behaviour); break;
    case How::Thread: completeFromThread(id, behaviour); break;
    case How::WrongId: init_.completion(init_.context, 0x70000000 + id, 0, nullptr); break;
    case How::Never:
    case How::Refuse:
    case How::WrongCode: break;
    }
    return static_cast<TSPI_RESULT>(id);
}

void FakeProvider::completeLater(DRV_REQUESTID id, const Behaviour& behaviour) {
    timers_.remove_if([](const hal::Timer& timer) { return !timer.armed(); });
    timers_.emplace_back(*loop_, [this, id, behaviour] {
        init_.completion(init_.context, id, behaviour.result, behaviour.cause.c_str());
    });
    timers_.back().arm(behaviour.delay);
}

void FakeProvider::completeFromThread(DRV_REQUESTID id, const Behaviour& behaviour) {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back([init = init_, id, behaviour] {
        init.completion(init.context, id, behaviour.result, behaviour.cause.c_str());
    });
    if (!thread_.joinable()) {
        thread_ = std::thread([this] { work(); });
    }
    wake_.notify_one();
}

void FakeProvider::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (jobs_.empty()) {
            return;
        }
        const auto jobs = std::exchange(jobs_, {});
        lock.unlock();
        for (const auto& job : jobs) {
            job();
        }
        lock.lock();
    }
}

void FakeProvider::stopThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
    stop_ = false;
}

FakeProvider::Call& FakeProvider::newCall(Line& line) {
    calls_.push_back(std::make_unique<Call>());
    Call& call = lastCall();
    call.line = &line;
    call.info.origin = LINECALLORIGIN_INBOUND;
    line.events(line.handle, nullptr, LINE_NEWCALL, reinterpret_cast<std::uintptr_t>(&call),
                reinterpret_cast<std::uintptr_t>(&call.handle), 0);
    return call;
}

FakeProvider::Call& FakeProvider::ring(Line& line, std::uint32_t mediaModes) {
    Call& call = newCall(line);
    call.info.mediaMode = mediaModes;
    state(call, LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE, mediaModes);
    return call;
}

FakeProvider::Call& FakeProvider::addCall(Line& line, HTAPICALL handle) {
    calls_.push_back(std::make_unique<Call>());
    calls_.back()->line = &line;
    calls_.back()->handle = handle;
    return *calls_.back();
}

void FakeProvider::state(Call& call, std::uint32_t state, std::uint32_t mode,
                         std::uint32_t mediaModes) {
    call.status.state = state;
    event(*call.line, call.handle, LINE_CALLSTATE, state, mode, mediaModes);
}

void FakeProvider::event(Line& line, HTAPICALL call, std::uint32_t message, std::uintptr_t p1,
                         std::uintptr_t p2, std::uintptr_t p3) {
    line.events(line.lastHandle, call, message, p1, p2, p3);
}

void FakeProvider::arrive(const std::string& key) {
    init_.lineCreate(init_.context, key.c_str());
}

void FakeProvider::remove(Line& line) {
    init_.lineRemove(init_.context, line.id);
}

void FakeProvider::say(Media& media, std::span<const std::int16_t> samples,
                       const std::function<void()>& each) {
    constexpr std::size_t kBlock = 160;
    while (!samples.empty()) {
        const auto block = samples.first(std::min(samples.size(), kBlock));
        if ((media.running & TSPI_MEDIA_RECORD) != 0) {
            media.callbacks.receive(media.handle, media.recorded, block.data(), block.size());
            media.recorded += block.size();
        }
        samples = samples.subspan(block.size());
        if (each) {
            each();
        }
    }
}

std::vector<std::int16_t> FakeProvider::tick(Media& media, std::size_t count, std::int16_t value) {
    std::vector<std::int16_t> played;
    if ((media.running & TSPI_MEDIA_PLAY) != 0) {
        played.resize(count);
        played.resize(media.callbacks.send(media.handle, media.played, played.data(), count));
        media.played += count;
    }
    if ((media.running & TSPI_MEDIA_RECORD) != 0) {
        const std::vector<std::int16_t> heard(count, value);
        media.callbacks.receive(media.handle, media.recorded, heard.data(), count);
        media.recorded += count;
    }
    return played;
}

}  // namespace tipring::test
