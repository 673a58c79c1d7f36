// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/rpc/service_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>
#include <vector>

namespace tipring::test {

ServiceThread::ServiceThread(Options options) : options_(std::move(options)) {
    loop_ = hal::EpollLoop::create().value();
    thread_ = std::thread([this] { work(); });
    run([this](Parts&) { ASSERT_TRUE(server_); });
}

ServiceThread::~ServiceThread() {
    loop_->stop();
    thread_.join();
}

void ServiceThread::work() {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < options_.lines; ++i) {
        keys.push_back(i == 0 ? "one" : "line " + std::to_string(i));
    }
    fake_ = std::make_unique<FakeProvider>(keys);
    if (options_.prepare) {
        options_.prepare(*fake_);
    }
    manager_ = std::make_unique<core::LineManager>(*loop_);
    EXPECT_TRUE(manager_->addProvider(fake_->table, {}));
    server_ = std::make_unique<rpc::Server>(
        *loop_, [this](const std::string& name) { return manager_->createApplication(name); },
        "test", options_.limits);
    if (!options_.bus.empty()) {
        const auto joined = server_->join({rpc::BusAddress::Kind::Bus, options_.bus});
        EXPECT_TRUE(joined) << joined.error().text();
    }
    if (!options_.peer.empty()) {
        const auto listening = server_->listen(options_.peer);
        EXPECT_TRUE(listening) << listening.error().text();
    }
    loop_->run();
    server_.reset();
    manager_.reset();
    fake_.reset();
}

void ServiceThread::run(const std::function<void(Parts&)>& task) {
    std::promise<void> done;
    loop_->post([&] {
        Parts parts{*loop_, *fake_, *manager_, *server_};
        task(parts);
        done.set_value();
    });
    done.get_future().wait();
}

void ServiceThread::settle() {
    for (int i = 0; i < 12; ++i) {
        run([](Parts&) {});
    }
}

}  // namespace tipring::test
