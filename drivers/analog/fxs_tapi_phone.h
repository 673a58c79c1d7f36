// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fxs_unit.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

/// Buttons of the telephone on an FXS port: 0 to 9, `*` and `#` (0 to 11), the hook flash, and the
/// message lamp.
inline constexpr std::uint32_t kFlashButton = 12, kLampButton = 13, kButtons = 14;

/// The telephone on an FXS port: hook switch, ringer, keypad, message lamp.
class FxsTapiPhone final : public tspi::Phone, private FxsUser {
public:
    FxsTapiPhone(FxsUnit& unit, const tspi::PhoneEvents& events, bool& open);
    ~FxsTapiPhone() override;

    hal::Result<void> status(TspiPhoneStatus& status) override;
    hal::Result<void> setStatusMessages(std::uint32_t states, std::uint32_t buttonModes,
                                        std::uint32_t buttonStates) override;
    /// Mode 0 is silence; the others are the ring modes of a line.
    hal::Result<void> setRing(tspi::Request&& request, std::uint32_t ringMode,
                              std::uint32_t volume) override;
    hal::Result<std::uint32_t> lamp(std::uint32_t lampId) override;
    hal::Result<void> setLamp(tspi::Request&& request, std::uint32_t lampId,
                              std::uint32_t lampMode) override;
    hal::Result<void> buttonInfo(std::uint32_t buttonId, TspiButtonInfo& info) override;

private:
    void onPort(bool there, std::string_view cause) override;
    void onFxs(const FxsEvent& event) override;
    void onFxsSound(std::uint64_t, std::span<const std::int16_t>,
                    std::span<std::int16_t>) override {}
    void setRingMode(std::uint32_t mode);
    void press(std::uint32_t button, std::uint32_t mode);

    FxsUnit& unit_;
    tspi::PhoneEvents events_;
    bool& open_;
    std::uint32_t ringMode_ = 0;
};

}  // namespace tipring::analog
