// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tipring::tapi {

/// Names a registration until it is given back. Unique, never 0.
using RegistrationCookie = std::uint64_t;

/// Assisted telephony: "somebody, please make this call". Source: tapiRequestMakeCall.
struct AssistedRequest {
    std::string number;       ///< canonical or dialable, 1..kMaxRequestText bytes
    std::string appName;      ///< who asks
    std::string calledParty;  ///< who is called, in words
    std::string comment;
};
inline constexpr std::size_t kMaxRequestText = 1024;
/// As many requests wait for a recipient; one more is REQUESTQUEUEFULL.
inline constexpr std::size_t kMaxRequests = 16;

}  // namespace tipring::tapi
