// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/hid_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::chips {

namespace hid_telephony {

char keyOf(HidUsage usage) noexcept {
    constexpr char kKeys[] = "0123456789*#ABCD";
    const HidUsage at = usage - kKey0;
    return at < sizeof kKeys - 1 ? kKeys[at] : '\0';
}

}  // namespace hid_telephony

namespace {

constexpr std::uint32_t kMostBits = HidReports::kMostBytes * 8;
constexpr std::size_t kMostDepth = 16, kMostPushed = 8;

// Tags with their type, without the size bits (HID 1.11, 6.2.2.4 to 6.2.2.8).
enum : unsigned {
    kInput = 0x80,
    kOutput = 0x90,
    kFeature = 0xB0,
    kCollection = 0xA0,
    kEndCollection = 0xC0,
    kUsagePage = 0x04,
    kLogicalMinimum = 0x14,
    kLogicalMaximum = 0x24,
    kReportSize = 0x74,
    kReportId = 0x84,
    kReportCount = 0x94,
    kPush = 0xA4,
    kPop = 0xB4,
    kUsage = 0x08,
    kUsageMinimum = 0x18,
    kUsageMaximum = 0x28,
};
constexpr unsigned kLongItem = 0xFE;
constexpr unsigned kConstant = 1, kVariable = 2, kRelative = 4;
constexpr std::uint32_t kApplication = 1;

bool inside(const HidField& field, std::size_t offset, std::span<const std::byte> report) {
    return offset * 8 + field.bit + field.bits <= report.size() * 8;
}

std::uint32_t readBits(std::span<const std::byte> bytes, std::uint32_t bit, unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned one = std::to_integer<unsigned>(bytes[(bit + i) / 8]) >> (bit + i) % 8 & 1U;
        value |= one << i;
    }
    return value;
}

void writeBits(std::span<std::byte> bytes, std::uint32_t bit, unsigned count, std::uint32_t value) {
    for (unsigned i = 0; i < count; ++i) {
        const std::byte mask{static_cast<unsigned char>(1U << (bit + i) % 8)};
        std::byte& place = bytes[(bit + i) / 8];
        place = (value >> i & 1U) != 0 ? place | mask : place & ~mask;
    }
}

std::int32_t signedOf(const HidField& field, std::uint32_t raw) {
    const bool negative =
        field.logicalLow < 0 && field.bits < 32 && (raw >> (field.bits - 1U) & 1U) != 0;
    return static_cast<std::int32_t>(negative ? raw | ~0U << field.bits : raw);
}

}  // namespace

/// One pass over the items; refuses what the reports could not hold.
class HidParser {
public:
    explicit HidParser(std::span<const std::byte> bytes) : bytes_(bytes) {}

