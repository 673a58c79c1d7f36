// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/conexant_modem.h"

#include <algorithm>
#include <array>
#include <functional>

#include "usb/byte_queue.h"
#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

// CDC PSTN, 6.3 and 6.5.4.
enum Request : std::uint8_t {
    kSetLineCoding = 0x20,
    kGetLineCoding = 0x21,
    kSetControlLineState = 0x22,
    kSendBreak = 0x23,
};
constexpr std::uint8_t kDcd = 1, kDsr = 2, kRing = 8;
constexpr std::uint8_t kEscape = 0x19;
constexpr std::size_t kMonitorBlock = 256;  // samples: 16 ms, 512 bytes
constexpr std::size_t kAtQueue = 65536, kMonitorQueue = 16384;

/// CDC functional descriptors: behind the last data endpoint, where they do not belong.
constexpr std::initializer_list<int> kFunctional{5, 0x24, 0,    0x10, 0x01, 5, 0x24, 1, 3,
                                                 1, 4,    0x24, 2,    7,    5, 0x24, 6, 0,
                                                 1, 6,    0x24, 7,    4,    3, 0x48};

void append(std::vector<std::byte>& to, std::initializer_list<int> values) {
    const auto more = bytesOf(values);
    to.insert(to.end(), more.begin(), more.end());
}

std::vector<std::byte> modemDescriptors(const ConexantModemSettings& settings) {
    std::vector<std::byte> all =
        bytesOf({18, 1, 0x10, 0x01, 2, 0, 0, 64, settings.vendor & 0xFF, settings.vendor >> 8,
                 settings.product & 0xFF, settings.product >> 8, 0x00, 0x01, 1, 2, 3,
                 settings.hasMonitor ? 2 : 1});
    append(all, {9, 2, 73,   0, 2,  1, 0,   0x80, 50, 9,    4, 0,  0,    1, 2, 2, 1, 0,  //
                 7, 5, 0x81, 3, 64, 0, 128, 9,    4,  1,    0, 2,  0x0A, 0, 0, 0,        //
                 7, 5, 0x82, 2, 64, 0, 1,   7,    5,  0x02, 2, 64, 0,    1});
    append(all, kFunctional);
    if (settings.hasMonitor) {
        append(all, {9, 2, 96,   0, 3,  2,    0,   0x80, 50, 9,    4, 0,  0,    1,  2, 2, 1, 0,  //
                     7, 5, 0x81, 3, 64, 0,    128, 9,    4,  1,    0, 2,  0x0A, 0,  0, 0,        //
                     7, 5, 0x82, 2, 64, 0,    10,  7,    5,  0x02, 2, 64, 0,    10,              //
                     9, 4, 2,    0, 2,  0x0A, 0,   0,    0,                                      //
                     7, 5, 0x83, 2, 64, 0,    1,   7,    5,  0x03, 2, 64, 0,    1});
        append(all, kFunctional);
    }
    return all;
}

}  // namespace

struct ConexantModem::Board final : ModemOutlet, LineWatcher {
    Board(AtModem& ownModem, Line& ownLine, const ConexantModemSettings& ownSettings,
          std::function<void()> ready, std::function<void()> gone)
        : modem(ownModem),
          line(ownLine),
          settings(ownSettings),
          onNews(std::move(ready)),
          onGone(std::move(gone)) {
        if (settings.hasPort) {
            modem.setOutlet(this);
        }
        ModemTap tap;
        tap.onCommand = [this](std::string_view command) { noteSpeaker(command); };
        modem.setTap(tap);
        lines = modem.lines();
    }
    ~Board() override {
        setMonitor(false);
        modem.setTap({});
        if (settings.hasPort) {
            modem.setOutlet(nullptr);
        }
    }

    bool toDte(std::span<const std::byte> bytes) override {
        const bool taken = toHost.add(bytes);
        onNews();
        return taken;
    }
    void onReady() override { pump(); }
    void onLines(DceLines next) override {
        lines = next;
        onNews();
    }
    void vanish() override { onGone(); }
    void onLineSound(const Line&, HeardBlock heard, HeardBlock said) override;

