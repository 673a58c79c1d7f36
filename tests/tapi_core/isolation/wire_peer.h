// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/isolation/provider_host.h"

namespace tipring::test {

/// A socket whose other end is in this process: what a test does there.
class SocketPeer : public isolation::Peer {
public:
    SocketPeer() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
            near_.reset(ends[0]);
            far_.reset(ends[1]);
        }
    }
    [[nodiscard]] int socket() const override { return near_.get(); }
    void limitWaits(hal::Duration) override {}
    [[nodiscard]] bool wait() override {
        turn();
        pollfd entry{near_.get(), POLLIN, 0};
        return ::poll(&entry, 1, 0) > 0;
    }
    [[nodiscard]] std::string end(bool) override { return {}; }

    virtual void turn() {}

protected:
    hal::FileDescriptor near_, far_;
};

/// The host's half in this process, on the test's loop: the whole way over the wire, on virtual
/// time.
class WirePeer final : public SocketPeer {
public:
    WirePeer(hal::EventLoop& loop, const TspiProvider& table)
        : host_(std::make_unique<isolation::ProviderHost>(loop, std::move(far_), table)) {}
    void turn() override {
        if (host_ != nullptr) {
            host_->turn();
        }
    }
    [[nodiscard]] std::string end(bool) override {
        host_.reset();
        return {};
    }

private:
    std::unique_ptr<isolation::ProviderHost> host_;
};

inline isolation::Launcher wireLauncher(hal::EventLoop& loop, const TspiProvider& table) {
    return [&loop, &table]() -> hal::Result<std::unique_ptr<isolation::Peer>> {
        return std::make_unique<WirePeer>(loop, table);
    };
}

}  // namespace tipring::test
