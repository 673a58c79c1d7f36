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
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/base/scheme_table.h"

namespace tipring::hal {

enum class Parity : std::uint8_t { None, Odd, Even };
enum class FlowControl : std::uint8_t { None, RtsCts, XonXoff };

/// Settings of the wire. USB modems (CDC ACM) ignore the rate; real UARTs do not. A pseudo-terminal
/// has no wire: bits and parity have no effect, and the rate must be one that termios(3) names.
struct LineSettings {
    std::uint32_t baud = 115200;  ///< bit/s
    std::uint8_t dataBits = 8;    ///< 5..8
    Parity parity = Parity::None;
    std::uint8_t stopBits = 1;  ///< 1 or 2
    FlowControl flow = FlowControl::RtsCts;

    bool operator==(const LineSettings&) const = default;
};

/// The four input lines of V.24 that a DTE sees.
struct ModemLines {
    bool cts = false;  ///< circuit 106
    bool dsr = false;  ///< circuit 107
    bool dcd = false;  ///< circuit 109
    bool ri = false;   ///< circuit 125

    bool operator==(const ModemLines&) const = default;
};

/// Who is told what happens at a port. All calls come on the loop's thread, never from inside a
/// call to the port, and none after the port was destroyed.
class SerialPortObserver {
public:
    virtual ~SerialPortObserver() = default;
    /// Bytes in the order of arrival; valid during the call only.
    virtual void onReceived(std::span<const std::byte> bytes) = 0;
    /// The write queue has room again after write() took less than it was given.
    virtual void onWritable() {}
    /// A line changed; only while SerialPort::watchLines asks for it.
    virtual void onModemLines(ModemLines) {}
    /// The port ended by itself: unplugged, hung up, or failed. Once; nothing comes after it, and
    /// every later call fails with NoDevice.
    virtual void onGone(const Error& why) = 0;
};

/// One open serial port. Small, asynchronous, never blocking; closed by destruction.
/// Thread: the loop's.
///
/// Destruction throws away what is queued, and on a real port what the kernel has not sent yet (a
/// close would wait for it, up to 30 s under flow control): wait for the device's answer first. It
/// drops DTR (HUPCL). A port that is gone has given up device and locks already.
class SerialPort {
public:
    virtual ~SerialPort() = default;

    /// The observer is borrowed and may be replaced; null drops events (bytes then wait in the
    /// kernel).
    virtual void setObserver(SerialPortObserver* observer) = 0;

    /// Queues as many bytes as fit (64 KiB queue) and returns that number; less than given means:
    /// come again at onWritable(), which comes when half of the queue is free. Bytes leave in
    /// order.
    virtual Result<std::size_t> write(std::span<const std::byte> bytes) = 0;
    /// Bytes queued and not yet given to the kernel.
    [[nodiscard]] virtual std::size_t pending() const = 0;
    /// Throws away what is queued, here and in the kernel's output buffer.
    virtual Result<void> discardOutput() = 0;

    virtual Result<void> configure(const LineSettings& settings) = 0;
    /// Circuits 108/2 and 105. OperationUnavail where the port has no lines (a PTY).
    virtual Result<void> setDtr(bool on) = 0;
    virtual Result<void> setRts(bool on) = 0;
    virtual Result<ModemLines> modemLines() = 0;
    /// Reports changes of the four lines by onModemLines, from how they stand now on. Off (zero or
    /// less) until asked for: a tty has nothing to wait on but a blocking ioctl (TIOCMIWAIT), so
    /// the lines are polled with this period and every period wakes the process; a pulse shorter
    /// than it may be missed (the ringing of circuit 125 lasts a second and more). A port that
    /// learns of changes by itself, as the simulator's, may report them without delay.
    /// OperationUnavail where the port has no lines.
    virtual Result<void> watchLines(Duration period) {
        static_cast<void>(period);
        return fail(ErrorCode::OperationUnavail, "this port has no modem lines to watch");
    }

    /// True where lend() can work.
    [[nodiscard]] virtual bool lends() const { return false; }
    /// Gives another program the port: a duplicate of its descriptor, blocking, which the caller
    /// owns. From now on until giveBack() nothing is read, and write() answers InUse; only the end
    /// of the port is still reported. May be asked again while it is lent, for another duplicate.
    /// InUse while something waits to be written. OperationUnavail where there is no descriptor.
    virtual Result<FileDescriptor> lend();
    /// Settings, DTR and RTS are as they were at lend(), and what waits unread is thrown away. The
    /// borrower must not touch its duplicate any more. Without effect on a port that is not lent.
    virtual Result<void> giveBack() { return {}; }

    /// The name it was opened by, scheme included ("serial:/dev/ttyACM0").
    [[nodiscard]] virtual std::string_view name() const = 0;

protected:
    SerialPort() = default;
    SerialPort(const SerialPort&) = delete;
    SerialPort& operator=(const SerialPort&) = delete;
};

/// Opens a port by name, for this process alone.
///
///     serial:/dev/ttyACM0        libserialport, by path
///     serial:usb:0572:1340       libserialport, by USB identity: the first that matches
///     serial:usb:0572:1340:SN    the one with that serial number
///     pty:/dev/pts/5             termios, for pseudo-terminals
///     /dev/...                   chosen by what the path is
///     NAME:...                   a scheme that was added with addPortScheme()
///
/// The kernel raises DTR and RTS at the open (tty_port_raise_dtr_rts) and nothing here changes DTR
/// after that; configure() leaves it alone too. Bytes that came before the open are kept.
///
/// Exclusive: flock(2) on the device keeps out another of these and whoever asks it; a UUCP lock
/// file LCK..NAME in /run/lock or /var/lock does so for mgetty, pppd, cu and minicom, and theirs is
/// honoured while its process lives (a stale one is reported and taken over); TIOCEXCL refuses
/// everybody but root later. A process that merely has the port open is found by one walk over
/// /proc/PID/fd at the open (links only, some milliseconds at start-up; without root it sees the
/// processes of the same user) and also makes it Allocated. On a pseudo-terminal only flock and the
/// lock file count: who made the pair may keep the slave open, and TIOCEXCL would outlive us.
///
/// By USB identity all ports are listed, for which libserialport opens each 8250 port for a moment.
///
/// Errors: Allocated when another process holds the port (its name and pid in the cause), NoDevice
/// when it is not there, ResourceUnavail without permission (what to do in the cause), InvalAddress
/// for a name that is none of the above.
Result<std::unique_ptr<SerialPort>> openSerialPort(EventLoop& loop, std::string_view name,
                                                   const LineSettings& settings = {});

/// Opens ports of one scheme; `rest` is the name after "SCHEME:".
using PortOpener = std::function<Result<std::unique_ptr<SerialPort>>(
    EventLoop& loop, std::string_view rest, const LineSettings& settings)>;

/// Adds a scheme (the simulator's "sim", a trace) while the token lives. Process-wide; the loop's
/// thread. Replaces an older one of the same name until the token dies.
using PortScheme = SchemeToken;
PortScheme addPortScheme(std::string_view scheme, PortOpener opener);

}  // namespace tipring::hal
