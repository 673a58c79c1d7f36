// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analog_options.h"
#include "tipring/drivers/analog/fxs_line.h"
#include "tipring/drivers/analog/port_source.h"

namespace tipring::analog {

/// A line or a phone over an FXS port.
class FxsUser : public FxsObserver {
public:
    /// The port is there (again), or went: `cause`.
    virtual void onPort(bool there, std::string_view cause) = 0;
};

/// One FXS port, shared by its line and its phone. The port is fed and listened to while one of
/// them is open.
class FxsUnit final : private FxsObserver {
public:
    FxsUnit(hal::EventLoop& loop, const AnalogOptions& options) : loop_(loop), options_(options) {}

    void attach(const PortInfo& port);
    void detach();
    void join(FxsUser& user);
    void leave(FxsUser& user);
    /// Null while the port is away, or nobody is here.
    [[nodiscard]] FxsLine* line() { return line_ ? &*line_ : nullptr; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& cause() const { return cause_; }

private:
    void open();
    void onFxs(const FxsEvent& event) override;
    void onFxsSound(std::uint64_t position, std::span<const std::int16_t> heard,
                    std::span<std::int16_t> spoken) override;

    hal::EventLoop& loop_;
    const AnalogOptions& options_;
    FxsPort* port_ = nullptr;
    std::string name_, cause_{"the adapter is not plugged in"};
    std::vector<FxsUser*> users_;
    std::optional<FxsLine> line_;
};

}  // namespace tipring::analog
