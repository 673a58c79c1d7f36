// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "messages.h"
#include "tipring/drivers/analog/fxo_port.h"
#include "tipring/drivers/chips/si3050.h"

namespace tipring::sangoma_u100 {

/// One line of the adapter: what its DAA's registers say, looked at every 2 ms. Thread: the loop's.
class U100Port final : public analog::FxoPort {
public:
    U100Port(hal::EventLoop& loop, Messages& messages, unsigned module,
             const chips::Si3050Settings& settings);
    ~U100Port() override;

    /// Looks for the DAA and starts it; what happens is told once. A second try is made where the
    /// first fails.
    void startUp(chips::RegisterScript::Done done);
    [[nodiscard]] bool works() const { return works_; }

    /// A register was told, asked for or not.
    void onRegister(std::uint8_t reg, std::uint8_t value);
    /// Events may have been lost: reads everything again.
    void refresh();
    /// A look, at the adapter's own time.
    void look(std::uint64_t ms);
    /// A frame's sound both ways; `codes` to the line comes filled with silence.
    void exchange(std::span<const std::byte, kSamples> fromLine,
                  std::span<std::byte, kSamples> toLine);
    /// So many frames never came: the sound's position goes on without them.
    void skip(std::uint64_t frames);
    void gone(const hal::Error& why);

    [[nodiscard]] analog::FxoAbilities abilities() const override {
        return {
            .battery = true, .volts = true, .polarity = true, .current = true, .onHookSound = true};
    }
    void setListener(analog::FxoPortListener* listener) override { listener_ = listener; }
    [[nodiscard]] analog::FxoElectrics electrics() const override { return electrics_; }
    hal::Result<void> setHook(bool offHook) override;
    hal::Result<void> setSound(bool on) override;

private:
    void runScript();
    void lookForRing(std::uint64_t ms);
    void lookAtHook(std::uint64_t ms);
    void lookAtElectrics();
    void askWhenDue(std::uint8_t reg, std::uint64_t& asked, std::uint64_t every);
    void recover();
    void writeHook();

    Messages& messages_;
    Owner owner_;
    MessageBus bus_;
    chips::RegisterScript script_;
    chips::Si3050Settings settings_;
    std::vector<chips::ScriptStep> steps_;
    chips::RegisterScript::Done started_;
    unsigned attempts_ = 0;
    bool works_ = false, gone_ = false;

    std::array<std::uint8_t, 64> registers_{};  ///< as last told
    chips::Si3050RingSense sense_;
    bool ring_ = false, offHook_ = false;
    std::uint64_t now_ = 0, hookSettles_ = 0, slotsAsked_ = 0, currentAsked_ = 0;  // ms
    std::optional<bool> normalNegative_;  ///< the polarity that was seen first
    analog::FxoElectrics electrics_;

    analog::FxoPortListener* listener_ = nullptr;
    bool sound_ = false;
    std::uint64_t position_ = 0;
};

}  // namespace tipring::sangoma_u100
