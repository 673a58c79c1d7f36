// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/usb_model.h"

#include <algorithm>
#include <utility>

#include "usb/usb_bytes.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;
using Handshake = UsbHandshake;

// USB 2.0, table 9-4.
enum Request : std::uint8_t {
    kGetStatus = 0,
    kClearFeature = 1,
    kSetFeature = 3,
    kSetAddress = 5,
    kGetDescriptor = 6,
    kGetConfiguration = 8,
    kSetConfiguration = 9,
    kGetInterface = 10,
    kSetInterface = 11,
};
enum Descriptor : std::uint8_t { kDevice = 1, kConfiguration = 2, kString = 3 };
constexpr std::uint8_t kTypeMask = 0x60, kRecipientMask = 0x1F;
constexpr std::uint8_t kToInterface = 1, kToEndpoint = 2;
constexpr auto kFrame = 1ms;
constexpr auto kAway = 100ms;

std::uint32_t bitOf(std::uint8_t address) {
    return std::uint32_t{1} << ((address & 0x0FU) + ((address & 0x80U) != 0 ? 16U : 0U));
}

Handshake give(std::span<const std::byte> what, std::span<std::byte> room, std::size_t& size) {
    size = std::min(what.size(), room.size());
    std::copy_n(what.begin(), size, room.begin());
    return Handshake::Ok;
}

/// The nth configuration with all that belongs to it.
std::span<const std::byte> configurationBytes(std::span<const std::byte> all, std::size_t index) {
    std::size_t at = 18;
    while (at + 9 <= all.size()) {
        const std::size_t total = std::max<std::size_t>(word(all, at + 2), 9);
        if (index-- == 0) {
            return all.subspan(at, std::min(total, all.size() - at));
        }
        at += total;
    }
    return {};
}

}  // namespace

UsbModel::UsbModel(hal::EventLoop& loop, std::vector<std::byte> descriptors)
    : loop_(loop),
      bytes_(std::move(descriptors)),
      parsed_(hal::parseUsbDescriptors(bytes_).value_or(hal::UsbDescriptors{})),
      frameTimer_(loop, [this] { frame(); }),
      backTimer_(loop, [this] { plugIn(); }) {}

UsbModel::~UsbModel() = default;

void UsbModel::setHost(UsbModelHost* host) {
    host_ = host;
    if (host_ == nullptr) {
        forget();
    }
    updateFrames();
}

std::span<const std::byte> UsbModel::descriptors() const {
    return faults_.descriptors.empty() ? bytes_ : faults_.descriptors;
}

std::string UsbModel::text(std::uint8_t /*index*/) const {
    return {};
}

std::uint8_t UsbModel::alternate(std::uint8_t interfaceNumber) const {
    return interfaceNumber < alternates_.size() ? alternates_[interfaceNumber] : std::uint8_t{0};
}

const hal::UsbEndpoint* UsbModel::endpoint(std::uint8_t address) const {
    const hal::UsbConfiguration* active = parsed_.configuration(configuration_);
    if (active == nullptr) {
        return nullptr;
    }
    for (const hal::UsbInterface& one : active->interfaces) {
        for (const hal::UsbAlternate& setting : one.alternates) {
            if (setting.number != alternate(one.number)) {
                continue;
            }
            for (const hal::UsbEndpoint& endpoint : setting.endpoints) {
                if (endpoint.address == address) {
                    return &endpoint;
                }
            }
        }
    }
    return nullptr;
}

Handshake UsbModel::controlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                              std::size_t& size) {
    size = 0;
    if (!plugged_) {
        return Handshake::Lost;
    }
    if ((setup.requestType & kTypeMask) == 0) {
        return standardIn(setup, room, size);
    }
    if (faults_.silentControl || faults_.stalledControl) {
        return faults_.silentControl ? Handshake::Nak : Handshake::Stall;
    }
    const Handshake answer = onControlIn(setup, room, size);
    size -= std::min<std::size_t>(size, faults_.shortBy);
    return answer;
}

