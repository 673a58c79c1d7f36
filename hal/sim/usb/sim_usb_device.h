// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tipring/hal/usb/usb_device.h"
#include "usb/usb_host.h"

namespace tipring::sim {

class SimUsbStream;

/// A hal::UsbDevice over a model.
class SimUsbDevice final : public hal::UsbDevice {
public:
    SimUsbDevice(hal::EventLoop& loop, UsbModel& model, std::string name,
                 std::function<void()> closed);
    ~SimUsbDevice() override;

    /// The device is gone, its model may die.
    void vanish() { host_.leave(); }

    void setObserver(hal::UsbDeviceObserver* observer) override { observer_ = observer; }
    [[nodiscard]] const hal::UsbIdentity& identity() const override { return identity_; }
    [[nodiscard]] hal::UsbSpeed speed() const override { return hal::UsbSpeed::Full; }
    [[nodiscard]] const hal::UsbDescriptors& descriptors() const override { return descriptors_; }
    [[nodiscard]] std::uint8_t configuration() const override { return configuration_; }
    [[nodiscard]] std::string_view name() const override { return name_; }
    void controlIn(const hal::UsbSetup& setup, std::size_t length, hal::Duration limit,
                   hal::UsbInDone done) override;
    void controlOut(const hal::UsbSetup& setup, std::span<const std::byte> data,
                    hal::Duration limit, hal::UsbOutDone done) override;
    void read(std::uint8_t endpoint, std::size_t length, hal::Duration limit,
              hal::UsbInDone done) override;
    void write(std::uint8_t endpoint, std::span<const std::byte> data, hal::Duration limit,
               hal::UsbOutDone done) override;
    hal::Result<std::unique_ptr<hal::UsbInStream>> openInStream(
        const hal::UsbStreamOptions& options, hal::UsbInStreamObserver& observer) override;
    hal::Result<std::unique_ptr<hal::UsbOutStream>> openOutStream(
        const hal::UsbStreamOptions& options, hal::UsbOutStreamObserver& observer) override;
    void claimInterface(std::uint8_t number, hal::KernelDriver driver, hal::UsbDone done) override;
    void releaseInterface(std::uint8_t number, hal::UsbDone done) override;
    void selectAlternate(std::uint8_t number, std::uint8_t alternate, hal::UsbDone done) override;
    void clearHalt(std::uint8_t endpoint, hal::UsbDone done) override;
    void setConfiguration(std::uint8_t value, hal::KernelDriver driver, hal::UsbDone done) override;
    void reset(hal::UsbDone done) override;

    // For its streams.
    [[nodiscard]] UsbHost& host() { return host_; }
    [[nodiscard]] hal::EventLoop& loop() { return loop_; }
    [[nodiscard]] hal::Error error(UsbOutcome outcome, std::uint8_t endpoint) const;

private:
    class Request;
    Request& freeRequest();
    void refuse(hal::Error why, hal::UsbInDone in, hal::UsbOutDone out);
    void setUp(std::function<hal::Result<void>()> work, hal::UsbDone done);
    void nextSetUp();
    [[nodiscard]] bool hasEndpoint(std::uint8_t address) const;
    [[nodiscard]] bool hasInterface(std::uint8_t number) const;
    hal::Result<hal::UsbStreamOptions> plan(const hal::UsbStreamOptions& options, bool in) const;
    [[nodiscard]] hal::Error gone() const;
    [[nodiscard]] bool busy() const;

    struct SetUp {
        std::function<hal::Result<void>()> work;
        hal::UsbDone done;
    };

    hal::EventLoop& loop_;
    std::string name_;
    std::function<void()> closed_;
    hal::UsbIdentity identity_;
    hal::UsbDescriptors descriptors_;
    std::uint8_t configuration_ = 0;
    std::set<std::uint8_t> claimed_;
    hal::UsbDeviceObserver* observer_ = nullptr;
    UsbHost host_;
    std::vector<std::unique_ptr<Request>> requests_;
    std::vector<SetUp> setUps_;
    hal::Timer setUpTimer_;
};

std::unique_ptr<hal::UsbInStream> makeInStream(SimUsbDevice& device,
                                               const hal::UsbStreamOptions& options,
                                               bool isochronous,
                                               hal::UsbInStreamObserver& observer);
std::unique_ptr<hal::UsbOutStream> makeOutStream(SimUsbDevice& device,
                                                 const hal::UsbStreamOptions& options,
                                                 bool isochronous,
                                                 hal::UsbOutStreamObserver& observer);

}  // namespace tipring::sim
