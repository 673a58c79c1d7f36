// SPDX-License-Identifier: Apache-2.0
// Parameters of a call that exists, and the raw port of a pass-through call.
#include <fmt/format.h>

#include <utility>

#include "call_params.h"
#include "core.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);

}  // namespace

hal::Result<tapi::RequestId> Core::setCallParams(CallView& view, const tapi::CallParams& wanted,
                                                 tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::SetCallParams); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    auto dialParams = clampDialParams(*call->line, wanted.dialParams);
    for (const auto& valid : {checkBearer(*call->line, wanted.bearerMode),
                              checkRates(*call->line, wanted.minRate, wanted.maxRate)}) {
        if (!valid) {
            return tl::unexpected(valid.error());
        }
    }
    if (!dialParams) {
        return tl::unexpected(std::move(dialParams.error()));
    }
    PendingRequest pending;
    pending.function = "lineSetCallParams";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = [this, call, bearer = wanted.bearerMode, params = *dialParams,
                    answer = replyTo(view.application, std::move(reply))](const auto& result) {
        answer(result);
        if (result && call->phase == CallRecord::Phase::Alive) {
            call->info.dialParams = params;
            if (std::exchange(call->info.bearerMode, bearer) != bearer) {
                ownership_.tellOthers(*call, tapi::CallInfoChangeEvent::Item::BearerMode, nullptr);
            }
        }
    };
    const TspiDialParams params = toProvider(*dialParams);
    const auto function = call->line->provider->table().lineSetCallParams;
    return request(*call->line->provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, call->driverCall, static_cast<std::uint32_t>(wanted.bearerMode),
                        wanted.minRate, wanted.maxRate, &params);
    });
}

hal::Result<hal::FileDescriptor> Core::takeDescriptor(CallView& view,
                                                      std::string_view deviceClass) {
    if (auto allowed = check(view, Operation::TakeDescriptor); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    const CallRecord& call = *view.call;
    if (call.info.bearerMode != tapi::BearerMode::PassThrough) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "only a pass-through call gives its port away");
    }
    if (deviceClass != "comm" && deviceClass != "comm/datamodem") {
        return hal::fail(hal::ErrorCode::InvalDeviceClass,
                         "the raw port is of the class comm or comm/datamodem");
    }
    ProviderRecord& provider = *call.line->provider;
    int descriptor = -1;
    const std::string name(deviceClass);
    auto given = provider.call("lineGetDescriptor", provider.table().lineGetDescriptor,
                               call.driverCall, name.c_str(), &descriptor);
    if (!given) {
        return tl::unexpected(std::move(given.error()));
    }
    if (descriptor < 0) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("provider {} gave no descriptor", provider.name()));
    }
    return hal::FileDescriptor(descriptor);
}

}  // namespace tipring::core
