// SPDX-License-Identifier: Apache-2.0
#include "usb/si3210.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "tipring/hal/dsp/codec.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

struct Reset {
    std::uint8_t reg, value;
};
// S3210, register summary; 0 where it is not listed. DR0: part and revision E (guess, at least 2).
constexpr std::array kResets{Reset{0, 0x05},  Reset{1, 0x08},  Reset{2, 0x00},  Reset{8, 0x02},
                             Reset{10, 0x08}, Reset{11, 0x33}, Reset{14, 0x10}, Reset{63, 0x54},
                             Reset{65, 0x61}, Reset{66, 0x03}, Reset{67, 0x1F}, Reset{68, 0x04},
                             Reset{69, 0x0A}, Reset{70, 0x0A}, Reset{72, 0x20}, Reset{73, 0x02},
                             Reset{74, 0x32}, Reset{75, 0x10}, Reset{92, 0xFF}, Reset{93, 0x14},
                             Reset{96, 0x1F}, Reset{97, 0x1F}, Reset{98, 0x10}, Reset{99, 0x10}};
// OFW: registers for which the board has no answer.
constexpr std::array<std::uint8_t, 17> kMissing{7,  12, 13, 16, 17, 25, 26, 27, 90,
                                                91, 53, 54, 55, 56, 57, 58, 59};

enum Linefeed : std::uint8_t {
    kOpen,
    kForwardActive,
    kForwardOnHook,
    kTipOpen,
    kRinging,
    kReverseActive,
    kReverseOnHook,
    kRingOpen,
};
constexpr double kVoltsPerBit = 0.376;
constexpr auto kRampUp = 20ms;               // guess: some tens of ms in the data sheet's plots
constexpr double kDecaySeconds = 2;          // guess: nothing loads it
constexpr auto kCalibrationTime = 100ms;     // guess; the data sheet says up to 600
constexpr auto kConverterCalibration = 5ms;  // guess
constexpr std::uint8_t kBalance = 0x0D;      // guess: where DR88, DR89 become 0
constexpr auto kDebounceStep = 1250us;

double seconds(hal::Duration span) {
    return std::chrono::duration<double>(span).count();
}

std::uint8_t digitCode(char key) {
    // DR24: A=0, B=*, C=#, D=A, E=B, F=C, 0=D
    constexpr std::string_view kKeys = "D1234567890*#ABC";
    return std::uint8_t(kKeys.find(key) & 0x0FU);
}

}  // namespace

Si3210::Si3210(hal::EventLoop& loop, Telephone& telephone)
    : loop_(loop),
      telephone_(telephone),
      debounceTimer_(loop, [this] { latch(); }),
      calibrationTimer_(loop,
                        [this] {
                            if (!faults_.calibrationFails) {
                                direct_[96] = 0;
                                direct_[20] |= 0x04U;
                            }
                        }),
      converterTimer_(loop, [this] {
          direct_[93] &= 0x7FU;
          direct_[107] = 0x08;
      }) {
    telephone_.setPort(this);
    reset();
}

Si3210::~Si3210() {
    telephone_.setPort(nullptr);
    telephone_.setFeed({});
}

void Si3210::setFaults(const FxsFaults& faults) {
    faults_ = faults;
}

void Si3210::reset() {
    voltsBefore_ = battery();
    direct_ = {};
    for (const Reset& one : kResets) {
        direct_[one.reg] = one.value;
    }
    indirect_ = {};
    dataWritten_ = false;
    switched_ = loop_.now();
    debounceTimer_.cancel();
    calibrationTimer_.cancel();
    converterTimer_.cancel();
    digits_.reset();
    updateFeed();
}

bool Si3210::exists(std::uint8_t direct) {
    return direct <= 108 && !(direct >= 60 && direct <= 62) &&
           std::find(kMissing.begin(), kMissing.end(), direct) == kMissing.end();
}

