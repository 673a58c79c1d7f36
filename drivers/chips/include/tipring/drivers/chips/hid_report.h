// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::chips {

/// A usage with its page in the high half (HID Usage Tables).
using HidUsage = std::uint32_t;
/// Page 0x0B, telephony.
namespace hid_telephony {
inline constexpr HidUsage kPhone = 0x000B0001, kKeyPad = 0x000B0006, kHookSwitch = 0x000B0020,
                          kFlash = 0x000B0021, kRedial = 0x000B0024, kDrop = 0x000B0026,
                          kLine = 0x000B002A, kSpeakerPhone = 0x000B002B, kRingEnable = 0x000B002D,
                          kMute = 0x000B002F, kKey0 = 0x000B00B0, kStar = 0x000B00BA,
                          kPound = 0x000B00BB, kHostControl = 0x000B00F0,
                          kHostAvailable = 0x000B00F1, kHostCallActive = 0x000B00F2,
                          kActivateHandsetAudio = 0x000B00F3, kDualModePhone = 0x000B014B;
/// 0-9 * # A-D of the usages from kKey0 on; 0 for others.
[[nodiscard]] char keyOf(HidUsage usage) noexcept;
}  // namespace hid_telephony

enum class HidKind : std::uint8_t { Input, Output, Feature };

/// One value of a report: a variable, or one element of an array.
struct HidField {
    HidKind kind{};
    std::uint8_t reportId = 0;  ///< 0: the device has no ids
    bool array = false;         ///< the value is an index of the usages, from logicalLow
    bool constant = false;      ///< padding
    bool relative = false;
    std::uint32_t bit = 0;  ///< behind the id, if there is one
    std::uint8_t bits = 0;  ///< 1..32
    std::int32_t logicalLow = 0, logicalHigh = 0;
    std::uint32_t firstUsage = 0;  ///< in HidReports::usages
    std::uint32_t usageCount = 0;
};

/// The reports of a HID interface by its report descriptor (HID 1.11, 6.2.2), for devices whose
/// values are found by usage and not by place. Total and bounded: any bytes may come.
class HidReports {
public:
    static constexpr std::size_t kMostBytes = 4096, kMostFields = 1024, kMostUsages = 4096;

    /// OperationFailed says what is wrong and where.
    static hal::Result<HidReports> parse(std::span<const std::byte> descriptor);

    /// Of the first application collection: what the interface is.
    [[nodiscard]] HidUsage topUsage() const { return top_; }
    [[nodiscard]] std::span<const HidField> fields() const { return fields_; }
    [[nodiscard]] std::span<const HidUsage> usagesOf(const HidField& field) const;
    [[nodiscard]] bool hasIds() const { return ids_; }
    /// Bytes of a report, its id included; 0: there is none.
    [[nodiscard]] std::size_t size(HidKind kind, std::uint8_t reportId = 0) const;

    /// The value of a usage in a report, its id (if there are ids) included. Of an array: 1 when
    /// the usage is in it, else 0. `which` counts fields of the same usage. Nothing when the report
    /// has no such usage or is too short.
    [[nodiscard]] std::optional<std::int32_t> value(HidKind kind, HidUsage usage,
                                                    std::span<const std::byte> report,
                                                    unsigned which = 0) const;
    /// Sets a variable in a report that is being made; false when it has no such usage.
    bool set(HidKind kind, HidUsage usage, std::int32_t value, std::span<std::byte> report,
             unsigned which = 0) const;
    /// The usages that arrays of an input report hold now: keys that are down.
    [[nodiscard]] std::vector<HidUsage> pressed(std::span<const std::byte> report) const;

private:
    friend class HidParser;
    [[nodiscard]] const HidField* find(HidKind kind, HidUsage usage,
                                       std::span<const std::byte> report, unsigned which) const;
    [[nodiscard]] bool isOf(const HidField& field, std::span<const std::byte> report) const;
    [[nodiscard]] std::optional<HidUsage> arrayUsage(const HidField& field,
                                                     std::span<const std::byte> report) const;

    struct Length {
        HidKind kind;
        std::uint8_t id;
        std::uint32_t bits;  ///< padding included
    };

    HidUsage top_ = 0;
    bool ids_ = false;
    std::vector<Length> lengths_;
    std::vector<HidField> fields_;
    std::vector<HidUsage> usages_;
};

}  // namespace tipring::chips
