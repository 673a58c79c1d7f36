// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "messages.h"
#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/drivers/chips/cp210x.h"
#include "tipring/hal/usb/usb_device.h"
#include "u100_port.h"

namespace tipring::sangoma_u100 {

/// For the log and for tests.
struct StreamStatistics {
    std::uint64_t frames = 0;
    std::uint64_t syncLosses = 0;
    std::uint64_t lostPackets = 0;
    std::uint64_t droppedFrames = 0;  ///< ours, that the bus did not take in time
    std::uint64_t missedFrames = 0;   ///< that never came, as the clock tells (in poor quarters)
    bool operator==(const StreamStatistics&) const = default;
};

/// One adapter: the bridge, then the stream, then its processor, then the two DAAs. The adapter's
/// frames are the clock: for each that comes one goes back.
class U100Adapter final : public adapters::UsbAdapter,
                          private hal::UsbInStreamObserver,
                          private hal::UsbOutStreamObserver {
public:
    U100Adapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                adapters::AdapterHost& host, const chips::Si3050Settings& settings);
    ~U100Adapter() override;

    [[nodiscard]] const StreamStatistics& statistics() const { return statistics_; }

private:
    static constexpr std::size_t kRing = 16;  ///< frames to the adapter that may wait
    static constexpr std::size_t kAhead = 3;  ///< frames in advance
    enum class Phase : std::uint8_t { Boot, AdapterSync, OurSync, SetUp, Running };

    void onStart() override;
    void onFailure(const hal::Error& why) override;
    void startStream();
    void onTimer();
    void poll();
    void watch();
    void askId();
    void askVersion();
    void resetProcessor();
    void startDaas(std::size_t module);
    void allowEvents();

    void onPackets(std::span<const hal::UsbPacket> packets) override;
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override;
    void onStopped(const hal::Error* why) override;
    void takeBytes(std::span<const std::byte> bytes);
    void onFrame(const Frame& frame);
    void onMessage(const Message& message);
    void onSyncLost();
    void onGap(std::uint64_t frames);
    void send(const Frame& frame);

    Phase phase_ = Phase::Boot;
    unsigned polls_ = 0, poor_ = 0;  // poor_: watches in a row
    std::uint8_t in_ = 0, out_ = 0;
    std::size_t inPacket_ = 0;
    hal::Timer timer_;
    std::unique_ptr<chips::Cp210xSetup> bridge_;

    FrameReader reader_;
    bool hearsUs_ = false, anyFrame_ = false;
    StreamStatistics statistics_;
    std::uint64_t framesSeen_ = 0, lossesSeen_ = 0;
    std::array<std::array<std::byte, kFrameSize>, kRing> ring_{};
    std::size_t ringBegin_ = 0, ringCount_ = 0;

    Messages messages_;
    MessageBus processor_;
    chips::RegisterScript script_;
    std::vector<chips::ScriptStep> steps_;
    std::array<std::uint8_t, 3> version_{};  ///< registers 0 to 2
    std::array<U100Port, kChannels> ports_;
    std::uint8_t eventMask_ = 0;
    std::vector<adapters::AdapterHost::Port> working_;  ///< not told of yet
    std::string trouble_;

    std::unique_ptr<hal::UsbInStream> inStream_;
    std::unique_ptr<hal::UsbOutStream> outStream_;
};

}  // namespace tipring::sangoma_u100
