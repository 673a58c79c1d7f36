// SPDX-License-Identifier: Apache-2.0
// What applications ask of a line itself.
#include "line_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core.h"
#include "dial_string.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);
constexpr std::size_t kMaxConfig = 64 * 1024;
constexpr std::uint32_t kForwardModes = LINEFORWARDMODE_UNKNOWN - 1;

/// The line is open while this lives; for a synchronous function.
class OpenFor {
public:
    OpenFor(Core& core, std::shared_ptr<LineRecord> line)
        : core_(core), line_(std::move(line)), result(core.openLine(line_)) {}
    ~OpenFor() {
        if (result) {
            core_.releaseLine(line_);
        }
    }
    OpenFor(const OpenFor&) = delete;
    OpenFor& operator=(const OpenFor&) = delete;

private:
    Core& core_;
    const std::shared_ptr<LineRecord> line_;

public:
    const hal::Result<void> result;
};

hal::Result<TspiForward> forwardOf(const LineRecord& line, const tapi::Forwarding& wanted) {
    if (!std::has_single_bit(wanted.mode) || (wanted.mode & ~kForwardModes) != 0) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{:#x} is no mode of forwarding", wanted.mode));
    }
    if ((line.addressCaps.forwardModes & wanted.mode) == 0) {
        return hal::fail(
            hal::ErrorCode::OperationUnavail,
            fmt::format("line {} cannot forward in mode {:#x}", line.name, wanted.mode));
    }
    auto number = scanDialString(wanted.destination, line.caps.devCapFlags);
    if (!number) {
        return tl::unexpected(std::move(number.error()));
    }
    if (number->size() >= TSPI_NUMBER_SIZE) {
        return hal::fail(
            hal::ErrorCode::InvalAddress,
            fmt::format("a number to forward to has at most {} digits", TSPI_NUMBER_SIZE - 1));
    }
    TspiForward out{};
    out.mode = wanted.mode;
    std::copy(number->begin(), number->end(), out.destination);
    out.rings = wanted.rings;
    return out;
}

bool isNone(const TspiExtensionId& id) {
    return std::all_of(std::begin(id.id), std::end(id.id), [](auto part) { return part == 0; });
}

}  // namespace

hal::Result<tapi::RequestId> LineServices::lineRequest(
    const LinePtr& line, const ApplicationPtr& application, const char* function,
    const std::function<TSPI_RESULT(tapi::RequestId id)>& invoke, tapi::Reply reply) {
    ++line->pendingRequests;
    PendingRequest pending;
    pending.function = function;
    pending.line = line;
    pending.limit = kRequestLimit;
    pending.done = [this, line, answer = core_.replyTo(application, std::move(reply))](
                       const hal::Result<void>& result) {
        --line->pendingRequests;
        answer(result);
        core_.releaseLine(line);
    };
    auto asked = core_.request(*line->provider, std::move(pending), invoke);
    if (!asked) {
        --line->pendingRequests;
        core_.releaseLine(line);
    }
    return asked;
}

hal::Result<tapi::RequestId> LineServices::setDevStatus(const LinePtr& line,
                                                        const ApplicationPtr& application,
                                                        std::uint32_t flags, bool on,
                                                        tapi::Reply reply) {
    const std::uint32_t settable = line->caps.settableDevStatus;
    if (flags == 0) {
        return hal::fail(hal::ErrorCode::InvalParam, "no status to set");
    }
    if ((flags & ~settable) != 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("of line {} the status {:#x} can be set, asked was {:#x}",
                                     line->name, settable, flags));
    }
    if (auto opened = core_.openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    const auto function = line->provider->table().lineSetLineDevStatus;
    if (function == nullptr) {
        auto missing = line->provider->missing("lineSetLineDevStatus");
        core_.releaseLine(line);
        return tl::unexpected(std::move(missing.error()));
    }
    return lineRequest(
        line, application, "lineSetLineDevStatus",
        [&](tapi::RequestId id) { return function(id, line->driverLine, flags, on ? 1U : 0U); },
        std::move(reply));
}

