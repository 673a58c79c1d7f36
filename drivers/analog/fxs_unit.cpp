// SPDX-License-Identifier: Apache-2.0
#include "fxs_unit.h"

#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};

}  // namespace

void FxsUnit::open() {
    FxsSettings settings;
    if (auto plan = DialPlan::parse(options_.dialPlan); plan) {
        settings.plan = std::move(*plan);
    }
    line_.emplace(loop_, *port_, *options_.profile, static_cast<FxsObserver&>(*this),
                  std::move(settings));
}

void FxsUnit::attach(const PortInfo& port) {
    port_ = port.fxs;
    name_ = port.name;
    cause_.clear();
    if (users_.empty()) {
        return;
    }
    open();
    for (FxsUser* user : std::vector(users_)) {
        user->onPort(true, {});
    }
}

void FxsUnit::detach() {
    if (port_ == nullptr) {
        return;
    }
    port_ = nullptr;
    if (cause_.empty()) {
        cause_ = "the adapter was unplugged";
    }
    const bool told = line_ && line_->state() == FxsState::Gone;
    if (line_ && !told) {
        for (FxsUser* user : std::vector(users_)) {
            user->onPort(false, cause_);
        }
    }
    line_.reset();
}

void FxsUnit::join(FxsUser& user) {
    users_.push_back(&user);
    if (!line_ && port_ != nullptr) {
        open();
    }
}

void FxsUnit::leave(FxsUser& user) {
    std::erase(users_, &user);
    if (users_.empty()) {
        line_.reset();
    }
}

void FxsUnit::onFxs(const FxsEvent& event) {
    if (event.kind == FxsEvent::Kind::Gone) {
        cause_ = event.cause;
        kLog.warning("{}: {}", name_, cause_);
        for (FxsUser* user : std::vector(users_)) {
            user->onPort(false, cause_);
        }
        return;
    }
    for (FxsUser* user : std::vector(users_)) {
        user->onFxs(event);
    }
}

void FxsUnit::onFxsSound(std::uint64_t position, std::span<const std::int16_t> heard,
                         std::span<std::int16_t> spoken) {
    for (FxsUser* user : users_) {
        user->onFxsSound(position, heard, spoken);
    }
}

}  // namespace tipring::analog
