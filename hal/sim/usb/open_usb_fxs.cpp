// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/open_usb_fxs.h"

#include <algorithm>
#include <array>
#include <optional>

#include "usb/si3210.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kChunk = 8, kHeader = 8, kFrame = 16;

std::vector<std::byte> boardDescriptors() {
    return bytesOf({// device: EP0 8, bcdDevice 0.01, strings 1 2 3
                    18, 1, 0x00, 0x02, 0, 0, 0, 8, 0xD8, 0x04, 0xF1, 0xFC, 0x01, 0x00, 1, 2, 3, 1,
                    // configuration 0x2E, 500 mA
                    9, 2, 0x2E, 0, 1, 1, 0, 0x80, 250, 9, 4, 0, 0, 4, 0, 0, 0, 0,
                    // bulk 32, isochronous synchronous data 16
                    7, 5, 0x01, 2, 32, 0, 1, 7, 5, 0x81, 2, 32, 0, 1,  //
                    7, 5, 0x02, 0x0D, 16, 0, 1, 7, 5, 0x82, 0x0D, 16, 0, 1});
}

}  // namespace

struct OpenUsbFxs::Board {
    using Packet = std::array<std::byte, kFrame>;

    Board(hal::EventLoop& loop, Telephone& telephone, std::uint32_t eeprom)
        : slic(loop, telephone), serial(eeprom) {}

    void powerUp();
    void stop();
    void start(std::uint8_t v, std::uint8_t sequence, bool piggyBack);
    void command(std::span<const std::byte> data);
    bool slicCommand(std::uint8_t code, std::span<const std::byte> data);
    void answer(std::initializer_list<int> bytes) { reply = bytesOf(bytes); }
    void millisecond();
    void takeOut();
    void pollSlic();
    [[nodiscard]] Packet frame(std::span<const std::byte> samples) const;

    Si3210 slic;
    FxsFaults faults;
    std::uint32_t serial;
    std::vector<std::byte> reply;  // empty: nothing to say
    bool resetWanted = false;
    std::bitset<256> commands;

    bool running = false, piggyBack = false;
    std::uint8_t drsSequence = 0;                       // of the last register write that was done
    std::optional<std::array<std::byte, 3>> drsBefore;  // the other OUT buffer's
    std::optional<Packet> out, in;
    std::uint8_t mirror = 0, hook = 0, missed = 0, odd = 0, even = 0;
    std::uint16_t timer = 0;
    bool oddTurn = true;
};

void OpenUsbFxs::Board::powerUp() {
    stop();
    reply.clear();
    resetWanted = false;
    slic.reset();
    mirror = hook = missed = odd = even = 0;
}

void OpenUsbFxs::Board::stop() {
    running = piggyBack = false;
    out.reset();
    in.reset();
}

/// OFW: clears the IN headers; what is played until packets come is 0xFF.
void OpenUsbFxs::Board::start(std::uint8_t v, std::uint8_t sequence, bool withWrites) {
    if (v != 0) {
        return stop();
    }
    running = true;
    piggyBack = withWrites;
    drsSequence = sequence;
    drsBefore.reset();
    out.reset();
    in.reset();
    mirror = hook = missed = odd = even = 0;
    oddTurn = true;
}

void OpenUsbFxs::Board::command(std::span<const std::byte> data) {
    if (data.empty()) {
        return;
    }
    const std::uint8_t code = byteAt(data, 0);
    const std::uint8_t echo = data.size() > 1 ? byteAt(data, 1) : std::uint8_t{0};
    reply.clear();
    commands.set(code);
    switch (code) {
    case 0x00: return answer({0x00, echo, 0x00, 0x01});
    case 0x40:
    case 0x42: return answer({code, missed, 0, 0});
    case 0x41: return answer({code, missed, 0});
    case 0x60: return answer({0x60, echo, 0x01, 0x2E, 0x0F});
    case 0x61:
        if (data.size() >= 6) {
            serial = std::uint32_t(word(data, 2)) | (std::uint32_t(word(data, 4)) << 16U);
            reply.assign(data.begin(), data.begin() + 6);
        }
        return;
    case 0x7D:
    case 0x7E:
        return start(echo, data.size() > 2 ? byteAt(data, 2) : std::uint8_t{0}, code == 0x7D);
    case 0x7F:
        slic.reset();
        reply.assign(32, std::byte{});
        reply[0] = std::byte{0x7F};
        reply[1] = std::byte{0x20};
        return;
    case 0x62:
    case 0xFF: resetWanted = true; return;
    default: (void)slicCommand(code, data);
    }
}

