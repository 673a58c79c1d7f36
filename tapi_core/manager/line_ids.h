// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tipring/hal/base/result.h"

namespace tipring::core {

/// Which device has which id: the same over restarts and re-plugging. Kept as JSON in
/// STATEDIRECTORY/lines.json, written beside and renamed, so that a crash leaves the old or the new
/// file. A file that cannot be understood is put aside as lines.json.broken and a new one begun.
/// Phones have ids of their own, in phones.json.
class LineIds {
public:
    /// An empty directory name: nothing is kept.
    explicit LineIds(std::string stateDirectory, const std::string& kind = "line");

    /// The id of a device; a new one is given and written down at the first time.
    std::uint32_t idFor(std::string_view provider, std::string_view deviceKey);

private:
    using Device = std::pair<std::string, std::string>;

    void load();
    hal::Result<void> parse(const std::string& text);
    void save() const;

    std::string kind_;  // "line", "phone"
    std::string list_;  // "lines", "phones"
    std::string directory_;
    std::string path_;
    std::map<Device, std::uint32_t> ids_;
    std::uint32_t next_ = 0;
};

}  // namespace tipring::core
