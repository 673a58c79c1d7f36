// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/adapters/adapter_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tipring/drivers/analog/provider.h"
#include "tipring/hal/base/log.h"

namespace tipring::adapters {
namespace {

const hal::LogCategory kLog{"adapters"};

constexpr std::chrono::seconds kFirstPause{1}, kLongestPause{30};

std::string keyOf(const hal::UsbIdentity& identity) {
    return fmt::format("{:04x}:{:04x}:{}", identity.vendor, identity.product,
                       identity.serial.empty() ? identity.busPath : identity.serial);
}

}  // namespace

/// One device that is plugged in, as far as we know: its adapter, or the pause before the next try.
class AdapterPorts::Slot final : public AdapterHost {
public:
    Slot(AdapterPorts& owner, std::string name)
        : owner_(owner), name_(std::move(name)), timer_(owner.loop_, [this] { onTimer(); }) {
        timer_.arm({});
    }
    ~Slot() override { leave(); }
    [[nodiscard]] const std::string& key() const { return key_; }

    /// Does not wait for the end of the pause.
    void tryNow() {
        if (!adapter_) {
            pause_ = kFirstPause;
            timer_.arm({});
        }
    }

private:
    void onReady(std::vector<Port> ports, std::string firmware) override {
        pause_ = kFirstPause;
        told_.clear();
        for (const Port& port : ports) {
            analog::PortInfo info;
            info.key = fmt::format("{}/{}", key_, port.number);
            info.name = port.name.empty() ? std::string(row_->name)
                                          : fmt::format("{} {}", row_->name, port.name);
            info.adapter = firmware.empty() ? std::string(row_->chip)
                                            : fmt::format("{}, {}", row_->chip, firmware);
            info.fxo = port.fxo;
            info.fxs = port.fxs;
            keys_.push_back(info.key);
            owner_.listener_->onPortArrived(info);
        }
        kLog.info("{}: {} is in service{}{}", name_, row_->name, firmware.empty() ? "" : ", ",
                  firmware);
    }
    /// Comes from inside the adapter: it is destroyed at the next turn.
    void onFailed(const hal::Error& why) override { retry(why); }

    void onTimer() {
        if (adapter_) {
            leave();
            timer_.arm(pause_);
            pause_ = std::min(pause_ * 2, kLongestPause);
        } else if (auto opened = open(); !opened) {
            retry(opened.error());
            timer_.arm(pause_);
            pause_ = std::min(pause_ * 2, kLongestPause);
        }
    }
    void retry(const hal::Error& why) {
        // The same words every 30 s would fill the log.
        if (told_ != why.cause) {
            told_ = why.cause;
            kLog.warning("{} is out of service, and is tried again: {}", name_, why.text());
        }
        timer_.arm({});
    }
    hal::Result<void> open() {
        auto device = hal::openUsbDevice(owner_.loop_, name_);
        if (!device) {
            return tl::unexpected(device.error());
        }
        const hal::UsbIdentity& identity = (*device)->identity();
        row_ = findModel(owner_.rows_, identity.vendor, identity.product);
        if (row_ == nullptr) {
            return hal::fail(hal::ErrorCode::BadDeviceId,
                             fmt::format("{}: {:04x}:{:04x} is no adapter that this driver knows",
                                         name_, identity.vendor, identity.product));
        }
        key_ = owner_.keyFor(*this, identity);
        adapter_ = owner_.factory_(owner_.loop_, std::move(*device), *row_, *this);
        adapter_->start();
        return {};
    }
    void leave() {
        for (const std::string& key : std::exchange(keys_, {})) {
            owner_.listener_->onPortLeft(key);
        }
        adapter_.reset();
    }

    AdapterPorts& owner_;
    std::string name_, key_, told_;
    const UsbModelRow* row_ = nullptr;
    std::vector<std::string> keys_;
    std::chrono::seconds pause_ = kFirstPause;
    std::unique_ptr<UsbAdapter> adapter_;
    hal::Timer timer_;
};

AdapterPorts::AdapterPorts(hal::EventLoop& loop, std::span<const UsbModelRow> rows,
                           AdapterFactory factory, AdapterPortsOptions options)
    : loop_(loop), rows_(rows), factory_(std::move(factory)), options_(std::move(options)) {}

AdapterPorts::~AdapterPorts() = default;

void AdapterPorts::start(analog::PortSourceListener& listener) {
    listener_ = &listener;
    for (const std::string& name : options_.devices) {
        add(name, name);
    }
    const bool plugs = std::any_of(options_.devices.begin(), options_.devices.end(),
                                   [](const auto& name) { return name.starts_with("usb:"); });
    if (plugs || options_.devices.empty()) {
        watch();
    }
}

void AdapterPorts::watch() {
    auto hotplug = hal::Hotplug::create(loop_, *this, {.ttys = false});
    if (!hotplug) {
        kLog.error("no adapter will be found: {}", hotplug.error().text());
        return;
    }
    hotplug_ = std::move(*hotplug);
}

/// Makers give one serial number to many devices: the second one is known by its place.
std::string AdapterPorts::keyFor(const Slot& slot, const hal::UsbIdentity& identity) const {
    std::string key = keyOf(identity);
    const bool taken = std::any_of(slots_.begin(), slots_.end(), [&](const auto& other) {
        return other.second.get() != &slot && other.second && other.second->key() == key;
    });
    if (taken) {
        kLog.warning("there are two devices {}; the one at {} is known by its place", key,
                     identity.busPath);
        key += '@' + identity.busPath;
    }
    return key;
}

void AdapterPorts::add(const std::string& place, const std::string& name) {
    slots_.insert_or_assign(place, std::make_unique<Slot>(*this, name));
}

void AdapterPorts::onArrived(const hal::HotplugDevice& device) {
    if (findModel(rows_, device.vendor, device.product) == nullptr) {
        return;
    }
    if (options_.devices.empty()) {
        add(device.syspath, fmt::format("usb:@{}", device.busPath));
        return;
    }
    for (const auto& [place, slot] : slots_) {
        slot->tryNow();
    }
}

void AdapterPorts::onRemoved(const hal::HotplugDevice& device) {
    slots_.erase(device.syspath);
}

hal::Result<std::unique_ptr<tspi::Provider>> createProvider(tspi::Session& session,
                                                            std::span<const UsbModelRow> rows,
                                                            AdapterFactory factory) {
    AdapterPortsOptions options;
    std::istringstream names(session.config("device").value_or(""));
    for (std::string name; std::getline(names, name);) {
        options.devices.push_back(name);
    }
    return analog::createProvider(
        session, std::make_unique<AdapterPorts>(session.loop(), rows, std::move(factory),
                                                std::move(options)));
}

}  // namespace tipring::adapters
