// SPDX-License-Identifier: Apache-2.0
#include "usb/usbip_client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "tipring/hal/base/log.h"
#include "tipring/hal/sim/usbip_server.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

const hal::LogCategory kLog{"sim.usbip"};

constexpr unsigned kVersion = 0x0111, kReplyList = 0x0005, kReplyImport = 0x0003;
constexpr std::uint32_t kReturnSubmit = 3, kReturnUnlink = 4;
constexpr std::uint32_t kFullSpeed = 2;
constexpr std::size_t kPath = 256, kBusId = 32, kSetup = 8, kUnlinkPadding = 24;
constexpr std::size_t kMostUnsent = 1024 * 1024;

/// Linux error numbers, negative, as the peer's kernel wants them.
std::uint32_t statusOf(UsbOutcome outcome) {
    int number = 0;
    switch (outcome) {
    case UsbOutcome::Ok: break;
    case UsbOutcome::Stalled: number = EPIPE; break;
    case UsbOutcome::Babble: number = EOVERFLOW; break;
    case UsbOutcome::Gone: number = ESHUTDOWN; break;
    case UsbOutcome::Cancelled: number = ECONNRESET; break;
    default: number = EPROTO;
    }
    return std::uint32_t(-number);
}

unsigned busNumber(std::string_view busId, char before) {
    const std::size_t at = before == '-' ? busId.find('-') + 1 : 0;
    unsigned value = 0;
    for (const char c : busId.substr(std::min(at, busId.size()))) {
        if (c < '0' || c > '9' || value > 1000) {
            break;
        }
        value = value * 10 + unsigned(c - '0');
    }
    return value;
}

void describe(UsbipWriter& writer, const UsbipExport& one, unsigned interfaces) {
    const auto bytes = one.model->descriptors();
    std::array<std::byte, 18> device{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), device.size()), device.begin());
    writer.text("/sys/devices/tipring/usb/" + one.busId, kPath).text(one.busId, kBusId);
    writer.u32(busNumber(one.busId, 0)).u32(busNumber(one.busId, '-')).u32(kFullSpeed);
    writer.u16(word(device, 8)).u16(word(device, 10)).u16(word(device, 12));
    writer.u8(byteAt(device, 4)).u8(byteAt(device, 5)).u8(byteAt(device, 6));
    writer.u8(one.model->configuration()).u8(byteAt(device, 17)).u8(interfaces);
}

}  // namespace

struct UsbipClient::Urb {
    HostTransfer transfer;
    std::uint32_t sequence = 0;
    bool used = false, unlinked = false, shortNotOk = false;
};

UsbipClient::UsbipClient(hal::EventLoop& loop, UsbipShop& shop, hal::FileDescriptor socket)
    : loop_(loop), shop_(shop), socket_(std::move(socket)) {}

/// Detached, or the connection broke: the virtual cable is out, and the power with it. The next one
/// finds the device as one that was just plugged in; a call on it has ended.
UsbipClient::~UsbipClient() {
    UsbModel* const model = host_ == nullptr ? nullptr : host_->model();
    host_.reset();
    if (model != nullptr && model->plugged()) {
        model->plugIn();
    }
}

hal::Result<void> UsbipClient::begin() {
    auto watch = hal::Watch::create(loop_, socket_.get(), hal::Io::Read,
                                    [this](hal::Io ready) { onIo(ready); });
    if (!watch) {
        return tl::unexpected(watch.error());
    }
    watch_ = std::move(*watch);
    return {};
}

/// The socket closes at once; the rest goes when the server sweeps.
void UsbipClient::end(const std::string& why) {
    if (std::exchange(over_, true)) {
        return;
    }
    if (!why.empty()) {
        kLog.warning("a USB/IP client was cut off: {}", why);
    }
    watch_.reset();
    socket_.reset();
    shop_.ended();
}

void UsbipClient::onIo(hal::Io ready) {
    if (has(ready, hal::Io::Write)) {
        flush();
    }
    if (!over_ &&
        (has(ready, hal::Io::Read) || has(ready, hal::Io::Hangup) || has(ready, hal::Io::Error))) {
        read();
    }
}

