// SPDX-License-Identifier: Apache-2.0
#include "libusb_device.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include "libusb_stream.h"
#include "tipring/hal/base/log.h"
#include "usb_error.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"usb"};

constexpr std::size_t kControlBytesAtMost = 4096;  // usbfs: one page
constexpr std::size_t kTransferBytesAtMost = 65536;
constexpr std::size_t kDescriptorBytesAtMost = 65536;

UsbSpeed speedOf(int speed) {
    switch (speed) {
    case LIBUSB_SPEED_LOW: return UsbSpeed::Low;
    case LIBUSB_SPEED_FULL: return UsbSpeed::Full;
    case LIBUSB_SPEED_HIGH: return UsbSpeed::High;
    case LIBUSB_SPEED_SUPER:
    case LIBUSB_SPEED_SUPER_PLUS: return UsbSpeed::Super;
    default: return UsbSpeed::Unknown;
    }
}

}  // namespace

LibusbDevice::LibusbDevice(std::shared_ptr<UsbContext> context, FileDescriptor node,
                           UsbIdentity identity, std::string name)
    : context_(std::move(context)),
      node_(std::move(node)),
      identity_(std::move(identity)),
      name_(std::move(name)),
      tellTimer_(context_->loop(), [this] { tell(); }),
      setup_(context_->loop()) {}

