// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/sangoma_u100.h"

#include <algorithm>
#include <array>
#include <vector>

#include "usb/si3050.h"
#include "usb/u100_frame.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kPorts = 2, kQueue = 20;
constexpr std::size_t kBridgeIn = 576, kBridgeOut = 640;  // CP2102: its buffers (guess for both)
constexpr std::uint16_t kBaudDivisor = 7;                 // 500 kbaud
constexpr std::array<std::uint8_t, 4> kWatched{5, 29, 34, 4};

enum Type : std::uint8_t { kReadFxo = 1, kWriteFxo, kEvent, kReadCpu, kWriteCpu };
enum Cpu : std::uint8_t {
    kId,
    kHardware,
    kFirmware,
    kControl,
    kFifo,
    kUart,
    kHostInterface,
    kLeds,
    kDebug,
    kEchoCancellers,
    kUpdate,
};

std::vector<std::byte> bridgeDescriptors() {
    return bytesOf({18, 1, 0x10, 0x01, 0,    0, 0,  64, 0xC4, 0x10, 0x61, 0x84, 0x00, 0x01,
                    1,  2, 3,    1,    9,    2, 32, 0,  1,    1,    0,    0x80, 50,   9,
                    4,  0, 0,    2,    0xFF, 0, 0,  2,  //
                    7,  5, 0x81, 2,    64,   0, 0,  7,  5,    0x01, 2,    64,   0,    0});
}

}  // namespace

struct SangomaU100::Board {
    Board(hal::EventLoop& ownLoop, Line* first, Line* second, const SangomaU100Settings& own)
        : loop(ownLoop), settings(own), daas{Si3050(ownLoop, first), Si3050(ownLoop, second)} {
        powerUp();
    }

    void powerUp();
    void restart();
    [[nodiscard]] bool streams() const {
        return uart && divisor == kBaudDivisor && !updating && !faults.neverBoots;
    }
    [[nodiscard]] bool booted() const { return loop.now() - powered >= settings.boot; }
    bool millisecond();
    void takeFrame();
    void perform(const U100Command& command);
    void performFxo(const U100Command& command);
    void writeCpu(std::uint8_t reg, std::uint8_t value);
    void reply(std::initializer_list<std::uint8_t> bytes);
    void watch();
    void sendFrame();

    hal::EventLoop& loop;
    SangomaU100Settings settings;
    SangomaU100Faults faults;
    std::array<Si3050, kPorts> daas;
    bool uart = false, updating = false;
    std::uint16_t divisor = 0, lineControl = 0x0800;
    hal::TimePoint powered{};

    std::array<std::uint8_t, 16> cpu{};
    std::bitset<256> written;
    std::uint8_t controlsSet = 0;
    std::vector<std::byte> toHost, fromHost;
    std::vector<U100Command> replies;
    U100Frame lastOut;
    bool synchronised = false;
    std::array<std::array<std::uint8_t, kWatched.size()>, kPorts> shadows{};
    unsigned sinceSlip = 0;
};

void SangomaU100::Board::powerUp() {
    powered = loop.now();
    uart = updating = false;
    divisor = 0;
    for (Si3050& daa : daas) {
        daa.reset();
    }
    restart();
}

/// CPU register 3, bit 7, and after power.
void SangomaU100::Board::restart() {
    cpu = {};
    cpu[kId] = 0x55;
    cpu[kHardware] = settings.hardware;
    cpu[kFirmware] = settings.firmware;
    toHost.clear();
    fromHost.clear();
    replies.clear();
    synchronised = false;
    lastOut = U100Frame::idle(0xFF);
}

bool SangomaU100::Board::millisecond() {
    if (!streams() || !booted()) {
        return false;
    }
    takeFrame();
    watch();
    sendFrame();
    return true;
}