/// False where the firmware has no answer.
bool OpenUsbFxs::Board::slicCommand(std::uint8_t code, std::span<const std::byte> data) {
    const std::size_t least = code == 0x83 ? 3 : code == 0x85 ? 4 : 2;
    if (data.size() < least) {
        return false;
    }
    const std::uint8_t reg = byteAt(data, 1);
    const bool direct = code == 0x82 || code == 0x83;
    if (faults.silentRegister == reg || (direct && !Si3210::exists(reg))) {
        return false;
    }
    if (code == 0x83) {
        slic.write(reg, byteAt(data, 2));
    }
    if (direct) {
        answer({code, reg, slic.read(reg)});
        return true;
    }
    if (code == 0x8F) {
        slic.reset();
        answer({code, reg});
        return true;
    }
    if (code != 0x84 && code != 0x85) {
        return false;
    }
    if (faults.indirectStuck) {  // OFW's mark for an access that does not end
        answer({code, reg, code == 0x84 ? 0xAD : 0xEF, code == 0x84 ? 0xDE : 0xBE});
        return true;
    }
    if (code == 0x85) {
        slic.writeIndirect(reg, word(data, 2));
    }
    const std::uint16_t value = slic.readIndirect(reg);
    answer({code, reg, value & 0xFF, value >> 8});
    return true;
}

void OpenUsbFxs::Board::takeOut() {
    if (!out) {
        ++missed;
        return;
    }
    mirror = std::to_integer<std::uint8_t>((*out)[3]);
    const std::array drs{(*out)[4], (*out)[5], (*out)[6]};
    const bool settled = drsBefore == drs;  // both OUT buffers agree
    drsBefore = drs;
    if (piggyBack && settled && std::to_integer<std::uint8_t>(drs[0]) != drsSequence) {
        drsSequence = std::to_integer<std::uint8_t>(drs[0]);
        slic.write(std::to_integer<std::uint8_t>(drs[1]), std::to_integer<std::uint8_t>(drs[2]));
    }
}

/// The firmware's interrupt routine (OFW): DR19 and DR20 are read and written back.
void OpenUsbFxs::Board::pollSlic() {
    if (slic.interrupt()) {
        const std::uint8_t line = slic.read(19);
        slic.write(19, line);
        if ((line & 3U) != 0) {
            hook = std::uint8_t((hook & 0x7FU) | ((slic.read(68) & 3U) != 0 ? 0x80U : 0U));
        }
        const std::uint8_t other = slic.read(20);
        slic.write(20, other);
        if ((other & 1U) != 0) {
            hook = std::uint8_t((hook & 0x80U) | (slic.read(24) & 0x1FU));
        }
    }
    if ((hook & 0x10U) != 0 && (slic.read(24) & 0x10U) == 0) {
        hook &= 0x80U;
    }
}

OpenUsbFxs::Board::Packet OpenUsbFxs::Board::frame(std::span<const std::byte> samples) const {
    Packet packet{};
    const auto put = [&packet](std::size_t at, unsigned value) { packet[at] = std::byte(value); };
    put(0, 0xBA);
    put(1, oddTurn ? 0xDD : 0xEE);
    put(3, mirror);
    if (oddTurn) {
        put(2, hook);
        put(4, timer & 0xFFU);
        put(5, timer >> 8U);
        put(6, missed);
        put(7, odd);
    } else {
        put(4, 0xAA);  // resumed; a bus that stands still is not simulated
        put(7, even);
    }
    std::copy(samples.begin(), samples.end(), packet.begin() + kHeader);
    return packet;
}

