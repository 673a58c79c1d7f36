// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tipring/hal/dsp/caller_id.h"

namespace tipring::dsp {

/// Where the content of a parameter is written to. After a failure nothing more is written.
class ParameterWriter {
public:
    ParameterWriter(std::span<std::uint8_t> out, CallerIdCharacters characters)
        : out_(out), characters_(characters) {}

    void byte(std::uint8_t value) {
        if (size_ == out_.size()) {
            fits_ = false;
        } else {
            out_[size_++] = value;
        }
    }
    void raw(std::string_view text);
    /// UTF-8 in the characters of the message.
    void text(std::string_view utf8);
    void time(const CallerIdTime& time);
    void twoDigits(unsigned value);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool fits() const { return fits_; }
    void set(std::size_t place, std::uint8_t value) {
        if (place < size_) {
            out_[place] = value;
        }
    }

private:
    std::span<std::uint8_t> out_;
    CallerIdCharacters characters_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

/// One kind of parameter: how it is read into a CallerId, whether a CallerId has it, how it is
/// written.
struct CallerIdParameter {
    std::uint8_t id;
    bool (*read)(CallerId& id, std::string_view content, CallerIdCharacters characters);
    bool (*has)(const CallerId& id);
    void (*write)(const CallerId& id, ParameterWriter& out);
};

/// Parameters of MDMF messages (GR-30-CORE, GR-31-CORE, ETSI EN 300 659-3 clause 5.3), in the order
/// in which they are sent.
[[nodiscard]] std::span<const CallerIdParameter> mdmfParameters() noexcept;
/// Those of Japan's message.
[[nodiscard]] std::span<const CallerIdParameter> nttParameters() noexcept;

/// MMDDHHMM; nothing when there is no such time.
[[nodiscard]] std::optional<CallerIdTime> readTime(std::string_view text);
[[nodiscard]] CallerIdStatus statusOf(char code);
/// The code of a status that is neither Absent nor Present.
[[nodiscard]] char codeOf(CallerIdStatus status);
/// A number's characters; false when there are others, or none.
bool readNumber(CallerId::Number& number, std::string_view text);

}  // namespace tipring::dsp
