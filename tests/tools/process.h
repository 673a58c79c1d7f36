// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tipring::tools {

/// A run of a program by a test: its output is read as it comes, its end is waited for.
class Process {
public:
    using Environment = std::map<std::string, std::string>;

    /// Starts `arguments[0]`; `environment` is laid over this process's own.
    explicit Process(const std::vector<std::string>& arguments,
                     const Environment& environment = {});
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what still runs.
    ~Process();

    void write(const std::string& text);
    void closeInput();
    /// The next line of standard output, without its end; nothing when there is none in time.
    std::optional<std::string> line(std::chrono::milliseconds limit = std::chrono::seconds(20));
    /// Reads on until a line contains `text`.
    std::optional<std::string> lineWith(const std::string& text,
                                        std::chrono::milliseconds limit = std::chrono::seconds(20));
    void signal(int number) const;
    /// Closes its input, reads all that comes and waits. The exit code; 128 + n for signal n; -1
    /// when it did not end in time.
    int finish(std::chrono::milliseconds limit = std::chrono::seconds(30));

    [[nodiscard]] const std::string& output() const { return output_; }
    [[nodiscard]] const std::string& errors() const { return errors_; }

private:
    bool readSome(std::chrono::milliseconds limit);

    pid_t pid_ = -1;
    int input_ = -1, out_ = -1, err_ = -1;
    std::string output_, errors_;
    std::size_t taken_ = 0;
};

}  // namespace tipring::tools
