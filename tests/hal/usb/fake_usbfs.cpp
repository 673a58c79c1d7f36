// SPDX-License-Identifier: Apache-2.0
#include "fake_usbfs.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstring>

namespace tipring::hal::testing {
namespace {

// Few, and looked at by every read(2) of the program.
constexpr std::size_t kFakesAtMost = 8;
struct Entry {
    std::atomic<int> fd{-1};
    std::atomic<FakeUsbfs*> fake{nullptr};
};
std::array<Entry, kFakesAtMost> entries;

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

int failWith(int errnoValue) {
    errno = errnoValue;
    return -1;
}

}  // namespace

FakeUsbfs::FakeUsbfs(const Bytes& descriptors, int speed)
    : capabilities(USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                   USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT),
      descriptors_(descriptors),
      speed_(speed) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reader_.reset(ends[0]);
    writer_.reset(ends[1]);
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
    node_ = ends[1];
    pending_.reserve(256);
    done_.reserve(256);
    shutGate();
    for (Entry& entry : entries) {
        int none = -1;
        if (entry.fake == nullptr && entry.fd.compare_exchange_strong(none, node_)) {
            entry.fake = this;
            return;
        }
    }
    ADD_FAILURE() << "too many fakes";
}

FakeUsbfs::~FakeUsbfs() {
    closed();
}

FakeUsbfs* FakeUsbfs::find(int fd) {
    for (const Entry& entry : entries) {
        if (fd >= 0 && entry.fd == fd) {
            return entry.fake;
        }
    }
    return nullptr;
}

void FakeUsbfs::closed() {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries) {
        if (entry.fake == this) {
            entry.fd = -1;
            entry.fake = nullptr;
        }
    }
    node_ = -1;
    pending_.clear();
    done_.clear();
    claims_.clear();
}

FileDescriptor FakeUsbfs::takeNode() {
    return std::move(writer_);
}

void FakeUsbfs::serve(const std::string& path, int errnoValue) {
    servedPath_ = path;
    openErrno_ = errnoValue;
}

std::optional<int> FakeUsbfs::openServed(const char* path) {
    for (const Entry& entry : entries) {
        FakeUsbfs* fake = entry.fake;
        if (fake == nullptr || path == nullptr || fake->servedPath_ != path) {
            continue;
        }
        return fake->openErrno_ != 0 ? failWith(fake->openErrno_) : fake->writer_.release();
    }
    return std::nullopt;
}

bool FakeUsbfs::nodeIsOpen() const {
    const std::lock_guard lock(mutex_);
    return node_ >= 0;
}

void FakeUsbfs::openGate() {
    char byte = 0;
    if (!gateOpen_ && reader_) {
        EXPECT_EQ(::read(reader_.get(), &byte, 1), 1);
    }
    gateOpen_ = true;
}

void FakeUsbfs::shutGate() {
    if (reader_) {
        EXPECT_EQ(::write(node_, "", 1), 1);
    }
    gateOpen_ = false;
}

std::size_t FakeUsbfs::pending(std::uint8_t endpoint) const {
    const std::lock_guard lock(mutex_);
    return std::size_t(std::count_if(pending_.begin(), pending_.end(),
                                     [&](const auto* urb) { return urb->endpoint == endpoint; }));
}

std::size_t FakeUsbfs::lengthOf(std::uint8_t endpoint) const {
    const std::lock_guard lock(mutex_);
    for (const usbdevfs_urb* urb : pending_) {
        if (urb->endpoint == endpoint) {
            return std::size_t(urb->buffer_length);
        }
    }
    ADD_FAILURE() << "nothing is pending on endpoint " << int(endpoint);
    return 0;
}

usbdevfs_urb* FakeUsbfs::takeOldest(std::uint8_t endpoint) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto* urb) { return urb->endpoint == endpoint; });
    if (found == pending_.end()) {
        ADD_FAILURE() << "nothing is pending on endpoint " << int(endpoint);
        return nullptr;
    }
    usbdevfs_urb* urb = *found;
    pending_.erase(found);
    return urb;
}

void FakeUsbfs::finish(usbdevfs_urb* urb, int status, std::size_t actual) {
    urb->status = status;
    urb->actual_length = int(actual);
    done_.push_back(urb);
    openGate();
}

