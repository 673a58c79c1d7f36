// SPDX-License-Identifier: Apache-2.0
// What the layer adds to libusb for one transfer that completes: the wake-up, the callback with its
// packets, and sending the transfer again. The kernel's side is FakeUsbfs, the same for all three:
//   bare    libusb_handle_events() with its own poll(2), a callback that sends the transfer again
//   onEpoll the same, called when an epoll_wait(2) says so: the floor for a program with one loop
//   stream  UsbInStream on an EpollLoop
// Arguments: transfers that complete before each wake-up; 0 bulk (one packet), 1 isochronous (8).
// Only the handling is timed, not the fake's making of the completion.
#include <benchmark/benchmark.h>
#include <libusb.h>
#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <vector>

#include "hal/usb/fake_usbfs.h"
#include "libusb_device.h"
#include "tipring/hal/base/epoll_loop.h"

namespace tipring::hal {
namespace {

using testing::FakeUsbfs;
using Clock = std::chrono::steady_clock;

constexpr int kTransfers = 16;
constexpr int kPackets = 8;
constexpr int kPacketBytes = 16;
constexpr int kBulkBytes = 64;

struct Shape {
    explicit Shape(const benchmark::State& state)
        : burst(int(state.range(0))), isochronous(state.range(1) == 1) {}
    int burst;
    bool isochronous;
    [[nodiscard]] std::uint8_t endpoint() const { return isochronous ? 0x82 : 0x81; }
};

/// Completes a burst and times how it is handled, again and again.
template <class Handle>
void measure(benchmark::State& state, FakeUsbfs& kernel, const Shape& shape, Handle handle) {
    std::uint64_t handled = 0;
    for ([[maybe_unused]] auto round : state) {
        for (int i = 0; i < shape.burst; ++i) {
            kernel.complete(shape.endpoint());
        }
        const auto begin = Clock::now();
        handled += handle();
        state.SetIterationTime(std::chrono::duration<double>(Clock::now() - begin).count());
    }
    if (handled != std::uint64_t(state.iterations()) * std::uint64_t(shape.burst)) {
        state.SkipWithError("not every transfer was handled");
    }
    state.counters["per_transfer"] = benchmark::Counter(
        double(handled), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// libusb as its manual shows it, without anything of ours.
class Bare {
public:
    Bare(FakeUsbfs& kernel, const Shape& shape) : node_(kernel.takeNode()) {
        libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
        if (libusb_init(&context_) != 0 ||
            libusb_wrap_sys_device(context_, node_.get(), &handle_) != 0) {
            std::abort();
        }
        for (int i = 0; i < kTransfers; ++i) {
            buffers_.emplace_back(kPackets * kPacketBytes);
            send(shape, buffers_.back());
        }
    }
    ~Bare() {
        for (libusb_transfer* transfer : transfers_) {
            libusb_cancel_transfer(transfer);
        }
        while (pending_ > 0) {
            handle();
        }
        for (libusb_transfer* transfer : transfers_) {
            libusb_free_transfer(transfer);
        }
        libusb_close(handle_);
        libusb_exit(context_);
    }
    Bare(const Bare&) = delete;
    Bare& operator=(const Bare&) = delete;

    std::uint64_t handle() {
        const std::uint64_t before = completed_;
        timeval none{};
        libusb_handle_events_timeout_completed(context_, &none, nullptr);
        return completed_ - before;
    }
    [[nodiscard]] libusb_context* context() const { return context_; }

private:
    void send(const Shape& shape, std::vector<unsigned char>& buffer) {
        libusb_transfer* transfer = libusb_alloc_transfer(shape.isochronous ? kPackets : 0);
        if (shape.isochronous) {
            libusb_fill_iso_transfer(transfer, handle_, 0x82, buffer.data(), int(buffer.size()),
                                     kPackets, onDone, this, 0);
            libusb_set_iso_packet_lengths(transfer, kPacketBytes);
        } else {
            libusb_fill_bulk_transfer(transfer, handle_, 0x81, buffer.data(), kBulkBytes, onDone,
                                      this, 0);
        }
        transfers_.push_back(transfer);
        ++pending_;
        libusb_submit_transfer(transfer);
    }
    static void LIBUSB_CALL onDone(libusb_transfer* transfer) {
        auto& self = *static_cast<Bare*>(transfer->user_data);
        if (transfer->status == LIBUSB_TRANSFER_CANCELLED) {
            --self.pending_;
            return;
        }
        ++self.completed_;
        for (int i = 0; i < transfer->num_iso_packets; ++i) {
            benchmark::DoNotOptimize(libusb_get_iso_packet_buffer_simple(transfer, unsigned(i)));
        }
        libusb_submit_transfer(transfer);
    }

    FileDescriptor node_;
    libusb_context* context_ = nullptr;
    libusb_device_handle* handle_ = nullptr;
    std::vector<std::vector<unsigned char>> buffers_;
    std::vector<libusb_transfer*> transfers_;
    std::uint64_t completed_ = 0;
    int pending_ = 0;
};

void bare(benchmark::State& state) {
    const Shape shape(state);
    FakeUsbfs kernel{testing::adapterDescriptors()};
    Bare usb(kernel, shape);
    measure(state, kernel, shape, [&] { return usb.handle(); });
}

void onEpoll(benchmark::State& state) {
    const Shape shape(state);
    FakeUsbfs kernel{testing::adapterDescriptors()};
    Bare usb(kernel, shape);
    const FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    const libusb_pollfd** list = libusb_get_pollfds(usb.context());
    for (const libusb_pollfd** entry = list; *entry != nullptr; ++entry) {
        epoll_event event{};
        event.events = ((*entry)->events & POLLOUT) != 0 ? EPOLLOUT : EPOLLIN;
        ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, (*entry)->fd, &event);
    }
    libusb_free_pollfds(list);
    measure(state, kernel, shape, [&]() -> std::uint64_t {
        std::array<epoll_event, 8> ready{};
        return ::epoll_wait(epoll.get(), ready.data(), int(ready.size()), 0) > 0 ? usb.handle() : 0;
    });
}

struct Counter : UsbInStreamObserver {
    void onPackets(std::span<const UsbPacket> packets) override {
        ++transfers;
        for (const UsbPacket& packet : packets) {
            benchmark::DoNotOptimize(packet.data.data());
        }
    }
    void onStopped(const Error* /*why*/) override {}
    std::uint64_t transfers = 0;
};

void setUp(EpollLoop& loop, UsbDevice& device) {
    int open = 3;
    const auto done = [&](const Result<void>& result) { open -= result ? 1 : 0; };
    device.claimInterface(0, KernelDriver::Keep, done);
    device.claimInterface(1, KernelDriver::Keep, done);
    device.selectAlternate(1, 1, done);
    while (open > 0) {
        loop.runOnce(std::chrono::milliseconds(100));
    }
}

void stream(benchmark::State& state) {
    const Shape shape(state);
    FakeUsbfs kernel{testing::adapterDescriptors()};
    const auto loop = std::move(*EpollLoop::create());
    const auto device = std::move(*LibusbDevice::create(*loop, kernel.takeNode(), {}, "usb:bench"));
    setUp(*loop, *device);
    Counter counter;
    const auto usb =
        std::move(*device->openInStream({.endpoint = shape.endpoint(),
                                         .packets = shape.isochronous ? unsigned(kPackets) : 1U,
                                         .transfers = kTransfers},
                                        counter));
    if (!usb->start()) {
        std::abort();
    }
    measure(state, kernel, shape, [&] {
        const std::uint64_t before = counter.transfers;
        loop->runOnce(Duration::zero());
        return counter.transfers - before;
    });
}

void shapes(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgsProduct({{1, 8}, {0, 1}})->UseManualTime()->ArgNames({"burst", "iso"});
}
BENCHMARK(bare)->Apply(shapes);
BENCHMARK(onEpoll)->Apply(shapes);
BENCHMARK(stream)->Apply(shapes);

}  // namespace
}  // namespace tipring::hal
