// SPDX-License-Identifier: Apache-2.0
#include "usb_transfer.h"

#include <cerrno>
#include <new>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"usb"};

}  // namespace

UsbTransfer::UsbTransfer(UsbContext& context, UsbTransferOwner& owner, int isochronousPackets)
    : context_(context), owner_(owner), transfer_(libusb_alloc_transfer(isochronousPackets)) {
    if (transfer_ == nullptr) {
        throw std::bad_alloc();
    }
    transfer_->callback = onCompleted;
    transfer_->user_data = this;
}

UsbTransfer::~UsbTransfer() {
    if (pending()) {
        cancel();
        context_.collectUntil([this] { return !pending(); });
    }
    if (pending()) {
        // Still the kernel's: it must not be freed, and must not find us.
        kLog.error("the kernel does not give a USB transfer back; its memory is lost");
        transfer_->callback = [](libusb_transfer*) {};
        return;
    }
    if (state_ == State::Completed) {
        context_.dequeue(*this);
    }
    libusb_free_transfer(transfer_);
}

int UsbTransfer::submit() {
    refused_.reset();
    errno = 0;
    const int result = libusb_submit_transfer(transfer_);
    if (result == 0) {
        state_ = State::Pending;
    }
    return result;
}

void UsbTransfer::cancel() {
    if (pending()) {
        libusb_cancel_transfer(transfer_);
    }
}

void UsbTransfer::refuse(Error why) {
    refused_ = std::move(why);
    complete();
}

void UsbTransfer::onCompleted(libusb_transfer* transfer) {
    static_cast<UsbTransfer*>(transfer->user_data)->complete();
}

void UsbTransfer::complete() {
    state_ = State::Completed;
    context_.enqueue(*this);
}

void UsbTransfer::deliver() {
    context_.dequeue(*this);
    state_ = State::Idle;
    owner_.onTransfer(*this);
}

}  // namespace tipring::hal
