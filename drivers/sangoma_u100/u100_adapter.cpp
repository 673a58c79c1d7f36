// SPDX-License-Identifier: Apache-2.0
#include "u100_adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::sangoma_u100 {
namespace {

using hal::ErrorCode;
using hal::UsbTransferType;
using std::chrono::milliseconds;
using Kind = chips::ScriptStep::Kind;

const hal::LogCategory kLog{"sangoma_u100"};

constexpr std::uint8_t kInterface = 0;
constexpr std::uint32_t kBaud = 500000;
constexpr milliseconds kBoot{5000};  // its boot loader; it may take longer (guess: 10 s)
constexpr milliseconds kPoll{10};
constexpr unsigned kAdapterSyncPolls = 100, kOurSyncPolls = 400;
// No data sheet says how long a pause of the stream means a new start. The bridge holds 16 frames
// and the bus as many again, so that a host too busy for 50 ms loses some without any fault of the
// adapter's; its own start takes seconds. Four poor watches in a row are no busy host any more: a
// gap of 600 ms never makes as many, and 1 s always does.
constexpr milliseconds kWatch{250};
constexpr unsigned kMostPoor = 4;
// One comes each millisecond; half of them and less is what a stream gives of which every packet
// lacks a byte.
constexpr std::uint64_t kLeastFrames = kWatch.count() * 3 / 4;
constexpr unsigned kControlEvery = 4;  // watches, a second
constexpr unsigned kTransfers = 8;
constexpr std::byte kSilence{0xFF};  // mu-law

// The processor's registers (sdladrv_usb.h). 0x0A, the firmware update, is never written.
constexpr std::uint8_t kDeviceId = 0, kControl = 3;
constexpr std::uint8_t kRightId = 0x55, kReset = 0x80;
constexpr std::array<std::uint8_t, kChannels> kEvents{0x01, 0x02};
constexpr std::uint8_t kTellsSync = 0x20;  // from this firmware on

Frame silentFrame() {
    Frame frame;
    for (auto& channel : frame.codes) {
        channel.fill(kSilence);
    }
    return frame;
}

chips::ScriptStep readAway(std::uint8_t reg) {
    return {.kind = Kind::UntilAtLeast, .reg = reg, .value = 0, .fails = "a register has no value"};
}

}  // namespace

U100Adapter::U100Adapter(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                         adapters::AdapterHost& host, const chips::Si3050Settings& settings)
    : UsbAdapter(loop, std::move(device), host),
      timer_(loop, [this] { onTimer(); }),
      messages_(loop),
      processor_(messages_, Owner::Cpu),
      script_(loop, processor_),
      ports_{U100Port{loop, messages_, 0, settings}, U100Port{loop, messages_, 1, settings}} {}

U100Adapter::~U100Adapter() = default;

void U100Adapter::onStart() {
    const hal::UsbInterface* found = interface(kInterface);
    const auto* in = found == nullptr ? nullptr
                                      : adapters::findEndpoint(found->alternates.front(),
                                                               UsbTransferType::Bulk, true);
    const auto* out = found == nullptr ? nullptr
                                       : adapters::findEndpoint(found->alternates.front(),
                                                                UsbTransferType::Bulk, false);
    if (in == nullptr || out == nullptr) {
        fail(ErrorCode::OperationFailed, "the descriptors lack a bulk endpoint both ways");
        return;
    }
    in_ = in->address;
    out_ = out->address;
    inPacket_ = in->maxPacket;
    bridge_ = std::make_unique<chips::Cp210xSetup>(device(), kBaud);
    device().claimInterface(kInterface, hal::KernelDriver::Detach,
                            then([this] { bridge_->start(then([this] { startStream(); })); }));
}

void U100Adapter::onFailure(const hal::Error& why) {
    timer_.cancel();
    script_.cancel();
    messages_.clear();
    if (inStream_) {
        inStream_->stop();
    }
    if (outStream_) {
        outStream_->stop();
    }
    for (U100Port& port : ports_) {
        port.gone(why);
    }
}

