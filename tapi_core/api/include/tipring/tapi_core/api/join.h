// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "tipring/tapi_core/api/call.h"

namespace tipring::tapi {

/// Connects a call with one that goes out on any other line, at once: a telephone on an FXS port
/// with the number that it dialled, on an FXO line. They hear each other from the state on in which
/// that line's device has sound (TspiLineCaps::mediaStates; connected). It is transfer() and
/// finish(): with AsTransfer both calls are over for the application and stay together until
/// one end hangs up; with AsConference they remain its own, as members. The reply is that of what
/// came last; `call` goes on where `outgoing` came to nothing.
inline Result<RequestId> join(const std::shared_ptr<Call>& call,
                              const std::shared_ptr<Call>& outgoing, FinishMode mode, Reply reply) {
    return call->transfer(
        outgoing, [outgoing, mode, reply = std::move(reply)](const Result<void>& held) {
            const auto finished = held ? outgoing->finish(mode, reply)
                                       : Result<RequestId>{tl::unexpected(held.error())};
            if (!finished && reply) {
                reply(tl::unexpected(finished.error()));
            }
        });
}

}  // namespace tipring::tapi
