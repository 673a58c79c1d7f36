// SPDX-License-Identifier: Apache-2.0
#include "line_reports.h"

#include <algorithm>

namespace tipring::hid_phone {
namespace {

using namespace chips::hid_telephony;
using chips::HidField;
using chips::HidKind;
using hal::ErrorCode;

// In the report of the Eight Amps Maple the second "ring enable" means that no line is found (SDK).
constexpr unsigned kRing = 0, kNotFound = 1;

std::optional<bool> flag(const chips::HidReports& reports, chips::HidUsage usage,
                         std::span<const std::byte> report, unsigned which = 0) {
    const auto value = reports.value(HidKind::Input, usage, report, which);
    return value ? std::optional(*value != 0) : std::nullopt;
}

}  // namespace

hal::Result<LineReports> LineReports::create(std::span<const std::byte> descriptor) {
    auto parsed = chips::HidReports::parse(descriptor);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    if (parsed->topUsage() != kDualModePhone && parsed->topUsage() != kPhone) {
        return hal::fail(ErrorCode::OperationFailed, "the interface is no telephone");
    }
    LineReports reports(std::move(*parsed));
    const auto fields = reports.reports_.fields();
    const auto hook = std::find_if(fields.begin(), fields.end(), [&](const HidField& field) {
        const auto usages = reports.reports_.usagesOf(field);
        return field.kind == HidKind::Output && !field.constant &&
               std::find(usages.begin(), usages.end(), kActivateHandsetAudio) != usages.end();
    });
    if (hook == fields.end()) {
        return hal::fail(ErrorCode::OperationFailed,
                         "its reports have no way to take the line (usage 0B:F3)");
    }
    reports.outputId_ = hook->reportId;
    const auto told = std::find_if(fields.begin(), fields.end(), [](const HidField& field) {
        return field.kind == HidKind::Input && !field.constant;
    });
    reports.inputId_ = told == fields.end() ? std::uint8_t{0} : told->reportId;
    if (reports.reports_.size(HidKind::Output, hook->reportId) > kMostBytes) {
        return hal::fail(ErrorCode::OperationFailed, "its reports are longer than a packet");
    }
    return reports;
}

std::optional<LineReport> LineReports::read(std::span<const std::byte> report) const {
    const std::uint8_t id = reports_.hasIds() && !report.empty()
                                ? std::to_integer<std::uint8_t>(report[0])
                                : std::uint8_t{0};
    if (report.empty() || report.size() != reports_.size(HidKind::Input, id)) {
        return std::nullopt;
    }
    return LineReport{flag(reports_, kHostControl, report),
                      flag(reports_, kRingEnable, report, kRing),
                      flag(reports_, kRingEnable, report, kNotFound),
                      flag(reports_, kHookSwitch, report), flag(reports_, kPolarity, report)};
}

bool LineReports::tells(chips::HidUsage usage) const {
    const auto fields = reports_.fields();
    return std::any_of(fields.begin(), fields.end(), [&](const HidField& field) {
        const auto usages = reports_.usagesOf(field);
        return field.kind == HidKind::Input && !field.constant &&
               std::find(usages.begin(), usages.end(), usage) != usages.end();
    });
}

std::size_t LineReports::order(bool hostAvailable, bool offHook,
                               std::span<std::byte, kMostBytes> report) const {
    std::fill(report.begin(), report.end(), std::byte{0});
    report[0] = std::byte{outputId_};
    const std::size_t size = reports_.size(HidKind::Output, outputId_);
    const auto bytes = report.first(size);
    reports_.set(HidKind::Output, kHostAvailable, hostAvailable ? 1 : 0, bytes);
    reports_.set(HidKind::Output, kActivateHandsetAudio, offHook ? 1 : 0, bytes);
    return size;
}

}  // namespace tipring::hid_phone
