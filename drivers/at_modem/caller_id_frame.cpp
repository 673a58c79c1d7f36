// SPDX-License-Identifier: Apache-2.0
#include "caller_id_frame.h"

#include <array>
#include <numeric>

#include "caller_id_fields.h"
#include "text.h"

namespace tipring::at_modem {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kSdmf = 0x04;
constexpr std::uint8_t kSdmfMessageWaiting = 0x06;
constexpr std::uint8_t kMdmf = 0x80;
constexpr std::uint8_t kMdmfMessageWaiting = 0x82;

bool known(std::uint8_t type) {
    return type == kSdmf || type == kSdmfMessageWaiting || type == kMdmf ||
           type == kMdmfMessageWaiting;
}

std::string_view textOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool sumsToZero(Bytes bytes) {
    return (std::accumulate(bytes.begin(), bytes.end(), 0U) & 0xFF) == 0;
}

/// SDMF message waiting: three times 42 (on) or 6F (off).
void messageWaitingFlag(Bytes data, CallerId& id) {
    if (!data.empty() && (data[0] == 0x42 || data[0] == 0x6F)) {
        id.messageWaiting = data[0] == 0x42;
    }
}

/// SDMF: MMDDHHMM, then the number or P or O.
void singleData(Bytes data, CallerId& id) {
    if (data.size() < 8) {
        return;
    }
    takeDate(id, textOf(data.first(4)));
    takeTime(id, textOf(data.subspan(4, 4)));
    takeNumber(id, textOf(data.subspan(8)));
}

void dialledNumber(Bytes data, CallerId& id) {
    // Bell Canada sends the number to dial back in 03; ETSI the called one, beside 02.
    const std::string_view number = trim(textOf(data));
    if (id.numberStatus == FieldStatus::Absent) {
        takeNumber(id, number);
    } else if (isNumber(number) && number != id.number.view()) {
        id.called.assign(number);
    }
}

struct Parameter {
    std::uint8_t type;
    void (*use)(Bytes data, CallerId& id);
};

// EN 300 659-3 clause 5.4, GR-30: parameter types. Those without a row are skipped.
constexpr std::array kParameters{
    Parameter{0x01,
              [](Bytes data, CallerId& id) {
                  if (data.size() == 8) {
                      takeDate(id, textOf(data));
                  }
              }},
    Parameter{0x02, [](Bytes data, CallerId& id) { takeNumber(id, textOf(data)); }},
    Parameter{0x04, [](Bytes data, CallerId& id) { takeNumberReason(id, textOf(data)); }},
    Parameter{0x07, [](Bytes data, CallerId& id) { takeName(id, textOf(data)); }},
    Parameter{0x08, [](Bytes data, CallerId& id) { takeNameReason(id, textOf(data)); }},
    Parameter{0x0B, [](Bytes data, CallerId& id) { id.messageWaiting = data[0] != 0; }},
    Parameter{0x11,
              [](Bytes data, CallerId& id) {
                  if (data[0] == 0x81 && !id.messageWaiting) {
                      id.messageWaiting = true;
                  }
              }},
    Parameter{0x13, [](Bytes data, CallerId& id) { id.messageWaiting = data[0] != 0; }},
    Parameter{0x1A,
              [](Bytes data, CallerId& id) {
                  if (isNumber(trim(textOf(data)))) {
                      id.redirecting.assign(trim(textOf(data)));
                  }
              }},
};

bool useParameter(std::uint8_t type, Bytes data, CallerId& id) {
    if (data.empty()) {
        return false;
    }
    for (const Parameter& row : kParameters) {
        if (row.type == type) {
            row.use(data, id);
            return true;
        }
    }
    return false;
}

/// Calls `use` for each parameter; false when the lengths do not add up (what fits is used).
template <class Use>
bool forEachParameter(Bytes data, Use&& use) {
    while (data.size() >= 2) {
        const std::size_t length = data[1];
        if (length > data.size() - 2) {
            return false;
        }
        use(data[0], data.subspan(2, length));
        data = data.subspan(2 + length);
    }
    return data.empty();
}

bool useAll(Bytes data, CallerId& id) {
    bool used = false;
    forEachParameter(data, [&](std::uint8_t type, Bytes value) {
        used = (type != 0x03 && useParameter(type, value, id)) || used;
    });
    // 03 means one thing or another depending on 02, which may stand behind it.
    forEachParameter(data, [&](std::uint8_t type, Bytes value) {
        if (type == 0x03 && !value.empty()) {
            dialledNumber(value, id);
            used = true;
        }
    });
    return used;
}

bool lengthsAddUp(Bytes data) {
    return data.size() >= 2 && forEachParameter(data, [](std::uint8_t, Bytes) {});
}

/// The message without its checksum has a shape that its type can have.
bool plausible(std::uint8_t type, Bytes data) {
    switch (type) {
    case kSdmf: return data.size() >= 8 && allDigits(textOf(data.first(8)));
    case kSdmfMessageWaiting: return data.size() == 3 && (data[0] == 0x42 || data[0] == 0x6F);
    default: return lengthsAddUp(data);
    }
}

void useMessage(std::uint8_t type, Bytes data, CallerId& id) {
    switch (type) {
    case kSdmf: singleData(data, id); break;
    case kSdmfMessageWaiting: messageWaitingFlag(data, id); break;
    default: useAll(data, id); break;
    }
}

}  // namespace

std::size_t frameSize(Bytes bytes) {
    return bytes.size() < 2 || !known(bytes[0]) ? 0 : std::size_t{3} + bytes[1];
}

FrameCheck readFrame(Bytes bytes, CallerId& id) {
    const std::size_t size = frameSize(bytes);
    if (size == 0 || bytes.size() + 1 < size) {
        return FrameCheck::NoFrame;
    }
    const Bytes data = bytes.subspan(2, size - 3);
    if (!plausible(bytes[0], data)) {
        return FrameCheck::NoFrame;
    }
    if (bytes.size() < size) {
        useMessage(bytes[0], data, id);
        return FrameCheck::NoChecksum;
    }
    id.checksumValid = sumsToZero(bytes.first(size));
    if (!*id.checksumValid) {
        return FrameCheck::BadChecksum;
    }
    useMessage(bytes[0], data, id);
    return FrameCheck::Valid;
}

bool readParameters(Bytes bytes, CallerId& id) {
    if (lengthsAddUp(bytes)) {
        return useAll(bytes, id);
    }
    // A checksum over the parameters may follow them.
    if (bytes.size() > 2 && lengthsAddUp(bytes.first(bytes.size() - 1)) && sumsToZero(bytes)) {
        return useAll(bytes.first(bytes.size() - 1), id);
    }
    return false;
}

Bytes bytesFromHex(std::string_view text, std::span<std::uint8_t> out) {
    std::size_t count = 0;
    std::optional<unsigned> high;
    for (const char c : text) {
        if (isBlank(c)) {
            continue;
        }
        const auto digit = hexDigit(c);
        if (!digit) {
            return {};
        }
        if (!high) {
            high = digit;
        } else if (count < out.size()) {
            out[count++] = static_cast<std::uint8_t>(*high * 16 + *digit);
            high.reset();
        } else {
            return {};
        }
    }
    return high ? Bytes{} : Bytes(out.first(count));
}

bool readHex(std::string_view hex, CallerId& id) {
    std::array<std::uint8_t, 512> buffer;
    const Bytes bytes = bytesFromHex(hex, buffer);
    if (bytes.size() < 2) {
        return false;
    }
    return readFrame(bytes, id) != FrameCheck::NoFrame || readParameters(bytes, id);
}

}  // namespace tipring::at_modem
