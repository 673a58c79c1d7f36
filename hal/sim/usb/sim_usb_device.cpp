// SPDX-License-Identifier: Apache-2.0
#include "usb/sim_usb_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;
using hal::Error;
using hal::ErrorCode;

constexpr std::size_t kControlAtMost = 4096, kTransferAtMost = 65536;
constexpr std::size_t kPacketsAtMost = 128, kTransfersAtMost = 64;
constexpr auto kSetUpTime = 1ms;

}  // namespace

/// One control, bulk or interrupt transfer; used again and again.
class SimUsbDevice::Request final : private HostTransferOwner {
public:
    explicit Request(SimUsbDevice& device) : device_(device) { transfer_.owner = this; }
    ~Request() { device_.host_.drop(transfer_); }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    [[nodiscard]] bool busy() const { return busy_; }
    HostTransfer& begin(std::uint8_t endpoint, std::size_t length, hal::Duration limit) {
        busy_ = true;
        transfer_.endpoint = endpoint;
        transfer_.length = length;
        transfer_.limit = limit;
        transfer_.data.resize(std::max(transfer_.data.size(), length));
        return transfer_;
    }
    void send(hal::UsbInDone in, hal::UsbOutDone out) {
        in_ = std::move(in);
        out_ = std::move(out);
        device_.host_.submit(transfer_);
    }

private:
    void onTransfer(HostTransfer& transfer) override {
        // The callback may destroy the device, and this with it.
        const hal::UsbInDone in = std::exchange(in_, nullptr);
        const hal::UsbOutDone out = std::exchange(out_, nullptr);
        busy_ = false;
        if (transfer.outcome != UsbOutcome::Ok) {
            const Error why = device_.error(transfer.outcome, transfer.endpoint);
            in ? in(tl::unexpected(why)) : out(tl::unexpected(why));
        } else if (in) {
            std::vector<std::byte> kept;  // a callback may use this request anew
            kept.swap(transfer.data);
            const std::shared_ptr<int> keep = life_;
            in(std::span<const std::byte>(kept).first(transfer.actual));
            if (keep.use_count() > 1 && !busy_) {
                kept.swap(transfer.data);
            }
        } else {
            out(transfer.actual);
        }
    }

    SimUsbDevice& device_;
    HostTransfer transfer_;
    std::shared_ptr<int> life_ = std::make_shared<int>();
    hal::UsbInDone in_;
    hal::UsbOutDone out_;
    bool busy_ = false;
};

SimUsbDevice::SimUsbDevice(hal::EventLoop& loop, UsbModel& model, std::string name,
                           std::function<void()> closed)
    : loop_(loop),
      name_(std::move(name)),
      closed_(std::move(closed)),
      descriptors_(hal::parseUsbDescriptors(model.descriptors()).value_or(hal::UsbDescriptors{})),
      host_(loop, model,
            [this] {
                if (observer_ != nullptr) {
                    observer_->onGone(gone());
                }
            }),
      setUpTimer_(loop, [this] { nextSetUp(); }) {
    identity_.vendor = descriptors_.vendor;
    identity_.product = descriptors_.product;
    identity_.release = descriptors_.release;
    const auto bytes = model.descriptors();
    identity_.serial =
        bytes.size() > 16 ? model.text(std::to_integer<std::uint8_t>(bytes[16])) : "";
    identity_.busPath = name_;
    if (!descriptors_.configurations.empty()) {
        const std::uint8_t usual = model.usualConfiguration();
        configuration_ = usual != 0 ? usual : descriptors_.configurations.front().value;
        (void)model.controlOut({0, 9, configuration_, 0}, {});
    }
}

SimUsbDevice::~SimUsbDevice() {
    requests_.clear();
    closed_();
}

SimUsbDevice::Request& SimUsbDevice::freeRequest() {
    for (const auto& one : requests_) {
        if (!one->busy()) {
            return *one;
        }
    }
    return *requests_.emplace_back(std::make_unique<Request>(*this));
}

Error SimUsbDevice::gone() const {
    return {ErrorCode::NoDevice, name_ + ": the simulated device was unplugged; open it anew"};
}

Error SimUsbDevice::error(UsbOutcome outcome, std::uint8_t endpoint) const {
    const auto where = fmt::format("{}, endpoint 0x{:02x}: ", name_, endpoint);
    const bool control = (endpoint & 0x0FU) == 0;
    switch (outcome) {
    case UsbOutcome::Gone: return gone();
    case UsbOutcome::TimedOut: return {ErrorCode::Timeout, where + "no answer within the limit"};
    case UsbOutcome::Stalled:
        return control ? Error{ErrorCode::OperationUnavail, where + "the device refused (stall)"}
                       : Error{ErrorCode::OperationFailed, where + "halted; clear the halt"};
    case UsbOutcome::Babble:
        return {ErrorCode::OperationFailed, where + "the device sent more than was asked for"};
    default: return {ErrorCode::OperationFailed, where + "the device did not answer"};
    }
}

