// SPDX-License-Identifier: Apache-2.0
#include "udev_hotplug.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hotplug_device.h"
#include "tipring/hal/base/death_watch.h"
#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"hotplug"};

}  // namespace

UdevHotplug::UdevHotplug(EventLoop& loop, HotplugObserver& observer, const HotplugOptions& options)
    : loop_(loop),
      observer_(observer),
      options_(options),
      context_(udev_new()),
      timer_(loop, [this] { tellDue(); }) {}

UdevHotplug::~UdevHotplug() {
    if (died_ != nullptr) {
        *died_ = true;
    }
}

// The monitor first, then the list: what comes in between is seen twice rather than never.
Result<void> UdevHotplug::open() {
    monitor_.reset(context_ ? udev_monitor_new_from_netlink(context_.get(), "udev") : nullptr);
    if (!monitor_) {
        return fail(ErrorCode::ResourceUnavail,
                    "the kernel gives no socket for device events (netlink)");
    }
    if (options_.ttys) {
        udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), "tty", nullptr);
    }
    if (options_.usbDevices) {
        udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), "usb", "usb_device");
    }
    if (const int result = udev_monitor_enable_receiving(monitor_.get()); result < 0) {
        return failSystem("device events cannot be received", -result);
    }
    auto watch = Watch::create(loop_, udev_monitor_get_fd(monitor_.get()), Io::Read,
                               [this](Io) { onReadable(); });
    if (!watch) {
        return tl::unexpected(std::move(watch.error()));
    }
    watch_ = std::move(*watch);
    if (!options_.existing) {
        return {};
    }
    std::set<std::string> found;
    return scan(Duration::zero(), found);
}

Result<void> UdevHotplug::scan(Duration settle, std::set<std::string>& found) {
    const UdevEnumeration search{udev_enumerate_new(context_.get())};
    if (options_.ttys) {
        udev_enumerate_add_match_subsystem(search.get(), "tty");
    }
    if (options_.usbDevices) {
        udev_enumerate_add_match_subsystem(search.get(), "usb");
    }
    if (const int result = udev_enumerate_scan_devices(search.get()); result < 0) {
        return failSystem("cannot list the devices", -result);
    }
    udev_list_entry* entry = nullptr;
    udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(search.get())) {
        const UdevDevice device{
            udev_device_new_from_syspath(context_.get(), udev_list_entry_get_name(entry))};
        auto described = device ? describeHotplugDevice(device.get()) : std::nullopt;
        if (described) {
            found.insert(described->syspath);
            arrive(std::move(*described), settle);
        }
    }
    return {};
}

void UdevHotplug::onReadable() {
    const DeathWatch watch(died_);
    while (!watch.died()) {
        errno = 0;
        const UdevDevice device{udev_monitor_receive_device(monitor_.get())};
        if (device) {
            onEvent(device.get());
        } else if (errno == ENOBUFS) {
            resynchronize();
        } else if (errno != EINTR) {
            return;
        }
    }
}

void UdevHotplug::onEvent(udev_device* device) {
    const std::string action = udevText(udev_device_get_action(device));
    if (action == "remove") {
        return leave(udevText(udev_device_get_syspath(device)));
    }
    auto described = describeHotplugDevice(device);
    if (!described) {
        return;
    }
    const bool known = known_.contains(described->syspath);
    // "change" and "bind" of what is not known belong to something that was there before and was
    // not asked for.
    if (action == "add" || known) {
        arrive(std::move(*described), options_.settle);
    }
}

// The kernel dropped events because we were too slow: compare with what is there.
void UdevHotplug::resynchronize() {
    kLog.warning("device events were lost; all devices are looked at again");
    std::set<std::string> found;
    if (auto scanned = scan(options_.settle, found); !scanned) {
        kLog.error("{}", scanned.error().text());
        return;
    }
    std::vector<std::string> left;
    for (const auto& [syspath, known] : known_) {
        if (!found.contains(syspath)) {
            left.push_back(syspath);
        }
    }
    const DeathWatch watch(died_);
    for (std::size_t i = 0; i < left.size() && !watch.died(); ++i) {
        leave(left[i]);
    }
}

void UdevHotplug::arrive(HotplugDevice device, Duration settle) {
    Known& known = known_[device.syspath];
    if (known.told) {
        return;
    }
    known.device = std::move(device);
    known.due = loop_.now() + settle;
    armTimer();
}

void UdevHotplug::leave(const std::string& syspath) {
    const auto found = known_.find(syspath);
    if (found == known_.end()) {
        return;
    }
    const Known known = std::move(found->second);
    known_.erase(found);
    if (known.told) {
        observer_.onRemoved(known.device);  // last: it may destroy this
    }
}

void UdevHotplug::armTimer() {
    std::optional<TimePoint> first;
    for (const auto& [syspath, known] : known_) {
        if (!known.told) {
            first = first ? std::min(*first, known.due) : known.due;
        }
    }
    if (first) {
        timer_.armAt(*first);
    }
}

void UdevHotplug::tellDue() {
    std::vector<HotplugDevice> due;
    for (auto& [syspath, known] : known_) {
        if (!known.told && known.due <= loop_.now()) {
            known.told = true;
            due.push_back(known.device);
        }
    }
    armTimer();
    const DeathWatch watch(died_);
    for (std::size_t i = 0; i < due.size() && !watch.died(); ++i) {
        observer_.onArrived(due[i]);
    }
}

std::vector<HotplugDevice> UdevHotplug::devices() const {
    std::vector<HotplugDevice> result;
    for (const auto& [syspath, known] : known_) {
        if (known.told) {
            result.push_back(known.device);
        }
    }
    return result;
}

Result<std::unique_ptr<Hotplug>> Hotplug::create(EventLoop& loop, HotplugObserver& observer,
                                                 const HotplugOptions& options) {
    auto hotplug = std::make_unique<UdevHotplug>(loop, observer, options);
    if (auto opened = hotplug->open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    return hotplug;
}

}  // namespace tipring::hal