void FakeUsbfs::completeIn(std::uint8_t endpoint, const Bytes& data, int status) {
    const std::lock_guard lock(mutex_);
    usbdevfs_urb* urb = takeOldest(endpoint);
    if (urb == nullptr) {
        return;
    }
    const std::size_t size = std::min(data.size(), std::size_t(urb->buffer_length));
    std::copy_n(data.begin(), size, static_cast<std::byte*>(urb->buffer));
    // More than was asked for is babble.
    finish(urb, data.size() > size ? -EOVERFLOW : status, size);
}

Bytes FakeUsbfs::completeOut(std::uint8_t endpoint, int status) {
    const std::lock_guard lock(mutex_);
    usbdevfs_urb* urb = takeOldest(endpoint);
    if (urb == nullptr) {
        return {};
    }
    const auto* data = static_cast<const std::byte*>(urb->buffer);
    const auto size = std::size_t(urb->buffer_length);
    Bytes sent(data, data + size);
    finish(urb, status, status == 0 ? size : 0);
    return sent;
}

void FakeUsbfs::completeIsoIn(std::uint8_t endpoint, const std::vector<IsoPacket>& packets) {
    const std::lock_guard lock(mutex_);
    usbdevfs_urb* urb = takeOldest(endpoint);
    if (urb == nullptr) {
        return;
    }
    EXPECT_EQ(std::size_t(urb->number_of_packets), packets.size());
    std::size_t offset = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        usbdevfs_iso_packet_desc& packet = urb->iso_frame_desc[i];
        const std::size_t size = std::min(packets[i].data.size(), std::size_t(packet.length));
        std::copy_n(packets[i].data.begin(), size, static_cast<std::byte*>(urb->buffer) + offset);
        packet.actual_length = unsigned(size);
        packet.status = unsigned(packets[i].status);
        offset += packet.length;
    }
    finish(urb, 0, offset);
}

std::vector<Bytes> FakeUsbfs::completeIsoOut(std::uint8_t endpoint) {
    const std::lock_guard lock(mutex_);
    usbdevfs_urb* urb = takeOldest(endpoint);
    std::vector<Bytes> sent;
    if (urb == nullptr) {
        return sent;
    }
    const auto* data = static_cast<const std::byte*>(urb->buffer);
    for (int i = 0; i < urb->number_of_packets; ++i) {
        usbdevfs_iso_packet_desc& packet = urb->iso_frame_desc[i];
        sent.emplace_back(data, data + packet.length);
        data += packet.length;
        packet.actual_length = packet.length;
        packet.status = 0;
    }
    finish(urb, 0, std::size_t(urb->buffer_length));
    return sent;
}

// Linux, devio.c: the driver's disconnect ends every URB, then wakes who polls.
void FakeUsbfs::unplug(bool announced) {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    while (!pending_.empty()) {
        usbdevfs_urb* urb = pending_.front();
        pending_.erase(pending_.begin());
        for (int i = 0; urb->type == USBDEVFS_URB_TYPE_ISO && i < urb->number_of_packets; ++i) {
            urb->iso_frame_desc[i].status = unsigned(-ESHUTDOWN);
        }
        if ((capabilities & USBDEVFS_CAP_REAP_AFTER_DISCONNECT) != 0) {
            finish(urb, -ESHUTDOWN, 0);
        }
    }
    if (announced) {
        announce();
    }
}

void FakeUsbfs::announce() {
    const std::lock_guard lock(mutex_);
    reader_.reset();
}

std::vector<std::string> FakeUsbfs::calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
}

std::set<int> FakeUsbfs::claimed() const {
    const std::lock_guard lock(mutex_);
    return claims_;
}

std::uint64_t FakeUsbfs::submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
}

std::uint64_t FakeUsbfs::reaped() const {
    const std::lock_guard lock(mutex_);
    return reaped_;
}

std::int64_t FakeUsbfs::readDescriptors(void* to, std::size_t size) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(size, descriptors_.size() - position_);
    std::memcpy(to, descriptors_.data() + position_, count);
    position_ += count;
    return std::int64_t(count);
}

std::int64_t FakeUsbfs::seek(std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    position_ = std::min(std::size_t(offset), descriptors_.size());
    return offset;
}

int FakeUsbfs::note(std::string call) {
    calls_.push_back(std::move(call));
    return 0;
}

