// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

/// Where applications stand, by their names, for calls of each media mode and for requests of
/// assisted telephony (lineSetAppPriority). Kept as JSON in STATEDIRECTORY/priorities.json, written
/// beside and renamed. A file that cannot be understood is set aside as priorities.json.broken, and
/// all stand by the order in which they registered. Thread: the loop's.
class Priorities {
public:
    /// An empty directory name: nothing is kept.
    explicit Priorities(std::string stateDirectory);

    /// INVALMEDIAMODE: not exactly one known media mode. INVALPARAM: no priority, or a name that is
    /// empty or over 255 bytes.
    hal::Result<void> set(std::string_view application, tapi::MediaMode mode,
                          tapi::Priority priority);
    hal::Result<void> setForRequests(std::string_view application, tapi::Priority priority);
    [[nodiscard]] tapi::Priority get(std::string_view application, tapi::MediaMode mode) const;
    [[nodiscard]] tapi::Priority forRequests(std::string_view application) const;

    /// The smaller, the sooner: (0, n) the n-th of those that asked for Highest, the last one
    /// first; (1, 0) all the normal ones; (2, n) the n-th of those that asked for Lowest.
    using Rank = std::tuple<std::uint8_t, std::size_t>;
    [[nodiscard]] Rank rank(std::string_view application, tapi::MediaMode mode) const;

private:
    struct Order {
        std::vector<std::string> highest, lowest;  ///< the first one comes first
    };
    static constexpr std::size_t kKinds = 7;  // six media modes, and requests

    [[nodiscard]] static std::string kindName(std::size_t kind);
    hal::Result<void> change(std::size_t kind, std::string_view application,
                             tapi::Priority priority);
    [[nodiscard]] Rank rankOf(std::size_t kind, std::string_view application) const;
    [[nodiscard]] tapi::Priority priorityOf(std::size_t kind, std::string_view application) const;
    void load();
    hal::Result<void> parse(const std::string& text);
    void save() const;

    std::string directory_;
    std::string path_;
    std::array<Order, kKinds> orders_;
};

}  // namespace tipring::core
