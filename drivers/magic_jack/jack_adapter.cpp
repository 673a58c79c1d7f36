// SPDX-License-Identifier: Apache-2.0
#include "jack_adapter.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::magic_jack {
namespace {

using hal::ErrorCode;
using std::chrono::milliseconds;

constexpr std::uint8_t kState = JackRegisters::kState, kCodec = 0x38;
constexpr std::uint32_t kActivate = 0x80, kCodecOn = 3;
constexpr milliseconds kActivateTime{10}, kPoll{20};
constexpr unsigned kLineEvery = 50;  // polls: once in a second
constexpr unsigned kMostLosses = 10;

// USB Audio 1.0, A.1 and A.2; HID 1.11, 4.1.
constexpr std::uint8_t kAudio = 1, kAudioControl = 1, kHid = 3, kAny = 0xFF;

/// By the last digit of bcdDevice from 1 on: 5, 7 and 8 have the ARM that takes feature reports,
/// the others are a TigerJet 560 with registers of its own.
constexpr std::uint8_t kKinds[] = {1, 2, 0, 4, 5, 0, 7, 8};
bool takesReports(std::uint16_t release) {
    const unsigned digit = release & 0x0FU;
    const unsigned kind = digit >= 1 && digit <= std::size(kKinds) ? kKinds[digit - 1] : 0;
    return kind == 5 || kind == 7 || kind == 8;
}

}  // namespace

JackAdapter::JackAdapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                         adapters::AdapterHost& host)
    : UsbAdapter(loop, std::move(device), host),
      registers_(loop, this->device()),
      port_(registers_, [this](const hal::Error& why) { fail(why); }),
      timer_(loop, [this] { onTimer(); }) {}

JackAdapter::~JackAdapter() = default;

/// The setting with packets of 16 bytes: 8 samples in a millisecond. There is one of 16 kHz too.
std::optional<JackAdapter::Place> JackAdapter::findSound(bool in) const {
    const auto* active = device().descriptors().configuration(device().configuration());
    if (active == nullptr) {
        return std::nullopt;
    }
    for (const hal::UsbInterface& each : active->interfaces) {
        for (const hal::UsbAlternate& alternate : each.alternates) {
            const auto* endpoint =
                adapters::findEndpoint(alternate, hal::UsbTransferType::Isochronous, in);
            if (endpoint != nullptr && endpoint->maxPacket == chips::PcmDuplex::kPacketSize) {
                return Place{each.number, alternate.number, endpoint->address};
            }
        }
    }
    return std::nullopt;
}

std::optional<std::uint8_t> JackAdapter::findInterface(std::uint8_t classCode,
                                                       std::uint8_t subclass) const {
    const auto* active = device().descriptors().configuration(device().configuration());
    if (active == nullptr) {
        return std::nullopt;
    }
    for (const hal::UsbInterface& each : active->interfaces) {
        for (const hal::UsbAlternate& alternate : each.alternates) {
            if (alternate.classCode == classCode &&
                (subclass == kAny || alternate.subclass == subclass)) {
                return each.number;
            }
        }
    }
    return std::nullopt;
}

void JackAdapter::onStart() {
    const std::uint16_t release = device().descriptors().release;
    if (!takesReports(release)) {
        fail(ErrorCode::OperationUnavail,
             fmt::format("revision {:x}.{:02x} has another chip than a magicJack, with registers "
                         "that this driver does not know",
                         release >> 8U, release & 0xFFU));
        return;
    }
    const auto in = findSound(true);
    const auto out = findSound(false);
    const auto hid = findInterface(kHid, kAny);
    if (!in || !out || !hid) {
        fail(ErrorCode::OperationFailed,
             "the descriptors lack sound of 16 bytes a packet both ways, or the HID interface");
        return;
    }
    in_ = *in;
    out_ = *out;
    registers_.setInterface(*hid);
    // The kernel's sound driver has all three audio interfaces by the first.
    std::vector<std::uint8_t> wanted;
    if (const auto control = findInterface(kAudio, kAudioControl)) {
        wanted.push_back(*control);
    }
    wanted.insert(wanted.end(), {in_.interface, out_.interface, *hid});
    claim(std::move(wanted), [this] { selectSound(); });
}

