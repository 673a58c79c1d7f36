// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tipring::rpc {

/// What a client may be allowed. Each of the others implies Monitor. The right of each method
/// stands in docs/reference/dbus.md.
enum class Right : std::uint8_t { Monitor, Answer, Dial, Configure };
inline constexpr std::size_t kRightCount = 4;
/// "monitor", "answer", "dial", "configure".
[[nodiscard]] std::string_view nameOf(Right right);

/// Whom a connection belongs to, as the kernel or the bus daemon says.
struct Identity {
    bool known = false;
    uid_t uid = 0;
    std::vector<gid_t> groups{};
};

/// Who has which right.
struct Rights {
    struct Holders {
        std::set<uid_t> users{};
        std::set<gid_t> groups{};
    };
    std::array<Holders, kRightCount> holders{};
    std::set<uid_t> all;  ///< have every right: root and the service's own user
    bool polkit = false;  ///< who has a right not by these is asked for there (on the system bus)
    std::string file{};   ///< that refusals point to

    /// Root and the service's own user, and nobody else.
    Rights();
    /// Adds holders: "alice" or "@group". Names that the machine does not know are returned.
    /// Blocks where the machine's user data base does.
    std::vector<std::string> grant(Right right, const std::vector<std::string>& names);
    /// Never for an unknown identity.
    [[nodiscard]] bool has(const Identity& who, Right right) const;
};

}  // namespace tipring::rpc
