// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "libusb_stream.h"

namespace tipring::hal {
namespace {

using std::chrono::microseconds;

// usbfs takes no more packets in one request.
constexpr unsigned kPacketsAtMost = 128;
constexpr unsigned kTransfersAtMost = 64;
constexpr std::size_t kTransferBytesAtMost = 65536;

/// USB 2.0, 9.6.6: 2^(bInterval-1) frames or microframes.
Duration intervalOf(const UsbEndpoint& endpoint, UsbSpeed speed) {
    const unsigned exponent = std::clamp<unsigned>(endpoint.interval, 1, 16) - 1;
    const bool microframes = speed == UsbSpeed::High || speed == UsbSpeed::Super;
    return microseconds(microframes ? 125 : 1000) * (1U << exponent);
}

/// Empty where they fit.
std::string objection(const UsbEndpoint& endpoint, const UsbStreamOptions& options) {
    const bool isochronous = endpoint.type == UsbTransferType::Isochronous;
    if (endpoint.type == UsbTransferType::Control || endpoint.maxPacket == 0) {
        return "this endpoint carries no stream";
    }
    if (options.transfers < 1 || options.transfers > kTransfersAtMost) {
        return fmt::format("{} transfers, where 1 to {} are possible", options.transfers,
                           kTransfersAtMost);
    }
    if (options.packets < 1 || options.packets > (isochronous ? kPacketsAtMost : 1)) {
        return fmt::format("{} packets in a transfer, where 1 to {} are possible", options.packets,
                           isochronous ? kPacketsAtMost : 1);
    }
    if (isochronous && options.packetSize > endpoint.maxPacket) {
        return fmt::format("packets of {} bytes, where the endpoint has {} at most",
                           options.packetSize, endpoint.maxPacket);
    }
    if (!isochronous && endpoint.isIn() && options.packetSize % endpoint.maxPacket != 0) {
        return fmt::format("transfers of {} bytes, which is no multiple of the {} of the endpoint",
                           options.packetSize, endpoint.maxPacket);
    }
    if (options.packetSize * options.packets > kTransferBytesAtMost) {
        return fmt::format("transfers of more than {} bytes", kTransferBytesAtMost);
    }
    return {};
}

}  // namespace

Result<StreamPlan> planStream(const UsbEndpoint& endpoint, UsbSpeed speed,
                              const UsbStreamOptions& options, std::string_view name) {
    StreamPlan plan{endpoint, options};
    if (plan.options.packetSize == 0) {
        plan.options.packetSize = endpoint.maxPacket;
    }
    if (plan.options.pace == Duration::zero() && endpoint.type == UsbTransferType::Isochronous) {
        plan.options.pace = intervalOf(endpoint, speed);
    }
    if (const std::string why = objection(endpoint, plan.options); !why.empty()) {
        return fail(ErrorCode::InvalParam,
                    fmt::format("{}, endpoint 0x{:02x}: {}", name, endpoint.address, why));
    }
    return plan;
}

}  // namespace tipring::hal
