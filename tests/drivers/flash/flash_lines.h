// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/line.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::drivers {

/// A line of the simulated exchange, and the device at its end that is tested.
class FlashLine {
public:
    virtual ~FlashLine() = default;
    [[nodiscard]] virtual sim::Exchange& exchange() = 0;
    [[nodiscard]] virtual sim::Line& wire() = 0;
    /// Who calls the line.
    [[nodiscard]] virtual sim::FarEnd& anna() = 0;
    [[nodiscard]] virtual std::string number() const = 0;
    [[nodiscard]] virtual bool addProvider(core::LineManager& manager, const char* hookFlash) = 0;
    /// The device goes away.
    virtual void unplug() = 0;
};

/// A kind of device: its name, how one is made, and whether it hears what became of a flash.
struct FlashDevice {
    const char* name;
    std::unique_ptr<FlashLine> (*make)(hal::EventLoop& loop, const char* country,
                                       const char* modem);
    bool listens;
    const char* modem = "";
};

extern const FlashDevice kModemV253, kFxoPort, kSangomaU100;

}  // namespace tipring::drivers
