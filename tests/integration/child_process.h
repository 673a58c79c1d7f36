// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"

extern char** environ;

namespace tipring::test {

/// A program run for a test, with pipes to its standard input and from its standard output.
/// Closing its input asks it to end; the destructor kills what is left and waits for it.
class ChildProcess {
public:
    explicit ChildProcess(std::vector<std::string> arguments) {
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
            return;
        }
        input_.reset(in[1]);
        output_.reset(out[0]);
        const hal::FileDescriptor childIn(in[0]), childOut(out[1]);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, childIn.get(), 0);
        posix_spawn_file_actions_adddup2(&actions, childOut.get(), 1);
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        if (posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
            pid_ = -1;
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
    }

    [[nodiscard]] bool running() const { return pid_ > 0; }
    void send(const std::string& line) const {
        const std::string text = line + "\n";
        [[maybe_unused]] const auto written = write(input_.get(), text.data(), text.size());
    }
    /// The next line of its output, without the line end; "" when it ended.
    [[nodiscard]] std::string readLine() const {
        std::string line;
        for (char byte = 0; read(output_.get(), &byte, 1) == 1 && byte != '\n';) {
            line += byte;
        }
        return line;
    }

private:
    pid_t pid_ = -1;
    hal::FileDescriptor input_, output_;
};

}  // namespace tipring::test
