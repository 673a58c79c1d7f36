// SPDX-License-Identifier: Apache-2.0
#include "usb_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "libusb_device.h"
#include "tipring/hal/base/death_watch.h"
#include "usb_error.h"

namespace tipring::hal {
namespace {

unsigned millisecondsOf(Duration limit) {
    if (limit <= Duration::zero()) {
        return 0;  // libusb: no limit
    }
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    return unsigned(std::min<long long>(rounded, 0x7FFFFFFF));
}

unsigned char* rawOf(std::vector<std::byte>& buffer) {
    return reinterpret_cast<unsigned char*>(buffer.data());
}

}  // namespace

UsbRequest::UsbRequest(LibusbDevice& device)
    : device_(device), transfer_(device.context(), *this) {}

UsbRequest::~UsbRequest() {
    if (died_ != nullptr) {
        *died_ = true;
    }
}

void UsbRequest::fillControl(const UsbSetup& setup, std::uint8_t direction, std::size_t length,
                             Duration limit) {
    buffer_.resize(LIBUSB_CONTROL_SETUP_SIZE + length);
    const auto type = std::uint8_t((setup.requestType & 0x7FU) | direction);
    libusb_fill_control_setup(rawOf(buffer_), type, setup.request, setup.value, setup.index,
                              std::uint16_t(length));
    libusb_transfer& raw = *transfer_.get();
    libusb_fill_control_transfer(&raw, device_.handle(), rawOf(buffer_), raw.callback,
                                 raw.user_data, millisecondsOf(limit));
}

void UsbRequest::fill(const UsbEndpoint& endpoint, std::size_t length, Duration limit) {
    buffer_.resize(length);
    libusb_transfer& raw = *transfer_.get();
    raw.dev_handle = device_.handle();
    raw.endpoint = endpoint.address;
    raw.type = endpoint.type == UsbTransferType::Interrupt ? LIBUSB_TRANSFER_TYPE_INTERRUPT
                                                           : LIBUSB_TRANSFER_TYPE_BULK;
    raw.timeout = millisecondsOf(limit);
    raw.buffer = rawOf(buffer_);
    raw.length = int(length);
}

void UsbRequest::begin(UsbInDone done) {
    busy_ = true;
    waiting_ = true;
    inDone_ = std::move(done);
}

void UsbRequest::begin(UsbOutDone done) {
    busy_ = true;
    waiting_ = true;
    outDone_ = std::move(done);
}

void UsbRequest::control(const UsbSetup& setup, std::size_t length, Duration limit,
                         UsbInDone done) {
    begin(std::move(done));
    fillControl(setup, LIBUSB_ENDPOINT_IN, length, limit);
    send();
}

void UsbRequest::control(const UsbSetup& setup, std::span<const std::byte> data, Duration limit,
                         UsbOutDone done) {
    begin(std::move(done));
    fillControl(setup, LIBUSB_ENDPOINT_OUT, data.size(), limit);
    std::copy(data.begin(), data.end(), buffer_.begin() + LIBUSB_CONTROL_SETUP_SIZE);
    send();
}

void UsbRequest::read(const UsbEndpoint& endpoint, std::size_t length, Duration limit,
                      UsbInDone done) {
    begin(std::move(done));
    fill(endpoint, length, limit);
    send();
}

void UsbRequest::write(const UsbEndpoint& endpoint, std::span<const std::byte> data, Duration limit,
                       UsbOutDone done) {
    begin(std::move(done));
    fill(endpoint, data.size(), limit);
    std::copy(data.begin(), data.end(), buffer_.begin());
    send();
}

void UsbRequest::refuse(Error why, UsbInDone done) {
    begin(std::move(done));
    transfer_.refuse(std::move(why));
}

void UsbRequest::refuse(Error why, UsbOutDone done) {
    begin(std::move(done));
    transfer_.refuse(std::move(why));
}

void UsbRequest::send() {
    if (const int code = transfer_.submit(); code != 0) {
        transfer_.refuse(usbError(describe(), code));
    }
}

std::string UsbRequest::describe() const {
    const libusb_transfer& raw = *transfer_.get();
    if (raw.type != LIBUSB_TRANSFER_TYPE_CONTROL) {
        return fmt::format("{}: transfer on endpoint 0x{:02x}", device_.name(), raw.endpoint);
    }
    const auto field = [&](std::size_t index) { return std::to_integer<unsigned>(buffer_[index]); };
    return fmt::format("{}: control request type 0x{:02x} request 0x{:02x}", device_.name(),
                       field(0), field(1));
}

Result<void> UsbRequest::outcome() const {
    if (transfer_.refused()) {
        return tl::unexpected(*transfer_.refused());
    }
    if (transfer_.get()->status == LIBUSB_TRANSFER_COMPLETED) {
        return {};
    }
    return tl::unexpected(usbTransferError(describe(), *transfer_.get()));
}

// Last: `done` may destroy the device, and this with it.
void UsbRequest::onTransfer(UsbTransfer& /*transfer*/) {
    waiting_ = false;
    const Result<void> result = outcome();
    if (!result && result.error().code == ErrorCode::NoDevice) {
        device_.lose(result.error());
    }
    const auto size = std::size_t(transfer_.get()->actual_length);
    const DeathWatch watch(died_);
    if (const UsbInDone done = std::exchange(inDone_, nullptr)) {
        const bool control = transfer_.get()->type == LIBUSB_TRANSFER_TYPE_CONTROL;
        const std::size_t offset = control ? LIBUSB_CONTROL_SETUP_SIZE : 0;
        const auto got = [&] { return std::span<const std::byte>(buffer_).subspan(offset, size); };
        done(result ? Result<std::span<const std::byte>>(got()) : tl::unexpected(result.error()));
    } else if (const UsbOutDone outDone = std::exchange(outDone_, nullptr)) {
        outDone(result ? Result<std::size_t>(size) : tl::unexpected(result.error()));
    }
    if (!watch.died()) {
        busy_ = false;
        device_.settled();
    }
}

}  // namespace tipring::hal
