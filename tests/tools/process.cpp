// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace tipring::tools {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds left(Clock::time_point until) {
    const auto rest = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    return rest < milliseconds(0) ? milliseconds(0) : rest;
}

void closeOnce(int& fd) {
    if (fd >= 0) {
        ::close(fd);
        fd = -1;
    }
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const Environment& environment) {
    std::array<int, 2> in{}, out{}, err{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0 ||
        ::pipe2(err.data(), O_CLOEXEC) != 0) {
        std::abort();
    }
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        ::dup2(err[1], 2);
        for (const auto& [name, value] : environment) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    ::close(err[1]);
    input_ = in[1];
    out_ = out[0];
    err_ = err[0];
    std::signal(SIGPIPE, SIG_IGN);
}

Process::~Process() {
    closeOnce(input_);
    closeOnce(out_);
    closeOnce(err_);
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

void Process::write(const std::string& text) {
    std::size_t done = 0;
    while (input_ >= 0 && done < text.size()) {
        const auto wrote = ::write(input_, text.data() + done, text.size() - done);
        if (wrote <= 0) {
            return;
        }
        done += static_cast<std::size_t>(wrote);
    }
}

void Process::closeInput() {
    closeOnce(input_);
}

void Process::signal(int number) const {
    ::kill(pid_, number);
}

bool Process::readSome(milliseconds limit) {
    std::array<pollfd, 2> both{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
    if ((out_ < 0 && err_ < 0) || ::poll(both.data(), 2, static_cast<int>(limit.count())) <= 0) {
        return false;
    }
    std::array<char, 4096> buffer{};
    for (auto* each : {&both[0], &both[1]}) {
        if (each->revents == 0) {
            continue;
        }
        const auto got = ::read(each->fd, buffer.data(), buffer.size());
        if (got <= 0) {
            closeOnce(each->fd == out_ ? out_ : err_);
        } else {
            (each->fd == out_ ? output_ : errors_)
                .append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    return true;
}

std::optional<std::string> Process::line(milliseconds limit) {
    const auto until = Clock::now() + limit;
    for (;;) {
        const auto end = output_.find('\n', taken_);
        if (end != std::string::npos) {
            std::string text = output_.substr(taken_, end - taken_);
            taken_ = end + 1;
            return text;
        }
        if (!readSome(left(until))) {
            return std::nullopt;
        }
    }
}

std::optional<std::string> Process::lineWith(const std::string& text, milliseconds limit) {
    const auto until = Clock::now() + limit;
    for (auto found = line(left(until)); found; found = line(left(until))) {
        if (found->find(text) != std::string::npos) {
            return found;
        }
    }
    return std::nullopt;
}

int Process::finish(milliseconds limit) {
    const auto until = Clock::now() + limit;
    closeInput();
    while (readSome(left(until))) {
    }
    if (out_ >= 0 || err_ >= 0) {
        return -1;
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tipring::tools
