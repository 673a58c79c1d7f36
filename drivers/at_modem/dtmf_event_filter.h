// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

namespace tipring::at_modem {

/// Makes one press of each DTMF event sequence. V.253 modems open a block (DLE /), repeat the digit
/// while it lasts and close it (DLE ~; AN93 prints 7F); Rockwell and ZyXEL report a digit once, so
/// without a block each event counts, but the same digit within 100 ms is a bounce.
class DtmfEventFilter {
public:
    static constexpr std::chrono::milliseconds kBounce{100};
    /// In a block the digit is repeated each 70 ms: after a pause this long the block's end was
    /// lost, and the digit is another press.
    static constexpr std::chrono::milliseconds kLostEnd{500};

    /// `code` of any DLE pair; `now` from any steady clock. The digit that was pressed, if one was.
    std::optional<char> take(char code, std::chrono::nanoseconds now);
    void reset() { *this = {}; }

    [[nodiscard]] static bool isDigit(char code);

private:
    bool inBlock_ = false;
    char last_ = 0;
    std::chrono::nanoseconds lastTime_{};
};

}  // namespace tipring::at_modem
