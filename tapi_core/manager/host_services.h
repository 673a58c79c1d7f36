// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_set>

#include "provider_queue.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/tspi/host.h"

namespace tipring::core {

/// The core's side of TspiHost for one provider: its loop, its log, its configuration.
class HostServices {
public:
    HostServices(hal::EventLoop& loop, std::shared_ptr<ProviderQueue> queue, std::string provider,
                 ProviderConfig config);
    ~HostServices();
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;

    [[nodiscard]] const TspiHost& table() const { return table_; }
    /// What the provider was configured with.
    [[nodiscard]] const ProviderConfig& config() const { return config_; }
    /// What the provider said to explain its last failure; empty afterwards.
    [[nodiscard]] std::string takeExplanation() { return std::exchange(explanation_, {}); }
    void clearExplanation() { explanation_.clear(); }
    /// Destroys what the provider left behind; returns how many timers and watches that were.
    std::size_t clear();

private:
    struct Functions;

    hal::EventLoop& loop_;
    std::shared_ptr<ProviderQueue> queue_;
    std::string provider_;
    ProviderConfig config_;
    std::string explanation_;
    std::unordered_set<TspiTimer_tag*> timers_;
    std::unordered_set<TspiWatch_tag*> watches_;
    TspiHost table_{};
};

}  // namespace tipring::core
