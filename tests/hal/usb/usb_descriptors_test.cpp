// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/usb/usb_descriptors.h"

#include <gtest/gtest.h>

#include "descriptor_bytes.h"
#include "tipring/hal/usb/usb_device.h"
#include "tipring/hal/usb/usb_list.h"

namespace tipring::hal::testing {
namespace {

TEST(UsbDescriptors, haveIdentityConfigurationsAndEndpoints) {
    const auto parsed = parseUsbDescriptors(adapterDescriptors());
    ASSERT_TRUE(parsed) << parsed.error().text();
    EXPECT_EQ(parsed->vendor, 0x1209);
    EXPECT_EQ(parsed->product, 0x4D43);
    EXPECT_EQ(parsed->release, 0x0201);
    ASSERT_EQ(parsed->configurations.size(), 2U);
    const UsbConfiguration* first = parsed->configuration(1);
    ASSERT_NE(first, nullptr);
    ASSERT_EQ(first->interfaces.size(), 2U);
    EXPECT_EQ(first->interfaces[0].alternates.at(0).classCode, 0xFF);
    EXPECT_EQ(first->interfaces[0].alternates.at(0).endpoints.at(1),
              (UsbEndpoint{0x81, UsbTransferType::Bulk, 64, 0}));
    ASSERT_EQ(first->interfaces[1].alternates.size(), 2U);
    EXPECT_TRUE(first->interfaces[1].alternates[0].endpoints.empty());
    const UsbEndpoint& out = first->interfaces[1].alternates[1].endpoints.at(0);
    EXPECT_EQ(out, (UsbEndpoint{0x02, UsbTransferType::Isochronous, 16, 1}));
    EXPECT_FALSE(out.isIn());
    EXPECT_EQ(parsed->configuration(2)->interfaces.size(), 1U);
    EXPECT_EQ(parsed->configuration(3), nullptr);
}

TEST(UsbDescriptors, countTheTransactionsOfAMicroframe) {
    const Bytes body = interfaceDescriptor(0, 0, 1) + endpointDescriptor(0x81, 1, 0x1400, 1);
    const auto parsed =
        parseUsbDescriptors(deviceDescriptor(1, 2, 1) + configurationDescriptor(1, 1, body));
    EXPECT_EQ(
        parsed->configurations.at(0).interfaces.at(0).alternates.at(0).endpoints.at(0).maxPacket,
        3 * 1024);
}

TEST(UsbDescriptors, ofAClassStandAsTheyAre) {
    const Bytes audio = bytes({5, 0x24, 1, 2, 3});
    const Bytes body = interfaceDescriptor(0, 0, 1) + audio + endpointDescriptor(0x81, 3, 8, 4) +
                       bytes({4, 0x25, 9, 9});
    const auto parsed =
        parseUsbDescriptors(deviceDescriptor(1, 2, 1) + configurationDescriptor(1, 1, body));
    const UsbAlternate& alternate = parsed->configurations.at(0).interfaces.at(0).alternates.at(0);
    EXPECT_EQ(alternate.extra, audio + bytes({4, 0x25, 9, 9}));
    EXPECT_EQ(alternate.endpoints.size(), 1U);
}

TEST(UsbDescriptors, thatLieAboutTheirLengthEndThere) {
    const Bytes good = interfaceDescriptor(0, 0, 1) + endpointDescriptor(0x81, 2, 64, 0);
    for (const int length : {0, 1, 200}) {
        const Bytes body = good + bytes({length, 5, 0x01, 2, 64, 0, 0});
        const auto parsed =
            parseUsbDescriptors(deviceDescriptor(1, 2, 1) + configurationDescriptor(1, 1, body));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->configurations.at(0).interfaces.at(0).alternates.at(0).endpoints.size(),
                  1U)
            << length;
    }
}

TEST(UsbDescriptors, cutAnywhereAreReadUpToThere) {
    const Bytes whole = adapterDescriptors();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto parsed = parseUsbDescriptors(std::span(whole).first(size));
        EXPECT_EQ(parsed.has_value(), size >= 18) << size;
    }
}

TEST(UsbDescriptors, thatAreNoneAreRefused) {
    EXPECT_EQ(parseUsbDescriptors(bytes({18, 2, 0, 0})).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(parseUsbDescriptors({}).error().code, ErrorCode::InvalParam);
}

}  // namespace
}  // namespace tipring::hal::testing
