// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/tiger_jet.h"

#include <algorithm>
#include <array>

#include "tipring/hal/dsp/codec.h"
#include "usb/pcm_frame.h"
#include "usb/si3210.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

constexpr std::uint8_t kFixedAddress = 0x01;  // of bRequest: no auto-increment
enum Register : std::uint8_t {
    kReset = 0x00,  // bit 0 lets the SLIC go (WCU: 50, then 51)
    kAuxData = 0x12,
    kAuxDirection = 0x13,
    kSpiWrite = 0x26,
    kSpiRead = 0x27,
    kSpiControl = 0x29,
};
constexpr std::uint8_t kHookPin = 0x20;  // AUX5, 1 off hook
constexpr std::uint8_t kStart = 0x01;
constexpr std::uint8_t kReadBit = 0x80;

std::vector<std::byte> chipDescriptors(std::uint16_t product) {
    return bytesOf({18, 1, 0x10, 0x01, 0, 0, 0, 8, 0xE6, 0x06, product & 0xFF, product >> 8, 0x00,
                    0x01, 1, 2, 0, 1, 9, 2, 84, 0, 4, 1, 0, 0x80, 250,
                    // 0 HID, interrupt 0x85, 2 bytes
                    9, 4, 0, 0, 1, 3, 0, 0, 0, 7, 5, 0x85, 3, 2, 0, 1,
                    // 1 audio control
                    9, 4, 1, 0, 0, 1, 1, 0, 0,
                    // 2 from the phone, 3 to the phone
                    9, 4, 2, 0, 0, 1, 2, 0, 0, 9, 4, 2, 1, 1, 1, 2, 0, 0,  //
                    7, 5, 0x86, 1, 16, 0, 1,                               //
                    9, 4, 3, 0, 0, 1, 2, 0, 0, 9, 4, 3, 1, 1, 1, 2, 0, 0,  //
                    7, 5, 0x07, 1, 16, 0, 1});
}

}  // namespace

struct TigerJet560::Board {
    Board(hal::EventLoop& loop, Telephone& ownPhone, const TigerJetSettings& own)
        : settings(own), phone(ownPhone), slic(loop, ownPhone) {}

    void powerUp() {
        registers = {};
        slic.reset();
        out.reset();
        in.reset();
        told = {};
    }
    void write(std::uint8_t reg, std::uint8_t value);
    [[nodiscard]] std::uint8_t read(std::uint8_t reg) const;
    void spi();
    [[nodiscard]] std::uint8_t pins() const;

    TigerJetSettings settings;
    Telephone& phone;
    Si3210 slic;
    FxsFaults faults;
    std::array<std::uint8_t, 256> registers{};
    std::bitset<256> written;
    std::optional<PcmFrame> out, in;
    std::array<std::uint8_t, 2> told{};
};

/// Pins that are inputs show the world, those that are outputs what was written.
std::uint8_t TigerJet560::Board::pins() const {
    const std::uint8_t outputs = registers[kAuxDirection];
    const std::uint8_t world = phone.loopClosed() ? kHookPin : std::uint8_t{0};
    return std::uint8_t((registers[kAuxData] & outputs) | (world & ~outputs));
}

std::uint8_t TigerJet560::Board::read(std::uint8_t reg) const {
    return reg == kAuxData ? pins() : registers[reg];
}

void TigerJet560::Board::write(std::uint8_t reg, std::uint8_t value) {
    if (reg == kReset && (value & 1U) == 0) {
        slic.reset();
    }
    registers[reg] = value;
    written.set(reg);
    if (reg == kSpiControl && (value & kStart) != 0) {
        spi();
    }
}

/// Two bytes wait in 0x26 and 0x27: address with the direction in bit 7, and the value. The read
/// byte appears in 0x27. Done at once: the SPI is faster than the bus.
void TigerJet560::Board::spi() {
    registers[kSpiControl] &= std::uint8_t(~kStart);
    const std::uint8_t address = registers[kSpiWrite], value = registers[kSpiRead];
    const std::uint8_t reg = address & 0x7FU;
    const bool reads = (address & kReadBit) != 0;
    const bool held = (registers[kReset] & 1U) == 0;
    if (!settings.hasSlic || held || faults.silentRegister == reg) {
        registers[kSpiRead] = reads ? std::uint8_t{0xFF} : value;  // nobody drives the wire
    } else if (reads) {
        registers[kSpiRead] = slic.read(reg);
    } else {
        slic.write(reg, value);
    }
}