void JackAdapter::claim(std::vector<std::uint8_t> interfaces, std::function<void()> next) {
    const std::uint8_t first = interfaces.front();
    interfaces.erase(interfaces.begin());
    device().claimInterface(
        first, hal::KernelDriver::Detach,
        then([this, interfaces = std::move(interfaces), next = std::move(next)]() mutable {
            if (interfaces.empty()) {
                next();
            } else {
                claim(std::move(interfaces), std::move(next));
            }
        }));
}

void JackAdapter::selectSound() {
    device().selectAlternate(in_.interface, in_.alternate, then([this] {
                                 device().selectAlternate(out_.interface, out_.alternate,
                                                          then([this] { switchOn(); }));
                             }));
}

void JackAdapter::onFailure(const hal::Error& why) {
    timer_.cancel();
    registers_.cancel();
    port_.gone(why);
}

void JackAdapter::read(std::uint8_t reg,
                       void (JackAdapter::*next)(const hal::Result<std::uint32_t>&)) {
    registers_.read(reg, [this, next](const hal::Result<std::uint32_t>& got) {
        if (got) {
            (this->*next)(got);
        } else {
            fail(got.error());
        }
    });
}

/// 0x14 first: what it holds is what a read of another register must not be.
void JackAdapter::switchOn() {
    registers_.read(kState, [this](const hal::Result<std::uint32_t>& got) {
        if (got) {
            read(kLineRegister, &JackAdapter::writeLine);
        } else {
            fail(got.error());
        }
    });
}

void JackAdapter::writeLine(const hal::Result<std::uint32_t>& line) {
    line_ = lineBits(analog::FxsFeed::Forward, *line);
    registers_.write(kLineRegister, line_, then([this] {
                         registers_.write(kCodec, kCodecOn,
                                          then([this] { read(kState, &JackAdapter::startCodec); }));
                     }));
}

void JackAdapter::startCodec(const hal::Result<std::uint32_t>& state) {
    state_ = *state;
    registers_.write(kState, state_ | kActivate, then([this] { timer_.arm(kActivateTime); }));
}

void JackAdapter::onTimer() {
    if (running_) {
        poll();
        return;
    }
    registers_.write(kState, state_ & ~kActivate,
                     then([this] { read(kCodec, &JackAdapter::checkCodec); }));
}

void JackAdapter::checkCodec(const hal::Result<std::uint32_t>& codec) {
    if ((*codec & kCodecOn) != kCodecOn) {
        fail(ErrorCode::OperationFailed,
             fmt::format("the codec's clock does not start (register 0x38 reads 0x{:x})", *codec));
        return;
    }
    if (const auto started = port_.start(device(), in_.endpoint, out_.endpoint, line_); !started) {
        fail(started.error());
        return;
    }
    running_ = true;
    timer_.arm(kPoll);
    ready({{.name = {}, .fxs = &port_}}, {});
}

void JackAdapter::poll() {
    if (++polls_ % kLineEvery == 0) {
        read(kLineRegister, &JackAdapter::onLine);
    } else {
        read(kState, &JackAdapter::onState);
    }
}

void JackAdapter::onState(const hal::Result<std::uint32_t>& state) {
    timer_.arm(kPoll);
    port_.onState(*state);
}

void JackAdapter::onLine(const hal::Result<std::uint32_t>& line) {
    const bool fed = port_.onLine(*line);
    if (fed && std::exchange(losses_, 0U) > 0) {
        port_.fault(nullptr);
    } else if (!fed && ++losses_ == 1) {
        const hal::Error why{ErrorCode::OperationFailed, "the device took the line's power away"};
        port_.fault(&why);
    } else if (losses_ > kMostLosses) {
        fail(ErrorCode::OperationFailed,
             "the device takes the line's power away again and again: a short circuit?");
        return;
    }
    timer_.arm(kPoll);
}

}  // namespace tipring::magic_jack
