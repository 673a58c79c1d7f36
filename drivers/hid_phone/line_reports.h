// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "tipring/drivers/chips/hid_report.h"

namespace tipring::hid_phone {

/// What an input report says of the line. Fields that the device does not have are empty.
struct LineReport {
    std::optional<bool> loop, ring, notFound, offHook, reversed;
    bool operator==(const LineReport&) const = default;
};

/// "Alternate function" of the telephony page: in the report of the Eight Amps Maple the polarity.
inline constexpr chips::HidUsage kPolarity = 0x000B0029;

/// The reports of a telephone line, by usage. Total.
class LineReports {
public:
    static constexpr std::size_t kMostBytes = 64;  ///< a packet at full speed

    /// OperationFailed: no telephone, no way to go off hook, or longer than a packet.
    static hal::Result<LineReports> create(std::span<const std::byte> descriptor);

    /// Nothing for a report that is shorter than its descriptor says, longer, or of another id.
    [[nodiscard]] std::optional<LineReport> read(std::span<const std::byte> report) const;
    /// Its input reports have that usage.
    [[nodiscard]] bool tells(chips::HidUsage usage) const;
    /// Id of the report that tells of the line; 0: the device has no ids.
    [[nodiscard]] std::uint8_t inputId() const { return inputId_; }
    /// The order to the device; returns how many bytes of `report` it has.
    std::size_t order(bool hostAvailable, bool offHook,
                      std::span<std::byte, kMostBytes> report) const;

private:
    explicit LineReports(chips::HidReports reports) : reports_(std::move(reports)) {}
    chips::HidReports reports_;
    std::uint8_t outputId_ = 0, inputId_ = 0;
};

}  // namespace tipring::hid_phone