Handshake UsbModel::controlOut(const hal::UsbSetup& setup, std::span<const std::byte> data) {
    if (!plugged_) {
        return Handshake::Lost;
    }
    if ((setup.requestType & kTypeMask) == 0) {
        return standardOut(setup);
    }
    if (faults_.silentControl || faults_.stalledControl) {
        return faults_.silentControl ? Handshake::Nak : Handshake::Stall;
    }
    return onControlOut(setup, data);
}

Handshake UsbModel::in(std::uint8_t address, std::span<std::byte> room, std::size_t& size) {
    size = 0;
    if (!plugged_ || endpoint(address) == nullptr) {
        return Handshake::Lost;
    }
    if (halted(address)) {
        return Handshake::Stall;
    }
    if (faults_.silentEndpoint == address) {
        return Handshake::Nak;
    }
    const Handshake answer = onIn(address, room, size);
    if (answer != Handshake::Ok) {
        return answer;
    }
    if (faults_.loseEvery != 0 && ++sent_ % faults_.loseEvery == 0) {
        size = 0;
        return Handshake::Lost;
    }
    size -= std::min<std::size_t>(size, faults_.shortBy);
    if (size + faults_.longBy > room.size()) {
        return Handshake::Babble;
    }
    std::fill_n(room.begin() + std::ptrdiff_t(size), faults_.longBy, std::byte{});
    size += faults_.longBy;
    return answer;
}

Handshake UsbModel::out(std::uint8_t address, std::span<const std::byte> data) {
    if (!plugged_ || endpoint(address) == nullptr) {
        return Handshake::Lost;
    }
    if (halted(address)) {
        return Handshake::Stall;
    }
    return faults_.silentEndpoint == address ? Handshake::Nak : onOut(address, data);
}

void UsbModel::busReset() {
    forget();
    updateFrames();
}

void UsbModel::forget() {
    configuration_ = 0;
    alternates_ = {};
    halts_ = 0;
    onSettings();
}

bool UsbModel::halted(std::uint8_t address) const {
    return (halts_ & bitOf(address)) != 0 ||
           (faults_.stalledEndpoint != 0 && faults_.stalledEndpoint == address);
}

void UsbModel::setHalt(std::uint8_t address, bool on) {
    halts_ = on ? halts_ | bitOf(address) : halts_ & ~bitOf(address);
}

Handshake UsbModel::standardIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                               std::size_t& size) {
    const std::uint8_t recipient = setup.requestType & kRecipientMask;
    if (setup.request == kGetDescriptor) {
        return describe(setup, room, size);
    }
    if (setup.request == kGetStatus) {
        const bool halt = recipient == kToEndpoint && halted(std::uint8_t(setup.index));
        return give(std::array{std::byte(halt ? 1 : 0), std::byte{}}, room, size);
    }
    if (setup.request == kGetConfiguration) {
        return give(std::array{std::byte{configuration_}}, room, size);
    }
    if (setup.request == kGetInterface) {
        return give(std::array{std::byte{alternate(std::uint8_t(setup.index))}}, room, size);
    }
    return Handshake::Stall;
}

Handshake UsbModel::describe(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) {
    const auto type = std::uint8_t(setup.value >> 8U), index = std::uint8_t(setup.value);
    if ((setup.requestType & kRecipientMask) == kToInterface) {
        const auto bytes = interfaceDescriptor(std::uint8_t(setup.index), type);
        return bytes.empty() ? Handshake::Stall : give(bytes, room, size);
    }
    if (type == kDevice) {
        return give(descriptors().first(std::min<std::size_t>(descriptors().size(), 18)), room,
                    size);
    }
    if (type == kConfiguration) {
        const auto bytes = configurationBytes(descriptors(), index);
        return bytes.empty() ? Handshake::Stall : give(bytes, room, size);
    }
    if (type != kString) {
        return Handshake::Stall;
    }
    if (index == 0) {
        return give(bytesOf({4, kString, 0x09, 0x04}), room, size);  // English
    }
    const std::string words = text(index);
    if (words.empty()) {
        return Handshake::Stall;
    }
    std::vector<std::byte> bytes = bytesOf({int(words.size() * 2 + 2), kString});
    for (const char letter : words) {
        bytes.push_back(std::byte(letter));
        bytes.push_back({});
    }
    return give(bytes, room, size);
}

