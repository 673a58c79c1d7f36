// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tipring::sim {

/// Collects command lines as a DCE does (ITU-T V.250 5.2): AT or at, body, terminator; whatever
/// stands before AT is thrown away. Any bytes may come.
class CommandLine {
public:
    enum class Event : std::uint8_t { None, Line, Repeat, Overflow };

    /// The next byte. `terminator` and `eraser` are S3 and S5.
    Event add(char c, char terminator, char eraser);
    /// The body of the last line: spaces and controls removed, capitals, but for what is quoted.
    /// It stays until the next line ends, for A/.
    [[nodiscard]] const std::string& body() const { return body_; }
    void clear();

private:
    enum class State : std::uint8_t { Hunting, SawA, Body };
    void finish();

    static constexpr std::size_t kMaxBody = 256;
    State state_ = State::Hunting;
    char first_ = 0;  ///< A or a
    bool overflow_ = false;
    std::string raw_, body_;
};

/// One command of a line. The views point into the line.
struct Command {
    enum class Kind : std::uint8_t { Execute, Set, Read, Test };
    std::string_view name;  ///< "D", "S", "&C", "+VLS", "#VTX"
    Kind kind = Kind::Execute;
    int number = 0;  ///< the number right behind a basic command; of S: the register
    bool hasNumber = false;
    std::string_view args;  ///< Set: behind the =. D: the dial string with its semicolon
};

/// Takes the first command off `rest`. Nothing when it is none (V.250 5.3, 5.4).
std::optional<Command> nextCommand(std::string_view& rest);

/// A decimal number that is the whole text, 0..999999.
std::optional<int> decimal(std::string_view text);
std::optional<int> hexadecimal(std::string_view text);
/// Cuts the text before the next `separator` off `rest`; separators in brackets and quotes do not
/// count.
std::string_view cutField(std::string_view& rest, char separator);

}  // namespace tipring::sim
