// SPDX-License-Identifier: Apache-2.0
#include "libusb_device.h"
#include "libusb_stream.h"

namespace tipring::hal {
namespace {

class LibusbInStream final : public UsbInStream, private LibusbStream {
public:
    LibusbInStream(LibusbDevice& device, StreamPlan plan, UsbInStreamObserver& observer)
        : LibusbStream(device, plan), observer_(observer) {}

    Result<void> start() override { return LibusbStream::start(); }
    void stop() override { LibusbStream::stop(); }
    [[nodiscard]] bool running() const override { return LibusbStream::running(); }
    [[nodiscard]] const UsbStreamStatistics& statistics() const override {
        return LibusbStream::statistics();
    }

private:
    bool prepare(libusb_transfer& /*transfer*/) override { return true; }
    void deliver(libusb_transfer& /*transfer*/, std::span<const UsbPacket> packets) override {
        observer_.onPackets(packets);
    }
    void ended(const Error* why) override { observer_.onStopped(why); }

    UsbInStreamObserver& observer_;
};

}  // namespace

Result<std::unique_ptr<UsbInStream>> makeInStream(LibusbDevice& device, StreamPlan plan,
                                                  UsbInStreamObserver& observer) {
    return std::make_unique<LibusbInStream>(device, plan, observer);
}

}  // namespace tipring::hal