    hal::Result<HidReports> run() {
        if (bytes_.size() > HidReports::kMostBytes) {
            return wrong("the descriptor is too long");
        }
        while (at_ < bytes_.size()) {
            if (!item()) {
                return wrong(why_);
            }
        }
        if (depth_ != 0) {
            return wrong("a collection is not closed");
        }
        return std::move(reports_);
    }

private:
    struct Global {
        std::uint32_t page = 0, size = 0, count = 0;
        std::int32_t low = 0, high = 0;
        std::uint8_t id = 0;
    };
    [[nodiscard]] tl::unexpected<hal::Error> wrong(const char* what) const {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("report descriptor, byte {}: {}", at_, what));
    }
    bool refuse(const char* what) {
        why_ = what;
        return false;
    }

    bool item() {
        const auto head = std::to_integer<unsigned>(bytes_[at_]);
        if (head == kLongItem) {
            const std::size_t size =
                at_ + 1 < bytes_.size() ? std::to_integer<std::size_t>(bytes_[at_ + 1]) : 0;
            if (at_ + 3 + size > bytes_.size()) {
                return refuse("a long item is cut off");
            }
            at_ += 3 + size;
            return true;
        }
        const std::size_t size = (head & 3) == 3 ? 4 : head & 3;
        if (at_ + 1 + size > bytes_.size()) {
            return refuse("an item is cut off");
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            value |= std::to_integer<std::uint32_t>(bytes_[at_ + 1 + i]) << 8 * i;
        }
        at_ += 1 + size;
        return take(head & ~3U, value, static_cast<unsigned>(size));
    }

    static std::int32_t extended(std::uint32_t value, unsigned size) {
        const unsigned bits = size * 8;
        const bool negative = size > 0 && size < 4 && (value >> (bits - 1) & 1U) != 0;
        return static_cast<std::int32_t>(negative ? value | ~0U << bits : value);
    }

    bool take(unsigned tag, std::uint32_t value, unsigned size) {
        switch (tag) {
        case kInput: return fields(HidKind::Input, value);
        case kOutput: return fields(HidKind::Output, value);
        case kFeature: return fields(HidKind::Feature, value);
        case kCollection: return collection(value);
        case kEndCollection:
            usages_.clear();
            return depth_-- > 0 || refuse("a collection is closed that was not opened");
        case kUsagePage: global_.page = value & 0xFFFF; return true;
        case kLogicalMinimum: global_.low = extended(value, size); return true;
        case kLogicalMaximum:
            // Written unsigned by many: 25 FF means 255 where the minimum is not negative.
            global_.high =
                global_.low < 0 ? extended(value, size) : static_cast<std::int32_t>(value);
            return true;
        case kReportSize: global_.size = value; return true;
        case kReportCount: global_.count = value; return true;
        case kReportId:
            global_.id = static_cast<std::uint8_t>(value);
            reports_.ids_ = true;
            return (value > 0 && value < 256) || refuse("a report id is not 1 to 255");
        case kPush:
            pushed_.push_back(global_);
            return pushed_.size() <= kMostPushed || refuse("too many pushed states");
        case kPop: return pop();
        case kUsage: return addUsage(full(value, size));
        case kUsageMinimum: minimum_ = full(value, size); return true;
        case kUsageMaximum: return usageRange(full(value, size));
        default: return true;  // units, designators, strings: not needed
        }
    }

    [[nodiscard]] HidUsage full(std::uint32_t value, unsigned size) const {
        return size == 4 ? value : global_.page << 16 | value;
    }

    bool addUsage(HidUsage usage) {
        usages_.push_back(usage);
        return usages_.size() <= HidReports::kMostUsages || refuse("too many usages");
    }

    bool usageRange(HidUsage maximum) {
        if (maximum < minimum_ || maximum - minimum_ >= HidReports::kMostUsages) {
            return refuse("a range of usages makes no sense");
        }
        for (HidUsage usage = minimum_; usage <= maximum; ++usage) {
            if (!addUsage(usage)) {
                return false;
            }
            if (usage == ~0U) {
                break;
            }
        }
        return true;
    }

    bool pop() {
        if (pushed_.empty()) {
            return refuse("a state is popped that was not pushed");
        }
        global_ = pushed_.back();
        pushed_.pop_back();
        return true;
    }

    bool collection(std::uint32_t kind) {
        if (depth_++ == kMostDepth) {
            return refuse("the collections are too deep");
        }
        if (kind == kApplication && reports_.top_ == 0 && !usages_.empty()) {
            reports_.top_ = usages_.front();
        }
        usages_.clear();
        return true;
    }

    std::uint32_t& length(HidKind kind) {
        for (HidReports::Length& each : reports_.lengths_) {
            if (each.kind == kind && each.id == global_.id) {
                return each.bits;
            }
        }
        reports_.lengths_.push_back({kind, global_.id, 0});
        return reports_.lengths_.back().bits;
    }

    bool fields(HidKind kind, std::uint32_t flags) {
        const bool padding = (flags & kConstant) != 0 && usages_.empty();
        std::uint32_t& bits = length(kind);
        if (global_.size == 0 || global_.count == 0) {
            usages_.clear();
            return true;
        }
        if (global_.size > kMostBits || global_.count > kMostBits ||
            std::uint64_t{global_.size} * global_.count + bits > kMostBits) {
            return refuse("a report is too long");
        }
        if (padding) {
            bits += global_.size * global_.count;
            return true;
        }
        if (global_.size > 32) {
            return refuse("a field has more than 32 bits");
        }
        if (reports_.fields_.size() + global_.count > HidReports::kMostFields ||
            reports_.usages_.size() + usages_.size() > HidReports::kMostUsages) {
            return refuse("too many fields");
        }
        addFields(kind, flags, bits);
        usages_.clear();
        return true;
    }

    void addFields(HidKind kind, std::uint32_t flags, std::uint32_t& bits) {
        const auto first = static_cast<std::uint32_t>(reports_.usages_.size());
        const auto known = static_cast<std::uint32_t>(usages_.size());
        reports_.usages_.insert(reports_.usages_.end(), usages_.begin(), usages_.end());
        for (std::uint32_t i = 0; i < global_.count; ++i) {
            HidField field;
            field.kind = kind;
            field.reportId = global_.id;
            field.array = (flags & kVariable) == 0;
            field.constant = (flags & kConstant) != 0;
            field.relative = (flags & kRelative) != 0;
            field.bit = bits;
            field.bits = static_cast<std::uint8_t>(global_.size);
            field.logicalLow = global_.low;
            field.logicalHigh = global_.high;
            if (field.array) {
                field.firstUsage = first;
                field.usageCount = known;
            } else if (known > 0) {
                // The last usage stands for all that have none of their own.
                field.firstUsage = first + std::min(i, known - 1);
                field.usageCount = 1;
            }
            reports_.fields_.push_back(field);
            bits += global_.size;
        }
    }

    std::span<const std::byte> bytes_;
    std::size_t at_ = 0, depth_ = 0;
    const char* why_ = "";
    Global global_;
    std::vector<Global> pushed_;
    std::vector<HidUsage> usages_;
    HidUsage minimum_ = 0;
    HidReports reports_;
};

