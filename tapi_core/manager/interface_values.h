// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/interfaces.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

/// Bounds of one call or event, in both directions.
inline constexpr std::size_t kMaxInterfaceValues = 64;
inline constexpr std::size_t kMaxInterfaceBytes = 1U << 20;

/// Values that came from a provider, copied; or why they are none.
struct InterfaceValuesIn {
    std::vector<tapi::Value> values;
    std::string problem;  ///< how the provider broke the contract; empty: it did not
};
/// Total: any types, counts and sizes. Reads no more than the bounds allow.
[[nodiscard]] std::shared_ptr<InterfaceValuesIn> copyIn(const TspiValue* values,
                                                        std::uint32_t count);

/// The value as that type. A number fits every number type that can hold it exactly; nothing else
/// is converted.
[[nodiscard]] std::optional<tapi::Value> convert(const tapi::Value& value, char type);
/// INVALPARAM: count, types or bounds are others than the arguments of `what` want.
[[nodiscard]] hal::Result<std::vector<tapi::Value>> convertAll(
    const std::string& what, std::span<const tapi::InterfaceArgument> arguments,
    const std::vector<tapi::Value>& values);
/// Empty where count and types are those of the description, else what differs.
[[nodiscard]] std::string mismatch(std::span<const tapi::InterfaceArgument> arguments,
                                   std::span<const tapi::Value> values);

/// For the provider: text and bytes are borrowed from `values`.
[[nodiscard]] std::vector<TspiValue> lend(std::span<const tapi::Value> values);

/// "s line, u level"
[[nodiscard]] std::string signatureText(std::span<const tapi::InterfaceArgument> arguments);

/// The routines that a provider gets. Any thread; they copy and queue.
void onInterfaceResult(void* context, DRV_REQUESTID requestId, const TspiValue* values,
                       std::uint32_t count);
void onInterfaceEvent(void* context, HTAPILINE htLine, HTAPICALL htCall,
                      std::uint32_t interfaceIndex, std::uint32_t event, const TspiValue* values,
                      std::uint32_t count);

}  // namespace tipring::core
