// SPDX-License-Identifier: Apache-2.0
// The set-up half of LibusbDevice: what the kernel does in blocking calls. `check` and `finished`
// run on the loop, `run` on a thread: it touches the handle and what it captured, nothing else.
#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "libusb_device.h"
#include "libusb_stream.h"
#include "tipring/hal/base/port_holder.h"
#include "usb_error.h"

namespace tipring::hal {
namespace {

std::string kernelDriver(int node, std::uint8_t interface) {
    usbdevfs_getdriver query{};
    query.interface = interface;
    return ::ioctl(node, USBDEVFS_GETDRIVER, &query) == 0 ? std::string(query.driver)
                                                          : std::string{};
}

}  // namespace

/// Who holds an interface, and what to do about it.
Error LibusbDevice::claimError(std::uint8_t number, int code) const {
    const std::string what = describe(fmt::format("interface {} cannot be claimed", number));
    const std::string driver =
        code == LIBUSB_ERROR_BUSY ? kernelDriver(node_.get(), number) : std::string{};
    if (driver.empty()) {
        return usbError(what, code);
    }
    if (driver != "usbfs") {
        return {ErrorCode::InUse,
                fmt::format("{}: the kernel driver {} has it, and was to be kept", what, driver)};
    }
    const std::string path = kernelPath(node_.get());
    const auto holder = isOpenTwiceHere(path) ? holderOf(::getpid()) : findOpener(path);
    return {ErrorCode::InUse,
            describeHolder(fmt::format("{}, interface {},", name_, number), holder)};
}

Result<void> LibusbDevice::checkPresent() const {
    return gone_ ? tl::unexpected(*gone_) : Result<void>{};
}

Result<void> LibusbDevice::checkClaimed(std::uint8_t number) const {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    return claims_.contains(number)
               ? Result<void>{}
               : fail(ErrorCode::InvalParam,
                      describe(fmt::format("interface {} is not claimed", number)));
}

/// Claimed, and no stream runs on it.
Result<void> LibusbDevice::checkStill(std::uint8_t number) const {
    if (auto checked = checkClaimed(number); !checked) {
        return checked;
    }
    return interfaceIsQuiet(number)
               ? Result<void>{}
               : fail(ErrorCode::InUse,
                      describe(fmt::format("interface {} has a stream that runs", number)));
}

Result<void> LibusbDevice::checkQuiet(std::string_view what) const {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    return quiet() ? Result<void>{}
                   : fail(ErrorCode::InUse, describe(fmt::format("{} has to wait: transfers are "
                                                                 "pending",
                                                                 what)));
}

/// No stream runs on an endpoint of a claimed interface.
bool LibusbDevice::interfaceIsQuiet(std::uint8_t number) const {
    const std::uint8_t alternate = claims_.at(number).alternate;
    return std::none_of(
        streams_.begin(), streams_.end(), [this, number, alternate](const LibusbStream* stream) {
            return stream->running() &&
                   selectedEndpoint(number, alternate, stream->endpoint()) != nullptr;
        });
}

void LibusbDevice::addSetup(std::function<Result<void>()> check, std::function<Result<void>()> run,
                            std::function<void()> succeeded, UsbDone done) {
    setup_.add({std::move(check), std::move(run),
                [this, succeeded = std::move(succeeded)](const Result<void>& result) {
                    exclusive_ = false;
                    if (result) {
                        succeeded();
                    } else if (result.error().code == ErrorCode::NoDevice) {
                        lose(result.error());
                    }
                    settled();
                },
                std::move(done)});
}

Result<void> LibusbDevice::claim(std::uint8_t number, KernelDriver driver, bool& detached) {
    if (driver == KernelDriver::Detach && libusb_kernel_driver_active(handle_, number) == 1) {
        if (const int code = libusb_detach_kernel_driver(handle_, number);
            code != 0 && code != LIBUSB_ERROR_NOT_FOUND) {
            return tl::unexpected(usbError(
                describe(fmt::format("the kernel keeps its driver on interface {}", number)),
                code));
        }
        detached = true;
    }
    errno = 0;
    if (const int code = libusb_claim_interface(handle_, number); code != 0) {
        Error why = claimError(number, code);
        if (std::exchange(detached, false)) {
            libusb_attach_kernel_driver(handle_, number);
        }
        return tl::unexpected(std::move(why));
    }
    return {};
}

void LibusbDevice::claimInterface(std::uint8_t number, KernelDriver driver, UsbDone done) {
    const auto claimed = std::make_shared<Claim>();
    const auto already = std::make_shared<bool>(false);
    addSetup(
        [this, number, already]() -> Result<void> {
            *already = claims_.contains(number);
            if (gone_ || interface(number) != nullptr) {
                return checkPresent();
            }
            return fail(ErrorCode::InvalParam,
                        describe(fmt::format("configuration {} has no interface {}", configuration_,
                                             number)));
        },
        [this, number, driver, claimed, already] {
            return *already ? Result<void>{} : claim(number, driver, claimed->detached);
        },
        [this, number, claimed] { claims_.try_emplace(number, *claimed); }, std::move(done));
}

Result<void> LibusbDevice::release(std::uint8_t number, const Claim& claim) {
    errno = 0;
    const int code = libusb_release_interface(handle_, number);
    // A driver that does not want it back (-1 of its probe) is no failure of ours.
    if (claim.detached) {
        libusb_attach_kernel_driver(handle_, number);
    }
    return code == 0 ? Result<void>{}
                     : tl::unexpected(usbError(
                           describe(fmt::format("interface {} cannot be released", number)), code));
}

void LibusbDevice::releaseInterface(std::uint8_t number, UsbDone done) {
    addSetup([this, number] { return checkStill(number); },
             [this, number] { return release(number, claims_.at(number)); },
             [this, number] { claims_.erase(number); }, std::move(done));
}

void LibusbDevice::selectAlternate(std::uint8_t number, std::uint8_t alternate, UsbDone done) {
    addSetup(
        [this, number] { return checkStill(number); },
        [this, number, alternate]() -> Result<void> {
            errno = 0;
            const int code = libusb_set_interface_alt_setting(handle_, number, alternate);
            return code == 0 ? Result<void>{}
                             : tl::unexpected(usbError(
                                   describe(fmt::format("interface {} has no alternate setting {}",
                                                        number, alternate)),
                                   code));
        },
        [this, number, alternate] { claims_.at(number).alternate = alternate; }, std::move(done));
}

void LibusbDevice::clearHalt(std::uint8_t endpoint, UsbDone done) {
    addSetup(
        [this] { return checkPresent(); },
        [this, endpoint]() -> Result<void> {
            errno = 0;
            const int code = libusb_clear_halt(handle_, endpoint);
            return code == 0
                       ? Result<void>{}
                       : tl::unexpected(usbError(
                             describe(fmt::format("the halt of endpoint 0x{:02x} stays", endpoint)),
                             code));
        },
        [] {}, std::move(done));
}

/// Takes the kernel drivers off the active configuration; `detached` says from where.
Result<void> LibusbDevice::detachAll(std::vector<std::uint8_t>& detached) {
    const UsbConfiguration* active = descriptors_.configuration(configuration_);
    if (active == nullptr) {
        return {};
    }
    for (const UsbInterface& one : active->interfaces) {
        if (libusb_kernel_driver_active(handle_, one.number) != 1) {
            continue;
        }
        if (const int code = libusb_detach_kernel_driver(handle_, one.number); code != 0) {
            return tl::unexpected(usbError(
                describe(fmt::format("the kernel keeps its driver on interface {}", one.number)),
                code));
        }
        detached.push_back(one.number);
    }
    return {};
}

Result<void> LibusbDevice::applyConfiguration(std::uint8_t value, KernelDriver driver) {
    std::vector<std::uint8_t> detached;
    auto result = driver == KernelDriver::Detach ? detachAll(detached) : Result<void>{};
    errno = 0;
    const int code = result ? libusb_set_configuration(handle_, value) : 0;
    if (code != 0) {
        result = tl::unexpected(
            usbError(describe(fmt::format("configuration {} cannot be selected", value)), code));
    }
    if (!result) {
        for (const std::uint8_t number : detached) {
            libusb_attach_kernel_driver(handle_, number);
        }
    }
    return result;
}

void LibusbDevice::setConfiguration(std::uint8_t value, KernelDriver driver, UsbDone done) {
    addSetup(
        [this, value]() -> Result<void> {
            if (!gone_ && descriptors_.configuration(value) == nullptr) {
                return fail(ErrorCode::InvalParam,
                            describe(fmt::format("there is no configuration {}", value)));
            }
            if (!gone_ && !claims_.empty()) {
                return fail(ErrorCode::InUse,
                            describe("the configuration stays while interfaces are claimed"));
            }
            auto checked = checkQuiet("another configuration");
            exclusive_ = checked.has_value();
            return checked;
        },
        [this, value, driver] {
            return value == configuration_ ? Result<void>{} : applyConfiguration(value, driver);
        },
        [this, value] { configuration_ = value; }, std::move(done));
}

void LibusbDevice::reset(UsbDone done) {
    addSetup(
        [this]() -> Result<void> {
            auto checked = checkQuiet("a reset");
            exclusive_ = checked.has_value();
            return checked;
        },
        [this]() -> Result<void> {
            errno = 0;
            const int code = libusb_reset_device(handle_);
            if (code == LIBUSB_ERROR_NOT_FOUND) {
                return fail(ErrorCode::NoDevice,
                            describe("it came back from its reset as another device, or without "
                                     "its interfaces; open it anew"));
            }
            return code == 0
                       ? Result<void>{}
                       : tl::unexpected(usbError(describe("the device cannot be reset"), code));
        },
        [this] {
            for (auto& [number, claim] : claims_) {
                claim.alternate = 0;
            }
        },
        std::move(done));
}

}  // namespace tipring::hal
