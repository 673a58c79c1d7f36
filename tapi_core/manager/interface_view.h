// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "interface_registry.h"

namespace tipring::core {

/// An interface of one object, as one application has it. Outlives its object, and then says so.
class InterfaceView final : public tapi::ProviderInterface {
public:
    InterfaceView(std::shared_ptr<InterfaceEntry> entry, InterfaceTarget target,
                  std::weak_ptr<ApplicationRecord> application)
        : entry_(std::move(entry)),
          target_(std::move(target)),
          application_(std::move(application)) {}

    [[nodiscard]] const tapi::InterfaceDescription& description() const override {
        return entry_->description;
    }
    tapi::Result<tapi::RequestId> call(std::string_view method, std::vector<tapi::Value> arguments,
                                       tapi::ValuesReply reply) override;

private:
    const std::shared_ptr<InterfaceEntry> entry_;
    const InterfaceTarget target_;
    const std::weak_ptr<ApplicationRecord> application_;
};

}  // namespace tipring::core
