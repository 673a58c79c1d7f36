// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/usb/usb_descriptors.h"

#include <algorithm>

namespace tipring::hal {
namespace {

// USB 2.0, table 9-5.
constexpr std::uint8_t kDevice = 1;
constexpr std::uint8_t kConfiguration = 2;
constexpr std::uint8_t kInterface = 4;
constexpr std::uint8_t kEndpoint = 5;

using Bytes = std::span<const std::byte>;

std::uint8_t at(Bytes bytes, std::size_t index) {
    return std::to_integer<std::uint8_t>(bytes[index]);
}

std::uint16_t word(Bytes bytes, std::size_t index) {
    return std::uint16_t(at(bytes, index) | (at(bytes, index + 1) << 8U));
}

// USB 2.0, 9.6.6: bits 12:11 count additional transactions of a high-speed periodic endpoint.
std::uint16_t packetBytes(std::uint16_t field) {
    const unsigned transactions = 1U + ((field >> 11U) & 3U);
    return std::uint16_t((field & 0x7FFU) * std::min(transactions, 3U));
}

/// Takes the descriptor at the front; empty when there is none, or when its length lies.
Bytes takeDescriptor(Bytes& bytes) {
    const std::size_t length = bytes.size() < 2 ? 0 : at(bytes, 0);
    if (length < 2 || length > bytes.size()) {
        bytes = {};
        return {};
    }
    const Bytes taken = bytes.first(length);
    bytes = bytes.subspan(length);
    return taken;
}

/// Collects one configuration, descriptor by descriptor.
class ConfigurationReader {
public:
    explicit ConfigurationReader(UsbConfiguration& result) : result_(result) {}

    void take(Bytes descriptor) {
        const std::uint8_t type = at(descriptor, 1);
        if (type == kInterface && descriptor.size() >= 9) {
            takeInterface(descriptor);
        } else if (type == kEndpoint && descriptor.size() >= 7 && alternate_ != nullptr) {
            takeEndpoint(descriptor);
        } else if (alternate_ != nullptr) {
            alternate_->extra.insert(alternate_->extra.end(), descriptor.begin(), descriptor.end());
        }
    }

private:
    // Alternate settings of one interface may stand apart.
    UsbInterface& interfaceOf(std::uint8_t number) {
        auto& all = result_.interfaces;
        const auto found = std::find_if(all.begin(), all.end(), [number](const UsbInterface& one) {
            return one.number == number;
        });
        return found != all.end() ? *found : all.emplace_back(UsbInterface{number, {}, {}});
    }

    void takeInterface(Bytes descriptor) {
        UsbAlternate alternate;
        alternate.number = at(descriptor, 3);
        alternate.classCode = at(descriptor, 5);
        alternate.subclass = at(descriptor, 6);
        alternate.protocol = at(descriptor, 7);
        alternate_ = &interfaceOf(at(descriptor, 2)).alternates.emplace_back(std::move(alternate));
    }

    void takeEndpoint(Bytes descriptor) {
        alternate_->endpoints.push_back({.address = at(descriptor, 2),
                                         .type = UsbTransferType(at(descriptor, 3) & 3U),
                                         .maxPacket = packetBytes(word(descriptor, 4)),
                                         .interval = at(descriptor, 6)});
    }

    UsbConfiguration& result_;
    UsbAlternate* alternate_ = nullptr;
};

UsbConfiguration readConfiguration(Bytes header, Bytes rest) {
    UsbConfiguration configuration;
    configuration.value = at(header, 5);
    ConfigurationReader reader(configuration);
    while (!rest.empty()) {
        const Bytes descriptor = takeDescriptor(rest);
        if (descriptor.empty() || at(descriptor, 1) == kConfiguration) {
            break;
        }
        reader.take(descriptor);
    }
    return configuration;
}

}  // namespace

const UsbConfiguration* UsbDescriptors::configuration(std::uint8_t value) const {
    const auto found =
        std::find_if(configurations.begin(), configurations.end(),
                     [value](const UsbConfiguration& one) { return one.value == value; });
    return found == configurations.end() ? nullptr : &*found;
}

Result<UsbDescriptors> parseUsbDescriptors(Bytes bytes) {
    const Bytes device = takeDescriptor(bytes);
    if (device.size() < 18 || at(device, 1) != kDevice) {
        return fail(ErrorCode::InvalParam, "these bytes are no USB device descriptor");
    }
    UsbDescriptors result;
    result.classCode = at(device, 4);
    result.subclass = at(device, 5);
    result.protocol = at(device, 6);
    result.vendor = word(device, 8);
    result.product = word(device, 10);
    result.release = word(device, 12);
    while (bytes.size() >= 9 && at(bytes, 1) == kConfiguration) {
        // wTotalLength covers the header; where it lies, what is there counts.
        const std::size_t total = std::clamp<std::size_t>(word(bytes, 2), 9, bytes.size());
        Bytes rest = bytes.first(total);
        bytes = bytes.subspan(total);
        const Bytes header = takeDescriptor(rest);
        if (header.size() >= 9) {
            result.configurations.push_back(readConfiguration(header, rest));
        }
    }
    return result;
}

}  // namespace tipring::hal
