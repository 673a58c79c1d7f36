// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/fxo_faults.h"
#include "tipring/hal/sim/fxs_faults.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_model.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::proof {

/// The register-exact model of an adapter on an in-process bus, with what is at its other end.
class AdapterModel {
public:
    virtual ~AdapterModel() = default;
    [[nodiscard]] virtual sim::UsbModel& usb() = 0;
    // Line side; null on the telephone side.
    [[nodiscard]] virtual sim::Line* wire() { return nullptr; }
    [[nodiscard]] virtual sim::FarEnd* farEnd() { return nullptr; }
    [[nodiscard]] virtual sim::Exchange* exchange() { return nullptr; }
    virtual void breakLine(const sim::FxoFaults&) {}
    // Telephone side.
    [[nodiscard]] virtual sim::Telephone* phone() { return nullptr; }
    virtual void breakSlic(const sim::FxsFaults&) {}
};

/// A kind of adapter; a new one is one row of kAdapters.
struct AdapterKind {
    const char* name;
    const TspiProvider* (*provider)();
    std::unique_ptr<AdapterModel> (*make)(hal::EventLoop& loop, const char* country,
                                          const std::string& busName);
    std::size_t lines;  ///< of one device that works
    bool fxo, sound;
    std::uint8_t in;  ///< endpoint that its service depends on
};

extern const std::span<const AdapterKind> kAdapters;
[[nodiscard]] const AdapterKind& adapter(std::string_view name);

inline void PrintTo(const AdapterKind& kind, std::ostream* out) {
    *out << kind.name;
}

inline constexpr const char* kOurNumber = "5550100";

}  // namespace tipring::proof
