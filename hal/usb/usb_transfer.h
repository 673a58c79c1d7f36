// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libusb.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "tipring/hal/base/result.h"
#include "usb_context.h"

namespace tipring::hal {

class UsbTransfer;

/// Who is told that a transfer is back: on the loop, outside of libusb, once for each submit().
class UsbTransferOwner {
public:
    virtual void onTransfer(UsbTransfer& transfer) = 0;

protected:
    ~UsbTransferOwner() = default;
};

/// One libusb_transfer. Whoever fills it in (get()) leaves callback and user_data alone.
class UsbTransfer {
public:
    UsbTransfer(UsbContext& context, UsbTransferOwner& owner, int isochronousPackets = 0);
    /// Cancels it and waits until the kernel has given it back; the owner is not told.
    ~UsbTransfer();
    UsbTransfer(const UsbTransfer&) = delete;
    UsbTransfer& operator=(const UsbTransfer&) = delete;

    [[nodiscard]] libusb_transfer* get() const { return transfer_; }
    /// A code of libusb; only for a transfer that is idle(). Afterwards errno is that of the kernel
    /// where the code is LIBUSB_ERROR_IO.
    int submit();
    void cancel();
    /// Comes back by way of the loop without having been sent, with this code of libusb.
    void refuse(Error why);
    [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }

    /// With the kernel.
    [[nodiscard]] bool pending() const { return state_ == State::Pending; }
    /// Neither with the kernel nor on its way to the owner.
    [[nodiscard]] bool idle() const { return state_ == State::Idle; }

private:
    friend class UsbContext;
    enum class State : std::uint8_t { Idle, Pending, Completed };
    static void LIBUSB_CALL onCompleted(libusb_transfer* transfer);
    void complete();
    void deliver();

    UsbContext& context_;
    UsbTransferOwner& owner_;
    libusb_transfer* transfer_;
    State state_ = State::Idle;
    std::optional<Error> refused_;  // stands until the next submit()
    UsbTransfer* next_ = nullptr;   // the context's queue
    UsbTransfer* previous_ = nullptr;
};

}  // namespace tipring::hal
