// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "tipring/tapi_core/tspi/interface.h"
#include "wire.h"

namespace tipring::isolation {

inline constexpr std::uint32_t kMaxValues = 256;

void putValues(Writer& to, const TspiValue* values, std::uint32_t count);
/// Text and bytes point into the message.
[[nodiscard]] std::vector<TspiValue> takeValues(Reader& from);

void putInterfaces(Writer& to, const TspiInterface* interfaces, std::uint32_t count);

/// Descriptions of interfaces that were read from a message, kept as the contract wants them.
class InterfaceList {
public:
    void read(Reader& from);
    [[nodiscard]] std::span<const TspiInterface> interfaces() const { return interfaces_; }

private:
    const char* text(Reader& from);
    const TspiArgument* arguments(Reader& from, std::uint32_t& count);
    const TspiMethod* methods(Reader& from, std::uint32_t& count);
    const TspiInterfaceSignal* events(Reader& from, std::uint32_t& count);

    std::deque<std::string> texts_;
    std::deque<std::vector<TspiArgument>> arguments_;
    std::deque<std::vector<TspiMethod>> methods_;
    std::deque<std::vector<TspiInterfaceSignal>> events_;
    std::vector<TspiInterface> interfaces_;
};

}  // namespace tipring::isolation
