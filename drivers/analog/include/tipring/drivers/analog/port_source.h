// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/drivers/analog/fxo_port.h"
#include "tipring/drivers/analog/fxs_port.h"

namespace tipring::analog {

/// A port that exists. One of the two pointers is set; borrowed until onPortLeft() has returned.
struct PortInfo {
    std::string key;      ///< the same over restart and re-plug: "10c4:8461:0123/1"
    std::string name;     ///< for people: "Sangoma U100 line 1"
    std::string adapter;  ///< what the adapter is and which firmware it has
    FxoPort* fxo = nullptr;
    FxsPort* fxs = nullptr;
};

class PortSourceListener {
public:
    virtual ~PortSourceListener() = default;
    /// A new port, or one that left before.
    virtual void onPortArrived(const PortInfo& port) = 0;
    virtual void onPortLeft(std::string_view key) = 0;

protected:
    PortSourceListener() = default;
    PortSourceListener(const PortSourceListener&) = delete;
    PortSourceListener& operator=(const PortSourceListener&) = delete;
};

/// Where an adapter's driver reports its ports. Thread: the loop's.
class PortSource {
public:
    virtual ~PortSource() = default;
    /// Reports the ports that exist, maybe from inside, and from then on every change. Called once;
    /// the listener outlives the source.
    virtual void start(PortSourceListener& listener) = 0;

protected:
    PortSource() = default;
    PortSource(const PortSource&) = delete;
    PortSource& operator=(const PortSource&) = delete;
};

}  // namespace tipring::analog