Handshake UsbModel::standardOut(const hal::UsbSetup& setup) {
    const std::uint8_t recipient = setup.requestType & kRecipientMask;
    if (setup.request == kSetConfiguration) {
        if (setup.value != 0 && parsed_.configuration(std::uint8_t(setup.value)) == nullptr) {
            return Handshake::Stall;
        }
        const std::uint8_t before = configuration_;
        forget();
        configuration_ = std::uint8_t(setup.value);
        onSettings();
        onConfigured(before);
        updateFrames();
        return Handshake::Ok;
    }
    if (setup.request == kSetInterface) {
        return selectAlternate(setup.index, setup.value);
    }
    const bool feature = setup.request == kClearFeature || setup.request == kSetFeature;
    if (feature && recipient == kToEndpoint && setup.value == 0) {
        setHalt(std::uint8_t(setup.index), setup.request == kSetFeature);
        ready();
        return Handshake::Ok;
    }
    return setup.request == kSetAddress || feature ? Handshake::Ok : Handshake::Stall;
}

Handshake UsbModel::selectAlternate(std::uint16_t number, std::uint16_t alternate) {
    const hal::UsbConfiguration* active = parsed_.configuration(configuration_);
    if (active == nullptr || number >= alternates_.size()) {
        return Handshake::Stall;
    }
    for (const hal::UsbInterface& one : active->interfaces) {
        for (const hal::UsbAlternate& setting : one.alternates) {
            if (one.number == number && setting.number == alternate) {
                alternates_[number] = std::uint8_t(alternate);
                onSettings();
                updateFrames();
                return Handshake::Ok;
            }
        }
    }
    return Handshake::Stall;
}

Handshake UsbModel::onControlIn(const hal::UsbSetup&, std::span<std::byte>, std::size_t&) {
    return Handshake::Stall;
}
Handshake UsbModel::onControlOut(const hal::UsbSetup&, std::span<const std::byte>) {
    return Handshake::Stall;
}
Handshake UsbModel::onIn(std::uint8_t, std::span<std::byte>, std::size_t&) {
    return Handshake::Nak;
}
Handshake UsbModel::onOut(std::uint8_t, std::span<const std::byte>) {
    return Handshake::Ok;
}
std::span<const std::byte> UsbModel::interfaceDescriptor(std::uint8_t, std::uint8_t) const {
    return {};
}

void UsbModel::ready() {
    if (host_ != nullptr) {
        host_->onReady();
    }
}

void UsbModel::setFaults(UsbFaults faults) {
    faults_ = std::move(faults);
    ready();
}

void UsbModel::unplug() {
    backTimer_.cancel();
    if (std::exchange(plugged_, false)) {
        forget();
        updateFrames();
        if (host_ != nullptr) {
            host_->onUnplugged();
        }
    }
}

void UsbModel::plugIn() {
    unplug();
    plugged_ = true;
    onPower();
    updateFrames();
}

void UsbModel::dropOff() {
    unplug();
    backTimer_.arm(kAway);
}

void UsbModel::updateFrames() {
    const bool wanted = plugged_ && (wantsFrames() || (host_ != nullptr && host_->wantsFrames()));
    if (!wanted) {
        frameTimer_.cancel();
    } else if (!frameTimer_.armed()) {
        nextFrame_ = loop_.now() + kFrame;
        frameTimer_.armAt(nextFrame_);
    }
}

void UsbModel::frame() {
    if (!(wantsFrames() || (host_ != nullptr && host_->wantsFrames()))) {
        return;  // whoever wants one arms the timer
    }
    nextFrame_ += kFrame;  // late or not: the bus keeps its pace
    frameTimer_.armAt(nextFrame_);
    if (host_ != nullptr) {
        host_->beforeFrame();
    }
    onFrame();
    if (host_ != nullptr) {
        host_->afterFrame();
    }
    updateFrames();
}

}  // namespace tipring::sim
