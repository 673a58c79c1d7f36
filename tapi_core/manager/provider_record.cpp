// SPDX-License-Identifier: Apache-2.0
#include "provider_record.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "interface_values.h"
#include "phone_session.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
/// A table may be shorter than ours: what lies beyond its end is not there. It holds at least what
/// every provider needs, and no half of a pointer.
constexpr std::size_t kSmallestTable = offsetof(TspiProvider, lineMakeCall);

bool wholeTable(std::size_t size) {
    return size >= kSmallestTable && (size - kSmallestTable) % sizeof(void*) == 0;
}

std::string versionText(std::uint32_t version) {
    return fmt::format("{}.{}", version >> 16, version & 0xFFFF);
}

std::string textOr(const char* text, const char* instead) {
    return text == nullptr ? instead : text;
}

}  // namespace

void CloseLibrary::operator()(void* library) const {
    ::dlclose(library);
}

hal::Result<LoadedProvider> openLibrary(const std::string& path) {
    LoadedProvider loaded;
    loaded.library.reset(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (!loaded.library) {
        return hal::fail(hal::ErrorCode::NoDriver, fmt::format("cannot load the provider {}: {}",
                                                               path, textOr(::dlerror(), "?")));
    }
    void* symbol = ::dlsym(loaded.library.get(), TSPI_ENTRY_POINT_NAME);
    if (symbol == nullptr) {
        return hal::fail(
            hal::ErrorCode::IncompatibleApiVersion,
            fmt::format("{} is no provider: it exports no {}; this core speaks TSPI {}", path,
                        TSPI_ENTRY_POINT_NAME, versionText(TSPI_VERSION)));
    }
    loaded.table = reinterpret_cast<TspiEntryPoint>(symbol)();
    if (loaded.table == nullptr) {
        return hal::fail(hal::ErrorCode::NoDriver, fmt::format("{} gave no table", path));
    }
    return loaded;
}

hal::Result<void> checkTable(const TspiProvider& table) {
    if (table.size < sizeof(TspiProvider) && !wholeTable(table.size)) {
        return hal::fail(
            hal::ErrorCode::IncompatibleApiVersion,
            fmt::format("the provider's table has {} bytes, that of TSPI {} has {}: it was built "
                        "for another contract",
                        table.size, versionText(TSPI_VERSION), sizeof(TspiProvider)));
    }
    if (table.version < TSPI_VERSION || table.version >> 16 != TSPI_VERSION >> 16) {
        return hal::fail(
            hal::ErrorCode::IncompatibleApiVersion,
            fmt::format("provider {} speaks TSPI {}, this core {}", textOr(table.name, "?"),
                        versionText(table.version), versionText(TSPI_VERSION)));
    }
    if (table.name == nullptr || *table.name == '\0') {
        return hal::fail(hal::ErrorCode::InvalParam, "the provider's table has no name");
    }
    return {};
}

hal::ErrorCode errorCodeOf(TSPI_RESULT code) noexcept {
    struct Same {
        TSPI_RESULT phone;
        hal::ErrorCode line;
    };
    using hal::ErrorCode;
    // The others are values of ErrorCode themselves.
    constexpr Same kSame[] = {
        {PHONEERR_ALLOCATED, ErrorCode::Allocated},
        {PHONEERR_BADDEVICEID, ErrorCode::BadDeviceId},
        {PHONEERR_INCOMPATIBLEAPIVERSION, ErrorCode::IncompatibleApiVersion},
        {PHONEERR_INCOMPATIBLEEXTVERSION, ErrorCode::IncompatibleExtVersion},
        {PHONEERR_INUSE, ErrorCode::InUse},
        {PHONEERR_INVALAPPHANDLE, ErrorCode::InvalAppHandle},
        {PHONEERR_INVALDEVICECLASS, ErrorCode::InvalDeviceClass},
        {PHONEERR_INVALEXTVERSION, ErrorCode::InvalExtVersion},
        {PHONEERR_INVALPARAM, ErrorCode::InvalParam},
        {PHONEERR_INVALPOINTER, ErrorCode::InvalPointer},
        {PHONEERR_NODEVICE, ErrorCode::NoDevice},
        {PHONEERR_NODRIVER, ErrorCode::NoDriver},
        {PHONEERR_NOMEM, ErrorCode::NoMem},
        {PHONEERR_NOTOWNER, ErrorCode::NotOwner},
        {PHONEERR_OPERATIONFAILED, ErrorCode::OperationFailed},
        {PHONEERR_OPERATIONUNAVAIL, ErrorCode::OperationUnavail},
        {PHONEERR_RESOURCEUNAVAIL, ErrorCode::ResourceUnavail},
        {PHONEERR_REQUESTOVERRUN, ErrorCode::RequestOverrun},
        {PHONEERR_STRUCTURETOOSMALL, ErrorCode::StructureTooSmall},
        {PHONEERR_UNINITIALIZED, ErrorCode::Uninitialized},
        {PHONEERR_DISCONNECTED, ErrorCode::Disconnected},
    };
    const auto* found = std::find_if(std::begin(kSame), std::end(kSame),
                                     [code](const Same& each) { return each.phone == code; });
    return found != std::end(kSame) ? found->line
                                    : static_cast<ErrorCode>(static_cast<std::uint32_t>(code));
}

hal::Error errorOf(TSPI_RESULT code, std::string cause, const std::string& provider,
                   const char* function) {
    const auto asError = errorCodeOf(code);
    const bool known = code < 0 && hal::errorName(asError) != "UNKNOWN";
    if (cause.empty()) {
        cause = fmt::format("provider {} failed {} with code {:#x} and no words", provider,
                            function, static_cast<std::uint32_t>(code));
    }
    return {known ? asError : hal::ErrorCode::OperationFailed, std::move(cause)};
}

ProviderRecord::ProviderRecord(hal::EventLoop& loop, const TspiProvider& table,
                               ProviderConfig config, Library library,
                               std::shared_ptr<ProviderQueue> queue)
    : name_(table.name),
      library_(std::move(library)),
      queue_(std::move(queue)),
      host_(loop, queue_, name_, std::move(config)) {
    std::memcpy(&table_, &table, std::min<std::size_t>(table.size, sizeof table_));
}

ProviderRecord::~ProviderRecord() {
    if (session_ != nullptr) {
        if (auto ended = call("providerShutdown", table_.providerShutdown, session_); !ended) {
            kLog.warning("provider {}: {}", name_, ended.error().text());
        }
    }
    if (const std::size_t left = host_.clear(); left > 0) {
        breach(ContractRule::LeftBehind, "providerShutdown", "",
               fmt::format("left {} timers and watches behind", left));
    }
    queue_->close();
}

hal::Result<void> ProviderRecord::init() {
    TspiInit init{};
    init.size = sizeof init;
    init.version = std::min(table_.version, TSPI_VERSION);
    init.host = &host_.table();
    init.context = queue_->context();
    init.completion = &onCompletion;
    init.lineCreate = &onLineCreate;
    init.lineRemove = &onLineRemove;
    init.phoneCreate = &onPhoneCreate;
    init.phoneRemove = &onPhoneRemove;
    init.interfaceResult = &onInterfaceResult;
    init.interfaceEvent = &onInterfaceEvent;
    return call("providerInit", table_.providerInit, &init, &session_);
}

std::string ProviderRecord::textOf(std::string_view function, std::string_view line,
                                   std::span<const char> buffer) const {
    const std::size_t length = ::strnlen(buffer.data(), buffer.size());
    if (length == buffer.size()) {
        breach(ContractRule::UnterminatedText, function, line,
               "wrote a text without terminating zero");
    }
    return {buffer.data(), length};
}

void ProviderRecord::reportBlocking(const char* function, const CallTarget& target,
                                    hal::Duration taken) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
    breach(ContractRule::BlockedLoop, function, lineOf(target),
           fmt::format("kept the loop for {} ms", ms));
}

hal::Result<void> ProviderRecord::missing(const char* function) const {
    return hal::fail(hal::ErrorCode::OperationUnavail,
                     fmt::format("provider {} has no {}", name_, function));
}

hal::Error ProviderRecord::refusal(const char* function, TSPI_RESULT code) {
    return errorOf(code, host_.takeExplanation(), name_, function);
}

hal::Result<void> ProviderRecord::resultOf(const char* function, const CallTarget& target,
                                           TSPI_RESULT code) {
    if (code == 0) {
        return {};
    }
    if (code > 0) {
        breach(ContractRule::PositiveResult, function, lineOf(target),
               fmt::format("returned {}, which is neither 0 nor an error", code));
    }
    return tl::unexpected(refusal(function, code));
}

}  // namespace tipring::core