Result<std::unique_ptr<LibusbDevice>> LibusbDevice::create(EventLoop& loop, FileDescriptor node,
                                                           UsbIdentity identity, std::string name) {
    auto context = UsbContext::of(loop);
    if (!context) {
        return tl::unexpected(std::move(context.error()));
    }
    std::unique_ptr<LibusbDevice> device(
        new LibusbDevice(*context, std::move(node), std::move(identity), std::move(name)));
    if (auto opened = device->open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    return device;
}

Result<void> LibusbDevice::open() {
    if (auto read = readDescriptors(); !read) {
        return read;
    }
    errno = 0;
    if (const int code = libusb_wrap_sys_device(context_->get(), node_.get(), &handle_);
        code != 0) {
        handle_ = nullptr;
        return tl::unexpected(usbError(describe("cannot be opened"), code));
    }
    int active = 0;
    if (libusb_get_configuration(handle_, &active) == 0) {
        configuration_ = std::uint8_t(std::max(active, 0));
    }
    speed_ = speedOf(libusb_get_device_speed(libusb_get_device(handle_)));
    context_->onDescriptorLost(node_.get(), [this] {
        lose(Error{ErrorCode::NoDevice, describe("the device is gone: it was unplugged")});
    });
    return {};
}

Result<void> LibusbDevice::readDescriptors() {
    std::vector<std::byte> bytes;
    std::array<std::byte, 4096> piece{};
    ssize_t size = ::lseek(node_.get(), 0, SEEK_SET) == 0 ? 0 : -1;
    while (size >= 0 && bytes.size() < kDescriptorBytesAtMost &&
           (size = ::read(node_.get(), piece.data(), piece.size())) > 0) {
        bytes.insert(bytes.end(), piece.begin(), piece.begin() + size);
    }
    if (size < 0) {
        return failSystem(describe("cannot read the descriptors"), errno);
    }
    auto parsed = parseUsbDescriptors(bytes);
    if (!parsed) {
        return fail(parsed.error().code, describe(parsed.error().cause));
    }
    descriptors_ = std::move(*parsed);
    identity_.vendor = descriptors_.vendor;
    identity_.product = descriptors_.product;
    identity_.release = descriptors_.release;
    return {};
}

LibusbDevice::~LibusbDevice() {
    if (handle_ == nullptr) {
        return;
    }
    assert(streams_.empty());
    context_->onDescriptorLost(node_.get(), nullptr);
    setup_.wait();
    requests_.clear();
    for (const auto& [number, claim] : claims_) {
        if (auto released = release(number, claim); !released && !gone_) {
            kLog.warning("{}", released.error().text());
        }
    }
    libusb_close(handle_);
}

void LibusbDevice::setObserver(UsbDeviceObserver* observer) {
    observer_ = observer;
    settled();
}

std::string LibusbDevice::describe(std::string_view what) const {
    return fmt::format("{}: {}", name_, what);
}

std::optional<Error> LibusbDevice::blocked() const {
    if (gone_) {
        return gone_;
    }
    if (exclusive_) {
        return Error{ErrorCode::InUse,
                     describe("the device is being reset or given another configuration")};
    }
    return std::nullopt;
}

void LibusbDevice::lose(Error why) {
    if (gone_) {
        return;
    }
    gone_ = std::move(why);
    for (LibusbStream* stream : streams_) {
        stream->fail(*gone_);
    }
    settled();
}

bool LibusbDevice::quiet() const {
    return std::none_of(requests_.begin(), requests_.end(),
                        [](const auto& request) { return request->waiting(); }) &&
           std::none_of(streams_.begin(), streams_.end(),
                        [](const LibusbStream* stream) { return stream->running(); });
}

void LibusbDevice::settled() {
    if (gone_ && !told_ && observer_ != nullptr && !tellTimer_.armed()) {
        tellTimer_.arm(Duration::zero());
    }
}

void LibusbDevice::tell() {
    if (told_ || observer_ == nullptr || !setup_.empty() || !quiet()) {
        return;  // whoever comes to rest last calls settled()
    }
    told_ = true;
    const Error why = *gone_;  // outlives the device, which may die in the call
    observer_->onGone(why);
}

const UsbInterface* LibusbDevice::interface(std::uint8_t number) const {
    const UsbConfiguration* active = descriptors_.configuration(configuration_);
    if (active == nullptr) {
        return nullptr;
    }
    const auto found =
        std::find_if(active->interfaces.begin(), active->interfaces.end(),
                     [number](const UsbInterface& one) { return one.number == number; });
    return found == active->interfaces.end() ? nullptr : &*found;
}

const UsbEndpoint* LibusbDevice::selectedEndpoint(std::uint8_t number, std::uint8_t alternate,
                                                  std::uint8_t address) const {
    const UsbInterface* one = interface(number);
    if (one == nullptr) {
        return nullptr;
    }
    for (const UsbAlternate& setting : one->alternates) {
        for (const UsbEndpoint& endpoint : setting.endpoints) {
            if (setting.number == alternate && endpoint.address == address) {
                return &endpoint;
            }
        }
    }
    return nullptr;
}

/// An endpoint of a claimed interface, in its selected alternate setting.
const UsbEndpoint* LibusbDevice::openEndpoint(std::uint8_t address) const {
    for (const auto& [number, claim] : claims_) {
        if (const auto* endpoint = selectedEndpoint(number, claim.alternate, address)) {
            return endpoint;
        }
    }
    return nullptr;
}

Result<UsbEndpoint> LibusbDevice::checkEndpoint(std::uint8_t address, bool in) const {
    const UsbEndpoint* endpoint = openEndpoint(address);
    if (endpoint == nullptr) {
        return fail(ErrorCode::InvalParam,
                    describe(fmt::format("there is no endpoint 0x{:02x} in the claimed interfaces "
                                         "with their selected alternate settings",
                                         address)));
    }
    if (endpoint->isIn() != in) {
        return fail(ErrorCode::InvalParam, describe(fmt::format("endpoint 0x{:02x} goes the other "
                                                                "way",
                                                                address)));
    }
    return *endpoint;
}

Result<UsbEndpoint> LibusbDevice::checkTransfer(std::uint8_t address, bool in,
                                                std::size_t length) const {
    if (auto why = blocked()) {
        return tl::unexpected(std::move(*why));
    }
    auto endpoint = checkEndpoint(address, in);
    if (endpoint && endpoint->type == UsbTransferType::Isochronous) {
        return fail(ErrorCode::InvalParam,
                    describe("an isochronous endpoint carries streams only"));
    }
    if (length > kTransferBytesAtMost || (in && length == 0)) {
        return fail(ErrorCode::InvalParam,
                    describe(fmt::format("a transfer of {} bytes, where 1 to {} are possible",
                                         length, kTransferBytesAtMost)));
    }
    return endpoint;
}

Result<void> LibusbDevice::checkControl(std::size_t length) const {
    if (auto why = blocked()) {
        return tl::unexpected(std::move(*why));
    }
    if (length > kControlBytesAtMost) {
        return fail(ErrorCode::InvalParam,
                    describe(fmt::format("a control transfer of {} bytes, where {} are possible",
                                         length, kControlBytesAtMost)));
    }
    return {};
}

UsbRequest& LibusbDevice::takeRequest() {
    for (const auto& request : requests_) {
        if (!request->busy()) {
            return *request;
        }
    }
    return *requests_.emplace_back(std::make_unique<UsbRequest>(*this));
}

void LibusbDevice::controlIn(const UsbSetup& setup, std::size_t length, Duration limit,
                             UsbInDone done) {
    UsbRequest& request = takeRequest();
    if (auto checked = checkControl(length); !checked) {
        return request.refuse(std::move(checked.error()), std::move(done));
    }
    request.control(setup, length, limit, std::move(done));
}

void LibusbDevice::controlOut(const UsbSetup& setup, std::span<const std::byte> data,
                              Duration limit, UsbOutDone done) {
    UsbRequest& request = takeRequest();
    if (auto checked = checkControl(data.size()); !checked) {
        return request.refuse(std::move(checked.error()), std::move(done));
    }
    request.control(setup, data, limit, std::move(done));
}

void LibusbDevice::read(std::uint8_t endpoint, std::size_t length, Duration limit, UsbInDone done) {
    UsbRequest& request = takeRequest();
    const auto checked = checkTransfer(endpoint, true, length);
    if (!checked) {
        return request.refuse(checked.error(), std::move(done));
    }
    request.read(*checked, length, limit, std::move(done));
}

void LibusbDevice::write(std::uint8_t endpoint, std::span<const std::byte> data, Duration limit,
                         UsbOutDone done) {
    UsbRequest& request = takeRequest();
    const auto checked = checkTransfer(endpoint, false, data.size());
    if (!checked) {
        return request.refuse(checked.error(), std::move(done));
    }
    request.write(*checked, data, limit, std::move(done));
}

Result<std::unique_ptr<UsbInStream>> LibusbDevice::openInStream(const UsbStreamOptions& options,
                                                                UsbInStreamObserver& observer) {
    return checkStream(options, true).and_then([&](const StreamPlan& plan) {
        return makeInStream(*this, plan, observer);
    });
}

Result<std::unique_ptr<UsbOutStream>> LibusbDevice::openOutStream(const UsbStreamOptions& options,
                                                                  UsbOutStreamObserver& observer) {
    return checkStream(options, false).and_then([&](const StreamPlan& plan) {
        return makeOutStream(*this, plan, observer);
    });
}

Result<StreamPlan> LibusbDevice::checkStream(const UsbStreamOptions& options, bool in) const {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    return checkEndpoint(options.endpoint, in).and_then([&](const UsbEndpoint& endpoint) {
        return planStream(endpoint, speed_, options, name_);
    });
}

}  // namespace tipring::hal