void UsbipClient::read() {
    std::array<std::byte, 16384> bytes;
    const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            end({});  // it went, as it may
        }
        return;
    }
    reader_.add(std::span<const std::byte>(bytes).first(std::size_t(count)));
    while (!over_) {
        const auto message = reader_.next();
        if (!message) {
            return end(message.error().cause);
        }
        if (!*message) {
            break;
        }
        handle(**message);
    }
    flush();
}

void UsbipClient::handle(const UsbipMessage& message) {
    if (std::holds_alternative<UsbipList>(message)) {
        list();
    } else if (const auto* wanted = std::get_if<UsbipImport>(&message)) {
        answerImport(*wanted);
    } else if (const auto* transfer = std::get_if<UsbipSubmit>(&message)) {
        submit(*transfer);
    } else {
        unlink(std::get<UsbipUnlink>(message));
    }
}

void UsbipClient::list() {
    std::vector<const UsbipExport*> free;
    for (const UsbipExport& one : shop_.exports()) {
        if (one.model->plugged() && !one.model->hasHost()) {
            free.push_back(&one);
        }
    }
    UsbipWriter writer(out_);
    writer.u16(kVersion).u16(kReplyList).u32(0).u32(std::uint32_t(free.size()));
    for (const UsbipExport* one : free) {
        const auto parsed = hal::parseUsbDescriptors(one->model->descriptors());
        const bool any = parsed && !parsed->configurations.empty();
        const auto interfaces =
            any ? parsed->configurations.front().interfaces : std::vector<hal::UsbInterface>{};
        describe(writer, *one, unsigned(interfaces.size()));
        for (const hal::UsbInterface& face : interfaces) {
            const hal::UsbAlternate& first = face.alternates.front();
            writer.u8(first.classCode).u8(first.subclass).u8(first.protocol).u8(0);
        }
    }
}

hal::Result<void> UsbipClient::import(std::string_view busId) {
    const auto& all = shop_.exports();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [busId](const UsbipExport& one) { return one.busId == busId; });
    if (found == all.end() || !found->model->plugged()) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("USB/IP: there is no device {}", busId));
    }
    if (found->model->hasHost()) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("USB/IP: device {} is somebody else's already", busId));
    }
    busId_ = found->busId;
    host_ = std::make_unique<UsbHost>(loop_, *found->model, [this] { end({}); });
    reader_.imported();
    return {};
}

void UsbipClient::answerImport(const UsbipImport& message) {
    const auto done = import(message.busId);
    UsbipWriter writer(out_);
    writer.u16(kVersion).u16(kReplyImport).u32(done ? 0 : 1);
    if (!done) {
        kLog.info("{}", done.error().cause);
        return;
    }
    const auto& all = shop_.exports();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [this](const UsbipExport& one) { return one.busId == busId_; });
    const auto parsed = hal::parseUsbDescriptors(found->model->descriptors());
    const bool any = parsed && !parsed->configurations.empty();
    describe(writer, *found, any ? unsigned(parsed->configurations.front().interfaces.size()) : 0);
}

UsbipClient::Urb* UsbipClient::freeUrb() {
    for (const auto& one : urbs_) {
        if (!one->used) {
            return one.get();
        }
    }
    return urbs_.size() < UsbipServer::kMaxTransfers
               ? urbs_.emplace_back(std::make_unique<Urb>()).get()
               : nullptr;
}

