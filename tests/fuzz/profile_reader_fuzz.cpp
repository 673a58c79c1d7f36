// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "profile_reader.h"
#include "profile_store.h"

/// Any text: a profile or a cause with its place, and never a profile that breaks its own promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tipring::at_modem;
    static const ProfileStore store;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto profile =
        readProfile(text, "fuzz", [](std::string_view name) { return store.find(name); });
    const bool sound =
        profile ? !profile->name.empty() && (!profile->voice || !profile->formats.empty())
                : profile.error().cause.starts_with("fuzz:");
    if (!sound) {
        std::abort();
    }
    return 0;
}
