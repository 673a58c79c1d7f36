// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tipring/tapi_core/api/tapi.h"

namespace tipring::rpc {

/// Owns the calls of clients that do not stay (Address1.Dial) until they end.
class House final : private tapi::EventSink {
public:
    explicit House(tapi::Tapi& tapi);
    ~House() override;

    tapi::Result<std::shared_ptr<tapi::Call>> dial(std::uint32_t addressId,
                                                   const std::string& destination,
                                                   tapi::Reply reply);

    /// Null: it is none of these.
    [[nodiscard]] std::shared_ptr<tapi::Call> call(std::uint64_t id) const;

private:
    void onEvent(const tapi::Event& event) override;

    tapi::Tapi& tapi_;
    std::map<std::uint64_t, std::shared_ptr<tapi::Call>> calls_;
};

}  // namespace tipring::rpc