TigerJet560::TigerJet560(hal::EventLoop& loop, Telephone& telephone,
                         const TigerJetSettings& settings)
    : UsbModel(loop, chipDescriptors(settings.product)),
      board_(std::make_unique<Board>(loop, telephone, settings)) {}
TigerJet560::~TigerJet560() = default;

void TigerJet560::setLineFaults(const FxsFaults& faults) {
    board_->faults = faults;
    board_->slic.setFaults(faults);
}

std::string TigerJet560::text(std::uint8_t index) const {
    return index == 1 ? "TigerJet Network, Inc." : index == 2 ? "USB Internet Phone" : "";
}

const std::bitset<256>& TigerJet560::written() const {
    return board_->written;
}
std::uint8_t TigerJet560::slicRegister(std::uint8_t direct) {
    return board_->slic.read(direct);
}

UsbHandshake TigerJet560::onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                      std::size_t& size) {
    if (setup.requestType != 0xC0 || (setup.request & 0xF0U) != 0) {
        return UsbHandshake::Stall;
    }
    auto reg = std::uint8_t(setup.index);
    for (std::byte& one : room.first(std::min<std::size_t>(room.size(), 255))) {
        one = std::byte(board_->read(reg));
        reg = std::uint8_t(reg + ((setup.request & kFixedAddress) != 0 ? 0U : 1U));
        ++size;
    }
    return UsbHandshake::Ok;
}

UsbHandshake TigerJet560::onControlOut(const hal::UsbSetup& setup,
                                       std::span<const std::byte> data) {
    if (setup.requestType != 0x40 || (setup.request & 0xF0U) != 0 || data.size() > 255) {
        return UsbHandshake::Stall;
    }
    auto reg = std::uint8_t(setup.index);
    for (const std::byte one : data) {
        board_->write(reg, std::to_integer<std::uint8_t>(one));
        reg = std::uint8_t(reg + ((setup.request & kFixedAddress) != 0 ? 0U : 1U));
    }
    return UsbHandshake::Ok;
}

UsbHandshake TigerJet560::onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) {
    if (address == 0x85) {  // AUX pins and the bus's state, when they change
        const std::array now{board_->pins(), std::uint8_t{0}};
        if (now == board_->told || room.size() < now.size()) {
            return UsbHandshake::Nak;
        }
        board_->told = now;
        room[0] = std::byte(now[0]);
        room[1] = std::byte(now[1]);
        size = now.size();
        return UsbHandshake::Ok;
    }
    if (!board_->in) {
        return UsbHandshake::Nak;
    }
    size = board_->in->write(room);
    board_->in.reset();
    return UsbHandshake::Ok;
}

UsbHandshake TigerJet560::onOut(std::uint8_t /*address*/, std::span<const std::byte> data) {
    board_->out = PcmFrame::read(data);
    return UsbHandshake::Ok;
}

void TigerJet560::onFrame() {
    const PcmFrame heard = board_->out.value_or(PcmFrame{});
    board_->out.reset();
    PcmFrame said;
    // The chip talks mu-law to the SLIC: what it carries has that law's steps (WCU: DR1 = 2A).
    std::array<std::byte, PcmFrame::kSamples> toPhone, fromPhone;
    dsp::encodeMuLaw(heard.samples, toPhone);
    board_->slic.exchangeCodes(toPhone, fromPhone);
    dsp::decodeMuLaw(fromPhone, said.samples);
    board_->in = alternate(2) == 1 ? std::optional(said) : std::nullopt;
    if (board_->pins() != board_->told[0]) {
        ready();
    }
}

bool TigerJet560::wantsFrames() const {
    return configuration() != 0 && (alternate(2) == 1 || alternate(3) == 1);
}

void TigerJet560::onPower() {
    board_->powerUp();
}

}  // namespace tipring::sim
