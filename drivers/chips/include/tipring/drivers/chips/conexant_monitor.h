// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/dsp/resampler.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::chips {

/// The byte stream of the line monitor of Conexant CX93010 modems ("digital call progress"): 16-bit
/// samples, high byte first, 16 kHz, with 0x19 as escape: 0x19 0x19 is one data byte, 0x19 0xV1 is
/// the volume V (0 to 7). Any bytes may come in, cut anywhere. No allocation.
class MonitorDecoder {
public:
    static constexpr std::byte kEscape{0x19};

    /// What `bytes` say: at most samplesOf(bytes.size()) samples, as many as `samples` must hold.
    /// The result is how many there were.
    std::size_t take(std::span<const std::byte> bytes, std::span<std::int16_t> samples) noexcept;
    [[nodiscard]] static constexpr std::size_t samplesOf(std::size_t bytes) {
        return (bytes + 1) / 2;
    }
    /// As it was told last; 1 before. 0: the samples are silence.
    [[nodiscard]] unsigned volume() const noexcept { return volume_; }
    [[nodiscard]] std::uint64_t unknownEscapes() const noexcept { return unknown_; }
    void reset() noexcept { *this = MonitorDecoder{}; }

private:
    bool escaped_ = false;
    std::optional<std::byte> high_;  ///< of the sample whose low byte is to come
    unsigned volume_ = 1;
    std::uint64_t unknown_ = 0;
};

class MonitorListener {
public:
    virtual ~MonitorListener() = default;
    /// Both directions of the line together, 16-bit, 8 kHz. Not while the volume is 0.
    virtual void onMonitorSound(std::span<const std::int16_t> samples) = 0;
    /// It does not start, or ended. Once, the last thing; may come from inside.
    virtual void onMonitorEnd(const hal::Error& why) = 0;

protected:
    MonitorListener() = default;
    MonitorListener(const MonitorListener&) = delete;
    MonitorListener& operator=(const MonitorListener&) = delete;
};

/// The line monitor of a modem: interface 2 of its configuration 2, which has to be active. The
/// interfaces of the serial port, and the kernel's driver of them, are not touched, and the
/// configuration is never changed: that would take the port away from who has it. Nothing but the
/// order to begin (0x19 0x01) is ever sent. Thread: the loop's.
class ConexantMonitor final : private hal::UsbDeviceObserver, private hal::UsbInStreamObserver {
public:
    ConexantMonitor(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                    MonitorListener& listener);
    ~ConexantMonitor() override;

    /// Once. The listener hears what comes of it, never from inside.
    void start();
    [[nodiscard]] const MonitorDecoder& decoder() const { return decoder_; }

private:
    void onGone(const hal::Error& why) override { end(why); }
    void onPackets(std::span<const hal::UsbPacket> packets) override;
    void onStopped(const hal::Error* why) override;
    [[nodiscard]] hal::Result<void> findEndpoints();
    void begin();
    void order();
    void end(const hal::Error& why);
    void takeBytes(std::span<const std::byte> bytes);
    [[nodiscard]] hal::UsbDone then(void (ConexantMonitor::*next)());

    static constexpr std::size_t kRead = 256;  ///< bytes

    std::unique_ptr<hal::UsbDevice> device_;
    MonitorListener& listener_;
    hal::Timer startTimer_;
    std::uint8_t in_ = 0, out_ = 0;
    bool ended_ = false;
    MonitorDecoder decoder_;
    dsp::Resampler toLine_;
    std::array<std::int16_t, MonitorDecoder::samplesOf(kRead)> wide_{};
    std::array<std::int16_t, kRead> narrow_{};
    std::unique_ptr<hal::UsbInStream> stream_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// Configuration `value` has the line monitor: three interfaces, the last one of class CDC data
/// with one bulk endpoint each way and no more.
[[nodiscard]] bool hasMonitor(const hal::UsbDescriptors& descriptors, std::uint8_t value) noexcept;
inline constexpr std::uint8_t kMonitorConfiguration = 2;

}  // namespace tipring::chips
