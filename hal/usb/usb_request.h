// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/usb/usb_device.h"
#include "usb_transfer.h"

namespace tipring::hal {

class LibusbDevice;

/// One control, bulk or interrupt transfer with its buffer; used again and again by its device.
class UsbRequest final : private UsbTransferOwner {
public:
    explicit UsbRequest(LibusbDevice& device);
    ~UsbRequest();
    UsbRequest(const UsbRequest&) = delete;
    UsbRequest& operator=(const UsbRequest&) = delete;

    /// From taking it until `done` has returned.
    [[nodiscard]] bool busy() const { return busy_; }
    /// From taking it until the answer is there.
    [[nodiscard]] bool waiting() const { return waiting_; }
    /// A control transfer: `data` goes out, or `length` bytes come in.
    void control(const UsbSetup& setup, std::size_t length, Duration limit, UsbInDone done);
    void control(const UsbSetup& setup, std::span<const std::byte> data, Duration limit,
                 UsbOutDone done);
    void read(const UsbEndpoint& endpoint, std::size_t length, Duration limit, UsbInDone done);
    void write(const UsbEndpoint& endpoint, std::span<const std::byte> data, Duration limit,
               UsbOutDone done);
    /// Nothing is sent; `done` comes with this error.
    void refuse(Error why, UsbInDone done);
    void refuse(Error why, UsbOutDone done);

private:
    void onTransfer(UsbTransfer& transfer) override;
    void fillControl(const UsbSetup& setup, std::uint8_t direction, std::size_t length,
                     Duration limit);
    void fill(const UsbEndpoint& endpoint, std::size_t length, Duration limit);
    void begin(UsbInDone done);
    void begin(UsbOutDone done);
    void send();
    [[nodiscard]] Result<void> outcome() const;
    [[nodiscard]] std::string describe() const;

    LibusbDevice& device_;
    std::vector<std::byte> buffer_;
    UsbInDone inDone_;  // one of the two
    UsbOutDone outDone_;
    bool busy_ = false;
    bool waiting_ = false;
    bool* died_ = nullptr;
    UsbTransfer transfer_;
};

}  // namespace tipring::hal
