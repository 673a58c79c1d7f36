// SPDX-License-Identifier: Apache-2.0
#include "request_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "temp_dir.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;

TEST(RequestLine, GoesThereAndBack) {
    const tapi::AssistedRequest request{"+1 \"202\"\n", "b\xc3\xa4r", "Ada", "a\tb"};
    const std::string line = requestLine(request);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto back = parseRequest(line);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->number, request.number);
    EXPECT_EQ(back->appName, request.appName);
    EXPECT_EQ(back->calledParty, request.calledParty);
    EXPECT_EQ(back->comment, request.comment);
}

TEST(RequestLine, RubbishIsRefusedInWords) {
    const std::string rows[] = {"",
                                "{",
                                "[]",
                                "7",
                                "null",
                                "{\"number\":5}",
                                "{\"number\":\"1\",\"party\":[]}",
                                "{\"number\":\"1\",\"comment\":null}",
                                std::string(9000, ' '),
                                "\xff\xfe"};
    for (const std::string& row : rows) {
        const auto request = parseRequest(row);
        ASSERT_FALSE(request) << row.substr(0, 40);
        EXPECT_EQ(request.error().code, ErrorCode::InvalParam);
        EXPECT_FALSE(parseAnswer(row)) << row.substr(0, 40);
    }
}

TEST(RequestLine, AnAnswerKeepsCodeAndCause) {
    EXPECT_TRUE(parseAnswer(answerLine({})));
    const auto back =
        parseAnswer(answerLine(hal::fail(ErrorCode::RequestQueueFull, "16 requests wait")));
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::RequestQueueFull);
    EXPECT_EQ(back.error().cause, "16 requests wait");
}

/// A server on a loop of its own thread, as another process would be.
class RequestSocketTest : public ::testing::Test {
protected:
    void serve(hal::Result<void> answer) {
        auto made = RequestServer::create(*loop_, path_, [this, answer](const auto& request) {
            asked_.push_back(request);
            return answer;
        });
        ASSERT_TRUE(made) << made.error().text();
        server_ = std::move(*made);
        thread_ = std::thread([this] { loop_->run(); });
    }
    ~RequestSocketTest() override {
        if (thread_.joinable()) {
            loop_->stop();
            thread_.join();
        }
    }
    /// Raw bytes; what comes back until the other side closes.
    std::string exchange(const std::string& bytes) const {
        const hal::FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0) {
            return "(no connection)";
        }
        ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ::shutdown(socket.get(), SHUT_WR);
        std::string answer;
        for (char c = 0; ::recv(socket.get(), &c, 1, 0) == 1;) {
            answer += c;
        }
        return answer;
    }

    TempDir dir_;
    std::string path_ = dir_.file("run") + "/requests";
    std::unique_ptr<hal::EpollLoop> loop_ = std::move(*hal::EpollLoop::create());
    std::vector<tapi::AssistedRequest> asked_;
    std::unique_ptr<RequestServer> server_;
    std::thread thread_;
};

TEST_F(RequestSocketTest, ARequestCrossesAndItsAnswerComesBack) {
    serve({});
    EXPECT_TRUE(sendRequest(path_, {"+12025550123", "test", "Ada", ""}));
    loop_->stop();
    thread_.join();
    ASSERT_EQ(asked_.size(), 1U);
    EXPECT_EQ(asked_[0].number, "+12025550123");
    EXPECT_EQ(asked_[0].calledParty, "Ada");
}

TEST_F(RequestSocketTest, ARefusalComesBackInWords) {
    serve(hal::fail(ErrorCode::RequestQueueFull, "16 requests wait already"));
    const auto sent = sendRequest(path_, {"1", "test", "", ""});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, ErrorCode::RequestQueueFull);
    EXPECT_EQ(sent.error().cause, "16 requests wait already");
}

TEST_F(RequestSocketTest, NobodyThereIsNoRecipient) {
    EXPECT_EQ(sendRequest(path_, {"1", "", "", ""}).error().code, ErrorCode::NoRequestRecipient);
}

TEST_F(RequestSocketTest, RubbishDoesNotDisturbTheNext) {
    serve({});
    EXPECT_NE(exchange("rubbish\n").find("INVALPARAM"), std::string::npos);
    EXPECT_NE(exchange(std::string(20000, 'x')).find("INVALPARAM"), std::string::npos);
    EXPECT_EQ(exchange(""), "");
    EXPECT_EQ(exchange("{\"number\":\"1\"}"), "");  // no line end: not a request
    EXPECT_TRUE(sendRequest(path_, {"1", "", "", ""}));
}

TEST_F(RequestSocketTest, OnlyOneListensAndADeadSocketIsTakenOver) {
    serve({});
    const auto second =
        RequestServer::create(*loop_, path_, [](const auto&) { return hal::Result<void>(); });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::InUse);
    struct stat facts {};
    ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    // A socket that nobody listens at any more.
    const std::string dead = dir_.file("run") + "/dead";
    {
        const hal::FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        dead.copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
                  0);
    }
    auto other = hal::EpollLoop::create();
    EXPECT_TRUE(
        RequestServer::create(**other, dead, [](const auto&) { return hal::Result<void>(); }));
}

TEST_F(RequestSocketTest, APathThatIsTooLongIsRefused) {
    const std::string path = "/tmp/" + std::string(200, 'x');
    EXPECT_EQ(sendRequest(path, {"1", "", "", ""}).error().code, ErrorCode::InvalParam);
}

}  // namespace
}  // namespace tipring::tools