void SimUsbDevice::refuse(Error why, hal::UsbInDone in, hal::UsbOutDone out) {
    setUp([] { return hal::Result<void>{}; },
          [why = std::move(why), in = std::move(in), out = std::move(out)](hal::Result<void>) {
              in ? in(tl::unexpected(why)) : out(tl::unexpected(why));
          });
}

void SimUsbDevice::controlIn(const hal::UsbSetup& setup, std::size_t length, hal::Duration limit,
                             hal::UsbInDone done) {
    if (length > kControlAtMost) {
        return refuse(
            {ErrorCode::InvalParam, name_ + ": more than 4096 bytes in a control request"},
            std::move(done), {});
    }
    Request& request = freeRequest();
    HostTransfer& transfer = request.begin(0x80, length, limit);
    transfer.setup = setup;
    transfer.setup.requestType |= 0x80U;
    request.send(std::move(done), {});
}

void SimUsbDevice::controlOut(const hal::UsbSetup& setup, std::span<const std::byte> data,
                              hal::Duration limit, hal::UsbOutDone done) {
    if (data.size() > kControlAtMost) {
        return refuse(
            {ErrorCode::InvalParam, name_ + ": more than 4096 bytes in a control request"}, {},
            std::move(done));
    }
    Request& request = freeRequest();
    HostTransfer& transfer = request.begin(0, data.size(), limit);
    transfer.setup = setup;
    transfer.setup.requestType &= 0x7FU;
    std::copy(data.begin(), data.end(), transfer.data.begin());
    request.send({}, std::move(done));
}

void SimUsbDevice::read(std::uint8_t endpoint, std::size_t length, hal::Duration limit,
                        hal::UsbInDone done) {
    if (!hasEndpoint(endpoint) || (endpoint & 0x80U) == 0 || length < 1 ||
        length > kTransferAtMost) {
        return refuse(
            {ErrorCode::InvalParam, fmt::format("{}: endpoint 0x{:02x} reads nothing of {} bytes",
                                                name_, endpoint, length)},
            std::move(done), {});
    }
    Request& request = freeRequest();
    request.begin(endpoint, length, limit);
    request.send(std::move(done), {});
}

void SimUsbDevice::write(std::uint8_t endpoint, std::span<const std::byte> data,
                         hal::Duration limit, hal::UsbOutDone done) {
    if (!hasEndpoint(endpoint) || (endpoint & 0x80U) != 0 || data.size() > kTransferAtMost) {
        return refuse(
            {ErrorCode::InvalParam, fmt::format("{}: endpoint 0x{:02x} takes nothing of {} bytes",
                                                name_, endpoint, data.size())},
            {}, std::move(done));
    }
    Request& request = freeRequest();
    HostTransfer& transfer = request.begin(endpoint, data.size(), limit);
    std::copy(data.begin(), data.end(), transfer.data.begin());
    request.send({}, std::move(done));
}

bool SimUsbDevice::hasInterface(std::uint8_t number) const {
    const auto* active = descriptors_.configuration(configuration_);
    return active != nullptr &&
           std::any_of(active->interfaces.begin(), active->interfaces.end(),
                       [number](const hal::UsbInterface& one) { return one.number == number; });
}

bool SimUsbDevice::hasEndpoint(std::uint8_t address) const {
    const UsbModel* model = host_.model();  // one that is gone is told as that
    return model == nullptr || !model->plugged() || model->endpoint(address) != nullptr;
}

/// The options with what was left open filled in.
hal::Result<hal::UsbStreamOptions> SimUsbDevice::plan(const hal::UsbStreamOptions& options,
                                                      bool in) const {
    if (host_.model() == nullptr || !host_.model()->plugged()) {
        return tl::unexpected(gone());
    }
    const hal::UsbEndpoint* endpoint = host_.model()->endpoint(options.endpoint);
    const bool isochronous =
        endpoint != nullptr && endpoint->type == hal::UsbTransferType::Isochronous;
    hal::UsbStreamOptions full = options;
    if (endpoint != nullptr && full.packetSize == 0) {
        full.packetSize = endpoint->maxPacket;
    }
    const bool fits = endpoint != nullptr && endpoint->isIn() == in && full.transfers >= 1 &&
                      full.transfers <= kTransfersAtMost && full.packets >= 1 &&
                      full.packets <= (isochronous ? kPacketsAtMost : 1) &&
                      (!isochronous || full.packetSize <= endpoint->maxPacket) &&
                      (isochronous || !in || full.packetSize % endpoint->maxPacket == 0) &&
                      full.packetSize * full.packets <= kTransferAtMost;
    if (!fits) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("{}, endpoint 0x{:02x}: no stream of {} x {} bytes there",
                                     name_, options.endpoint, full.packets, full.packetSize));
    }
    return full;
}

