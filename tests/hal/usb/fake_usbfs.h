// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "descriptor_bytes.h"
#include "tipring/hal/base/file_descriptor.h"

namespace tipring::hal::testing {

/// The kernel's side of one USB device (usbfs), for the real libusb: this program's own ioctl(2),
/// read(2), lseek(2) and close(2) (fake_usbfs.cpp) answer for its node, for libusb.so as well. The
/// node is the write end of a pipe of one page: full means that nothing has completed, empty that
/// something has (POLLOUT), without a reader that the device is gone (POLLERR), as with usbfs.
/// Thread: any.
class FakeUsbfs {
public:
    struct IsoPacket {
        int status = 0;  ///< 0 or -errno, as the kernel has it
        Bytes data;      ///< in only
    };
    struct Setup {
        std::uint8_t requestType, request;
        std::uint16_t value, index, length;
    };
    /// Answers a control request: data for the host (in), or a negative errno. Without an answer
    /// the request stays pending.
    struct Answer {
        int status = 0;
        Bytes data;
    };
    using ControlModel = std::function<std::optional<Answer>(const Setup&, const Bytes& out)>;

    explicit FakeUsbfs(const Bytes& descriptors, int speed = kFullSpeed);
    ~FakeUsbfs();
    FakeUsbfs(const FakeUsbfs&) = delete;
    FakeUsbfs& operator=(const FakeUsbfs&) = delete;

    static constexpr int kFullSpeed = 2;  // enum usb_device_speed
    static constexpr int kHighSpeed = 3;

    /// The node; once.
    FileDescriptor takeNode();
    [[nodiscard]] bool nodeIsOpen() const;
    /// Makes open(2) of this path give the node, or fail with `errnoValue`.
    void serve(const std::string& path, int errnoValue = 0);
    /// What open(2) of a path gives; nothing where no fake serves it.
    static std::optional<int> openServed(const char* path);

    // What the device does. Each ends the oldest URB of an endpoint.
    [[nodiscard]] std::size_t pending(std::uint8_t endpoint) const;
    /// Length that the oldest pending URB asks for, or carries.
    [[nodiscard]] std::size_t lengthOf(std::uint8_t endpoint) const;
    void completeIn(std::uint8_t endpoint, const Bytes& data, int status = 0);
    Bytes completeOut(std::uint8_t endpoint, int status = 0);
    void completeIsoIn(std::uint8_t endpoint, const std::vector<IsoPacket>& packets);
    std::vector<Bytes> completeIsoOut(std::uint8_t endpoint);
    /// The oldest one whole, without looking at its data.
    void complete(std::uint8_t endpoint);
    void setControlModel(ControlModel model) { control_ = std::move(model); }
    /// Ends every URB and the device. `announced`: poll(2) says so at once; else only when
    /// announce() is called, and submitting fails until then.
    void unplug(bool announced = true);
    void announce();

    // How the kernel behaves; to be set before it matters.
    std::map<int, std::string> drivers;  ///< kernel driver of each interface
    std::set<int> heldElsewhere;         ///< interfaces that another process has claimed
    std::uint32_t capabilities;          ///< USBDEVFS_CAP_*
    int configuration = 1;
    std::map<unsigned long, int> failures;  ///< request -> errno
    bool keepsCancelled = false;            ///< DISCARDURB does not end the URB
    std::map<int, int> alternates;          ///< interface -> setting
    /// URBs of these endpoints (0: control) complete whole as they are submitted.
    std::set<std::uint8_t> immediate;

    /// What was asked of the kernel, transfers left out: "claim 1", "detach 0".
    [[nodiscard]] std::vector<std::string> calls() const;
    [[nodiscard]] std::set<int> claimed() const;
    [[nodiscard]] std::uint64_t submitted() const;
    [[nodiscard]] std::uint64_t reaped() const;

    // For the functions that stand in for the C library's.
    static FakeUsbfs* find(int fd);
    int answer(unsigned long request, void* argument);
    std::int64_t readDescriptors(void* to, std::size_t size);
    std::int64_t seek(std::int64_t offset);
    void closed();

private:
    int submit(usbdevfs_urb* urb);
    int reap(void** urb);
    int discard(usbdevfs_urb* urb);
    int synchronousControl(usbdevfs_ctrltransfer& request);
    int claim(int number);
    int releaseClaim(int number);
    int driverRequest(const usbdevfs_ioctl& request);
    int queryDriver(usbdevfs_getdriver& query);
    int setUp(unsigned long request, void* argument);
    void completeWhole(usbdevfs_urb* urb);
    void answerControl(usbdevfs_urb* urb);
    void finish(usbdevfs_urb* urb, int status, std::size_t actual);
    usbdevfs_urb* takeOldest(std::uint8_t endpoint);
    void openGate();
    void shutGate();
    int note(std::string call);

    mutable std::recursive_mutex mutex_;
    Bytes descriptors_;
    std::size_t position_ = 0;
    int speed_;
    FileDescriptor reader_, writer_;
    int node_ = -1;
    std::string servedPath_;
    int openErrno_ = 0;
    bool gateOpen_ = false;
    bool gone_ = false;
    std::vector<usbdevfs_urb*> pending_;  // room is reserved: tests count allocations
    std::vector<usbdevfs_urb*> done_;
    std::set<int> claims_;
    std::vector<std::string> calls_;
    ControlModel control_;
    std::uint64_t submitted_ = 0, reaped_ = 0;
};

}  // namespace tipring::hal::testing
