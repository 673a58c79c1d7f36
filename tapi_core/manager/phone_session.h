// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "handle_table.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct PhoneRecord;
class ProviderQueue;

/// An open phone as its HTAPIPHONE leads to it.
struct PhoneSession {
    std::shared_ptr<ProviderQueue> queue;
    std::weak_ptr<PhoneRecord> phone;
    std::string name{};                ///< of the phone, for any thread
    std::atomic<bool> closed = false;  ///< phoneClose returned: what comes now is a breach
};
using PhoneHandles = HandleTable<PhoneSession, HTAPIPHONE>;
/// The phones of the process: an event routine gets nothing but the handle.
PhoneHandles& phoneHandles();

/// The routines that a provider gets for its phones. Any thread; they only queue.
void onPhoneCreate(void* context, const char* deviceKey);
void onPhoneRemove(void* context, std::uint32_t deviceId);
void onPhoneEvent(HTAPIPHONE htPhone, std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
                  std::uintptr_t p3);

}  // namespace tipring::core
