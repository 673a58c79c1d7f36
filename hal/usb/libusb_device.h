// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libusb.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/usb/usb_device.h"
#include "usb_context.h"
#include "usb_request.h"
#include "usb_setup_queue.h"

namespace tipring::hal {

class LibusbStream;
struct StreamPlan;

/// An open node of usbfs, driven by libusb. Whatever is open here must be destroyed before it.
class LibusbDevice final : public UsbDevice {
public:
    /// `node` is open for reading and writing. Vendor, product and release come from its
    /// descriptors, the rest of `identity` is taken as it is.
    static Result<std::unique_ptr<LibusbDevice>> create(EventLoop& loop, FileDescriptor node,
                                                        UsbIdentity identity, std::string name);
    ~LibusbDevice() override;

    void setObserver(UsbDeviceObserver* observer) override;
    [[nodiscard]] const UsbIdentity& identity() const override { return identity_; }
    [[nodiscard]] UsbSpeed speed() const override { return speed_; }
    [[nodiscard]] const UsbDescriptors& descriptors() const override { return descriptors_; }
    [[nodiscard]] std::uint8_t configuration() const override { return configuration_; }
    [[nodiscard]] std::string_view name() const override { return name_; }

    void controlIn(const UsbSetup& setup, std::size_t length, Duration limit,
                   UsbInDone done) override;
    void controlOut(const UsbSetup& setup, std::span<const std::byte> data, Duration limit,
                    UsbOutDone done) override;
    void read(std::uint8_t endpoint, std::size_t length, Duration limit, UsbInDone done) override;
    void write(std::uint8_t endpoint, std::span<const std::byte> data, Duration limit,
               UsbOutDone done) override;

    Result<std::unique_ptr<UsbInStream>> openInStream(const UsbStreamOptions& options,
                                                      UsbInStreamObserver& observer) override;
    Result<std::unique_ptr<UsbOutStream>> openOutStream(const UsbStreamOptions& options,
                                                        UsbOutStreamObserver& observer) override;

    void claimInterface(std::uint8_t number, KernelDriver driver, UsbDone done) override;
    void releaseInterface(std::uint8_t number, UsbDone done) override;
    void selectAlternate(std::uint8_t number, std::uint8_t alternate, UsbDone done) override;
    void clearHalt(std::uint8_t endpoint, UsbDone done) override;
    void setConfiguration(std::uint8_t value, KernelDriver driver, UsbDone done) override;
    void reset(UsbDone done) override;

    // For streams and requests.
    [[nodiscard]] UsbContext& context() const { return *context_; }
    [[nodiscard]] libusb_device_handle* handle() const { return handle_; }
    /// Why nothing can be sent now: gone, or a reset or change of configuration is under way.
    [[nodiscard]] std::optional<Error> blocked() const;
    /// A transfer or stream found that the device is gone.
    void lose(Error why);
    void addStream(LibusbStream& stream) { streams_.push_back(&stream); }
    void removeStream(LibusbStream& stream) { std::erase(streams_, &stream); }
    /// Something has come to rest; perhaps the last thing that onGone() waits for.
    void settled();

private:
    struct Claim {
        std::uint8_t alternate = 0;
        bool detached = false;  // a kernel driver gave way
    };

    LibusbDevice(std::shared_ptr<UsbContext> context, FileDescriptor node, UsbIdentity identity,
                 std::string name);
    Result<void> open();
    Result<void> readDescriptors();
    [[nodiscard]] std::string describe(std::string_view what) const;
    [[nodiscard]] const UsbInterface* interface(std::uint8_t number) const;
    [[nodiscard]] const UsbEndpoint* selectedEndpoint(std::uint8_t number, std::uint8_t alternate,
                                                      std::uint8_t address) const;
    [[nodiscard]] const UsbEndpoint* openEndpoint(std::uint8_t address) const;
    [[nodiscard]] Result<UsbEndpoint> checkEndpoint(std::uint8_t address, bool in) const;
    [[nodiscard]] Result<UsbEndpoint> checkTransfer(std::uint8_t address, bool in,
                                                    std::size_t length) const;
    [[nodiscard]] Result<void> checkControl(std::size_t length) const;
    [[nodiscard]] Result<StreamPlan> checkStream(const UsbStreamOptions& options, bool in) const;
    [[nodiscard]] bool interfaceIsQuiet(std::uint8_t number) const;
    [[nodiscard]] bool quiet() const;

    void addSetup(std::function<Result<void>()> check, std::function<Result<void>()> run,
                  std::function<void()> succeeded, UsbDone done);
    Result<void> checkPresent() const;
    Result<void> checkClaimed(std::uint8_t number) const;
    Result<void> checkStill(std::uint8_t number) const;
    Result<void> checkQuiet(std::string_view what) const;
    Result<void> claim(std::uint8_t number, KernelDriver driver, bool& detached);
    Result<void> detachAll(std::vector<std::uint8_t>& detached);
    Result<void> applyConfiguration(std::uint8_t value, KernelDriver driver);
    Result<void> release(std::uint8_t number, const Claim& claim);
    [[nodiscard]] Error claimError(std::uint8_t number, int code) const;

    UsbRequest& takeRequest();
    void tell();

    std::shared_ptr<UsbContext> context_;
    FileDescriptor node_;
    libusb_device_handle* handle_ = nullptr;
    UsbIdentity identity_;
    std::string name_;
    UsbSpeed speed_ = UsbSpeed::Unknown;
    UsbDescriptors descriptors_;
    std::uint8_t configuration_ = 0;
    std::map<std::uint8_t, Claim> claims_;
    bool exclusive_ = false;  // a reset or change of configuration is under way
    UsbDeviceObserver* observer_ = nullptr;
    std::optional<Error> gone_;
    bool told_ = false;
    Timer tellTimer_;
    std::vector<LibusbStream*> streams_;
    std::vector<std::unique_ptr<UsbRequest>> requests_;
    UsbSetupQueue setup_;  // dies first: its thread uses the handle
};

}  // namespace tipring::hal
