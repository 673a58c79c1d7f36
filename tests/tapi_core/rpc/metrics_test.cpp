// SPDX-License-Identifier: Apache-2.0
// The page for Prometheus, as tipringd offers it.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <fstream>

#include "metrics.h"
#include "tapi_core/rpc/daemon_fixture.h"

namespace tipring::test {
namespace {

/// Sends it and reads until the other end closes.
std::string ask(const std::string& path, const std::string& request) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const hal::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return "no connection";
    }
    (void)::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    return answer;
}

TEST_F(Tipringd, OffersItsFiguresToPrometheus) {
    const std::string path = bus.folder() + "/metrics";
    const std::string file = bus.folder() + "/metrics.toml";
    std::ofstream(file) << "[metrics]\nlisten = [\"unix:" << path << "\"]\n";
    start({"--simulate", "--config", file});
    const auto line = tapi->addresses().at(0);
    ASSERT_TRUE(until([&] { return line->state() == tapi::AddressState::InService; }));
    const auto call = line->createCall("5559000", tapi::MediaMode::InteractiveVoice);
    ASSERT_TRUE(call) << call.error().text();
    ASSERT_TRUE((*call)->connect([](const auto&) {}));
    ASSERT_TRUE(until([&] {
        return (*call)->lineState() == tapi::LineCallState::Dialing ||
               (*call)->lineState() == tapi::LineCallState::Proceeding;
    }));
    const std::string page = ask(path, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    for (const char* part :
         {"HTTP/1.0 200 OK\r\n", "# TYPE tipring_request_seconds histogram\n",
          "tipring_request_seconds_bucket{kind=\"query\",le=\"5e-05\"}",
          "tipring_request_seconds_bucket{kind=\"query\",le=\"+Inf\"}", "tipring_clients 1\n",
          "tipring_call_states_total{state=\"dialing\"} 1\n",
          "tipring_refused_total{why=\"rate\"} 0\n", "tipring_uptime_seconds "}) {
        EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
    }
    EXPECT_NE(page.find("tipring_line_up{line=\"0\""), std::string::npos) << page;
    EXPECT_EQ(page.find("5559000"), std::string::npos);
    EXPECT_EQ(ask(path, "GET / HTTP/1.0\r\n\r\n").rfind("HTTP/1.0 404", 0), 0U);
    EXPECT_EQ(ask(path, std::string(5000, 'x')).rfind("HTTP/1.0 431", 0), 0U);
    // Who asks nothing keeps nobody else out.
    EXPECT_EQ(ask(path, "POST /metrics HTTP/1.0\r\n\r\n").rfind("HTTP/1.0 404", 0), 0U);
}

TEST(MetricsServer, IsOfferedToThisMachineAlone) {
    const auto loop = hal::EpollLoop::create().value();
    tools::MetricsServer server(*loop, [] { return std::string(); });
    for (const char* address : {"0.0.0.0:9717", "9717", "127.0.0.1:", "127.0.0.1:99999",
                                "example.org:1", "unix:", "[::]:1", ""}) {
        const auto done = server.listen(address);
        ASSERT_FALSE(done) << address;
        EXPECT_EQ(done.error().code, hal::ErrorCode::InvalParam);
    }
    EXPECT_TRUE(server.listen("127.0.0.1:0"));
}

}  // namespace
}  // namespace tipring::test
