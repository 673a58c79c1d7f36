// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "profile.h"
#include "tipring/hal/base/result.h"

namespace tipring::at_modem {

/// Finds the profile that another one inherits from; null when there is none.
using ProfileLookup = std::function<const Profile*(std::string_view name)>;

/// Reads one profile. The parent's values stand unless the text has the key; of the tables
/// [commands], [events] and so on each key is inherited alone, arrays are replaced as a whole.
/// Any bytes may come. InvalParam names the file, line and column, and what is allowed there.
/// `file` is for messages.
hal::Result<Profile> readProfile(std::string_view text, std::string_view file,
                                 const ProfileLookup& lookup);

}  // namespace tipring::at_modem
