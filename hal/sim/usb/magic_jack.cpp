// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/magic_jack.h"

#include <algorithm>
#include <array>
#include <map>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/tone.h"
#include "usb/pcm_frame.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kReport = 64;
constexpr std::uint8_t kLine = 0x00, kState = 0x14, kCodec = 0x38, kLoopback = 0x40;
constexpr std::uint32_t kPower = 1, kRing = 0x300, kReverse = 1U << 16U;
constexpr std::uint32_t kOffHook = 1U << 31U, kDigitValid = 1U << 16U, kDigit = 0x0F000000;
constexpr std::uint8_t kOpRead = 0x00, kOpWrite = 0x20;
constexpr float kBattery = 48, kRingVolts = 60, kRingHertz = 20, kCurrent = 20;  // guess

std::map<std::uint8_t, std::uint32_t> baseline() {
    // MJ: line on, on hook; here bit 0 of register 0 waits for the host.
    return {{0x00, 0x00000000}, {0x04, 0x256A32A0}, {0x08, 0x7D003E80}, {0x0C, 0x14500190},
            {0x10, 0x00000014}, {0x14, 0x0A000104}, {0x18, 0x01400199}, {0x1C, 0x00000800},
            {0x20, 0x1F400199}, {0x24, 0x0F0E0F66}, {0x28, 0x66BC0001}, {0x2C, 0xFFCE0032},
            {0x30, 0x000001E0}, {0x34, 0x00060000}, {0x38, 0x00000007}, {0x3C, 0},
            {0x40, 0x010044C0}, {0x44, 0xFFF10018}, {0x48, 0xC2000004}, {0x4C, 0},
            {0x50, 0},          {0x54, 0x00000FFC}, {0x58, 0x7DA380E7}, {0x5C, 0x7D20AFED},
            {0xF0, 0}};
}

std::vector<std::byte> jackDescriptors() {
    return bytesOf({18, 1, 0x10, 0x01, 0, 0, 0, 64, 0xE6, 0x06, 0x00, 0xC2, 0x08, 0x00, 16, 32, 96,
                    1, 9, 2, 136, 0, 5, 1, 0, 0x80, 250,
                    // 0 mass storage
                    9, 4, 0, 0, 2, 8, 6, 0x50, 0, 7, 5, 0x81, 2, 64, 0, 0, 7, 5, 0x02, 2, 64, 0, 0,
                    // 1 audio control
                    9, 4, 1, 0, 0, 1, 1, 0, 0,
                    // 2 phone to host
                    9, 4, 2, 0, 0, 1, 2, 0, 0, 9, 4, 2, 1, 1, 1, 2, 0, 0, 7, 5, 0x83, 1, 16, 0, 1,
                    // 3 host to phone, 16 kHz or 8 kHz
                    9, 4, 3, 0, 0, 1, 2, 0, 0, 9, 4, 3, 1, 1, 1, 2, 0, 0, 7, 5, 0x04, 1, 32, 0, 1,
                    9, 4, 3, 2, 1, 1, 2, 0, 0, 7, 5, 0x04, 1, 16, 0, 1,
                    // 4 HID
                    9, 4, 4, 0, 1, 3, 0, 0, 0, 9, 0x21, 0x10, 0x01, 0, 1, 0x22, 111, 0,  //
                    7, 5, 0x85, 3, 64, 0, 10});
}

const std::vector<std::byte>& reportDescriptor() {
    static const std::vector<std::byte> bytes =
        bytesOf({0x05, 0x0b, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x06, 0xa1, 0x02, 0x19, 0xb0, 0x29, 0xbb,
                 0x15, 0x01, 0x25, 0x0c, 0x95, 0x01, 0x75, 0x04, 0x81, 0x00, 0xc0, 0x05, 0x0b, 0x09,
                 0x25, 0x09, 0x23, 0x09, 0x24, 0x09, 0x26, 0x09, 0x21, 0x09, 0x2f, 0x09, 0x31, 0x25,
                 0x07, 0x75, 0x06, 0x81, 0x00, 0x09, 0x04, 0xa1, 0x02, 0x05, 0x0c, 0x09, 0xe0, 0x15,
                 0xff, 0x25, 0x01, 0x95, 0x01, 0x75, 0x02, 0x81, 0x06, 0xc0, 0x05, 0x09, 0xa1, 0x02,
                 0x19, 0x01, 0x29, 0x04, 0x15, 0x01, 0x25, 0x04, 0x95, 0x01, 0x75, 0x03, 0x81, 0x00,
                 0xc0, 0x05, 0x0b, 0x09, 0x20, 0x15, 0x00, 0x25, 0x01, 0x95, 0x01, 0x75, 0x01, 0x81,
                 0x02, 0x06, 0xff, 0xff, 0x09, 0x00, 0x75, 0x08, 0x95, 0x40, 0xb1, 0x00, 0xc0});
    return bytes;
}

