// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/hid_phone.h"

#include <algorithm>
#include <array>
#include <functional>

#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

// Byte 0 of the input report, and what the host orders.
enum Flag : std::uint8_t { kLoop = 1, kRing = 2, kNoLine = 4, kHook = 8, kPolarity = 16 };
enum Order : std::uint8_t { kHostThere = 1, kGoOffHook = 2 };
enum State : std::uint8_t {
    kNotReady,
    kReady,
    kOffHook,
    kRinging,
    kLineNotFound,
    kLineInUse,
    kHostNotFound,
};
constexpr float kLeastVolts = 3;   // below: no line (guess)
constexpr float kInUseVolts = 20;  // on hook and below: another telephone is off hook (guess)

std::vector<std::byte> mapleDescriptors() {
    // 335e:8a01, bcdUSB 2.01, bcdDevice 3.0b, 0x74 bytes, 4 interfaces, self powered, 100 mA
    return bytesOf({18, 1, 0x01, 0x02, 0, 0, 0, 64, 0x5E, 0x33, 0x01, 0x8A, 0x0B, 0x03, 1, 2, 0, 1,
                    9, 2, 0x74, 0, 4, 1, 0, 0xC0, 50,
                    // 0 DFU runtime
                    9, 4, 0, 0, 0, 0xFE, 1, 1, 0, 9, 0x21, 0x0D, 0xFF, 0, 64, 0, 0x1A, 0x01,
                    // 1 HID "Switchy"
                    9, 4, 1, 0, 1, 3, 0, 0, 0, 9, 0x21, 0x11, 0x01, 0, 1, 0x22, 0, 0,  //
                    7, 5, 0x82, 3, 9, 0, 8,
                    // 2 HID "Telephone Controls"
                    9, 4, 2, 0, 2, 3, 0, 0, 0, 9, 0x21, 0x11, 0x01, 0, 1, 0x22, 97, 0,  //
                    7, 5, 0x81, 3, 2, 0, 1, 7, 5, 0x01, 3, 1, 0, 1,
                    // 3 HID
                    9, 4, 3, 0, 2, 3, 0, 0, 0, 9, 0x21, 0x11, 0x01, 0, 1, 0x22, 0, 0,  //
                    7, 5, 0x83, 3, 6, 0, 1, 7, 5, 0x03, 3, 6, 0, 1});
}

const std::vector<std::byte>& reportDescriptor() {
    static const std::vector<std::byte> bytes =
        bytesOf({0x05, 0x0B, 0x0A, 0x4B, 0x01, 0xA1, 0x01, 0x09, 0xF0, 0x09, 0x2D, 0x09, 0x2D, 0x09,
                 0x20, 0x09, 0x29, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x05, 0x81, 0x02, 0x75,
                 0x03, 0x95, 0x01, 0x81, 0x01, 0x06, 0x8A, 0xFF, 0x09, 0xA0, 0x15, 0x00, 0x25, 0x06,
                 0x75, 0x08, 0x95, 0x01, 0x81, 0x02, 0x05, 0x0B, 0x09, 0xF1, 0x09, 0xF3, 0x15, 0x00,
                 0x25, 0x01, 0x75, 0x01, 0x95, 0x02, 0x92, 0x02, 0x00, 0x75, 0x06, 0x95, 0x01, 0x92,
                 0x01, 0x00, 0x05, 0x06, 0x09, 0x2A, 0xA1, 0x02, 0x09, 0x2D, 0x09, 0x2E, 0x09, 0x2F,
                 0x95, 0x03, 0x75, 0x08, 0x15, 0x00, 0x25, 0xFF, 0xB2, 0x03, 0x00, 0xC0, 0xC0});
    return bytes;
}

}  // namespace

struct HidPhone::Board final : LineDevice {
    using Report = std::array<std::uint8_t, 2>;

    Board(Line* ownLine, std::function<void()> changed)
        : line(ownLine), onChanged(std::move(changed)) {
        if (line != nullptr) {
            electrics = line->electrics();
            line->attach(this);
        }
    }
    ~Board() override {
        if (line != nullptr) {
            hook(false);
            line->attach(nullptr);
        }
    }

