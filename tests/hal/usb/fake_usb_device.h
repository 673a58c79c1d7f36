// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "descriptor_bytes.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::hal::testing {

/// A UsbDevice for the tests of drivers: what the driver must ask for is a script, byte for byte
/// and in order, and what comes from the device is up to the test. On any loop. Claims, settings
/// and resets succeed unless told otherwise, and are kept in calls().
class FakeUsbDevice final : public UsbDevice {
public:
    struct Packet {
        Bytes data;
        UsbPacketStatus status = UsbPacketStatus::Ok;
    };

    FakeUsbDevice(EventLoop& loop, const Bytes& descriptors, UsbIdentity identity = {});
    ~FakeUsbDevice() override;

    // The script: the next transfer must be the next step, or the test fails and the driver gets
    // OperationFailed. Without a reply a transfer stays unanswered.
    using Reply = std::optional<Result<Bytes>>;
    void expectControlIn(const UsbSetup& setup, std::size_t length, Reply reply);
    void expectControlOut(const UsbSetup& setup, Bytes data, Reply reply = Bytes{});
    void expectRead(std::uint8_t endpoint, std::size_t length, Reply reply);
    void expectWrite(std::uint8_t endpoint, Bytes data, Reply reply = Bytes{});
    /// Every step was asked for.
    [[nodiscard]] bool scriptIsDone() const { return script_.empty(); }

    // The streams that run. Called like something that happens on the loop.
    [[nodiscard]] bool streamRuns(std::uint8_t endpoint) const;
    [[nodiscard]] const UsbStreamOptions& streamOptions(std::uint8_t endpoint) const;
    /// Packets arrive as one transfer.
    void deliver(std::uint8_t endpoint, const std::vector<Packet>& packets);
    /// Asks for `count` packets and sends them. Where the driver has none an isochronous packet is
    /// empty, and bulk ends.
    std::vector<Bytes> pull(std::uint8_t endpoint, std::size_t count);
    /// The stream ends by itself.
    void endStream(std::uint8_t endpoint, const Error& why);
    /// Every answer that is due and every running stream ends with NoDevice, then onGone().
    void unplug();

    /// "claim 0 detach", "alternate 1 1", "configuration 2", "reset", "clear halt 129", "release
    /// 0".
    [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
    /// Set-up calls of this text fail.
    std::map<std::string, Error> failures;

    void setObserver(UsbDeviceObserver* observer) override { observer_ = observer; }
    [[nodiscard]] const UsbIdentity& identity() const override { return identity_; }
    [[nodiscard]] UsbSpeed speed() const override { return UsbSpeed::Full; }
    [[nodiscard]] const UsbDescriptors& descriptors() const override { return descriptors_; }
    [[nodiscard]] std::uint8_t configuration() const override { return configuration_; }
    [[nodiscard]] std::string_view name() const override { return "fake:usb"; }
    void controlIn(const UsbSetup& setup, std::size_t length, Duration limit,
                   UsbInDone done) override;
    void controlOut(const UsbSetup& setup, std::span<const std::byte> data, Duration limit,
                    UsbOutDone done) override;
    void read(std::uint8_t endpoint, std::size_t length, Duration limit, UsbInDone done) override;
    void write(std::uint8_t endpoint, std::span<const std::byte> data, Duration limit,
               UsbOutDone done) override;
    Result<std::unique_ptr<UsbInStream>> openInStream(const UsbStreamOptions& options,
                                                      UsbInStreamObserver& observer) override;
    Result<std::unique_ptr<UsbOutStream>> openOutStream(const UsbStreamOptions& options,
                                                        UsbOutStreamObserver& observer) override;
    void claimInterface(std::uint8_t number, KernelDriver driver, UsbDone done) override;
    void releaseInterface(std::uint8_t number, UsbDone done) override;
    void selectAlternate(std::uint8_t number, std::uint8_t alternate, UsbDone done) override;
    void clearHalt(std::uint8_t endpoint, UsbDone done) override;
    void setConfiguration(std::uint8_t value, KernelDriver driver, UsbDone done) override;
    void reset(UsbDone done) override;

private:
    struct Step {
        std::string text;  // what is asked, as a failure shows it
        Reply reply;
    };
    using Answer = std::function<void(Result<Bytes>)>;
    class Stream;
    class InStream;
    class OutStream;

    void ask(const std::string& text, Answer answer);
    void call(
        const std::string& text, const UsbDone& done, std::function<void()> applied = [] {});
    void later(std::function<void()> task);
    [[nodiscard]] bool isIsochronous(std::uint8_t address) const;
    [[nodiscard]] Stream& stream(std::uint8_t endpoint) const;

    EventLoop& loop_;
    UsbDescriptors descriptors_;
    UsbIdentity identity_;
    std::uint8_t configuration_ = 1;
    UsbDeviceObserver* observer_ = nullptr;
    std::deque<Step> script_;
    std::vector<Answer> unanswered_;
    std::vector<std::string> calls_;
    std::map<std::uint8_t, Stream*> streams_;
    bool gone_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tipring::hal::testing
