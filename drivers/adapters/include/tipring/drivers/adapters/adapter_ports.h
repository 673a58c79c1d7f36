// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/hal/hotplug/hotplug.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::adapters {

struct AdapterPortsOptions {
    /// Opens these devices by name ("usb:04d8:fcf1", "sim:NAME") and no others; empty: whatever is
    /// plugged in and stands in the rows.
    std::vector<std::string> devices;
};

/// The ports of all adapters of one driver: each device that arrives is opened and started; one
/// that fails leaves, with the cause in the log, and is tried again while it is plugged in, after
/// 1, 2, 4 ... 30 s, and at once when something of the rows is plugged in. Keys are
/// "vid:pid:serial/port", by bus path where there is no serial number (and
/// "vid:pid:serial@path/port" for a second device of the same one), so that a device that comes
/// back has its lines again. Thread: the loop's.
class AdapterPorts final : public analog::PortSource, private hal::HotplugObserver {
public:
    /// `rows` must outlive this.
    AdapterPorts(hal::EventLoop& loop, std::span<const UsbModelRow> rows, AdapterFactory factory,
                 AdapterPortsOptions options = {});
    ~AdapterPorts() override;

    void start(analog::PortSourceListener& listener) override;

private:
    class Slot;

    void onArrived(const hal::HotplugDevice& device) override;
    void onRemoved(const hal::HotplugDevice& device) override;
    [[nodiscard]] std::string keyFor(const Slot& slot, const hal::UsbIdentity& identity) const;
    void add(const std::string& place, const std::string& name);
    void watch();

    hal::EventLoop& loop_;
    std::span<const UsbModelRow> rows_;
    AdapterFactory factory_;
    AdapterPortsOptions options_;
    analog::PortSourceListener* listener_ = nullptr;
    std::map<std::string, std::unique_ptr<Slot>> slots_;  ///< by syspath, or by name
    std::unique_ptr<hal::Hotplug> hotplug_;
};

/// What the provider of an adapter's driver is: analog::createProvider() over the ports of its
/// adapters. The configuration's `device` opens those only, one name a line.
[[nodiscard]] hal::Result<std::unique_ptr<tspi::Provider>> createProvider(
    tspi::Session& session, std::span<const UsbModelRow> rows, AdapterFactory factory);

}  // namespace tipring::adapters
