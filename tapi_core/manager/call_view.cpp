// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core.h"

namespace tipring::core {

CallView::CallView(std::shared_ptr<CallRecord> record, std::shared_ptr<ApplicationRecord> owner)
    : call(std::move(record)), application(std::move(owner)) {}

std::shared_ptr<tapi::Address> CallView::address() const {
    const auto core = application->core.lock();
    if (core && !application->closed) {
        return core->addressFor(application, call->line);
    }
    return std::make_shared<AddressView>(call->line, application);
}

tapi::LineCallState CallView::lineState() const {
    const bool begun = call->phase != CallRecord::Phase::Prepared;
    return call->state.value_or(begun ? tapi::LineCallState::Unknown : tapi::LineCallState::Idle);
}

tapi::CallState CallView::state() const {
    const bool begun = call->phase != CallRecord::Phase::Prepared;
    return begun ? tapi::fold(lineState()) : tapi::CallState::Idle;
}

bool CallView::connectionConfirmed() const {
    return lineState() == tapi::LineCallState::Connected &&
           (call->mode & LINECONNECTEDMODE_CONFIRMED) != 0;
}

tapi::Result<tapi::RequestId> CallView::connect(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->connect(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::answer(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->answer(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::disconnect(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->drop(*this, std::move(reply)) : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::dial(std::string_view digits, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->dial(*this, digits, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::generateDigits(std::string_view digits, tapi::DigitMode mode,
                                            std::chrono::milliseconds duration) {
    auto core = coreOf(*application);
    return core ? (*core)->generateDigits(*this, digits, mode, duration)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::generateTones(tapi::ToneMode mode,
                                           std::span<const tapi::GeneratedTone> tones,
                                           std::chrono::milliseconds duration) {
    auto core = coreOf(*application);
    return core ? (*core)->generateTones(*this, mode, tones, duration)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::monitorDigits(tapi::DigitModes modes) {
    auto core = coreOf(*application);
    return core ? (*core)->monitorDigits(*this, modes) : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::play(const std::string& path, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->play(*this, path, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::stopPlaying(tapi::StopMode mode, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->stopPlaying(*this, mode, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::record(const std::string& path, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->record(*this, path, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::stopRecording(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->stopRecording(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

}  // namespace tipring::core
