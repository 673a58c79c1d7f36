// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <filesystem>
#include <string>

#include "port_fixture.h"

namespace tipring::hal::testing {

/// A serial port that libserialport takes for a real one: "/dev/ttyVM0" with modem lines and, if
/// wanted, a USB identity in /sys/class/tty. Behind it is a pseudo-terminal; this program's own
/// open, readlink, ioctl and the like (libc_shim.cpp) lead there, for libserialport.so as well.
/// One at a time may have a name; no thread but the test's.
class FakeTty {
public:
    struct Usb {
        std::string vendor, product, serial;
    };
    FakeTty(const std::string& name, const Usb* usb);
    ~FakeTty();
    FakeTty(const FakeTty&) = delete;
    FakeTty& operator=(const FakeTty&) = delete;

    PtyMaster master;
    std::string path;        ///< "/dev/ttyVM0"
    int lines = 0;           ///< TIOCM_*: inputs as the modem sets them, outputs as we got them
    int writesOfDtr = 0;     ///< how often DTR was set or cleared by an ioctl
    bool unplugged = false;  ///< every ioctl on modem lines fails with EIO
    termios asked{};         ///< the settings that were last asked for
    bool exclusive = false;  ///< TIOCEXCL stands

private:
    std::string name_;
};

/// The bit rate in force at a terminal, also where termios(3) has no name for it.
unsigned actualRate(int fd);

}  // namespace tipring::hal::testing
