// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "analog_options.h"
#include "fxo_tapi_line.h"
#include "fxs_interface.h"
#include "fxs_unit.h"
#include "tipring/drivers/analog/port_source.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

/// A port that was ever there, and what is open on it.
struct AnalogDevice {
    PortInfo port;            ///< its pointers are null while it is away
    TspiLineCaps lineCaps{};  ///< as they were when it was there
    std::optional<std::uint32_t> lineId, phoneId;
    FxoTapiLine* fxoLine = nullptr;  ///< while it is open
    std::unique_ptr<FxsUnit> fxs;    ///< of an FXS port
    bool fxsLineOpen = false, phoneOpen = false;
};

class AnalogProvider final : public tspi::Provider, private PortSourceListener {
public:
    AnalogProvider(tspi::Session& session, std::unique_ptr<PortSource> source);
    ~AnalogProvider() override;

    std::vector<std::string> deviceKeys() override;
    hal::Result<void> createLineDevice(std::string_view deviceKey, std::uint32_t id) override;
    hal::Result<void> lineCaps(std::uint32_t id, TspiLineCaps& caps) override;
    hal::Result<void> addressCaps(std::uint32_t id, std::uint32_t addressId,
                                  TspiAddressCaps& caps) override;
    hal::Result<std::unique_ptr<tspi::Line>> openLine(std::uint32_t id,
                                                      const tspi::LineEvents& events) override;
    std::vector<std::string> phoneKeys() override;
    hal::Result<void> createPhoneDevice(std::string_view deviceKey, std::uint32_t id) override;
    hal::Result<void> phoneCaps(std::uint32_t id, TspiPhoneCaps& caps) override;
    hal::Result<std::unique_ptr<tspi::Phone>> openPhone(std::uint32_t id,
                                                        const tspi::PhoneEvents& events) override;
    std::span<const TspiInterface> interfaces() override { return kFxsInterfaces; }
    hal::Result<void> callInterface(tspi::Request&& request, const tspi::InterfaceTarget& target,
                                    std::uint32_t interfaceIndex, std::uint32_t method,
                                    std::span<const TspiValue> arguments) override;

private:
    void onPortArrived(const PortInfo& port) override;
    void onPortLeft(std::string_view key) override;
    AnalogDevice* find(std::string_view key);
    hal::Result<AnalogDevice*> lineOf(std::uint32_t id);
    hal::Result<AnalogDevice*> phoneOf(std::uint32_t id);

    tspi::Session& session_;
    AnalogOptions options_;
    std::vector<std::unique_ptr<AnalogDevice>> devices_;
    bool enumerated_ = false;  ///< from then on arrivals are told
    std::unique_ptr<PortSource> source_;
};

}  // namespace tipring::analog