int FakeUsbfs::answer(unsigned long request, void* argument) {
    const std::lock_guard lock(mutex_);
    switch (request) {
    case USBDEVFS_SUBMITURB: return submit(static_cast<usbdevfs_urb*>(argument));
    case USBDEVFS_REAPURBNDELAY: return reap(static_cast<void**>(argument));
    case USBDEVFS_DISCARDURB: return discard(static_cast<usbdevfs_urb*>(argument));
    case USBDEVFS_GET_CAPABILITIES: *static_cast<std::uint32_t*>(argument) = capabilities; return 0;
    case USBDEVFS_GET_SPEED: return speed_;
    case USBDEVFS_CONNECTINFO: static_cast<usbdevfs_connectinfo*>(argument)->devnum = 2; return 0;
    default: return gone_ ? failWith(ENODEV) : setUp(request, argument);
    }
}

int FakeUsbfs::setUp(unsigned long request, void* argument) {
    const int number = request == USBDEVFS_RESET ? 0 : *static_cast<int*>(argument);
    if (const auto failure = failures.find(request); failure != failures.end()) {
        return failWith(failure->second);
    }
    switch (request) {
    case USBDEVFS_CONTROL:
        return synchronousControl(*static_cast<usbdevfs_ctrltransfer*>(argument));
    case USBDEVFS_CLAIMINTERFACE: return claim(number);
    case USBDEVFS_RELEASEINTERFACE: return releaseClaim(number);
    case USBDEVFS_GETDRIVER: return queryDriver(*static_cast<usbdevfs_getdriver*>(argument));
    case USBDEVFS_IOCTL: return driverRequest(*static_cast<usbdevfs_ioctl*>(argument));
    case USBDEVFS_DISCONNECT_CLAIM: return claim(number);  // after a reset
    case USBDEVFS_SETINTERFACE: {
        const auto& wanted = *static_cast<usbdevfs_setinterface*>(argument);
        alternates[int(wanted.interface)] = int(wanted.altsetting);
        return note("alternate " + std::to_string(wanted.interface) + " " +
                    std::to_string(wanted.altsetting));
    }
    case USBDEVFS_SETCONFIGURATION:
        if (!drivers.empty() || !claims_.empty()) {
            return failWith(EBUSY);
        }
        configuration = number;
        return note("configuration " + std::to_string(number));
    case USBDEVFS_RESET: return note("reset");
    case USBDEVFS_CLEAR_HALT: return note("clear halt " + std::to_string(number));
    default: ADD_FAILURE() << "ioctl " << request; return failWith(ENOTTY);
    }
}

int FakeUsbfs::synchronousControl(usbdevfs_ctrltransfer& request) {
    EXPECT_EQ(request.bRequest, 8) << "only GET_CONFIGURATION is synchronous";
    *static_cast<std::uint8_t*>(request.data) = std::uint8_t(configuration);
    return 1;
}

int FakeUsbfs::claim(int number) {
    if (heldElsewhere.contains(number) || drivers.contains(number)) {
        return failWith(EBUSY);
    }
    claims_.insert(number);
    return note("claim " + std::to_string(number));
}

int FakeUsbfs::releaseClaim(int number) {
    if (claims_.erase(number) == 0) {
        return failWith(EINVAL);
    }
    return note("release " + std::to_string(number));
}

int FakeUsbfs::queryDriver(usbdevfs_getdriver& query) {
    const int number = int(query.interface);
    std::string name = drivers.contains(number) ? drivers.at(number) : "";
    name = heldElsewhere.contains(number) || claims_.contains(number) ? "usbfs" : name;
    if (name.empty()) {
        return failWith(ENODATA);
    }
    std::strncpy(query.driver, name.c_str(), sizeof query.driver - 1);
    return 0;
}

int FakeUsbfs::driverRequest(const usbdevfs_ioctl& request) {
    const std::string number = std::to_string(request.ifno);
    if (request.ioctl_code == int(USBDEVFS_DISCONNECT)) {
        return drivers.erase(request.ifno) == 0 ? failWith(ENODATA) : note("detach " + number);
    }
    drivers[request.ifno] = "came_back";
    note("attach " + number);
    return 1;
}

int FakeUsbfs::submit(usbdevfs_urb* urb) {
    if (gone_) {
        return failWith(ENODEV);
    }
    if (const auto failure = failures.find(USBDEVFS_SUBMITURB); failure != failures.end()) {
        return failWith(failure->second);
    }
    ++submitted_;
    pending_.push_back(urb);
    if (immediate.contains(urb->endpoint)) {
        pending_.pop_back();
        completeWhole(urb);
    } else if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
        answerControl(urb);
    }
    return 0;
}

