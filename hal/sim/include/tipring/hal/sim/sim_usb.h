// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

/// A model's place on an in-process bus: while this lives, `sim:NAME` opens it
/// (hal::openUsbDevice).
///
/// Exact on virtual time: a control request takes a frame of 1 ms, isochronous packets go one a
/// frame, bulk and interrupt transfers take no time of their own. Opening selects the first
/// configuration, as a kernel does. There are no kernel drivers: claims succeed.
/// One opener at a time: a second one gets Allocated. Thread: the loop's.
class SimUsbName {
public:
    /// `model` outlives this. A name that exists already is replaced. Open devices are gone when
    /// this dies.
    SimUsbName(std::string_view name, UsbModel& model);
    SimUsbName(const SimUsbName&) = delete;
    SimUsbName& operator=(const SimUsbName&) = delete;
    ~SimUsbName();

private:
    std::string name_;
    std::uint64_t id_;
};

}  // namespace tipring::sim