/// Finds the head of a frame as the host does: both marks, and 0x7E as first control byte.
void SangomaU100::Board::takeFrame() {
    while (fromHost.size() >= U100Frame::kSize && !faults.deaf) {
        const auto head = std::span<const std::byte>(fromHost).first(U100Frame::kSize);
        if (!U100Frame::isHead(head)) {
            synchronised = false;
            cpu[kUart] |= 0x10U;
            fromHost.erase(fromHost.begin());
            continue;
        }
        synchronised = true;
        lastOut = U100Frame::read(head);
        fromHost.erase(fromHost.begin(), fromHost.begin() + std::ptrdiff_t(U100Frame::kSize));
        if (const auto command = lastOut.command()) {
            perform(*command);
        }
        return;
    }
    if (synchronised) {
        cpu[kFifo] |= 0xA0U;  // both channels ran dry
        for (auto& channel : lastOut.samples) {
            channel.fill(0xFF);
        }
    }
}

void SangomaU100::Board::reply(std::initializer_list<std::uint8_t> bytes) {
    if (replies.size() < kQueue) {
        U100Command& one = replies.emplace_back();
        std::copy(bytes.begin(), bytes.end(), one.bytes.begin());
        one.size = bytes.size();
    }
}

void SangomaU100::Board::perform(const U100Command& command) {
    const std::uint8_t head = command.bytes[0], reg = command.bytes[1], value = command.bytes[2];
    const unsigned type = (head & 0x1CU) >> 2U;
    if (type == kReadFxo || type == kWriteFxo) {
        return performFxo(command);
    }
    if (type == kReadCpu) {
        const std::uint8_t held = reg < cpu.size() ? cpu[reg] : std::uint8_t{0xFF};
        reply({head, reg, held});
        if (reg >= kFifo && reg <= kHostInterface) {
            cpu[reg] = 0;  // reading clears
        }
    } else if (type == kWriteCpu) {
        writeCpu(reg, value);
        if ((cpu[kDebug] & 0x08U) != 0 || settings.echoWrites) {
            reply({head, reg, value});
        }
    } else {
        cpu[kUart] |= 0x10U;  // unknown
    }
}

void SangomaU100::Board::performFxo(const U100Command& command) {
    const std::uint8_t head = command.bytes[0], reg = command.bytes[1];
    Si3050& daa = daas[head & 1U];
    if ((head & 0x1CU) >> 2U == kReadFxo) {
        const FxoFaults& broken = daa.faults();
        if (broken.silentRegister != reg) {
            reply({head, std::uint8_t(broken.wrongRegister ? reg + 1 : reg), daa.read(reg)});
        }
    } else {
        daa.write(reg, command.bytes[2]);
        if ((cpu[kDebug] & 0x08U) != 0 || settings.echoWrites) {
            reply({head, reg, command.bytes[2]});
        }
    }
}

void SangomaU100::Board::writeCpu(std::uint8_t reg, std::uint8_t value) {
    written.set(reg);
    controlsSet |= reg == kControl ? value : std::uint8_t{0};
    if (reg == kControl && (value & 0x80U) != 0) {
        const bool heard = synchronised;
        const auto waiting = std::move(fromHost);
        for (Si3050& daa : daas) {
            daa.reset();
        }
        restart();
        synchronised = heard;
        fromHost = waiting;
        return;
    }
    if (reg == kControl && (value & 0x40U) != 0 && cpu[kUpdate] == 0x5A) {
        updating = true;  // out of voice mode until power is gone
    }
    if (reg == kControl) {  // the events of a channel begin with what is there now
        for (std::size_t port = 0; port < kPorts; ++port) {
            for (std::size_t i = 0; i < kWatched.size(); ++i) {
                shadows[port][i] = daas[port].read(kWatched[i]);
            }
        }
    }
    if (reg == kControl || reg == kLeds || reg == kDebug || reg == kUpdate) {
        cpu[reg] = value;
    }
}

/// Changes of the registers that are watched, for channels with events on.
void SangomaU100::Board::watch() {
    for (std::size_t port = 0; port < kPorts; ++port) {
        if ((cpu[kControl] & (1U << port)) == 0) {
            continue;
        }
        for (std::size_t i = 0; i < kWatched.size(); ++i) {
            const std::uint8_t now = daas[port].read(kWatched[i]);
            if (shadows[port][i] != now && replies.size() < kQueue) {
                shadows[port][i] = now;
                reply({std::uint8_t((kEvent << 2U) | port), kWatched[i], now});
            }
        }
    }
}