void UsbipClient::submit(const UsbipSubmit& message) {
    std::size_t waiting = message.length;
    for (const auto& one : urbs_) {
        waiting += one->used ? one->transfer.length : 0;
    }
    if (waiting > UsbipServer::kMaxWaiting) {
        return end(fmt::format("transfers of {} bytes at once", waiting));
    }
    Urb* const urb = freeUrb();
    if (urb == nullptr) {
        return end(fmt::format("more than {} transfers at once", UsbipServer::kMaxTransfers));
    }
    urb->used = true;
    urb->unlinked = false;
    urb->shortNotOk = message.shortNotOk;
    urb->sequence = message.sequence;
    HostTransfer& transfer = urb->transfer;
    transfer.owner = this;
    transfer.endpoint = std::uint8_t(message.endpoint | (message.in ? 0x80U : 0U));
    transfer.setup = message.setup;
    transfer.length = message.endpoint == 0 && message.in
                          ? std::min<std::size_t>(message.length, message.setupLength)
                          : message.length;
    transfer.data.resize(std::max<std::size_t>(transfer.data.size(), message.length));
    std::copy(message.data.begin(), message.data.end(), transfer.data.begin());
    transfer.isochronous = message.isochronous;
    transfer.packets.clear();
    for (const UsbipIsoPacket& one : message.packets) {
        transfer.packets.push_back({one.offset, one.length, 0, UsbOutcome::Ok});
    }
    host_->submit(transfer);
}

void UsbipClient::unlink(const UsbipUnlink& message) {
    const auto found = std::find_if(urbs_.begin(), urbs_.end(), [&message](const auto& one) {
        return one->used && !one->unlinked && one->sequence == message.victim;
    });
    const bool pending = found != urbs_.end();
    if (pending) {  // it is answered by this alone
        (*found)->unlinked = true;
        host_->cancel((*found)->transfer);
    }
    UsbipWriter(out_)
        .u32(kReturnUnlink)
        .u32(message.sequence)
        .zeros(12)
        .u32(statusOf(pending ? UsbOutcome::Cancelled : UsbOutcome::Ok))
        .zeros(kUnlinkPadding);
}

void UsbipClient::onTransfer(HostTransfer& transfer) {
    const auto found = std::find_if(urbs_.begin(), urbs_.end(), [&transfer](const auto& one) {
        return &one->transfer == &transfer;
    });
    Urb& urb = **found;
    if (!over_ && !urb.unlinked) {
        answer(urb);
    }
    urb.used = false;
    if (!over_) {
        flush();
    }
}

void UsbipClient::answer(const Urb& urb) {
    const HostTransfer& transfer = urb.transfer;
    const bool isShort = urb.shortNotOk && transfer.isIn() && transfer.actual < transfer.length &&
                         transfer.outcome == UsbOutcome::Ok;
    const auto lost =
        std::count_if(transfer.packets.begin(), transfer.packets.end(),
                      [](const HostPacket& one) { return one.outcome != UsbOutcome::Ok; });
    UsbipWriter writer(out_);
    writer.u32(kReturnSubmit).u32(urb.sequence).zeros(12);
    writer.u32(isShort ? std::uint32_t(-EREMOTEIO) : statusOf(transfer.outcome));
    writer.u32(std::uint32_t(transfer.actual)).u32(0);
    writer.u32(std::uint32_t(transfer.packets.size())).u32(std::uint32_t(lost)).zeros(kSetup);
    if (transfer.isIn() && !transfer.isochronous) {
        writer.bytes(std::span(transfer.data).first(transfer.actual));
    }
    for (const HostPacket& one : transfer.packets) {
        if (transfer.isIn()) {
            writer.bytes(std::span(transfer.data).subspan(one.offset, one.actual));
        }
    }
    for (const HostPacket& one : transfer.packets) {
        writer.u32(std::uint32_t(one.offset)).u32(std::uint32_t(one.length));
        writer.u32(std::uint32_t(one.actual)).u32(statusOf(one.outcome));
    }
}

void UsbipClient::flush() {
    while (!out_.empty()) {
        const ssize_t count =
            ::send(socket_.get(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count <= 0) {
            break;
        }
        out_.erase(out_.begin(), out_.begin() + count);
    }
    if (!out_.empty() && errno != EAGAIN && errno != EINTR) {
        return end({});
    }
    if (out_.size() > kMostUnsent) {
        return end(fmt::format("it does not read: {} bytes wait", out_.size()));
    }
    const bool waits = !out_.empty();
    if (std::exchange(waitsToWrite_, waits) != waits) {
        (void)watch_.change(waits ? hal::Io::Read | hal::Io::Write : hal::Io::Read);
    }
}

}  // namespace tipring::sim
