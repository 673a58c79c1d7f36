// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::hal {

enum class HotplugKind : std::uint8_t { Tty, UsbDevice };

/// A serial port or USB device as udev knows it.
struct HotplugDevice {
    struct Property {
        std::string name, value;
        bool operator==(const Property&) const = default;
    };
    HotplugKind kind = HotplugKind::Tty;
    std::string syspath;     ///< "/sys/devices/.../tty/ttyACM0": names it while it is plugged in
    std::string parentPath;  ///< syspath of the USB device that a tty belongs to; may be empty
    std::string node;        ///< "/dev/ttyACM0", "/dev/bus/usb/001/002"
    std::string busPath;     ///< "1-2.3": the USB device itself, or the one a tty belongs to
    std::uint16_t vendor = 0, product = 0;  ///< of the USB device; 0 where there is none
    std::string serial;                     ///< likewise
    std::vector<Property> properties;       ///< udev's, in the order of their names

    /// Empty where udev has none of that name.
    [[nodiscard]] std::string_view property(std::string_view propertyName) const;
};

/// What comes and goes. On the loop's thread, never from inside Hotplug::create().
class HotplugObserver {
public:
    virtual ~HotplugObserver() = default;
    virtual void onArrived(const HotplugDevice& device) = 0;
    /// As it was told at its arrival.
    virtual void onRemoved(const HotplugDevice& device) = 0;
};

struct HotplugOptions {
    bool ttys = true;
    bool usbDevices = true;
    bool existing = true;  ///< what is there already arrives as well
    /// How long a device must stay as it is before it arrives: a plug that is pushed in rattles,
    /// and drivers rename nodes. A removal is told at once. One that is removed and comes again
    /// within this time is told as removed, then as arrived.
    Duration settle = std::chrono::milliseconds(100);
};

/// Watches arrivals and removals by libudev, after udev has run its rules, so that links and
/// permissions are in place. Each device arrives once and is removed once at most. Ends with its
/// destruction. Ttys are those that belong to hardware: virtual consoles, pseudo-terminals and
/// the ports of the 8250 driver without a chip are left out. Idle it costs nothing.
class Hotplug {
public:
    /// The observer is borrowed. ResourceUnavail where the kernel gives no event socket.
    static Result<std::unique_ptr<Hotplug>> create(EventLoop& loop, HotplugObserver& observer,
                                                   const HotplugOptions& options = {});
    virtual ~Hotplug() = default;

    /// What has arrived and not been removed, in the order of syspaths.
    [[nodiscard]] virtual std::vector<HotplugDevice> devices() const = 0;

protected:
    Hotplug() = default;
    Hotplug(const Hotplug&) = delete;
    Hotplug& operator=(const Hotplug&) = delete;
};

}  // namespace tipring::hal
