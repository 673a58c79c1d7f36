// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "phone_session.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct ApplicationRecord;
class ProviderRecord;

/// An application that has a phone open.
struct PhoneOpening {
    std::shared_ptr<ApplicationRecord> application;
    tapi::PhonePrivilege privilege = tapi::PhonePrivilege::Monitor;
};

/// A phone: it lives on, with its id, while its device is unplugged.
struct PhoneRecord {
    std::uint32_t id = 0;
    std::string providerName;
    std::string deviceKey;
    std::string name;
    ProviderRecord* provider = nullptr;  ///< null: the device or the provider is gone
    TspiPhoneCaps caps{};
    tapi::PhoneCapabilities capabilities;

    HTAPIPHONE handle = nullptr;  ///< null: not open
    HDRVPHONE driverPhone = nullptr;
    std::uint32_t extVersion = 0;         ///< that of the first who negotiated; 0: none yet
    std::vector<PhoneOpening> openings;   ///< one owner at most
    std::vector<std::uint32_t> downKeys;  ///< buttons that were pressed and not let go

    [[nodiscard]] bool isOpen() const { return handle != nullptr; }
    [[nodiscard]] const PhoneOpening* opening(const ApplicationRecord& application) const {
        const auto found = std::find_if(
            openings.begin(), openings.end(),
            [&](const PhoneOpening& each) { return each.application.get() == &application; });
        return found == openings.end() ? nullptr : &*found;
    }
    [[nodiscard]] const PhoneOpening* owner() const {
        const auto found = std::find_if(
            openings.begin(), openings.end(),
            [](const PhoneOpening& each) { return each.privilege == tapi::PhonePrivilege::Owner; });
        return found == openings.end() ? nullptr : &*found;
    }
};

[[nodiscard]] tapi::PhoneCapabilities capabilitiesOf(const TspiPhoneCaps& caps);

}  // namespace tipring::core
