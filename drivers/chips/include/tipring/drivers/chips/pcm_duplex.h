// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "tipring/drivers/chips/usb_pcm.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::chips {

/// The two isochronous streams of a telephone port. Dies before its device. Thread: the loop's.
class IsoPair {
public:
    struct Options {
        std::uint8_t in = 0, out = 0;  ///< endpoint addresses
        std::size_t packetSize = 0;
        unsigned inTransfers =
            8;  ///< of 4 packets; to the device 6: what waits there is heard late
    };
    /// Opens and starts both.
    hal::Result<void> start(hal::UsbDevice& device, const Options& options,
                            hal::UsbInStreamObserver& in, hal::UsbOutStreamObserver& out);
    void stop();

private:
    std::unique_ptr<hal::UsbInStream> in_;
    std::unique_ptr<hal::UsbOutStream> out_;
};

/// Sound of a telephone both ways: packets of 8 samples each millisecond, 16-bit, low byte first. A
/// packet that is lost or of another length is replaced by the sound of the one before, so that
/// positions stay true. No allocation while it runs. Thread: the loop's.
class PcmDuplex final : private hal::UsbInStreamObserver, private hal::UsbOutStreamObserver {
public:
    static constexpr std::size_t kPacketSize = 16, kSamples = 8;
    static constexpr unsigned kMostBad = 200;  ///< packets in a row, after which it is broken

    /// What was heard, and room for as much to say, zeroed; positions count from setSound(true).
    using Exchange = std::function<void(std::uint64_t position, std::span<const std::int16_t> heard,
                                        std::span<std::int16_t> spoken)>;
    /// `broken` is told when packets end or make no sense any more; not after stop().
    PcmDuplex(Exchange exchange, std::function<void(const hal::Error&)> broken);

    hal::Result<void> start(hal::UsbDevice& device, std::uint8_t in, std::uint8_t out);
    /// For good.
    void stop();
    /// Without sound packets go on and are silent.
    void setSound(bool on);

private:
    void onPackets(std::span<const hal::UsbPacket> packets) override;
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override;
    void onStopped(const hal::Error* why) override;

    Exchange exchange_;
    std::function<void(const hal::Error&)> broken_;
    bool sound_ = false, stopped_ = false;
    unsigned bad_ = 0;
    std::array<std::int16_t, kSamples> last_{};
    std::uint64_t position_ = 0;
    SlipBuffer toPhone_{40};
    IsoPair streams_;
};

}  // namespace tipring::chips