    void pump();
    void setMonitor(bool on);
    void noteSpeaker(std::string_view command);
    [[nodiscard]] unsigned volume() const;
    void sendVolume();
    void sendBlock();
    [[nodiscard]] std::uint16_t serialState() const {
        return std::uint16_t((lines.dcd ? kDcd : 0) | (lines.dsr ? kDsr : 0) |
                             (lines.ri ? kRing : 0));
    }

    AtModem& modem;
    Line& line;
    ConexantModemSettings settings;
    std::function<void()> onNews, onGone;
    ConexantModemFaults faults;
    DceLines lines;
    std::array<std::byte, 7> coding{std::byte{0x00}, std::byte{0xC2}, std::byte{0x01},
                                    std::byte{0x00}, std::byte{0},    std::byte{0},
                                    std::byte{8}};  // 115200 8N1
    std::optional<std::uint16_t> toldState;
    UsbByteQueue toHost{kAtQueue}, toModem{kAtQueue}, monitor{kMonitorQueue};

    bool monitoring = false;
    unsigned speaker = 1, level = 2;  // ATM1, ATL2
    unsigned toldVolume = ~0U;
    std::vector<std::int16_t> samples;  // at 16 kHz, less than a block and what came last
    std::int16_t last = 0;
    unsigned blocks = 0;
};

void ConexantModem::Board::pump() {
    const std::size_t taken = modem.receive(toModem.all());
    toModem.drop(std::min(taken, toModem.all().size()));
    onNews();
}

void ConexantModem::Board::setMonitor(bool on) {
    if (monitoring != on) {
        monitoring = on;
        monitor.clear();
        samples.clear();
        samples.reserve(2 * kMonitorBlock + 4 * kBlock);
        toldVolume = ~0U;
        if (on) {
            line.watch(*this, WatchedSound::Always);
        } else {
            line.unwatch(*this);
        }
    }
}

/// "M2", "L3".
void ConexantModem::Board::noteSpeaker(std::string_view command) {
    const bool known = command.size() <= 2 && !command.empty() &&
                       (command[0] == 'M' || command[0] == 'L') &&
                       (command.size() == 1 || (command[1] >= '0' && command[1] <= '3'));
    if (known) {
        const unsigned value = command.size() == 2 ? unsigned(command[1] - '0') : 0;
        (command[0] == 'M' ? speaker : level) = value;
    }
}

/// M0 off, M1 and M3 on until there is a carrier, M2 always (V.250, 6.3.14).
unsigned ConexantModem::Board::volume() const {
    const bool on = speaker == 2 || (speaker != 0 && modem.isOffHook() && !modem.lines().dcd);
    return on ? std::max(level, 1U) : 0;
}

void ConexantModem::Board::sendVolume() {
    if (toldVolume != volume()) {
        toldVolume = volume();
        monitor.add(std::array{std::byte{kEscape}, std::byte((toldVolume << 4U) | 1U)});
    }
}

void ConexantModem::Board::onLineSound(const Line&, HeardBlock heard, HeardBlock said) {
    if (faults.monitorSilent) {
        return;
    }
    const bool silent = volume() == 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const int both = std::clamp(heard[i] + said[i], -32768, 32767);
        const auto now = std::int16_t(silent ? 0 : both);
        samples.push_back(std::int16_t((last + now) / 2));
        samples.push_back(now);
        last = now;
    }
    while (samples.size() >= kMonitorBlock) {
        sendBlock();
    }
    onNews();
}

void ConexantModem::Board::sendBlock() {
    sendVolume();
    std::array<std::byte, 4 * kMonitorBlock> bytes;
    std::size_t size = 0;
    const auto put = [&](unsigned value) {
        bytes[size++] = std::byte(value);
        if (value == kEscape) {
            bytes[size++] = std::byte(value);
        }
    };
    for (std::size_t i = 0; i < kMonitorBlock; ++i) {
        put(std::uint16_t(samples[i]) >> 8U);
        put(std::uint16_t(samples[i]) & 0xFFU);
    }
    samples.erase(samples.begin(), samples.begin() + kMonitorBlock);
    ++blocks;
    if (faults.unknownEscapeEvery != 0 && blocks % faults.unknownEscapeEvery == 0) {
        monitor.add(std::array{std::byte{kEscape}, std::byte{0x7C}});
    }
    const bool odd = faults.oddByteEvery != 0 && blocks % faults.oddByteEvery == 0;
    monitor.add(std::span<const std::byte>(bytes).first(size - (odd ? 1U : 0U)));  // or is lost
}

