// SPDX-License-Identifier: Apache-2.0
#include "tiger_adapter.h"

#include <algorithm>
#include <utility>

namespace tipring::tiger_jet {
namespace {

using namespace chips::si321x;
using chips::ScriptStep;
using hal::ErrorCode;
using std::chrono::milliseconds;
using Kind = ScriptStep::Kind;

constexpr milliseconds kPoll{20};
constexpr unsigned kLinefeedEvery = 13;  // polls, about 250 ms
constexpr unsigned kMostAlarms = 10;     // in a row

// The TigerJet's own (data sheet; order and values: wcusb.c).
constexpr std::uint8_t kReset = 0x00, kAuxData = 0x12, kAuxDirection = 0x13, kMicLow = 0x22,
                       kMicHigh = 0x23, kSpeakerLow = 0x24, kSpeakerHigh = 0x25, kSpi = 0x29;
constexpr std::uint8_t kSpiOut = 0x40, kAuxDriven = 0x0F, kRelay = 0x18;

/// Values of indirect registers that differ from those of the Open USB FXS.
constexpr chips::IndirectValue kOwnIndirect[] = {{32, 0x07C0}, {33, 0x2600}, {34, 0x1B80},
                                                 {36, 0x0320}, {37, 0x008C}, {38, 0x0100},
                                                 {39, 0x0010}, {40, 0x0C00}, {42, 0x1000}};
constexpr std::uint8_t kLastIndirect = 42;

ScriptStep write(std::uint8_t reg, std::uint16_t value) {
    return {.reg = reg, .value = value};
}
ScriptStep readAway(std::uint8_t reg) {
    return {.kind = Kind::UntilAtLeast, .reg = reg, .value = 0, .fails = "a register has no value"};
}

/// Nobody drives the SPI's wire when the chip does not answer: it reads ones, which neither of the
/// registers asked holds.
ScriptStep answers(std::uint8_t reg, std::string_view fails) {
    return {.kind = Kind::UntilNot, .reg = reg, .value = 0xFF, .fails = fails};
}

constexpr std::uint16_t kFortyVolts = 106;  // of 0.376 V

/// The reference driver takes it as it comes; a port without battery is none.
ScriptStep battery() {
    return {.kind = Kind::UntilAtLeast,
            .reg = kBatteryVolts,
            .value = kFortyVolts,
            .tries = 20,
            .wait = milliseconds{50},
            .fails = "the DC-DC converter does not reach 40 V"};
}

void addIndirect(std::vector<ScriptStep>& steps) {
    for (const chips::IndirectValue& each : chips::si321xIndirectValues()) {
        const bool own = std::any_of(std::begin(kOwnIndirect), std::end(kOwnIndirect),
                                     [&](const auto& mine) { return mine.reg == each.reg; });
        if (!own && each.reg <= kLastIndirect) {
            steps.push_back({.kind = Kind::WriteIndirect, .reg = each.reg, .value = each.value});
        }
    }
    for (const chips::IndirectValue& each : kOwnIndirect) {
        steps.push_back({.kind = Kind::WriteIndirect, .reg = each.reg, .value = each.value});
    }
}

std::vector<ScriptStep> slicSteps() {
    std::vector<ScriptStep> steps{{.kind = Kind::Until,
                                   .reg = kAlive,
                                   .value = 0x33,
                                   .mask = 0xFF,
                                   .tries = 10,
                                   .wait = milliseconds{10},
                                   .fails = "there is no ProSLIC that answers"},
                                  answers(kRevision, "the revision of the ProSLIC is silent"),
                                  answers(kLoopStatus, "the loop status of the ProSLIC is silent"),
                                  write(kAutomatic, 0x0E)};
    addIndirect(steps);
    steps.push_back({.kind = Kind::Until,
                     .reg = kIndirectBusy,
                     .value = 0,
                     .mask = 0x01,
                     .tries = 3,
                     .wait = milliseconds{1},
                     .fails = "the indirect registers of the ProSLIC are stuck"});
    steps.insert(steps.end(), {write(kDcDcPeriod, 0xC8),
                               write(kCalibration2, 0),
                               write(kDcDcOff, 0x19),
                               write(kPowerDown, 0),
                               write(kDcDcOff, 0x99),
                               readAway(kDcDcOff),
                               write(kCalibration2, 0),
                               write(kCalibration1, 0x78),
                               {.kind = Kind::Until,
                                .reg = kCalibration1,
                                .value = 0,
                                .mask = 0x40,
                                .tries = 20,
                                .wait = milliseconds{100},
                                .fails = "the calibration of the ProSLIC does not end"},
                               // Tuned by hand as well: the automatic calibration does not say when
                               // it found no balance.
                               chips::si321xBalance(kQ5Bias, kQ5),
                               chips::si321xBalance(kQ6Bias, kQ6),
                               battery()});
    const auto leakTest = chips::si321xLeakTest();
    steps.insert(steps.end(), leakTest.begin(), leakTest.end());
    steps.insert(steps.end(), {battery(),
                               write(kLinefeed, 0x11),
                               {.kind = Kind::WriteIndirect, .reg = 97, .value = 0},
                               write(kPcmMode, 0x2A),
                               write(2, 0),
                               write(3, 0),
                               write(4, 0),
                               write(5, 0),
                               write(kLoopback, 0),
                               write(kInterrupt1, 0xFF),
                               write(kInterrupt2, 0xFF),
                               write(kInterrupt3, 0xFF),
                               write(kEnable1, 0),
                               write(kEnable2, 0x02),
                               write(kEnable3, 0x01),
                               write(72, 0x20)});
    return steps;
}

}  // namespace

TigerAdapter::TigerAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                           adapters::AdapterHost& host, bool hasRelay)
    : UsbAdapter(loop, std::move(device), host),
      hasRelay_(hasRelay),
      tiger_(this->device()),
      slic_(tiger_),
      tigerScript_(loop, tiger_),
      slicScript_(loop, slic_),
      port_(slic_, [this](const hal::Error& why) { fail(why); }),
      timer_(loop, [this] { onTimer(); }) {}

