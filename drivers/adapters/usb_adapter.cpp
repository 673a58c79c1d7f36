// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/adapters/usb_adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::adapters {

const UsbModelRow* findModel(std::span<const UsbModelRow> rows, std::uint16_t vendor,
                             std::uint16_t product) noexcept {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const UsbModelRow& row) {
        return row.vendor == vendor && row.product == product;
    });
    return found == rows.end() ? nullptr : &*found;
}

const hal::UsbEndpoint* findEndpoint(const hal::UsbAlternate& alternate, hal::UsbTransferType type,
                                     bool in, std::uint16_t minPacket) noexcept {
    for (const hal::UsbEndpoint& endpoint : alternate.endpoints) {
        if (endpoint.type == type && endpoint.isIn() == in && endpoint.maxPacket >= minPacket) {
            return &endpoint;
        }
    }
    return nullptr;
}

UsbAdapter::UsbAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                       AdapterHost& host)
    : loop_(loop), device_(std::move(device)), host_(host) {
    device_->setObserver(this);
}

UsbAdapter::~UsbAdapter() = default;

void UsbAdapter::start() {
    onStart();
}

void UsbAdapter::ready(std::vector<AdapterHost::Port> ports, std::string firmware) {
    if (!failed_) {
        host_.onReady(std::move(ports), std::move(firmware));
    }
}

void UsbAdapter::fail(const hal::Error& why) {
    if (std::exchange(failed_, true)) {
        return;
    }
    alive_.reset();
    onFailure(why);
    host_.onFailed(why);
}

void UsbAdapter::fail(hal::ErrorCode code, std::string cause) {
    fail(hal::Error{code, fmt::format("{}: {}", device_->name(), cause)});
}

hal::UsbDone UsbAdapter::then(std::function<void()> next) {
    return [this, alive = std::weak_ptr(alive_),
            next = std::move(next)](const hal::Result<void>& result) {
        if (alive.expired()) {
            return;
        }
        if (result) {
            next();
        } else {
            fail(result.error());
        }
    };
}

const hal::UsbInterface* UsbAdapter::interface(std::uint8_t number) const {
    const auto* configuration = device_->descriptors().configuration(device_->configuration());
    if (configuration == nullptr) {
        return nullptr;
    }
    const auto& all = configuration->interfaces;
    const auto found = std::find_if(all.begin(), all.end(), [number](const auto& each) {
        return each.number == number && !each.alternates.empty();
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace tipring::adapters
