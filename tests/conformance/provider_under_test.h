// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "conformance_kit.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::conformance {

/// A provider with a device and somebody at the far end, for the suite. Its first line is used.
/// Everything runs on the loop that the factory got; the world outlives the line manager.
class World : public FarEnd {
public:
    [[nodiscard]] virtual const TspiProvider& table() = 0;
    [[nodiscard]] virtual core::ProviderConfig config() { return {}; }
};

struct Factory {
    const char* name;
    std::function<std::unique_ptr<World>(hal::EventLoop& loop)> make;
    std::vector<std::string> skips{};  ///< ids of the checks that this device has nothing for
};
/// Every provider that the suite runs over. A new one: write its World, add a line in
/// providers.cpp.
[[nodiscard]] std::vector<Factory> factories();

inline void PrintTo(const Factory& factory, std::ostream* out) {
    *out << factory.name;
}

/// A world on virtual time.
class WorldBench final : public Bench {
public:
    explicit WorldBench(const Factory& factory) : world_(factory.make(loop_)) {}

    [[nodiscard]] hal::EventLoop& loop() override { return loop_; }
    bool until(const std::function<bool()>& done, hal::Duration limit) override {
        return loop_.advanceUntil(done, limit);
    }
    hal::Result<void> addProvider(core::LineManager& manager) override {
        return manager.addProvider(world_->table(), world_->config());
    }
    [[nodiscard]] FarEnd* farEnd() override { return world_.get(); }
    [[nodiscard]] std::string number() const override { return "1234"; }

private:
    hal::VirtualLoop loop_;
    std::unique_ptr<World> world_;
};

}  // namespace tipring::conformance