void SangomaU100::Board::sendFrame() {
    U100Frame frame = U100Frame::idle(0xFF);
    for (std::size_t port = 0; port < kPorts; ++port) {
        daas[port].exchange(std::as_bytes(std::span(lastOut.samples[port])),
                            std::as_writable_bytes(std::span(frame.samples[port])));
    }
    if (!replies.empty()) {
        frame.put(replies.front());
        replies.erase(replies.begin());
    }
    if (faults.wrongSync) {
        frame.control[0] = 0x55;
    }
    auto bytes = frame.write(synchronised && settings.firmware >= 0x20);
    std::size_t size = bytes.size();
    if (faults.slipEvery != 0 && ++sinceSlip >= faults.slipEvery) {
        sinceSlip = 0;
        --size;
    }
    if (toHost.size() + size > kBridgeIn) {
        cpu[kHostInterface] |= 0x01U;  // the host is too slow: the frame is lost
        return;
    }
    toHost.insert(toHost.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(size));
}

SangomaU100::SangomaU100(hal::EventLoop& loop, Line* first, Line* second,
                         const SangomaU100Settings& settings)
    : UsbModel(loop, bridgeDescriptors()),
      board_(std::make_unique<Board>(loop, first, second, settings)) {}
SangomaU100::~SangomaU100() = default;

void SangomaU100::setLineFaults(unsigned port, const FxoFaults& faults) {
    board_->daas.at(port).setFaults(faults);
}
void SangomaU100::setStreamFaults(const SangomaU100Faults& faults) {
    board_->faults = faults;
}

const std::bitset<256>& SangomaU100::written() const {
    return board_->written;
}

std::uint8_t SangomaU100::controlsSet() const {
    return board_->controlsSet;
}

void SangomaU100::brownOut() {
    for (Si3050& daa : board_->daas) {
        daa.reset();
    }
    const std::uint8_t control = board_->cpu[kControl];
    board_->restart();
    board_->cpu[kControl] = control;
}

std::string SangomaU100::text(std::uint8_t index) const {
    constexpr std::array<const char*, 4> kTexts{"", "Sangoma", "USBfxo", "0001"};  // guess
    return index < kTexts.size() ? kTexts[index] : "";
}

UsbHandshake SangomaU100::onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                      std::size_t& size) {
    if (setup.request != 0x04 || room.size() < 2) {
        return UsbHandshake::Stall;
    }
    room[0] = std::byte(board_->lineControl & 0xFFU);
    room[1] = std::byte(board_->lineControl >> 8U);
    size = 2;
    return UsbHandshake::Ok;
}

UsbHandshake SangomaU100::onControlOut(const hal::UsbSetup& setup,
                                       std::span<const std::byte> /*data*/) {
    switch (setup.request) {
    case 0x00: board_->uart = setup.value == 1; break;
    case 0x01: board_->divisor = setup.value; break;
    case 0x03: board_->lineControl = setup.value; break;
    default: return UsbHandshake::Stall;
    }
    updateFrames();
    return UsbHandshake::Ok;
}

UsbHandshake SangomaU100::onIn(std::uint8_t /*address*/, std::span<std::byte> room,
                               std::size_t& size) {
    auto& bytes = board_->toHost;
    if (bytes.empty()) {
        return UsbHandshake::Nak;
    }
    size = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), size, room.begin());
    bytes.erase(bytes.begin(), bytes.begin() + std::ptrdiff_t(size));
    return UsbHandshake::Ok;
}

UsbHandshake SangomaU100::onOut(std::uint8_t /*address*/, std::span<const std::byte> data) {
    auto& bytes = board_->fromHost;
    if (bytes.size() + data.size() > kBridgeOut) {
        return UsbHandshake::Nak;
    }
    bytes.insert(bytes.end(), data.begin(), data.end());
    return UsbHandshake::Ok;
}

void SangomaU100::onSettings() {
    board_->uart = false;
    board_->toHost.clear();
    board_->fromHost.clear();
}

void SangomaU100::onFrame() {
    if (board_->millisecond()) {
        ready();
    }
}

bool SangomaU100::wantsFrames() const {
    return configuration() != 0 && board_->streams();
}

void SangomaU100::onPower() {
    board_->powerUp();
}

}  // namespace tipring::sim
