// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "jack_registers.h"
#include "tipring/drivers/analog/fxs_port.h"
#include "tipring/drivers/chips/pcm_duplex.h"

namespace tipring::magic_jack {

/// What register 0x14 says.
struct JackState {
    bool offHook = false;
    std::optional<char> key;  ///< that is being pressed: 0-9 * #
    bool operator==(const JackState&) const = default;
};
[[nodiscard]] JackState jackState(std::uint32_t value) noexcept;
/// The line bits of register 0x00 for a feed; its other bits are `others`.
[[nodiscard]] std::uint32_t lineBits(analog::FxsFeed feed, std::uint32_t others) noexcept;
inline constexpr std::uint8_t kLineRegister = 0x00;

/// The telephone port of a magicJack whose line is on. It plays dial tone and hears keys by itself.
/// Thread: the loop's.
class JackPort final : public analog::FxsPort {
public:
    JackPort(JackRegisters& registers, std::function<void(const hal::Error&)> broken);

    /// `line`: register 0x00 as it was read.
    hal::Result<void> start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                            std::uint8_t outEndpoint, std::uint32_t line);
    void gone(const hal::Error& why);
    void onState(std::uint32_t value);
    /// Register 0x00 as it was read; false when the feed was lost and is written again.
    bool onLine(std::uint32_t value);
    void fault(const hal::Error* why);

    [[nodiscard]] analog::FxsAbilities abilities() const override {
        return {.digits = true, .dialTone = true, .polarity = true, .onHookSound = true};
    }
    void setListener(analog::FxsPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] bool offHook() const override { return state_.offHook; }
    hal::Result<void> setFeed(analog::FxsFeed feed) override;
    hal::Result<void> setSound(bool on) override;
    hal::Result<void> setNeon(bool on) override;

private:
    void writeFeed();

    JackRegisters& registers_;
    std::function<void(const hal::Error&)> broken_;
    analog::FxsPortListener* listener_ = nullptr;
    analog::FxsFeed wanted_ = analog::FxsFeed::Forward;
    JackState state_;
    std::uint32_t others_ = 0;  ///< bits of register 0x00 that are not ours
    unsigned writing_ = 0;
    bool gone_ = false;
    chips::PcmDuplex sound_;
};

}  // namespace tipring::magic_jack