hal::Result<tapi::RequestId> LineServices::forward(const LinePtr& line,
                                                   const ApplicationPtr& application,
                                                   const std::vector<tapi::Forwarding>& list,
                                                   std::uint32_t ringsNoAnswer, tapi::Reply reply) {
    constexpr std::size_t kMost = 32;  // modes there are
    if (list.size() > kMost) {
        return hal::fail(hal::ErrorCode::InvalParam, "more forwardings than there are modes");
    }
    std::vector<TspiForward> forwards;
    for (const tapi::Forwarding& wanted : list) {
        auto made = forwardOf(*line, wanted);
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        forwards.push_back(*made);
    }
    if (auto opened = core_.openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    const auto function = line->provider->table().lineForward;
    if (function == nullptr) {
        auto missing = line->provider->missing("lineForward");
        core_.releaseLine(line);
        return tl::unexpected(std::move(missing.error()));
    }
    return lineRequest(
        line, application, "lineForward",
        [&](tapi::RequestId id) {
            return function(id, line->driverLine, 0, forwards.empty() ? nullptr : forwards.data(),
                            static_cast<std::uint32_t>(forwards.size()), ringsNoAnswer);
        },
        std::move(reply));
}

hal::Result<tapi::RequestId> LineServices::devSpecificFeature(const LinePtr& line,
                                                              const ApplicationPtr& application,
                                                              std::uint32_t feature,
                                                              std::string_view data,
                                                              tapi::Reply reply) {
    if (auto opened = core_.openLine(line); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    const auto function = line->provider->table().lineDevSpecificFeature;
    if (function == nullptr) {
        auto missing = line->provider->missing("lineDevSpecificFeature");
        core_.releaseLine(line);
        return tl::unexpected(std::move(missing.error()));
    }
    return lineRequest(
        line, application, "lineDevSpecificFeature",
        [&](tapi::RequestId id) {
            return function(id, line->driverLine, feature, data.data(), data.size());
        },
        std::move(reply));
}

hal::Result<std::string> LineServices::deviceConfig(const LinePtr& line,
                                                    std::string_view deviceClass) {
    const OpenFor open(core_, line);
    if (!open.result) {
        return tl::unexpected(open.result.error());
    }
    ProviderRecord& provider = *line->provider;
    std::vector<char> config(kMaxConfig);
    const std::string name(deviceClass);
    auto got = provider.call("lineGetDevConfig", provider.table().lineGetDevConfig,
                             line->driverLine, name.c_str(), config.data(), config.size());
    if (!got) {
        return tl::unexpected(std::move(got.error()));
    }
    return provider.textOf("lineGetDevConfig", line->name, config);
}

hal::Result<void> LineServices::setDeviceConfig(const LinePtr& line, std::string_view deviceClass,
                                                const std::string& config) {
    if (config.size() >= kMaxConfig) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("a configuration has at most {} bytes", kMaxConfig - 1));
    }
    if (config.find('\0') != std::string::npos) {
        return hal::fail(hal::ErrorCode::InvalParam, "a configuration is text: no zero in it");
    }
    const OpenFor open(core_, line);
    if (!open.result) {
        return open.result;
    }
    ProviderRecord& provider = *line->provider;
    const std::string name(deviceClass);
    return provider.call("lineSetDevConfig", provider.table().lineSetDevConfig, line->driverLine,
                         name.c_str(), config.c_str());
}

hal::Result<void> LineServices::checkMediaDetection(const LinePtr& line, tapi::MediaModes modes) {
    const std::uint32_t known = line->caps.mediaModes | LINEMEDIAMODE_UNKNOWN;
    if (modes.empty() || (modes.bits() & ~known) != 0) {
        return hal::fail(hal::ErrorCode::InvalMediaMode,
                         fmt::format("line {} has the media modes {:#x}, asked were {:#x}",
                                     line->name, line->caps.mediaModes, modes.bits()));
    }
    const OpenFor open(core_, line);
    if (!open.result) {
        return open.result;
    }
    ProviderRecord& provider = *line->provider;
    TspiCallParams params{};
    params.size = sizeof params;
    params.bearerMode = LINEBEARERMODE_VOICE;
    params.mediaMode = modes.bits();
    return provider.call("lineConditionalMediaDetection",
                         provider.table().lineConditionalMediaDetection, line->driverLine,
                         modes.bits(), &params);
}

hal::Result<std::uint32_t> LineServices::negotiateExtVersion(const LinePtr& line, std::uint32_t low,
                                                             std::uint32_t high) {
    if (low > high || high == 0) {
        return hal::fail(hal::ErrorCode::InvalExtVersion,
                         fmt::format("there is no version from {} to {}", low, high));
    }
    if (line->provider == nullptr) {
        return hal::fail(hal::ErrorCode::NoDevice, line->stateCause);
    }
    ProviderRecord& provider = *line->provider;
    const TspiProvider& table = provider.table();
    TspiExtensionId id{};
    if (table.lineGetExtensionID == nullptr || table.lineNegotiateExtVersion == nullptr ||
        !provider.call("lineGetExtensionID", table.lineGetExtensionID, provider.session(), line->id,
                       &id) ||
        isNone(id)) {
        return 0U;
    }
    if (line->extVersion != 0) {
        if (line->extVersion >= low && line->extVersion <= high) {
            return line->extVersion;
        }
        return hal::fail(hal::ErrorCode::IncompatibleExtVersion,
                         fmt::format("line {} is open with version {} of its extension", line->name,
                                     line->extVersion));
    }
    std::uint32_t version = 0;
    if (auto agreed = provider.call("lineNegotiateExtVersion", table.lineNegotiateExtVersion,
                                    provider.session(), line->id, low, high, &version);
        !agreed) {
        return tl::unexpected(std::move(agreed.error()));
    }
    if (version < low || version > high) {
        provider.breach(
            ContractRule::BadValue, "lineNegotiateExtVersion", line->name,
            fmt::format("agreed on version {}, asked were {} to {}", version, low, high));
        return hal::fail(
            hal::ErrorCode::IncompatibleExtVersion,
            fmt::format("provider {} agreed on a version that was not asked for", provider.name()));
    }
    line->extAgreed = version;
    if (line->isOpen()) {
        selectExtVersion(*line);
    }
    return version;
}

/// The first who opens the line with an extension chooses its version, for all.
void LineServices::selectExtVersion(LineRecord& line) {
    ProviderRecord& provider = *line.provider;
    if (line.extAgreed != 0 &&
        provider.call("lineSelectExtVersion", provider.table().lineSelectExtVersion,
                      line.driverLine, line.extAgreed)) {
        line.extVersion = line.extAgreed;
    }
}

}  // namespace tipring::core