/// 1-9 as they are, A = 0, B = *, C = #.
std::uint32_t digitCode(char key) {
    switch (key) {
    case '0': return 10;
    case '*': return 11;
    case '#': return 12;
    default: return key >= '1' && key <= '9' ? std::uint32_t(key - '0') : 0;
    }
}

}  // namespace

struct MagicJack::Board final : Telephone::Port {
    explicit Board(Telephone& ownPhone) : phone(ownPhone) { phone.setPort(this); }
    ~Board() override {
        phone.setPort(nullptr);
        phone.setFeed({});
    }

    void onLoop(bool closed) override;
    void write(std::uint8_t reg, std::uint32_t value);
    [[nodiscard]] std::uint32_t read(std::uint8_t reg);
    void updateFeed();
    [[nodiscard]] bool powered() const { return (registers.at(kLine) & kPower) != 0; }
    void hearDigits(std::span<const std::int16_t> samples);
    void millisecond();

    Telephone& phone;
    MagicJackFaults faults;
    std::map<std::uint8_t, std::uint32_t> registers = baseline();
    std::uint8_t asked = 0;
    unsigned reads = 0;
    std::set<std::uint8_t> orders;
    std::optional<PcmFrame> out, in;
    bool hookTold = false;
    dsp::DtmfDetector digits;
    dsp::ToneGenerator dialTone;
};

void MagicJack::Board::onLoop(bool closed) {
    std::uint32_t& state = registers.at(kState);
    const bool shown = closed && powered() && !faults.hookStuck;
    state = shown ? state | kOffHook : state & ~(kOffHook | kDigitValid);
    if (closed && powered()) {
        registers.at(kLine) &= ~kRing;  // ring trip (guess: the ring ends by itself)
        dialTone.start(350, 440, -13);  // its firmware's own
    } else {
        dialTone.stop();
    }
    updateFeed();
}

void MagicJack::Board::updateFeed() {
    PhoneFeed feed;
    const std::uint32_t line = registers.at(kLine);
    if (powered()) {
        feed.volts = (line & kReverse) != 0 ? -kBattery : kBattery;
        feed.milliamps = kCurrent;
        feed.ringVolts = (line & kRing) == kRing && !phone.loopClosed() ? kRingVolts : 0;
        feed.ringHertz = kRingHertz;
    }
    phone.setFeed(feed);
}

void MagicJack::Board::write(std::uint8_t reg, std::uint32_t value) {
    const auto found = registers.find(reg);
    if (found == registers.end()) {
        return;
    }
    if (reg == kState) {  // hook and digit are the chip's
        constexpr std::uint32_t kOwn = kOffHook | kDigit | kDigitValid;
        value = (value & ~kOwn) | (found->second & kOwn);
    } else if (reg == kCodec && value == 3) {
        value = 7;
    }
    found->second = value;
    if (reg == kLine) {
        onLoop(phone.loopClosed());
    }
}

std::uint32_t MagicJack::Board::read(std::uint8_t reg) {
    const bool stale = faults.staleEvery != 0 && ++reads % faults.staleEvery == 0;
    const auto found = registers.find(stale ? kState : reg);
    return found == registers.end() ? 0 : found->second;
}

void MagicJack::Board::hearDigits(std::span<const std::int16_t> samples) {
    digits.process(samples, [this](const dsp::DtmfEvent& event) {
        std::uint32_t& state = registers.at(kState);
        if (event.kind == dsp::DtmfEvent::Kind::Start) {
            state = (state & ~kDigit) | (digitCode(event.key) << 24U) | kDigitValid;
            dialTone.stop();
        } else {
            state &= ~kDigitValid;
        }
    });
}

