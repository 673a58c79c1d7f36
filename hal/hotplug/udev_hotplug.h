// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tipring/hal/base/udev.h"
#include "tipring/hal/hotplug/hotplug.h"

namespace tipring::hal {

/// The events of udevd on the loop. What is known is held by syspath: a device that is enumerated
/// and announced at the same time arrives once.
class UdevHotplug final : public Hotplug {
public:
    UdevHotplug(EventLoop& loop, HotplugObserver& observer, const HotplugOptions& options);
    ~UdevHotplug() override;

    Result<void> open();
    [[nodiscard]] std::vector<HotplugDevice> devices() const override;

private:
    struct Known {
        HotplugDevice device;
        bool told = false;  // that it arrived
        TimePoint due;      // when to tell
    };

    void onReadable();
    void onEvent(udev_device* device);
    Result<void> scan(Duration settle, std::set<std::string>& found);
    void resynchronize();
    void arrive(HotplugDevice device, Duration settle);
    void leave(const std::string& syspath);
    void tellDue();
    void armTimer();

    EventLoop& loop_;
    HotplugObserver& observer_;
    HotplugOptions options_;
    Udev context_;
    UdevMonitor monitor_;
    std::map<std::string, Known> known_;
    bool* died_ = nullptr;
    Timer timer_;
    Watch watch_;
};

}  // namespace tipring::hal
