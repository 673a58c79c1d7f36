// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tipring/drivers/chips/hid_report.h"
#include "tipring/drivers/chips/usb_pcm.h"

namespace {

using namespace tipring::chips;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// All fields of all reports are read and written, in reports that are long and short.
void useReports(const HidReports& reports, std::span<const std::byte> bytes) {
    std::array<std::byte, HidReports::kMostBytes + 1> out{};
    require(reports.fields().size() <= HidReports::kMostFields);
    for (const HidField& field : reports.fields()) {
        require(reports.size(field.kind, field.reportId) <= out.size());
        for (const HidUsage usage : reports.usagesOf(field).first(field.usageCount > 0 ? 1 : 0)) {
            static_cast<void>(reports.value(field.kind, usage, bytes));
            out[0] = std::byte{field.reportId};
            if (reports.set(field.kind, usage, 1, out)) {
                require(reports.value(field.kind, usage, out).has_value());
            }
        }
    }
    static_cast<void>(reports.pressed(bytes));
    static_cast<void>(reports.pressed(bytes.first(bytes.size() / 2)));
}

}  // namespace

/// Any bytes as a report descriptor, and then as a report of it; and as audio descriptors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto reports = HidReports::parse(bytes);
    if (reports) {
        useReports(*reports, bytes);
    } else {
        require(!reports.error().cause.empty());
    }
    const auto format = parseUsbPcmFormat(bytes);
    require(format ? format->rateCount <= format->rates.size() : !format.error().cause.empty());
    return 0;
}