void FakeUsbfs::complete(std::uint8_t endpoint) {
    const std::lock_guard lock(mutex_);
    if (usbdevfs_urb* urb = takeOldest(endpoint)) {
        completeWhole(urb);
    }
}

void FakeUsbfs::completeWhole(usbdevfs_urb* urb) {
    for (int i = 0; urb->type == USBDEVFS_URB_TYPE_ISO && i < urb->number_of_packets; ++i) {
        urb->iso_frame_desc[i].actual_length = urb->iso_frame_desc[i].length;
    }
    const int setup = urb->type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
    finish(urb, 0, std::size_t(urb->buffer_length - setup));
}

void FakeUsbfs::answerControl(usbdevfs_urb* urb) {
    Setup setup{};
    const auto* bytesOf = static_cast<const std::uint8_t*>(urb->buffer);
    setup = {bytesOf[0], bytesOf[1], std::uint16_t(bytesOf[2] | bytesOf[3] << 8),
             std::uint16_t(bytesOf[4] | bytesOf[5] << 8),
             std::uint16_t(bytesOf[6] | bytesOf[7] << 8)};
    auto* data = static_cast<std::byte*>(urb->buffer) + 8;
    const bool in = (setup.requestType & 0x80U) != 0;
    const auto reply =
        control_ ? control_(setup, in ? Bytes{} : Bytes(data, data + setup.length)) : std::nullopt;
    if (!reply) {
        return;
    }
    const std::size_t size = std::min<std::size_t>(reply->data.size(), setup.length);
    std::copy_n(reply->data.begin(), size, data);
    std::erase(pending_, urb);
    const std::size_t moved = in ? size : setup.length;
    finish(urb, reply->status, reply->status == 0 ? moved : 0);
}

int FakeUsbfs::reap(void** urb) {
    if (done_.empty()) {
        return failWith(gone_ ? ENODEV : EAGAIN);
    }
    ++reaped_;
    *urb = done_.front();
    done_.erase(done_.begin());
    if (done_.empty()) {
        shutGate();
    }
    return 0;
}

int FakeUsbfs::discard(usbdevfs_urb* urb) {
    const auto found = std::find(pending_.begin(), pending_.end(), urb);
    if (found == pending_.end()) {
        return failWith(gone_ ? ENODEV : EINVAL);
    }
    if (!keepsCancelled) {
        pending_.erase(found);
        for (int i = 0; urb->type == USBDEVFS_URB_TYPE_ISO && i < urb->number_of_packets; ++i) {
            urb->iso_frame_desc[i].status = unsigned(-EXDEV);
        }
        finish(urb, -ENOENT, 0);
    }
    return 0;
}

}  // namespace tipring::hal::testing

#define SHIM extern "C" __attribute__((visibility("default")))

namespace shim = tipring::hal::testing;

SHIM int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    if (auto* fake = shim::FakeUsbfs::find(fd)) {
        return fake->answer(request, argument);
    }
    static const auto real = shim::next<int (*)(int, unsigned long, ...)>("ioctl");
    return real(fd, request, argument);
}
SHIM int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (const auto node = shim::FakeUsbfs::openServed(path)) {
        return *node;
    }
    static const auto real = shim::next<int (*)(const char*, int, ...)>("open");
    return real(path, flags, mode);
}
SHIM ssize_t read(int fd, void* to, size_t size) {
    if (auto* fake = shim::FakeUsbfs::find(fd)) {
        return fake->readDescriptors(to, size);
    }
    static const auto real = shim::next<ssize_t (*)(int, void*, size_t)>("read");
    return real(fd, to, size);
}
SHIM off_t lseek(int fd, off_t offset, int whence) noexcept {
    if (auto* fake = shim::FakeUsbfs::find(fd)) {
        return fake->seek(offset);
    }
    static const auto real = shim::next<off_t (*)(int, off_t, int)>("lseek");
    return real(fd, offset, whence);
}
SHIM int close(int fd) {
    if (auto* fake = shim::FakeUsbfs::find(fd)) {
        fake->closed();
    }
    static const auto real = shim::next<int (*)(int)>("close");
    return real(fd);
}