/// Volts behind the DC-DC converter, as a magnitude.
double Si3210::battery() const {
    const double since = seconds(loop_.now() - switched_);
    if ((direct_[14] & 0x10U) != 0) {
        return faults_.converterLeaks ? 0 : voltsBefore_ * std::exp(-since / kDecaySeconds);
    }
    if (faults_.converterFails) {
        return 0;
    }
    const double target = 1.5 * (direct_[74] & 0x3FU);
    const double ramp = std::min(since / seconds(kRampUp), 1.0);
    return voltsBefore_ + (target - voltsBefore_) * ramp;
}

std::uint8_t Si3210::read(std::uint8_t direct) {
    const double volts = battery();
    const auto steps = [](double value) { return std::uint8_t(std::clamp(value, 0.0, 255.0)); };
    const bool closed = telephone_.loopClosed() && feeds();
    switch (direct) {
    case 31: return faults_.indirectStuck ? 1 : 0;
    case 78: return steps((closed ? 9.0 : volts) / 1.5);
    case 79: return steps(closed ? (20 + 3 * (direct_[71] & 7U)) / 1.25 : 0);
    case 80: return steps(feeds() ? 1.5 * direct_[73] / kVoltsPerBit : 0);
    case 81:
        return steps(feeds() ? (closed ? volts / 3 : volts - 1.5 * direct_[73]) / kVoltsPerBit : 0);
    case 82:
    case 83: return steps(volts / kVoltsPerBit);
    case 88:
    case 89: return faults_.transistorsFail || direct_[direct + 10U] > kBalance ? 1 : 0;
    default: return direct_[direct & 0x7FU];
    }
}

void Si3210::write(std::uint8_t direct, std::uint8_t value) {
    if (direct >= 18 && direct <= 20) {  // 1 clears
        direct_[direct] &= std::uint8_t(~value);
        return;
    }
    const bool readOnly = direct == 0 || direct == 11 || direct == 24 || direct == 31 ||
                          direct == 68 || (direct >= 76 && direct <= 91) || direct > 108;
    if (readOnly) {
        return;
    }
    if (direct == 64) {
        return setLinefeed(value & 7U);
    }
    if (direct == 14) {
        startConverter((value & 0x10U) == 0);
    }
    direct_[direct] = value;
    if (direct == 28 || direct == 29) {
        dataWritten_ = true;
    } else if (direct == 30 && !faults_.indirectStuck) {
        if (std::exchange(dataWritten_, false)) {
            writeIndirect(value, std::uint16_t(direct_[28] | (direct_[29] << 8U)));
        } else {
            direct_[28] = std::uint8_t(readIndirect(value));
            direct_[29] = std::uint8_t(readIndirect(value) >> 8U);
        }
        direct_[20] |= 0x02U;
    } else if (direct == 96 && (value & 0x40U) != 0) {
        calibrationTimer_.arm(kCalibrationTime);
    } else if (direct == 93 && (value & 0x80U) != 0) {
        converterTimer_.arm(kConverterCalibration);
    } else if (direct == 72 || direct == 74 || direct == 71) {
        startConverter((direct_[14] & 0x10U) == 0);
        updateFeed();
    }
}

std::uint16_t Si3210::readIndirect(std::uint8_t address) const {
    return indirect_[address];
}

void Si3210::writeIndirect(std::uint8_t address, std::uint16_t value) {
    indirect_[address] = value;
    updateFeed();
}

void Si3210::startConverter(bool on) {
    const bool wasOn = (direct_[14] & 0x10U) == 0;
    if (on != wasOn || on) {
        voltsBefore_ = battery();
        switched_ = loop_.now();
    }
}

void Si3210::setLinefeed(std::uint8_t state) {
    direct_[64] = std::uint8_t((state << 4U) | state);
    updateFeed();
    debounce();
}

bool Si3210::feeds() const {
    const unsigned state = direct_[64] >> 4U;
    return state != kOpen && state != kTipOpen && state != kRingOpen &&
           (direct_[14] & 0x10U) == 0 && !faults_.converterFails;
}

bool Si3210::speaks() const {
    return feeds() && (direct_[64] >> 4U) != kRinging && (direct_[1] & 0x20U) != 0;
}