void MagicJack::Board::millisecond() {
    PcmFrame heard = out.value_or(PcmFrame{});
    out.reset();
    PcmFrame said;
    if (powered()) {
        dialTone.mix(heard.samples);
        phone.exchange(heard.samples, said.samples);
        hearDigits(said.samples);
    }
    in = (registers.at(kLoopback) & 0x10U) != 0 ? heard : said;
}

MagicJack::MagicJack(hal::EventLoop& loop, Telephone& telephone)
    : UsbModel(loop, jackDescriptors()), board_(std::make_unique<Board>(telephone)) {}
MagicJack::~MagicJack() = default;

void MagicJack::setLineFaults(const MagicJackFaults& faults) {
    board_->faults = faults;
}

std::string MagicJack::text(std::uint8_t index) const {
    switch (index) {
    case 16: return "TigerJet Network, Inc.";
    case 32: return "USB Internet Phone by TigerJet";
    case 96: return "A921000000000001";  // guess: its form
    default: return {};
    }
}

std::uint32_t MagicJack::chipRegister(std::uint8_t reg) const {
    const auto found = board_->registers.find(reg);
    return found == board_->registers.end() ? 0 : found->second;
}

const std::set<std::uint8_t>& MagicJack::orders() const {
    return board_->orders;
}

std::span<const std::byte> MagicJack::interfaceDescriptor(std::uint8_t number,
                                                          std::uint8_t type) const {
    return number == 4 && type == 0x22 ? reportDescriptor() : std::span<const std::byte>{};
}

UsbHandshake MagicJack::onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                    std::size_t& size) {
    if (setup.requestType != 0xA1 || setup.request != 1 || setup.value != 0x0300 ||
        setup.index != 4) {
        return UsbHandshake::Stall;
    }
    size = std::min(room.size(), kReport);
    std::fill_n(room.begin(), size, std::byte{});
    const std::uint32_t value = board_->read(board_->asked);
    for (std::size_t i = 0; i < std::min<std::size_t>(size, 4); ++i) {
        room[i] = std::byte((value >> (8 * i)) & 0xFFU);
    }
    return UsbHandshake::Ok;
}

UsbHandshake MagicJack::onControlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) {
    const bool feature = setup.requestType == 0x21 && setup.request == 9 && setup.value == 0x0300 &&
                         setup.index == 4;
    if (!feature || data.size() != kReport) {
        return UsbHandshake::Stall;
    }
    const std::uint8_t code = byteAt(data, 0);
    board_->orders.insert(code);
    if (code == kOpRead) {
        board_->asked = byteAt(data, 2);
    } else if (code == kOpWrite && byteAt(data, 3) == 1) {
        board_->write(byteAt(data, 1), word(data, 4) | (std::uint32_t(word(data, 6)) << 16U));
    }
    return UsbHandshake::Ok;
}

UsbHandshake MagicJack::onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) {
    if (address == 0x85) {  // 4 bits key, 6 function, 2 volume, 3 button, 1 hook
        const bool hook = (board_->registers.at(kState) & kOffHook) != 0;
        if (hook == board_->hookTold || room.size() < 2) {
            return UsbHandshake::Nak;
        }
        board_->hookTold = hook;
        room[0] = {};
        room[1] = std::byte(hook ? 0x80 : 0);
        size = 2;
        return UsbHandshake::Ok;
    }
    if (address != 0x83 || !board_->in) {
        return UsbHandshake::Nak;
    }
    size = board_->in->write(room);
    board_->in.reset();
    return UsbHandshake::Ok;
}

UsbHandshake MagicJack::onOut(std::uint8_t address, std::span<const std::byte> data) {
    if (address != 0x04) {
        return UsbHandshake::Stall;  // mass storage
    }
    board_->out = PcmFrame::read(data, alternate(3) == 1 ? 2 : 1);
    return UsbHandshake::Ok;
}

void MagicJack::onFrame() {
    board_->millisecond();
    const bool hook = (board_->registers.at(kState) & kOffHook) != 0;
    if (hook != board_->hookTold) {
        ready();
    }
}

bool MagicJack::wantsFrames() const {
    return configuration() != 0 && (alternate(2) != 0 || alternate(3) != 0);
}

void MagicJack::onPower() {
    board_->registers = baseline();  // survives a reset of the bus, not this
    board_->onLoop(board_->phone.loopClosed());
}

}  // namespace tipring::sim