void OpenUsbFxs::Board::millisecond() {
    timer = std::uint16_t(timer + 12000);  // 12 MHz, one count an instruction (guess)
    if (!running) {
        return;
    }
    takeOut();
    std::array<std::byte, kChunk> toPhone, fromPhone;
    toPhone.fill(std::byte{0xFF});
    if (out) {
        std::copy_n(out->begin() + kHeader, kChunk, toPhone.begin());
    }
    out.reset();
    slic.exchangeCodes(toPhone, fromPhone);
    pollSlic();
    ++(oddTurn ? odd : even);
    in = frame(fromPhone);
    oddTurn = !oddTurn;
}

OpenUsbFxs::OpenUsbFxs(hal::EventLoop& loop, Telephone& telephone, std::uint32_t serial)
    : UsbModel(loop, boardDescriptors()),
      board_(std::make_unique<Board>(loop, telephone, serial)) {}
OpenUsbFxs::~OpenUsbFxs() = default;

void OpenUsbFxs::setLineFaults(const FxsFaults& faults) {
    board_->faults = faults;
    board_->slic.setFaults(faults);
}

std::string OpenUsbFxs::text(std::uint8_t index) const {
    // 1 and 2 carry one NUL too many
    if (index == 1) {
        return {"Angelos Varvitsiotis\0", 21};
    }
    if (index == 2) {
        return {"Open USB FXS board\0", 19};
    }
    if (index != 3) {
        return {};
    }
    std::string digits;
    for (int shift = 0; shift < 32; shift += 8) {
        const std::uint32_t one = board_->serial >> unsigned(shift);
        constexpr std::string_view kTable = "01234567890ABCDEF";  // 17 characters: A shows as 0
        digits += kTable[(one >> 4U) & 15U];
        digits += kTable[one & 15U];
    }
    return digits;
}

std::uint8_t OpenUsbFxs::slicRegister(std::uint8_t direct) {
    return board_->slic.read(direct);
}
const std::bitset<256>& OpenUsbFxs::commands() const {
    return board_->commands;
}
std::uint16_t OpenUsbFxs::slicIndirect(std::uint8_t address) {
    return board_->slic.readIndirect(address);
}

UsbHandshake OpenUsbFxs::onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) {
    if (address == 0x82) {
        if (!board_->in) {
            return UsbHandshake::Nak;
        }
        size = std::min(room.size(), kFrame);
        std::copy_n(board_->in->begin(), size, room.begin());
        board_->in.reset();
        return UsbHandshake::Ok;
    }
    if (board_->reply.empty()) {
        return UsbHandshake::Nak;
    }
    size = std::min(room.size(), board_->reply.size());
    std::copy_n(board_->reply.begin(), size, room.begin());
    board_->reply.clear();
    return UsbHandshake::Ok;
}

UsbHandshake OpenUsbFxs::onOut(std::uint8_t address, std::span<const std::byte> data) {
    if (address == 0x02) {
        if (data.size() == kFrame) {  // anything else counts as missed
            board_->out.emplace();
            std::copy(data.begin(), data.end(), board_->out->begin());
        }
        return UsbHandshake::Ok;
    }
    board_->command(data);
    updateFrames();
    if (board_->resetWanted) {
        dropOff();
    } else {
        ready();
    }
    return UsbHandshake::Ok;
}

void OpenUsbFxs::onSettings() {
    board_->stop();
    board_->reply.clear();
}

void OpenUsbFxs::onConfigured(std::uint8_t before) {
    if (before != 0 && configuration() != 0) {  // a second SET_CONFIGURATION
        dropOff();
    }
}

void OpenUsbFxs::onFrame() {
    board_->millisecond();
}

bool OpenUsbFxs::wantsFrames() const {
    return configuration() != 0 && board_->running;
}

void OpenUsbFxs::onPower() {
    board_->powerUp();
}

}  // namespace tipring::sim