    void onRing(bool /*on*/) override {}
    void onSound(HeardBlock, SpokenBlock) override {}
    void onElectrics(const LineElectrics& now) override {
        electrics = now;
        onChanged();
    }
    void order(std::uint8_t value) {
        hostThere = (value & kHostThere) != 0;
        hook((value & kGoOffHook) != 0 && !faults.neverOffHook);
        onChanged();
    }
    void hook(bool off) {
        if (line != nullptr && offHook != off) {
            offHook = off;
            off ? line->closeLoop() : line->openLoop();
        }
    }
    [[nodiscard]] Report report() const;

    Line* line;
    std::function<void()> onChanged;
    HidPhoneFaults faults;
    LineElectrics electrics;
    bool hostThere = false, offHook = false;
    Report told{};
    bool toldAny = false;
};

HidPhone::Board::Report HidPhone::Board::report() const {
    const float volts = electrics.volts < 0 ? -electrics.volts : electrics.volts;
    const bool present = volts >= kLeastVolts;
    const bool inUse = present && !offHook && volts < kInUseVolts;
    const bool rings = electrics.ringVolts > 0;
    std::uint8_t flags = present ? 0 : kNoLine;
    flags |= std::uint8_t(present && !inUse ? kLoop : 0);
    flags |= std::uint8_t(rings ? kRing : 0);
    flags |= std::uint8_t(offHook || inUse ? kHook : 0);
    flags |= std::uint8_t(electrics.volts < 0 ? kPolarity : 0);
    const State state = !hostThere ? kHostNotFound
                        : !present ? kLineNotFound
                        : offHook  ? kOffHook
                        : inUse    ? kLineInUse
                        : rings    ? kRinging
                                   : kReady;
    return {flags, state};
}

HidPhone::HidPhone(hal::EventLoop& loop, Line* line)
    : UsbModel(loop, mapleDescriptors()),
      board_(std::make_unique<Board>(line, [this] { ready(); })) {}
HidPhone::~HidPhone() = default;

void HidPhone::setLineFaults(const HidPhoneFaults& faults) {
    board_->faults = faults;
}

std::string HidPhone::text(std::uint8_t index) const {
    return index == 1 ? "Eight Amps" : index == 2 ? "Maple" : "";
}

std::span<const std::byte> HidPhone::interfaceDescriptor(std::uint8_t number,
                                                         std::uint8_t type) const {
    return number == 2 && type == 0x22 ? reportDescriptor() : std::span<const std::byte>{};
}

/// GET_REPORT: input 1, feature 3 (version 3.0.11, from bcdDevice: guess).
UsbHandshake HidPhone::onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                   std::size_t& size) {
    if (setup.requestType != 0xA1 || setup.request != 1 || setup.index != 2) {
        return UsbHandshake::Stall;
    }
    const Board::Report input = board_->report();
    const std::vector<std::byte> bytes = setup.value == 0x0100   ? bytesOf({input[0], input[1]})
                                         : setup.value == 0x0300 ? bytesOf({3, 0, 11})
                                                                 : std::vector<std::byte>{};
    if (bytes.empty()) {
        return UsbHandshake::Stall;
    }
    size = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), size, room.begin());
    return UsbHandshake::Ok;
}

/// SET_REPORT of the output report, SET_IDLE.
UsbHandshake HidPhone::onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) {
    if (setup.requestType != 0x21 || setup.index != 2) {
        return UsbHandshake::Stall;
    }
    if (setup.request == 9 && setup.value == 0x0200 && data.size() == 1) {
        board_->order(byteAt(data, 0));
        return UsbHandshake::Ok;
    }
    return setup.request == 10 ? UsbHandshake::Ok : UsbHandshake::Stall;
}

UsbHandshake HidPhone::onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) {
    const Board::Report now = board_->report();
    const bool news = !board_->toldAny || now != board_->told;
    if (address != 0x81 || !news || room.size() < now.size()) {
        return UsbHandshake::Nak;
    }
    board_->told = now;
    board_->toldAny = true;
    room[0] = std::byte(now[0]);
    room[1] = std::byte(now[1]);
    size = now.size();
    return board_->faults.threeByteReports ? UsbHandshake::Babble : UsbHandshake::Ok;
}

UsbHandshake HidPhone::onOut(std::uint8_t address, std::span<const std::byte> data) {
    if (address == 0x01 && !data.empty()) {
        board_->order(byteAt(data, 0));
    }
    return UsbHandshake::Ok;
}

void HidPhone::onSettings() {
    board_->toldAny = false;
}

void HidPhone::onPower() {
    board_->order(0);
}

}  // namespace tipring::sim