TigerAdapter::~TigerAdapter() = default;

/// Directions and settings as the descriptors have them: the sources name them both ways round.
std::optional<TigerAdapter::Place> TigerAdapter::findSound(bool in) const {
    const auto* active = device().descriptors().configuration(device().configuration());
    if (active == nullptr) {
        return std::nullopt;
    }
    for (const hal::UsbInterface& each : active->interfaces) {
        for (const hal::UsbAlternate& alternate : each.alternates) {
            const auto* endpoint = adapters::findEndpoint(
                alternate, hal::UsbTransferType::Isochronous, in, chips::PcmDuplex::kPacketSize);
            if (endpoint != nullptr) {
                return Place{each.number, alternate.number, endpoint->address};
            }
        }
    }
    return std::nullopt;
}

void TigerAdapter::onStart() {
    const auto in = findSound(true);
    const auto out = findSound(false);
    if (!in || !out) {
        fail(ErrorCode::OperationFailed,
             "the descriptors lack an isochronous endpoint of 16 bytes both ways");
        return;
    }
    in_ = *in;
    out_ = *out;
    claim(in_, [this] {
        if (out_.interface == in_.interface) {
            startTiger();
        } else {
            claim(out_, [this] { startTiger(); });
        }
    });
}

void TigerAdapter::claim(const Place& place, std::function<void()> next) {
    device().claimInterface(
        place.interface, hal::KernelDriver::Detach, then([this, place, next = std::move(next)] {
            device().selectAlternate(place.interface, place.alternate, then(next));
        }));
}

void TigerAdapter::onFailure(const hal::Error& why) {
    timer_.cancel();
    tigerScript_.cancel();
    slicScript_.cancel();
    port_.gone(why);
}

void TigerAdapter::startTiger() {
    steps_ = {write(kAuxData, 0x00),    write(kAuxDirection, kSpiOut), write(kReset, 0x50),
              write(kSpi, 0x20),        write(kReset, 0x51),  // lets the SLIC go
              write(kMicLow, 0x00),     write(kMicHigh, 0xF2),         write(kSpeakerLow, 0x00),
              write(kSpeakerHigh, 0xC9)};
    tigerScript_.run(steps_, then([this] { startSlic(); }));
}

void TigerAdapter::startSlic() {
    steps_ = slicSteps();
    slicScript_.run(steps_, then([this] { drivePins(); }));
}

/// AUX 0 to 3 out; on the S110U AUX 3 and 4 switch its relay. What the pins read is not what was
/// written to them, so that values are written whole (wcusb.c reads them first).
void TigerAdapter::drivePins() {
    const unsigned relay = hasRelay_ ? kRelay : 0U;
    steps_ = {write(kAuxDirection, static_cast<std::uint16_t>(kSpiOut | kAuxDriven | relay)),
              write(kAuxData, static_cast<std::uint16_t>(relay))};
    tigerScript_.run(steps_, then([this] { inService(); }));
}

void TigerAdapter::inService() {
    if (const auto started = port_.start(device(), in_.endpoint, out_.endpoint); !started) {
        fail(started.error());
        return;
    }
    timer_.arm(kPoll);
    ready({{.name = {}, .fxs = &port_}}, {});
}

void TigerAdapter::read(std::uint8_t reg, void (TigerAdapter::*next)(std::uint8_t)) {
    slic_.read(reg, [this, next, alive = alive()](const hal::Result<std::uint16_t>& got) {
        if (alive.expired()) {
            return;
        }
        if (got) {
            (this->*next)(static_cast<std::uint8_t>(*got));
        } else {
            fail(got.error());
        }
    });
}

void TigerAdapter::onTimer() {
    read(kLoopStatus, &TigerAdapter::onLoopStatus);
}

void TigerAdapter::onLoopStatus(std::uint8_t status) {
    port_.onLoopStatus(status);
    if (++polls_ % kLinefeedEvery == 0) {
        read(kLinefeed, &TigerAdapter::onLinefeed);
    } else {
        timer_.arm(kPoll);
    }
}

void TigerAdapter::onLinefeed(std::uint8_t linefeed) {
    const bool fed = port_.onLinefeed(linefeed);
    if (fed && std::exchange(alarms_, 0U) > 0) {
        port_.fault(nullptr);
    } else if (!fed && ++alarms_ == 1) {
        const hal::Error why{ErrorCode::OperationFailed,
                             "a power alarm of the ProSLIC opened the line"};
        port_.fault(&why);
    } else if (alarms_ > kMostAlarms) {
        fail(ErrorCode::OperationFailed,
             "the ProSLIC takes the line's power away again and again: a short circuit?");
        return;
    }
    timer_.arm(kPoll);
}

}  // namespace tipring::tiger_jet