void U100Adapter::startStream() {
    auto in = device().openInStream(
        {.endpoint = in_, .packetSize = inPacket_, .transfers = kTransfers}, *this);
    if (!in) {
        fail(in.error());
        return;
    }
    inStream_ = std::move(*in);
    auto out = device().openOutStream(
        {.endpoint = out_, .packetSize = kFrameSize, .transfers = kTransfers}, *this);
    if (!out) {
        fail(out.error());
        return;
    }
    outStream_ = std::move(*out);
    for (hal::UsbStream* stream : {static_cast<hal::UsbStream*>(inStream_.get()),
                                   static_cast<hal::UsbStream*>(outStream_.get())}) {
        if (const auto started = stream->start(); !started) {
            fail(started.error());
            return;
        }
    }
    timer_.arm(kBoot);
}

// ---- the start

void U100Adapter::onTimer() {
    if (phase_ == Phase::Running) {
        watch();
        return;
    }
    if (phase_ == Phase::Boot) {
        phase_ = Phase::AdapterSync;
    }
    poll();
}

void U100Adapter::poll() {
    ++polls_;
    if (phase_ == Phase::AdapterSync && reader_.inSync()) {
        phase_ = Phase::OurSync;
        polls_ = 0;
    } else if (phase_ == Phase::AdapterSync && polls_ >= kAdapterSyncPolls) {
        fail(ErrorCode::OperationFailed,
             "its stream has no frames: it is still in its boot loader, or in the firmware update "
             "mode, which is left alone; plug it in again");
        return;
    }
    // Older firmware never tells: its number, asked for next, says whether that is right.
    if (phase_ == Phase::OurSync && (hearsUs_ || polls_ >= kOurSyncPolls)) {
        phase_ = Phase::SetUp;
        askId();
        return;
    }
    timer_.arm(kPoll);
}

void U100Adapter::askId() {
    steps_ = {{.kind = Kind::Until,
               .reg = kDeviceId,
               .value = kRightId,
               .mask = 0xFF,
               .tries = 3,
               .wait = kPoll,
               .fails = "its processor has another number than 0x55"},
              readAway(1),
              readAway(2)};
    script_.run(steps_, then([this] { askVersion(); }));
}

void U100Adapter::askVersion() {
    if (version_[2] >= kTellsSync && !hearsUs_) {
        fail(ErrorCode::OperationFailed, "it answers, but says that it is not in step with us");
        return;
    }
    resetProcessor();
}

void U100Adapter::resetProcessor() {
    steps_ = {{.reg = kControl, .value = kReset},
              // Reading clears what happened so far.
              readAway(4),
              readAway(5),
              readAway(6),
              {.kind = Kind::Wait, .wait = milliseconds{1000}}};
    script_.run(steps_, then([this] { startDaas(0); }));
}

/// One after the other; a line without its DAA is missing, and the other goes on.
void U100Adapter::startDaas(std::size_t module) {
    if (module == kChannels) {
        allowEvents();
        return;
    }
    ports_[module].startUp([this, module](const hal::Result<void>& result) {
        if (!result) {
            trouble_ = fmt::format("line {}: {}", module + 1, result.error().cause);
            kLog.warning("{}: {}", device().name(), trouble_);
        }
        startDaas(module + 1);
    });
}

void U100Adapter::allowEvents() {
    for (std::size_t i = 0; i < kChannels; ++i) {
        if (ports_[i].works()) {
            eventMask_ |= kEvents[i];
            working_.push_back({.name = fmt::format("line {}", i + 1),
                                .number = static_cast<unsigned>(i + 1),
                                .fxo = &ports_[i]});
        }
    }
    if (working_.empty()) {
        fail(ErrorCode::OperationFailed, trouble_);
        return;
    }
    processor_.write(kControl, eventMask_, {});
    phase_ = Phase::Running;
    framesSeen_ = statistics_.frames;
    timer_.arm(kWatch);  // in service when the stream has proved its form
}