void Si3210::updateFeed() {
    PhoneFeed feed;
    const unsigned state = direct_[64] >> 4U;
    if (feeds() && state == kRinging) {
        // coeff = cos(2 pi f / 1000); IR21 = 1/4 sqrt((1-c)/(1+c)) 2^15 Vpeak / 96
        const double c = std::clamp(std::int16_t(indirect_[20]) / 32768.0, -0.999, 0.9999);
        const double peak = indirect_[21] * 4 / 32768.0 * 96 / std::sqrt((1 - c) / (1 + c));
        const double most = 1.5 * (direct_[74] & 0x3FU);
        feed.ringHertz = float(std::acos(c) * 1000 / (2 * std::numbers::pi));
        feed.ringVolts = float(std::min(peak, most) / std::numbers::sqrt2);
        feed.volts = float(most);
    } else if (feeds()) {
        const bool reversed = state == kReverseActive || state == kReverseOnHook;
        feed.volts = float(1.5 * (direct_[72] & 0x3FU)) * (reversed ? -1.0F : 1.0F);
        feed.milliamps = float(20 + 3 * (direct_[71] & 7U));
    }
    telephone_.setFeed(feed);
}

void Si3210::onLoop(bool /*closed*/) {
    debounce();
}

/// DR68 follows after the time of DR69 (loop closure) or DR70 (ring trip).
void Si3210::debounce() {
    const bool closed = telephone_.loopClosed() && feeds();
    const bool rings = (direct_[64] >> 4U) == kRinging;
    direct_[68] = std::uint8_t((direct_[68] & 3U) | (closed ? 0U : 4U));
    debounceTimer_.arm(kDebounceStep * std::max<int>(direct_[rings ? 70 : 69] & 0x7F, 1));
}

void Si3210::latch() {
    const bool closed = telephone_.loopClosed() && feeds();
    const bool rings = (direct_[64] >> 4U) == kRinging;
    const unsigned before = direct_[68] & 3U;
    unsigned now = closed ? 1U : 0U;
    if (rings && closed) {
        now = 2;
        direct_[19] |= 0x01U;
    } else if (now != (before & 1U)) {
        direct_[19] |= 0x02U;
    }
    direct_[68] = std::uint8_t((direct_[68] & 0xFCU) | now);
    if (now == 2 && (direct_[67] & 0x04U) != 0) {  // automatic: the ring ends, the talk begins
        setLinefeed(kForwardActive);
    }
}

bool Si3210::interrupt() const {
    return ((direct_[18] & direct_[21]) | (direct_[19] & direct_[22]) |
            (direct_[20] & direct_[23])) != 0;
}

void Si3210::hearDigits(std::span<const std::int16_t> samples) {
    digits_.process(samples, [this](const dsp::DtmfEvent& event) {
        if (event.kind == dsp::DtmfEvent::Kind::Start) {
            direct_[24] = std::uint8_t(0x10U | digitCode(event.key));
            direct_[20] |= 0x01U;
        } else {
            direct_[24] &= 0x0FU;
        }
    });
}

void Si3210::exchange(std::span<const std::int16_t> toPhone, std::span<std::int16_t> fromPhone) {
    if (!speaks()) {
        std::fill(fromPhone.begin(), fromPhone.end(), std::int16_t{0});
        return;
    }
    telephone_.exchange(toPhone, fromPhone);
    hearDigits(fromPhone);
}

void Si3210::exchangeCodes(std::span<const std::byte> toPhone, std::span<std::byte> fromPhone) {
    std::array<std::int16_t, 64> to{}, from{};
    const std::size_t count = std::min({toPhone.size(), fromPhone.size(), to.size()});
    const bool aLaw = (direct_[1] & 0x18U) == 0;
    const auto samples = std::span(to).first(count);
    aLaw ? dsp::decodeALaw(toPhone.first(count), samples)
         : dsp::decodeMuLaw(toPhone.first(count), samples);
    exchange(samples, std::span(from).first(count));
    const auto said = std::span<const std::int16_t>(from).first(count);
    aLaw ? dsp::encodeALaw(said, fromPhone.first(count))
         : dsp::encodeMuLaw(said, fromPhone.first(count));
}

}  // namespace tipring::sim