hal::Result<std::unique_ptr<hal::UsbInStream>> SimUsbDevice::openInStream(
    const hal::UsbStreamOptions& options, hal::UsbInStreamObserver& observer) {
    const auto full = plan(options, true);
    if (!full) {
        return tl::unexpected(full.error());
    }
    return makeInStream(
        *this, *full,
        host_.model()->endpoint(options.endpoint)->type == hal::UsbTransferType::Isochronous,
        observer);
}

hal::Result<std::unique_ptr<hal::UsbOutStream>> SimUsbDevice::openOutStream(
    const hal::UsbStreamOptions& options, hal::UsbOutStreamObserver& observer) {
    const auto full = plan(options, false);
    if (!full) {
        return tl::unexpected(full.error());
    }
    return makeOutStream(
        *this, *full,
        host_.model()->endpoint(options.endpoint)->type == hal::UsbTransferType::Isochronous,
        observer);
}

void SimUsbDevice::setUp(std::function<hal::Result<void>()> work, hal::UsbDone done) {
    setUps_.push_back({std::move(work), std::move(done)});
    if (setUps_.size() == 1) {
        setUpTimer_.arm(kSetUpTime);
    }
}

void SimUsbDevice::nextSetUp() {
    const SetUp first = std::move(setUps_.front());
    setUps_.erase(setUps_.begin());
    if (!setUps_.empty()) {
        setUpTimer_.arm(kSetUpTime);
    }
    first.done(host_.model() == nullptr ? tl::unexpected(gone()) : first.work());
}

void SimUsbDevice::claimInterface(std::uint8_t number, hal::KernelDriver /*driver*/,
                                  hal::UsbDone done) {
    setUp(
        [this, number]() -> hal::Result<void> {
            if (!hasInterface(number)) {
                return hal::fail(ErrorCode::InvalParam,
                                 fmt::format("{}: there is no interface {}", name_, number));
            }
            claimed_.insert(number);
            return {};
        },
        std::move(done));
}

void SimUsbDevice::releaseInterface(std::uint8_t number, hal::UsbDone done) {
    setUp(
        [this, number]() -> hal::Result<void> {
            if (claimed_.erase(number) == 0) {
                return hal::fail(ErrorCode::InvalParam,
                                 fmt::format("{}: interface {} is not claimed", name_, number));
            }
            return {};
        },
        std::move(done));
}

void SimUsbDevice::selectAlternate(std::uint8_t number, std::uint8_t alternate, hal::UsbDone done) {
    setUp(
        [this, number, alternate]() -> hal::Result<void> {
            const bool selected =
                claimed_.contains(number) &&
                host_.model()->controlOut({1, 11, alternate, number}, {}) == UsbHandshake::Ok;
            if (!selected) {
                return hal::fail(ErrorCode::InvalParam,
                                 fmt::format("{}: no alternate setting {} of interface {}, or it "
                                             "is not claimed",
                                             name_, alternate, number));
            }
            return {};
        },
        std::move(done));
}

void SimUsbDevice::clearHalt(std::uint8_t endpoint, hal::UsbDone done) {
    setUp(
        [this, endpoint]() -> hal::Result<void> {
            if (!hasEndpoint(endpoint)) {
                return hal::fail(ErrorCode::InvalParam,
                                 fmt::format("{}: no endpoint 0x{:02x}", name_, endpoint));
            }
            (void)host_.model()->controlOut({2, 1, 0, endpoint}, {});
            return {};
        },
        std::move(done));
}

bool SimUsbDevice::busy() const {
    return !host_.idle();
}

void SimUsbDevice::setConfiguration(std::uint8_t value, hal::KernelDriver /*driver*/,
                                    hal::UsbDone done) {
    setUp(
        [this, value]() -> hal::Result<void> {
            if (value == configuration_) {
                return {};
            }
            if (!claimed_.empty() || busy()) {
                return hal::fail(ErrorCode::InUse,
                                 name_ + ": release interfaces and end transfers first");
            }
            if (host_.model()->controlOut({0, 9, value, 0}, {}) != UsbHandshake::Ok) {
                return hal::fail(ErrorCode::InvalParam,
                                 fmt::format("{}: no configuration {}", name_, value));
            }
            configuration_ = value;
            return {};
        },
        std::move(done));
}

void SimUsbDevice::reset(hal::UsbDone done) {
    setUp(
        [this]() -> hal::Result<void> {
            if (busy()) {
                return hal::fail(ErrorCode::InUse, name_ + ": a transfer is pending");
            }
            host_.model()->busReset();
            (void)host_.model()->controlOut({0, 9, configuration_, 0}, {});
            return {};
        },
        std::move(done));
}

}  // namespace tipring::sim