void U100Adapter::watch() {
    const std::uint64_t came = statistics_.frames - std::exchange(framesSeen_, statistics_.frames);
    const bool poor = came < kLeastFrames;
    poor_ = poor ? poor_ + 1 : 0;
    if (poor_ == kMostPoor) {
        fail(ErrorCode::OperationFailed,
             fmt::format("{} of {} frames came: its supply dropped, or its stream lost its form",
                         came, kWatch.count()));
        return;
    }
    if (poor) {
        onGap(static_cast<std::uint64_t>(kWatch.count()) - came);
    } else if (!working_.empty()) {
        ready(std::exchange(working_, {}),
              fmt::format("hardware {}, firmware 0x{:02X}", version_[1], version_[2]));
    }
    // A processor that began anew tells no events; it need not be noticed otherwise.
    if (++polls_ % kControlEvery == 0 && messages_.idle()) {
        processor_.read(kControl, [this](const hal::Result<std::uint16_t>& got) {
            if (got && *got != eventMask_) {
                processor_.write(kControl, eventMask_, {});
            }
        });
    }
    timer_.arm(kWatch);
}

/// Who listens counts what is missing; what happened meanwhile may have been told to nobody.
void U100Adapter::onGap(std::uint64_t frames) {
    statistics_.missedFrames += frames;
    for (U100Port& port : ports_) {
        if (port.works()) {
            port.skip(frames);
        }
    }
    onSyncLost();
}

// ---- the stream

void U100Adapter::onStopped(const hal::Error* why) {
    if (why != nullptr && !failed()) {
        fail(*why);
    }
}

void U100Adapter::onPackets(std::span<const hal::UsbPacket> packets) {
    for (const hal::UsbPacket& packet : packets) {
        if (packet.status == hal::UsbPacketStatus::Ok) {
            takeBytes(packet.data);
        } else {
            ++statistics_.lostPackets;
        }
    }
}

void U100Adapter::takeBytes(std::span<const std::byte> bytes) {
    while (!bytes.empty() && !failed()) {
        bytes = bytes.subspan(reader_.take(bytes));
        if (std::exchange(lossesSeen_, reader_.syncLosses()) != reader_.syncLosses()) {
            onSyncLost();
        }
        if (reader_.whole()) {
            onFrame(reader_.frame());
        }
    }
}

/// Bytes are missing, and maybe an event was among them.
void U100Adapter::onSyncLost() {
    statistics_.syncLosses = reader_.syncLosses();
    if (phase_ == Phase::Running && messages_.idle()) {
        for (U100Port& port : ports_) {
            if (port.works()) {
                port.refresh();
            }
        }
    }
}

void U100Adapter::onFrame(const Frame& frame) {
    ++statistics_.frames;
    hearsUs_ = frame.hearsUs;
    onMessage(readMessage(frame));
    Frame answer = silentFrame();
    for (std::size_t i = 0; i < kChannels; ++i) {
        ports_[i].exchange(frame.codes[i], answer.codes[i]);
    }
    // Each line every 2 ms, as the constants of the ring detector want it.
    ports_[statistics_.frames % kChannels].look(statistics_.frames);
    messages_.fill(answer);
    if (!std::exchange(anyFrame_, true)) {
        for (std::size_t i = 0; i < kAhead; ++i) {
            send(silentFrame());
        }
    }
    send(answer);
    if (outStream_) {
        outStream_->resume();
    }
}

void U100Adapter::onMessage(const Message& message) {
    if (message.kind == Message::Kind::Event || message.kind == Message::Kind::ReadFxo) {
        ports_[message.module].onRegister(message.reg, message.value);
    }
    if (message.kind == Message::Kind::ReadCpu && message.reg < version_.size()) {
        version_[message.reg] = message.value;
    }
    messages_.heard(message);
}

void U100Adapter::send(const Frame& frame) {
    if (ringCount_ == kRing) {
        ringBegin_ = (ringBegin_ + 1) % kRing;
        --ringCount_;
        ++statistics_.droppedFrames;
    }
    auto& place = ring_[(ringBegin_ + ringCount_) % kRing];
    encodeFrame(frame, place);
    ++ringCount_;
}

std::size_t U100Adapter::fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) {
    if (ringCount_ == 0 || packet.size() < kFrameSize) {
        return 0;
    }
    std::copy(ring_[ringBegin_].begin(), ring_[ringBegin_].end(), packet.begin());
    ringBegin_ = (ringBegin_ + 1) % kRing;
    --ringCount_;
    return kFrameSize;
}

}  // namespace tipring::sangoma_u100
