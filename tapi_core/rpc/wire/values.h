// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tipring/tapi_core/api/interfaces.h"
#include "wire/codec.h"

/// Arguments and results of providers' interfaces.
namespace tipring::rpc {

int putValues(sd_bus_message* message, const std::vector<tapi::Value>& values);
/// All that are left in the message; -EBADMSG for a type that no interface has.
int getValues(sd_bus_message* message, std::vector<tapi::Value>& values);

}  // namespace tipring::rpc
