// SPDX-License-Identifier: Apache-2.0
#include "channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace tipring::isolation {
namespace {

struct DescriptorSpace {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
};

hal::FileDescriptor descriptorOf(msghdr& header) {
    hal::FileDescriptor kept;
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr;
         each = CMSG_NXTHDR(&header, each)) {
        if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_RIGHTS) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(each), sizeof fd);
            kept.reset(fd);
        }
    }
    return kept;
}

}  // namespace

Sent sendMessage(int socket, std::span<const std::byte> message, int descriptor) {
    iovec part{const_cast<std::byte*>(message.data()), message.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    DescriptorSpace space{};
    if (descriptor >= 0) {
        header.msg_control = space.bytes;
        header.msg_controllen = sizeof space.bytes;
        cmsghdr* control = CMSG_FIRSTHDR(&header);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
    }
    for (;;) {
        if (::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
            return Sent::Yes;
        }
        if (errno != EINTR) {
            return errno == EAGAIN || errno == ENOBUFS ? Sent::Full : Sent::Failed;
        }
    }
}

Received receiveMessage(int socket, std::span<std::byte> buffer) {
    iovec part{buffer.data(), buffer.size()};
    DescriptorSpace space{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = space.bytes;
    header.msg_controllen = sizeof space.bytes;
    ssize_t size = 0;
    do {
        size = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        const bool nothing = errno == EAGAIN;
        const bool closed = errno == ECONNRESET;
        return {nothing ? Arrival::Nothing : closed ? Arrival::Closed : Arrival::Broken};
    }
    Received received;
    received.descriptor = descriptorOf(header);
    received.arrival = size == 0                                            ? Arrival::Closed
                       : (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ? Arrival::Broken
                                                                            : Arrival::Message;
    received.message = buffer.first(static_cast<std::size_t>(size));
    return received;
}

void waitUntilWritable(int socket) {
    pollfd entry{socket, POLLOUT, 0};
    ::poll(&entry, 1, -1);
}

}  // namespace tipring::isolation