hal::Result<HidReports> HidReports::parse(std::span<const std::byte> descriptor) {
    return HidParser(descriptor).run();
}

std::span<const HidUsage> HidReports::usagesOf(const HidField& field) const {
    return std::span(usages_).subspan(field.firstUsage, field.usageCount);
}

std::size_t HidReports::size(HidKind kind, std::uint8_t reportId) const {
    for (const Length& each : lengths_) {
        if (each.kind == kind && each.id == reportId) {
            return each.bits == 0 ? 0 : (each.bits + 7) / 8 + (ids_ ? 1 : 0);
        }
    }
    return 0;
}

bool HidReports::isOf(const HidField& field, std::span<const std::byte> report) const {
    const bool id = !ids_ || (!report.empty() && report[0] == std::byte{field.reportId});
    return id && inside(field, ids_ ? 1 : 0, report);
}

std::optional<HidUsage> HidReports::arrayUsage(const HidField& field,
                                               std::span<const std::byte> report) const {
    const auto raw =
        static_cast<std::int64_t>(readBits(report.subspan(ids_ ? 1 : 0), field.bit, field.bits));
    const std::int64_t index = raw - field.logicalLow;
    if (raw < field.logicalLow || raw > field.logicalHigh || index >= field.usageCount) {
        return std::nullopt;
    }
    return usages_[field.firstUsage + static_cast<std::size_t>(index)];
}

const HidField* HidReports::find(HidKind kind, HidUsage usage, std::span<const std::byte> report,
                                 unsigned which) const {
    for (const HidField& field : fields_) {
        const auto usages = usagesOf(field);
        const bool has = std::find(usages.begin(), usages.end(), usage) != usages.end();
        if (has && field.kind == kind && isOf(field, report) && which-- == 0) {
            return &field;
        }
    }
    return nullptr;
}

std::optional<std::int32_t> HidReports::value(HidKind kind, HidUsage usage,
                                              std::span<const std::byte> report,
                                              unsigned which) const {
    const HidField* field = find(kind, usage, report, which);
    if (field == nullptr) {
        return std::nullopt;
    }
    if (field->array) {
        return arrayUsage(*field, report) == usage ? 1 : 0;
    }
    return signedOf(*field, readBits(report.subspan(ids_ ? 1 : 0), field->bit, field->bits));
}

bool HidReports::set(HidKind kind, HidUsage usage, std::int32_t value, std::span<std::byte> report,
                     unsigned which) const {
    const HidField* field = find(kind, usage, report, which);
    if (field == nullptr || field->array) {
        return false;
    }
    writeBits(report.subspan(ids_ ? 1 : 0), field->bit, field->bits,
              static_cast<std::uint32_t>(value));
    return true;
}

std::vector<HidUsage> HidReports::pressed(std::span<const std::byte> report) const {
    std::vector<HidUsage> all;
    for (const HidField& field : fields_) {
        if (field.kind == HidKind::Input && field.array && isOf(field, report)) {
            if (const auto usage = arrayUsage(field, report)) {
                all.push_back(*usage);
            }
        }
    }
    return all;
}

}  // namespace tipring::chips
