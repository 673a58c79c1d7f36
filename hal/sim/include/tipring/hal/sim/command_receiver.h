// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tipring::sim {

/// Who takes commands: one line in, one line out. Never throws; any bytes may come.
class CommandReceiver {
public:
    virtual ~CommandReceiver() = default;
    /// "ok", "ok WORDS" or "error WHAT AND WHAT TO DO", without end of line.
    [[nodiscard]] virtual std::string run(std::string_view command) = 0;
    /// True after "quit".
    [[nodiscard]] virtual bool quitAsked() const = 0;

protected:
    CommandReceiver() = default;
    CommandReceiver(const CommandReceiver&) = delete;
    CommandReceiver& operator=(const CommandReceiver&) = delete;
};

}  // namespace tipring::sim
