// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::sim {

/// How a device answers a packet (USB 2.0, 8.4.5).
enum class UsbHandshake : std::uint8_t {
    Ok,
    Nak,     ///< not now: the host asks again
    Stall,   ///< the request is unknown, the endpoint halted
    Lost,    ///< no answer at all, or damaged on its way
    Babble,  ///< more came than was asked for
};

/// What goes wrong on purpose. The defaults are a healthy device. Endpoint 0 means none.
struct UsbFaults {
    bool silentControl = false;            ///< vendor and class requests are never answered
    bool stalledControl = false;           ///< vendor and class requests are refused
    std::uint8_t silentEndpoint = 0;       ///< answers NAK for ever
    std::uint8_t stalledEndpoint = 0;      ///< is halted, and again as soon as the halt is cleared
    unsigned shortBy = 0;                  ///< packets to the host lack so many bytes at their end
    unsigned longBy = 0;                   ///< packets to the host have so many bytes too many
    unsigned loseEvery = 0;                ///< every nth packet to the host is lost; 0: none
    std::vector<std::byte> descriptors{};  ///< told instead of the true ones; empty: the true ones
};

/// Who talks to a model: the outlet in process, or the one behind USB/IP. On the loop's thread.
class UsbModelHost {
public:
    virtual ~UsbModelHost() = default;
    /// What answered Nak may answer otherwise now. May come from inside a call to the model.
    virtual void onReady() = 0;
    /// True while packets wait for the next frame.
    [[nodiscard]] virtual bool wantsFrames() const = 0;
    /// Every millisecond while somebody wants frames: packets to the device, and after the device
    /// had its turn packets from it.
    virtual void beforeFrame() = 0;
    virtual void afterFrame() = 0;
    /// Off the bus. May come from inside a call to the model.
    virtual void onUnplugged() = 0;

protected:
    UsbModelHost() = default;
    UsbModelHost(const UsbModelHost&) = delete;
    UsbModelHost& operator=(const UsbModelHost&) = delete;
};

/// A USB device at full speed as the bus sees it: descriptors, standard requests and halts are here
/// (USB 2.0, chapter 9), the rest is what a device adds. Any bytes may come in. Frames of 1 ms are
/// counted only while the device or its host wants them: an idle device never wakes the loop.
/// Thread: the loop's.
class UsbModel {
public:
    /// Control requests and packets are cut at this.
    static constexpr std::size_t kMaxPacket = 1023;

    virtual ~UsbModel();

    /// One host at a time; null leaves. The device is configured anew by each.
    void setHost(UsbModelHost* host);
    [[nodiscard]] bool hasHost() const { return host_ != nullptr; }
    [[nodiscard]] bool plugged() const { return plugged_; }
    /// The device descriptor and every configuration, as a host reads them.
    [[nodiscard]] std::span<const std::byte> descriptors() const;
    [[nodiscard]] std::uint8_t configuration() const { return configuration_; }
    [[nodiscard]] std::uint8_t alternate(std::uint8_t interfaceNumber) const;
    /// In the active alternate settings; null where there is none.
    [[nodiscard]] const hal::UsbEndpoint* endpoint(std::uint8_t address) const;
    /// Text of a string descriptor; empty where there is none.
    [[nodiscard]] virtual std::string text(std::uint8_t index) const;
    /// That the kernel selects when it is plugged in; 0: the first one.
    [[nodiscard]] virtual std::uint8_t usualConfiguration() const { return 0; }

    // One transaction each. `size` is what came; more than `room` has is Babble.
    UsbHandshake controlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                           std::size_t& size);
    UsbHandshake controlOut(const hal::UsbSetup& setup, std::span<const std::byte> data);
    UsbHandshake in(std::uint8_t address, std::span<std::byte> room, std::size_t& size);
    UsbHandshake out(std::uint8_t address, std::span<const std::byte> data);
    /// Unconfigured, alternate settings 0, no halts.
    void busReset();
    /// A host began to want frames.
    void updateFrames();

    // What a test does.
    void setFaults(UsbFaults faults);
    [[nodiscard]] const UsbFaults& faults() const { return faults_; }
    void unplug();
    /// In again, or in after unplug(): power was off.
    void plugIn();

protected:
    UsbModel(hal::EventLoop& loop, std::vector<std::byte> descriptors);
    UsbModel(const UsbModel&) = delete;
    UsbModel& operator=(const UsbModel&) = delete;

    // What a device adds. Requests that are not standard ones.
    virtual UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                     std::size_t& size);
    virtual UsbHandshake onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data);
    virtual UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size);
    virtual UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data);
    /// A descriptor of an interface (HID report: type 0x22). Empty: refused.
    [[nodiscard]] virtual std::span<const std::byte> interfaceDescriptor(std::uint8_t number,
                                                                         std::uint8_t type) const;
    /// Configured, another alternate setting, reset: whatever changed, everything can be asked for.
    virtual void onSettings() {}
    /// SET_CONFIGURATION; what was active before.
    virtual void onConfigured(std::uint8_t /*before*/) {}
    /// A start of frame.
    virtual void onFrame() {}
    [[nodiscard]] virtual bool wantsFrames() const { return false; }
    /// Power came: as out of the box.
    virtual void onPower() {}

    void ready();
    void dropOff();  ///< leaves the bus and comes back 100 ms later, as firmware that starts anew
    [[nodiscard]] hal::EventLoop& loop() const { return loop_; }

private:
    UsbHandshake standardIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                            std::size_t& size);
    UsbHandshake standardOut(const hal::UsbSetup& setup);
    UsbHandshake describe(const hal::UsbSetup& setup, std::span<std::byte> room, std::size_t& size);
    UsbHandshake selectAlternate(std::uint16_t number, std::uint16_t alternate);
    [[nodiscard]] bool halted(std::uint8_t address) const;
    void setHalt(std::uint8_t address, bool on);
    void forget();
    void frame();

    hal::EventLoop& loop_;
    std::vector<std::byte> bytes_;
    hal::UsbDescriptors parsed_;
    UsbModelHost* host_ = nullptr;
    UsbFaults faults_;
    bool plugged_ = true;
    std::uint8_t configuration_ = 0;
    std::array<std::uint8_t, 16> alternates_{};
    std::uint32_t halts_ = 0;
    unsigned sent_ = 0;  ///< packets, for loseEvery
    hal::TimePoint nextFrame_{};
    hal::Timer frameTimer_, backTimer_;
};

}  // namespace tipring::sim