ConexantModem::ConexantModem(hal::EventLoop& loop, AtModem& modem, Line& line,
                             const ConexantModemSettings& settings)
    : UsbModel(loop, modemDescriptors(settings)),
      board_(std::make_unique<Board>(
          modem, line, settings, [this] { ready(); }, [this] { unplug(); })) {}
ConexantModem::~ConexantModem() = default;

void ConexantModem::setLineFaults(const ConexantModemFaults& faults) {
    board_->faults = faults;
}

std::uint8_t ConexantModem::usualConfiguration() const {
    return board_->settings.configuration;
}

std::string ConexantModem::text(std::uint8_t index) const {
    constexpr std::array<const char*, 4> kTexts{"", "Conexant", "USB Modem", "24680246"};  // guess
    return index < kTexts.size() ? kTexts[index] : "";
}

UsbHandshake ConexantModem::onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                                        std::size_t& size) {
    if (setup.requestType != 0xA1 || setup.request != kGetLineCoding) {
        return UsbHandshake::Stall;
    }
    size = std::min(room.size(), board_->coding.size());
    std::copy_n(board_->coding.begin(), size, room.begin());
    return UsbHandshake::Ok;
}

UsbHandshake ConexantModem::onControlOut(const hal::UsbSetup& setup,
                                         std::span<const std::byte> data) {
    if (setup.requestType != 0x21) {
        return UsbHandshake::Stall;
    }
    if (setup.request == kSetLineCoding && data.size() == board_->coding.size()) {
        std::copy(data.begin(), data.end(), board_->coding.begin());
        return UsbHandshake::Ok;
    }
    if (setup.request == kSetControlLineState) {
        board_->modem.setDtr((setup.value & 1U) != 0);
        return UsbHandshake::Ok;
    }
    return setup.request == kSendBreak ? UsbHandshake::Ok : UsbHandshake::Stall;
}

UsbHandshake ConexantModem::onIn(std::uint8_t address, std::span<std::byte> room,
                                 std::size_t& size) {
    if (address == 0x81) {
        const std::uint16_t state = board_->serialState();
        if (board_->toldState == state || room.size() < 10) {
            return UsbHandshake::Nak;
        }
        board_->toldState = state;
        const auto notice = bytesOf({0xA1, 0x20, 0, 0, 0, 0, 2, 0, state & 0xFF, state >> 8});
        std::copy(notice.begin(), notice.end(), room.begin());
        size = notice.size();
        return UsbHandshake::Ok;
    }
    UsbByteQueue& queue = address == 0x82 ? board_->toHost : board_->monitor;
    if (queue.empty()) {
        return UsbHandshake::Nak;
    }
    size = queue.take(room);
    return UsbHandshake::Ok;
}

UsbHandshake ConexantModem::onOut(std::uint8_t address, std::span<const std::byte> data) {
    if (address == 0x03) {  // the one order that is known; others do nothing
        const bool enable =
            data.size() == 2 && byteAt(data, 0) == kEscape && byteAt(data, 1) == 0x01;
        board_->setMonitor(board_->monitoring || enable);
        return UsbHandshake::Ok;
    }
    if (!board_->settings.hasPort || !board_->toModem.add(data)) {
        return UsbHandshake::Nak;
    }
    board_->pump();
    return UsbHandshake::Ok;
}

void ConexantModem::onSettings() {
    board_->toldState.reset();
    if (configuration() != 2) {
        board_->setMonitor(false);
    }
    if (configuration() == 0) {
        board_->toHost.clear();
        board_->toModem.clear();
    }
}

void ConexantModem::onPower() {
    board_->setMonitor(false);
    if (board_->settings.hasPort) {
        board_->modem.reset();
    }
}

}  // namespace tipring::sim
