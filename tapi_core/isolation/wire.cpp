// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <iterator>
#include <limits>

namespace tipring::isolation {
namespace {

constexpr MessageRow kRows[] = {
    {"hello", true},           {"refusal", true},       {"init answer", true},
    {"answer", true},          {"completion", true},    {"line event", true},
    {"phone event", true},     {"line create", true},   {"line remove", true},
    {"phone create", true},    {"phone remove", true},  {"interface result", true},
    {"interface event", true}, {"media receive", true}, {"media pull", true},
    {"media event", true},     {"log", true},           {"pong", true},
    {"init", false},           {"call", false},         {"media samples", false},
    {"ping", false},
};
static_assert(std::size(kRows) == kMessageKinds);

constexpr std::uint32_t kNoText = std::numeric_limits<std::uint32_t>::max();

}  // namespace

const MessageRow& rowOf(MessageKind kind) {
    return kRows[static_cast<std::size_t>(kind)];
}

std::uint64_t layoutOfContract() {
    constexpr std::size_t kSizes[] = {
        sizeof(TspiProvider),    sizeof(TspiLineCaps),      sizeof(TspiAddressCaps),
        sizeof(TspiLineStatus),  sizeof(TspiAddressStatus), sizeof(TspiCallInfo),
        sizeof(TspiCallStatus),  sizeof(TspiCallParams),    sizeof(TspiGenerateTone),
        sizeof(TspiMonitorTone), sizeof(TspiForward),       sizeof(TspiPhoneCaps),
        sizeof(TspiPhoneStatus), sizeof(TspiButtonInfo),    sizeof(TspiMediaCaps),
        sizeof(TspiExtensionId), sizeof(TspiDialParams),    sizeof(void*)};
    std::uint64_t mixed = 0;
    for (const std::size_t size : kSizes) {
        mixed = mixed * 1000003u + size;
    }
    return mixed;
}

void Writer::text(const char* value) {
    if (value == nullptr) {
        number(kNoText);
    } else {
        text(std::string_view(value));
    }
}

void Writer::text(std::string_view value) {
    bytes(value.data(), value.size());
}

void Writer::bytes(const void* data, std::size_t size) {
    if (size > kMaxMessage) {
        fits_ = false;
        return;
    }
    number(static_cast<std::uint32_t>(size));
    raw(data, size);
}

std::span<const std::byte> Reader::take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
        ok_ = false;
        return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

Reader::Text Reader::text() {
    const auto length = number<std::uint32_t>();
    if (!ok_ || length == kNoText) {
        return {};
    }
    const auto taken = take(length);
    return {ok_, {reinterpret_cast<const char*>(taken.data()), taken.size()}};
}

std::span<const std::byte> Reader::bytes() {
    const auto length = number<std::uint32_t>();
    return take(length);
}

}  // namespace tipring::isolation
