// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/hal/base/result.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::hal {

/// What differs between kinds of ports; FdPort does the rest. Destruction closes the descriptor and
/// gives up every lock. An error with NoDevice means that the device is gone for good.
class PortDevice {
public:
    PortDevice() = default;
    PortDevice(const PortDevice&) = delete;
    PortDevice& operator=(const PortDevice&) = delete;
    virtual ~PortDevice() = default;

    /// Non-blocking; stays the same while the device lives.
    [[nodiscard]] virtual int fd() const = 0;
    virtual Result<void> configure(const LineSettings& settings) = 0;
    virtual Result<void> setDtr(bool on) = 0;
    virtual Result<void> setRts(bool on) = 0;
    virtual Result<ModemLines> modemLines() = 0;
    /// Whether others may open it beside us, where the system can forbid that.
    virtual void setExclusive(bool /*on*/) {}
};

}  // namespace tipring::hal
