// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::isolation {

/// TspiHost as the provider finds it in its host: the host's own loop, the core's log.
class HostServices {
public:
    using Log = std::function<void(int level, const char* category, const char* text)>;

    HostServices(hal::EventLoop& loop, Log log);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;

    [[nodiscard]] const TspiHost& table() const { return table_; }
    void configure(std::map<std::string, std::string, std::less<>> config) {
        config_ = std::move(config);
    }
    std::string takeExplanation() { return std::exchange(explanation_, {}); }
    /// Destroys what the provider left behind, and drops what it posted.
    void clear();

private:
    struct Functions;

    hal::EventLoop& loop_;
    Log log_;
    std::map<std::string, std::string, std::less<>> config_;
    std::string explanation_;
    std::unordered_map<const void*, std::unique_ptr<hal::Timer>> timers_;
    std::unordered_map<const void*, std::unique_ptr<hal::Watch>> watches_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    TspiHost table_{};
};

}  // namespace tipring::isolation
