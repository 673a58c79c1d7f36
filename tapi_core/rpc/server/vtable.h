// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/rows.h"

namespace tipring::rpc {

/// The table by which sd-bus knows an interface. Must outlive its registration; does not move.
class Vtable {
public:
    explicit Vtable(const InterfaceRows& rows);
    /// Of a provider's interface: all its methods go to `handler`, `version` gives its number.
    Vtable(const tapi::InterfaceDescription& description, sd_bus_message_handler_t handler,
           sd_bus_property_get_t version);
    Vtable(const Vtable&) = delete;
    Vtable& operator=(const Vtable&) = delete;

    [[nodiscard]] const sd_bus_vtable* get() const { return entries_.data(); }

private:
    void begin();
    void end();
    void addMethod(const char* name, const char* in, const char* out, const char* names,
                   sd_bus_message_handler_t handler);
    void addProperty(const char* name, const char* type, sd_bus_property_get_t getter,
                     std::uint64_t flags);
    void addSignal(const char* name, const char* in, const char* names);
    const char* keepText(std::string text);

    std::vector<std::unique_ptr<std::string>> texts_;
    std::vector<sd_bus_vtable> entries_;
};

}  // namespace tipring::rpc
