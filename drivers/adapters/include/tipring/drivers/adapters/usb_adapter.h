// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tipring/drivers/adapters/usb_model_row.h"
#include "tipring/drivers/analog/port_source.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::adapters {

/// Who runs an adapter.
class AdapterHost {
public:
    virtual ~AdapterHost() = default;
    /// Its ports work. Once. `firmware` in words, may be empty; the pointers of the ports stand
    /// until the adapter dies. May come from inside of the adapter's callbacks, which go on after.
    struct Port {
        std::string name;     ///< "line 1"; empty where there is one port only
        unsigned number = 1;  ///< of the port on the device: its key has it
        analog::FxoPort* fxo = nullptr;
        analog::FxsPort* fxs = nullptr;
    };
    virtual void onReady(std::vector<Port> ports, std::string firmware) = 0;
    /// It does not start, or broke, or was pulled out. Once, the last thing it says; its ports have
    /// told their listeners before. The host destroys it, later.
    virtual void onFailed(const hal::Error& why) = 0;

protected:
    AdapterHost() = default;
    AdapterHost(const AdapterHost&) = delete;
    AdapterHost& operator=(const AdapterHost&) = delete;
};

/// One adapter that is plugged in: set-up, registers and packets of one device. Dies at any time
/// but from inside its own callbacks. Thread: the loop's.
class UsbAdapter : protected hal::UsbDeviceObserver {
public:
    ~UsbAdapter() override;
    /// Once. Nothing waits.
    void start();
    [[nodiscard]] bool failed() const { return failed_; }

protected:
    UsbAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, AdapterHost& host);
    UsbAdapter(const UsbAdapter&) = delete;
    UsbAdapter& operator=(const UsbAdapter&) = delete;

    /// The device is open, nothing is claimed.
    virtual void onStart() = 0;
    /// After this nothing more comes: stop what runs, tell the ports' listeners.
    virtual void onFailure(const hal::Error& why) = 0;

    void ready(std::vector<AdapterHost::Port> ports, std::string firmware);
    /// Once; later ones are dropped. The cause gets the device's name in front.
    void fail(const hal::Error& why);
    void fail(hal::ErrorCode code, std::string cause);

    /// `next` comes when the request succeeded and this lives and works; else fail().
    [[nodiscard]] hal::UsbDone then(std::function<void()> next);
    /// True once this died or failed; copies of it are for callbacks of transfers.
    [[nodiscard]] std::weak_ptr<int> alive() const { return alive_; }

    [[nodiscard]] hal::EventLoop& loop() const { return loop_; }
    [[nodiscard]] hal::UsbDevice& device() const { return *device_; }
    /// The active configuration's interface; null where the descriptors have none.
    [[nodiscard]] const hal::UsbInterface* interface(std::uint8_t number) const;

private:
    void onGone(const hal::Error& why) final { fail(why); }

    hal::EventLoop& loop_;
    std::unique_ptr<hal::UsbDevice> device_;
    AdapterHost& host_;
    bool failed_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// The first endpoint of that type and direction with at least `minPacket` bytes in a packet; null
/// where there is none: descriptors may lie.
[[nodiscard]] const hal::UsbEndpoint* findEndpoint(const hal::UsbAlternate& alternate,
                                                   hal::UsbTransferType type, bool in,
                                                   std::uint16_t minPacket = 1) noexcept;

using AdapterFactory = std::function<std::unique_ptr<UsbAdapter>(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const UsbModelRow& row,
    AdapterHost& host)>;

}  // namespace tipring::adapters
