// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/base/scheme_table.h"
#include "tipring/hal/usb/usb_descriptors.h"
#include "tipring/hal/usb/usb_stream.h"

namespace tipring::hal {

/// Which device it is. The serial number is the kernel's reading of it, made when the device was
/// plugged in; nothing is asked of the device for it.
struct UsbIdentity {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::uint16_t release = 0;  ///< bcdDevice, for example 0x0100 for 1.00
    std::string serial;         ///< may be empty
    std::string busPath;        ///< bus and ports, "1-2.3"; stays as long as the cable

    bool operator==(const UsbIdentity&) const = default;
};

/// The first six bytes of a setup packet (USB 2.0, 9.3); wLength follows from the data.
struct UsbSetup {
    std::uint8_t requestType = 0;  ///< bit 7 (direction) is set or cleared by the function used
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;

    bool operator==(const UsbSetup&) const = default;
};

/// What to do with a kernel driver that holds an interface.
enum class KernelDriver : std::uint8_t {
    Keep,    ///< then the call fails with InUse
    Detach,  ///< and attach it again when the interface is released
};

/// Told when a device ends by itself. On the loop's thread, never from inside a call to the
/// device, not after the device was destroyed.
class UsbDeviceObserver {
public:
    virtual ~UsbDeviceObserver() = default;
    /// Unplugged or failed for good. Once; after every transfer that was pending has been answered
    /// and every stream has stopped. Each later call fails with NoDevice.
    virtual void onGone(const Error& why) = 0;
};

using UsbDone = std::function<void(Result<void> result)>;
/// The bytes are valid during the call.
using UsbInDone = std::function<void(Result<std::span<const std::byte>> got)>;
/// The number of bytes that the device took.
using UsbOutDone = std::function<void(Result<std::size_t> sent)>;

/// One open USB device: small, asynchronous, the only way to the hardware. Closed by destruction,
/// which cancels what is pending, releases interfaces and gives the kernel its drivers back; it
/// waits for a set-up request that is under way and for the probes of those drivers (release them
/// before where that matters). Streams must die first. Thread: the loop's.
///
/// Every `done` comes exactly once, never from inside the call that took it, and not after the
/// device was destroyed; it may destroy the device. In steady state a transfer allocates nothing
/// (as long as `done` is a small callable).
///
/// Errors, with what, where, why and what to do in words: NoDevice (gone), Timeout,
/// OperationUnavail (the device answered a control request with a stall: it does not know it),
/// OperationFailed (a halted endpoint, a protocol error, babble), InUse (somebody else holds the
/// interface; the cause names the kernel driver or process), InvalParam (no such endpoint or
/// interface).
class UsbDevice {
public:
    virtual ~UsbDevice() = default;

    /// Borrowed; null drops the event until somebody asks again.
    virtual void setObserver(UsbDeviceObserver* observer) = 0;

    [[nodiscard]] virtual const UsbIdentity& identity() const = 0;
    [[nodiscard]] virtual UsbSpeed speed() const = 0;
    /// All configurations. Endpoints and alternate settings are to be looked up here, not assumed.
    [[nodiscard]] virtual const UsbDescriptors& descriptors() const = 0;
    /// bConfigurationValue of the active configuration; 0: not configured.
    [[nodiscard]] virtual std::uint8_t configuration() const = 0;
    /// The name it was opened by, scheme included ("usb:0572:1340").
    [[nodiscard]] virtual std::string_view name() const = 0;

    // Transfers, answered in any order. `limit` is at least 1 ms; zero or less means no limit. What
    // came before a limit passed is lost.

    /// A control request with a data stage to the host of at most `length` bytes (0..4096).
    virtual void controlIn(const UsbSetup& setup, std::size_t length, Duration limit,
                           UsbInDone done) = 0;
    /// A control request with `data` (0..4096 bytes, copied) to the device.
    virtual void controlOut(const UsbSetup& setup, std::span<const std::byte> data, Duration limit,
                            UsbOutDone done) = 0;
    /// One bulk or interrupt transfer of at most `length` bytes (1..65536); ends with `length` or a
    /// short packet.
    virtual void read(std::uint8_t endpoint, std::size_t length, Duration limit,
                      UsbInDone done) = 0;
    /// One bulk or interrupt transfer of `data` (0..65536 bytes, copied).
    virtual void write(std::uint8_t endpoint, std::span<const std::byte> data, Duration limit,
                       UsbOutDone done) = 0;

    /// Streams keep transfers in flight. The interface must be claimed and the alternate setting
    /// selected: an endpoint that is not in it is InvalParam. The observer is borrowed.
    virtual Result<std::unique_ptr<UsbInStream>> openInStream(const UsbStreamOptions& options,
                                                              UsbInStreamObserver& observer) = 0;
    virtual Result<std::unique_ptr<UsbOutStream>> openOutStream(const UsbStreamOptions& options,
                                                                UsbOutStreamObserver& observer) = 0;

    // Set-up. These take the bus's time; they run one after the other in the order in which they
    // were asked for, and the loop goes on meanwhile.

    /// Takes an interface of the active configuration for this process. Alternate setting 0.
    virtual void claimInterface(std::uint8_t number, KernelDriver driver, UsbDone done) = 0;
    /// Gives it back, and its kernel driver with it. Streams on it must be stopped.
    virtual void releaseInterface(std::uint8_t number, UsbDone done) = 0;
    /// Streams on the interface must be stopped.
    virtual void selectAlternate(std::uint8_t number, std::uint8_t alternate, UsbDone done) = 0;
    /// Ends the halt of an endpoint (a stall), and starts its data toggle anew.
    virtual void clearHalt(std::uint8_t endpoint, UsbDone done) = 0;
    /// Selects a configuration; nothing is sent where it is active already (some devices take the
    /// request as a reset). InUse while an interface is claimed or a transfer pending; with Detach
    /// kernel drivers give way, and those that fit come back by themselves in the new one.
    virtual void setConfiguration(std::uint8_t value, KernelDriver driver, UsbDone done) = 0;
    /// Resets the port: the device is then as after plugging in, claims stand
    /// and alternate settings are 0. InUse while a transfer is pending. NoDevice when it comes back
    /// as another device (its descriptors changed): open it anew.
    virtual void reset(UsbDone done) = 0;

protected:
    UsbDevice() = default;
    UsbDevice(const UsbDevice&) = delete;
    UsbDevice& operator=(const UsbDevice&) = delete;
};

/// Opens a device by name. Nobody is kept out: interfaces are claimed one by one.
///
///     usb:0572:1340            by identity; InvalAddress, with the choices, where several match
///     usb:0572:1340:SERIAL     the one with that serial number
///     usb:@1-2.3               by bus path: whatever is plugged in there
///     NAME:...                 a scheme that was added with addUsbScheme()
///
/// Opening wakes a suspended device and asks its configuration, which takes some milliseconds.
///
/// Errors: NoDevice when it is not there, ResourceUnavail without permission (what to do in the
/// cause), InvalAddress for a name that is none of the above.
Result<std::unique_ptr<UsbDevice>> openUsbDevice(EventLoop& loop, std::string_view name);

/// Opens devices of one scheme; `rest` is the name after "SCHEME:".
using UsbOpener =
    std::function<Result<std::unique_ptr<UsbDevice>>(EventLoop& loop, std::string_view rest)>;

/// Adds a scheme (the simulator's "sim", a trace) while the token lives. Process-wide; the loop's
/// thread. Replaces an older one of the same name until the token dies.
using UsbScheme = SchemeToken;
UsbScheme addUsbScheme(std::string_view scheme, UsbOpener opener);

}  // namespace tipring::hal
