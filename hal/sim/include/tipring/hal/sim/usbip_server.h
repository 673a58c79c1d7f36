// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

struct UsbipOptions {
    std::string address = "127.0.0.1";  ///< IPv4; anything else than loopback on purpose only
    std::uint16_t port = 3240;          ///< 0: any that is free
};

/// Shows models to USB/IP clients (`usbip attach -r 127.0.0.1 -b 1-1`), so that a Linux kernel has
/// them as real devices: OP_REQ_DEVLIST, OP_REQ_IMPORT, CMD_SUBMIT, CMD_UNLINK of version 1.1.1.
///
/// The protocol knows no password: whoever reaches the port has the devices. A peer that sends what
/// makes no sense, asks for too much or does not read loses its connection, with a warning in the
/// log; others are not touched. A model is one client's at a time; an unplugged one ends the
/// connection, which the client sees as unplugging. A client that goes takes the power with it: the
/// model is as out of the box for the next one. Thread: the loop's.
class UsbipServer {
public:
    static constexpr std::size_t kMaxClients = 16;
    /// Transfers of one client that wait.
    static constexpr std::size_t kMaxTransfers = 256;
    static constexpr std::size_t kMaxWaiting = 4U << 20U;  ///< bytes of them

    /// Listens. InUse where the port is taken, InvalAddress for no IPv4 address.
    static hal::Result<std::unique_ptr<UsbipServer>> create(hal::EventLoop& loop,
                                                            const UsbipOptions& options = {});
    ~UsbipServer();

    [[nodiscard]] std::uint16_t port() const;
    /// Shows a model under a bus id ("1-1", at most 31 characters) until remove(); it outlives
    /// that. Replaces an older one of that id.
    void add(std::string_view busId, UsbModel& model);
    /// Ends its client's connection too.
    void remove(std::string_view busId);
    /// Serves a stream socket that is connected already (a socketpair for vhci_hcd's `attach`).
    /// `busId`: as if that device had been imported; empty: the peer asks. NoDevice, InUse.
    hal::Result<void> serve(hal::FileDescriptor socket, std::string_view busId = {});
    [[nodiscard]] std::size_t clients() const;

private:
    struct Impl;
    explicit UsbipServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
