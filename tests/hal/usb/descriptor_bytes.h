// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace tipring::hal::testing {

using Bytes = std::vector<std::byte>;

inline Bytes bytes(std::initializer_list<int> values) {
    Bytes result;
    for (const int value : values) {
        result.push_back(std::byte(value));
    }
    return result;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline Bytes deviceDescriptor(std::uint16_t vendor, std::uint16_t product, int configurations) {
    return bytes({18, 1, 0x00, 0x02, 0, 0, 0, 64, vendor & 0xFF, vendor >> 8, product & 0xFF,
                  product >> 8, 0x01, 0x02, 1, 2, 3, configurations});
}

inline Bytes interfaceDescriptor(int number, int alternate, int endpoints, int classCode = 0xFF) {
    return bytes({9, 4, number, alternate, endpoints, classCode, 0, 0, 0});
}

inline Bytes endpointDescriptor(int address, int type, int maxPacket, int interval) {
    return bytes({7, 5, address, type, maxPacket & 0xFF, maxPacket >> 8, interval});
}

/// A configuration with its header in front of `body`.
inline Bytes configurationDescriptor(int value, int interfaces, const Bytes& body) {
    const int total = int(body.size()) + 9;
    return bytes({9, 2, total & 0xFF, total >> 8, interfaces, value, 0, 0x80, 50}) + body;
}

/// One full-speed adapter with everything that streams need: interface 0 with bulk 0x01/0x81 and
/// interrupt 0x83; interface 1 with nothing in alternate setting 0 and isochronous 0x02/0x82 in 1.
/// A second configuration has one interface with bulk 0x83.
inline Bytes adapterDescriptors(std::uint16_t vendor = 0x1209, std::uint16_t product = 0x4D43) {
    const Bytes first = interfaceDescriptor(0, 0, 3) + endpointDescriptor(0x01, 2, 64, 0) +
                        endpointDescriptor(0x81, 2, 64, 0) + endpointDescriptor(0x83, 3, 8, 1) +
                        interfaceDescriptor(1, 0, 0) + interfaceDescriptor(1, 1, 2) +
                        endpointDescriptor(0x02, 0x0D, 16, 1) +
                        endpointDescriptor(0x82, 0x0D, 16, 1);
    const Bytes second = interfaceDescriptor(0, 0, 1) + endpointDescriptor(0x83, 2, 64, 0);
    return deviceDescriptor(vendor, product, 2) + configurationDescriptor(1, 2, first) +
           configurationDescriptor(2, 1, second);
}

}  // namespace tipring::hal::testing
