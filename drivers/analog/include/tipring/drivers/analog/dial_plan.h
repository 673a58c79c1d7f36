// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::analog {

/// Which numbers a telephone may dial, so that a number is complete as soon as it can be:
///
///     911|0|[2-9]xxxxxx|1xxxxxxxxxx|*xx|011x.
///
/// Alternatives stand between `|`; `x` is a digit, `[2-9]` one of a range, `.` at the end any
/// number of digits more; other keys (0-9 * # A-D) stand for themselves. An empty plan takes any
/// number. Where no alternative has a `#`, `#` ends a number.
class DialPlan {
public:
    DialPlan() = default;
    /// InvalParam says which character is wrong. At most 64 alternatives of 32 keys.
    static hal::Result<DialPlan> parse(std::string_view text);

    enum class Match : unsigned char {
        None,      ///< no number begins like that
        Partial,   ///< more digits must come
        Possible,  ///< a number, and longer ones begin like it
        Complete,
    };
    [[nodiscard]] Match match(std::string_view keys) const;
    /// `#` ends a number.
    [[nodiscard]] bool hashEnds() const { return hashEnds_; }

private:
    struct Key {
        char first = 0, last = 0;  ///< a range of characters
    };
    struct Pattern {
        std::vector<Key> keys;
        bool more = false;
    };
    static hal::Result<Pattern> parseOne(std::string_view text, std::size_t at);
    [[nodiscard]] static Match match(const Pattern& pattern, std::string_view keys);

    std::vector<Pattern> patterns_;
    bool hashEnds_ = true;
};

}  // namespace tipring::analog
