// SPDX-License-Identifier: Apache-2.0
#include "adapter_models.h"

#include <algorithm>

#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::proof {
namespace {

class FxoModel : public AdapterModel {
public:
    FxoModel(hal::EventLoop& loop, const char* country) : exchange_(loop, {.country = country}) {}
    sim::Line* wire() override { return &line_; }
    sim::FarEnd* farEnd() override { return &farEnd_; }
    sim::Exchange* exchange() override { return &exchange_; }

private:
    sim::Exchange exchange_;
    sim::Line& line_ = exchange_.addLine(kOurNumber);
    sim::FarEnd farEnd_{exchange_};
};

class U100 final : public FxoModel {
public:
    U100(hal::EventLoop& loop, const char* country, const std::string& busName)
        : FxoModel(loop, country), board_(loop, wire(), nullptr), name_(busName, board_) {}
    sim::UsbModel& usb() override { return board_; }
    void breakLine(const sim::FxoFaults& faults) override { board_.setLineFaults(0, faults); }

private:
    sim::SangomaU100 board_;
    sim::SimUsbName name_;
};

class Hid final : public FxoModel {
public:
    Hid(hal::EventLoop& loop, const char* country, const std::string& busName)
        : FxoModel(loop, country), phone_(loop, wire()), name_(busName, phone_) {}
    sim::UsbModel& usb() override { return phone_; }

private:
    sim::HidPhone phone_;
    sim::SimUsbName name_;
};

template <class Board>
class Fxs final : public AdapterModel {
public:
    Fxs(hal::EventLoop& loop, const char* country, const std::string& busName)
        : phone_(loop, {.callerId = country}), board_(loop, phone_), name_(busName, board_) {}
    sim::UsbModel& usb() override { return board_; }
    sim::Telephone* phone() override { return &phone_; }
    void breakSlic(const sim::FxsFaults& faults) override { board_.setLineFaults(faults); }

private:
    sim::Telephone phone_;
    Board board_;
    sim::SimUsbName name_;
};

template <class Model>
std::unique_ptr<AdapterModel> make(hal::EventLoop& loop, const char* country,
                                   const std::string& busName) {
    return std::make_unique<Model>(loop, country, busName);
}

constexpr AdapterKind kRows[] = {
    {"sangoma_u100", &tipring_sangoma_u100_provider, make<U100>, 2, true, true, 0x81},
    {"hid_phone", &tipring_hid_phone_provider, make<Hid>, 1, true, false, 0x81},
    {"open_usb_fxs", &tipring_open_usb_fxs_provider, make<Fxs<sim::OpenUsbFxs>>, 1, false, true,
     0x81},
    {"tiger_jet", &tipring_tiger_jet_provider, make<Fxs<sim::TigerJet560>>, 1, false, true, 0x86},
};

}  // namespace

const std::span<const AdapterKind> kAdapters = kRows;

const AdapterKind& adapter(std::string_view name) {
    return *std::find_if(kAdapters.begin(), kAdapters.end(),
                         [name](const AdapterKind& kind) { return kind.name == name; });
}

}  // namespace tipring::proof
