// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "jack_port.h"
#include "jack_registers.h"
#include "tipring/drivers/adapters/usb_adapter.h"

namespace tipring::magic_jack {

/// One device: the line is switched on, then sound; hook and keys by asking. The disk that the
/// device shows as well, and the kernel's driver of it, are left alone.
class JackAdapter final : public adapters::UsbAdapter {
public:
    JackAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                adapters::AdapterHost& host);
    ~JackAdapter() override;

private:
    /// Where one direction of the sound is.
    struct Place {
        std::uint8_t interface = 0, alternate = 0, endpoint = 0;
    };

    void onStart() override;
    void onFailure(const hal::Error& why) override;
    [[nodiscard]] std::optional<Place> findSound(bool in) const;
    [[nodiscard]] std::optional<std::uint8_t> findInterface(std::uint8_t classCode,
                                                            std::uint8_t subclass) const;
    void claim(std::vector<std::uint8_t> interfaces, std::function<void()> next);
    void selectSound();
    void switchOn();
    void writeLine(const hal::Result<std::uint32_t>& line);
    void startCodec(const hal::Result<std::uint32_t>& state);
    void onTimer();
    void checkCodec(const hal::Result<std::uint32_t>& codec);
    void poll();
    void onState(const hal::Result<std::uint32_t>& state);
    void onLine(const hal::Result<std::uint32_t>& line);
    void read(std::uint8_t reg, void (JackAdapter::*next)(const hal::Result<std::uint32_t>&));

    Place in_, out_;
    JackRegisters registers_;
    JackPort port_;
    hal::Timer timer_;
    std::uint32_t line_ = 0, state_ = 0;
    unsigned polls_ = 0, losses_ = 0;
    bool running_ = false;
};

}  // namespace tipring::magic_jack
