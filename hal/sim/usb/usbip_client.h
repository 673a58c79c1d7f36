// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "usb/usb_host.h"
#include "usb/usbip_wire.h"

namespace tipring::sim {

/// A model under its bus id.
struct UsbipExport {
    std::string busId;
    UsbModel* model = nullptr;
};

/// What a client needs of its server.
struct UsbipShop {
    virtual ~UsbipShop() = default;
    [[nodiscard]] virtual const std::vector<UsbipExport>& exports() const = 0;
    /// It has ended; is swept later, from the loop.
    virtual void ended() = 0;
};

/// One peer: its socket, the device that it imported, its transfers.
class UsbipClient final : private HostTransferOwner {
public:
    UsbipClient(hal::EventLoop& loop, UsbipShop& shop, hal::FileDescriptor socket);
    ~UsbipClient();

    hal::Result<void> begin();
    /// NoDevice, InUse.
    hal::Result<void> import(std::string_view busId);
    [[nodiscard]] bool over() const { return over_; }
    [[nodiscard]] const std::string& busId() const { return busId_; }
    void end(const std::string& why);

private:
    struct Urb;
    void onIo(hal::Io ready);
    void read();
    void handle(const UsbipMessage& message);
    void list();
    void answerImport(const UsbipImport& message);
    void submit(const UsbipSubmit& message);
    void unlink(const UsbipUnlink& message);
    void onTransfer(HostTransfer& transfer) override;
    void answer(const Urb& urb);
    Urb* freeUrb();
    void flush();

    hal::EventLoop& loop_;
    UsbipShop& shop_;
    hal::FileDescriptor socket_;
    hal::Watch watch_;
    UsbipReader reader_;
    std::vector<std::byte> out_;
    std::string busId_;
    std::unique_ptr<UsbHost> host_;
    std::vector<std::unique_ptr<Urb>> urbs_;
    bool over_ = false, waitsToWrite_ = false;
};

}  // namespace tipring::sim
