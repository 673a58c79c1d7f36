// SPDX-License-Identifier: Apache-2.0
#include "fake_usb_device.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tipring::hal::testing {
namespace {

std::string hexOf(std::span<const std::byte> data) {
    std::string text;
    for (const std::byte one : data) {
        text += fmt::format(" {:02x}", std::to_integer<int>(one));
    }
    return text;
}

std::string controlText(const UsbSetup& setup, const char* direction, const std::string& rest) {
    return fmt::format("control {} type {:02x} request {:02x} value {:04x} index {:04x}{}",
                       direction, setup.requestType & 0x7FU, setup.request, setup.value,
                       setup.index, rest);
}

std::string inText(const UsbSetup& setup, std::size_t length) {
    return controlText(setup, "in", fmt::format(" length {}", length));
}

std::string outText(const UsbSetup& setup, std::span<const std::byte> data) {
    return controlText(setup, "out", ":" + hexOf(data));
}

std::string readText(std::uint8_t endpoint, std::size_t length) {
    return fmt::format("read {:02x} length {}", endpoint, length);
}

std::string writeText(std::uint8_t endpoint, std::span<const std::byte> data) {
    return fmt::format("write {:02x}:{}", endpoint, hexOf(data));
}

Error goneError() {
    return {ErrorCode::NoDevice, "fake:usb: the device is gone: it was unplugged"};
}

}  // namespace

/// What the test does to a stream, whatever its direction.
class FakeUsbDevice::Stream {
public:
    Stream(FakeUsbDevice& device, const UsbStreamOptions& streamOptions)
        : options(streamOptions), device_(device) {
        device_.streams_[options.endpoint] = this;
    }
    virtual ~Stream() { device_.streams_.erase(options.endpoint); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    virtual void deliver(std::span<const UsbPacket> packets) = 0;
    virtual std::size_t fill(std::span<std::byte> packet, std::uint64_t number) = 0;
    virtual void ended(const Error* why) = 0;

    Result<void> begin() {
        if (device_.gone_) {
            return tl::unexpected(goneError());
        }
        if (runs) {
            return fail(ErrorCode::InUse, "the stream runs already");
        }
        runs = true;
        number = 0;
        statistics = {};
        return {};
    }
    void end(std::optional<Error> why) {
        const bool ending = runs && !std::exchange(ending_, true);
        if (!ending) {
            return;
        }
        device_.later([this, life = std::weak_ptr(life_), why = std::move(why)] {
            if (!life.expired()) {
                ending_ = false;
                runs = false;
                ended(why ? &*why : nullptr);
            }
        });
    }

    UsbStreamOptions options;
    UsbStreamStatistics statistics;
    bool runs = false;
    std::uint64_t number = 0;

protected:
    FakeUsbDevice& device_;

private:
    bool ending_ = false;
    std::shared_ptr<bool> life_ = std::make_shared<bool>(true);
};

class FakeUsbDevice::InStream final : public UsbInStream, private FakeUsbDevice::Stream {
public:
    InStream(FakeUsbDevice& device, const UsbStreamOptions& streamOptions,
             UsbInStreamObserver& observer)
        : Stream(device, streamOptions), observer_(observer) {}
    Result<void> start() override { return begin(); }
    void stop() override { end(std::nullopt); }
    [[nodiscard]] bool running() const override { return runs; }
    [[nodiscard]] const UsbStreamStatistics& statistics() const override {
        return Stream::statistics;
    }

private:
    void deliver(std::span<const UsbPacket> packets) override { observer_.onPackets(packets); }
    std::size_t fill(std::span<std::byte>, std::uint64_t) override { return 0; }
    void ended(const Error* why) override { observer_.onStopped(why); }

    UsbInStreamObserver& observer_;
};

class FakeUsbDevice::OutStream final : public UsbOutStream, private FakeUsbDevice::Stream {
public:
    OutStream(FakeUsbDevice& device, const UsbStreamOptions& streamOptions,
              UsbOutStreamObserver& observer)
        : Stream(device, streamOptions), observer_(observer) {}
    Result<void> start() override { return begin(); }
    void stop() override { end(std::nullopt); }
    void resume() override {}  // the test pulls
    [[nodiscard]] bool running() const override { return runs; }
    [[nodiscard]] const UsbStreamStatistics& statistics() const override {
        return Stream::statistics;
    }

private:
    void deliver(std::span<const UsbPacket> packets) override { observer_.onPacketsSent(packets); }
    std::size_t fill(std::span<std::byte> packet, std::uint64_t packetNumber) override {
        return observer_.fillPacket(packet, packetNumber);
    }
    void ended(const Error* why) override { observer_.onStopped(why); }

    UsbOutStreamObserver& observer_;
};

FakeUsbDevice::FakeUsbDevice(EventLoop& loop, const Bytes& descriptors, UsbIdentity identity)
    : loop_(loop), identity_(std::move(identity)) {
    auto parsed = parseUsbDescriptors(descriptors);
    EXPECT_TRUE(parsed) << parsed.error().text();
    descriptors_ = parsed.value_or(UsbDescriptors{});
    identity_.vendor = descriptors_.vendor;
    identity_.product = descriptors_.product;
    identity_.release = descriptors_.release;
}

FakeUsbDevice::~FakeUsbDevice() {
    EXPECT_TRUE(streams_.empty()) << "a stream outlives its device";
}

void FakeUsbDevice::later(std::function<void()> task) {
    loop_.post([alive = std::weak_ptr(alive_), task = std::move(task)] {
        if (!alive.expired()) {
            task();
        }
    });
}

void FakeUsbDevice::expectControlIn(const UsbSetup& setup, std::size_t length, Reply reply) {
    script_.push_back({inText(setup, length), std::move(reply)});
}

void FakeUsbDevice::expectControlOut(const UsbSetup& setup, Bytes data, Reply reply) {
    script_.push_back({outText(setup, data), std::move(reply)});
}

void FakeUsbDevice::expectRead(std::uint8_t endpoint, std::size_t length, Reply reply) {
    script_.push_back({readText(endpoint, length), std::move(reply)});
}

void FakeUsbDevice::expectWrite(std::uint8_t endpoint, Bytes data, Reply reply) {
    script_.push_back({writeText(endpoint, data), std::move(reply)});
}

void FakeUsbDevice::ask(const std::string& text, Answer answer) {
    if (gone_) {
        return later([answer = std::move(answer)] { answer(tl::unexpected(goneError())); });
    }
    if (script_.empty() || script_.front().text != text) {
        ADD_FAILURE() << "asked:    " << text
                      << "\nexpected: " << (script_.empty() ? "nothing" : script_.front().text);
        return later([answer = std::move(answer)] {
            answer(fail(ErrorCode::OperationFailed, "not in the script"));
        });
    }
    Reply reply = std::move(script_.front().reply);
    script_.pop_front();
    if (!reply) {
        unanswered_.push_back(std::move(answer));
        return;
    }
    later([answer = std::move(answer), reply = std::move(*reply)] { answer(reply); });
}

void FakeUsbDevice::controlIn(const UsbSetup& setup, std::size_t length, Duration /*limit*/,
                              UsbInDone done) {
    ask(inText(setup, length), [done = std::move(done)](Result<Bytes> reply) {
        done(reply ? Result<std::span<const std::byte>>(*reply) : tl::unexpected(reply.error()));
    });
}

void FakeUsbDevice::controlOut(const UsbSetup& setup, std::span<const std::byte> data,
                               Duration /*limit*/, UsbOutDone done) {
    ask(outText(setup, data), [done = std::move(done), size = data.size()](Result<Bytes> reply) {
        done(reply ? Result<std::size_t>(size) : tl::unexpected(reply.error()));
    });
}

void FakeUsbDevice::read(std::uint8_t endpoint, std::size_t length, Duration /*limit*/,
                         UsbInDone done) {
    ask(readText(endpoint, length), [done = std::move(done)](Result<Bytes> reply) {
        done(reply ? Result<std::span<const std::byte>>(*reply) : tl::unexpected(reply.error()));
    });
}

void FakeUsbDevice::write(std::uint8_t endpoint, std::span<const std::byte> data,
                          Duration /*limit*/, UsbOutDone done) {
    ask(writeText(endpoint, data),
        [done = std::move(done), size = data.size()](Result<Bytes> reply) {
            done(reply ? Result<std::size_t>(size) : tl::unexpected(reply.error()));
        });
}

Result<std::unique_ptr<UsbInStream>> FakeUsbDevice::openInStream(const UsbStreamOptions& options,
                                                                 UsbInStreamObserver& observer) {
    return std::make_unique<InStream>(*this, options, observer);
}

Result<std::unique_ptr<UsbOutStream>> FakeUsbDevice::openOutStream(const UsbStreamOptions& options,
                                                                   UsbOutStreamObserver& observer) {
    return std::make_unique<OutStream>(*this, options, observer);
}

FakeUsbDevice::Stream& FakeUsbDevice::stream(std::uint8_t endpoint) const {
    const auto found = streams_.find(endpoint);
    if (found == streams_.end()) {
        throw std::logic_error(fmt::format("no stream is open on endpoint {:02x}", endpoint));
    }
    return *found->second;
}

bool FakeUsbDevice::isIsochronous(std::uint8_t address) const {
    bool found = false;
    for (const UsbConfiguration& configuration : descriptors_.configurations) {
        for (const UsbInterface& one : configuration.interfaces) {
            for (const UsbAlternate& alternate : one.alternates) {
                for (const UsbEndpoint& endpoint : alternate.endpoints) {
                    found = found || (endpoint.address == address &&
                                      endpoint.type == UsbTransferType::Isochronous);
                }
            }
        }
    }
    return found;
}

bool FakeUsbDevice::streamRuns(std::uint8_t endpoint) const {
    return streams_.contains(endpoint) && stream(endpoint).runs;
}

const UsbStreamOptions& FakeUsbDevice::streamOptions(std::uint8_t endpoint) const {
    return stream(endpoint).options;
}

void FakeUsbDevice::deliver(std::uint8_t endpoint, const std::vector<Packet>& packets) {
    Stream& target = stream(endpoint);
    EXPECT_TRUE(target.runs) << "the stream does not run";
    std::vector<UsbPacket> all;
    for (const Packet& packet : packets) {
        all.push_back({packet.data, packet.status, target.number++, loop_.now()});
        target.statistics.lostPackets += packet.status != UsbPacketStatus::Ok ? 1U : 0U;
        target.statistics.bytes += packet.data.size();
    }
    target.statistics.packets += packets.size();
    ++target.statistics.transfers;
    target.deliver(all);
}

std::vector<Bytes> FakeUsbDevice::pull(std::uint8_t endpoint, std::size_t count) {
    Stream& target = stream(endpoint);
    EXPECT_TRUE(target.runs) << "the stream does not run";
    std::vector<Bytes> sent;
    std::vector<UsbPacket> back;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes packet(target.options.packetSize);
        const std::size_t size = target.fill(packet, target.number);
        packet.resize(std::min(size, packet.size()));
        target.statistics.underruns += packet.empty() ? 1U : 0U;
        if (packet.empty() && !isIsochronous(endpoint)) {
            break;
        }
        sent.push_back(std::move(packet));
        back.push_back({{}, UsbPacketStatus::Ok, target.number++, loop_.now()});
    }
    target.statistics.packets += back.size();
    target.deliver(back);
    return sent;
}

void FakeUsbDevice::endStream(std::uint8_t endpoint, const Error& why) {
    stream(endpoint).end(why);
}

void FakeUsbDevice::unplug() {
    gone_ = true;
    for (Answer& answer : std::exchange(unanswered_, {})) {
        later([answer = std::move(answer)] { answer(tl::unexpected(goneError())); });
    }
    for (const auto& [endpoint, one] : streams_) {
        one->end(goneError());
    }
    later([this] {
        if (observer_ != nullptr) {
            observer_->onGone(goneError());
        }
    });
}

void FakeUsbDevice::call(const std::string& text, const UsbDone& done,
                         std::function<void()> applied) {
    calls_.push_back(text);
    later([this, text, done, applied = std::move(applied)] {
        if (gone_) {
            return done(tl::unexpected(goneError()));
        }
        if (const auto failure = failures.find(text); failure != failures.end()) {
            return done(tl::unexpected(failure->second));
        }
        applied();
        done({});
    });
}

void FakeUsbDevice::claimInterface(std::uint8_t number, KernelDriver driver, UsbDone done) {
    const char* detach = driver == KernelDriver::Detach ? " detach" : "";
    call(fmt::format("claim {}{}", number, detach), done);
}

void FakeUsbDevice::releaseInterface(std::uint8_t number, UsbDone done) {
    call(fmt::format("release {}", number), done);
}

void FakeUsbDevice::selectAlternate(std::uint8_t number, std::uint8_t alternate, UsbDone done) {
    call(fmt::format("alternate {} {}", number, alternate), done);
}

void FakeUsbDevice::clearHalt(std::uint8_t endpoint, UsbDone done) {
    call(fmt::format("clear halt {}", endpoint), done);
}

void FakeUsbDevice::setConfiguration(std::uint8_t value, KernelDriver /*driver*/, UsbDone done) {
    call(fmt::format("configuration {}", value), done, [this, value] { configuration_ = value; });
}

void FakeUsbDevice::reset(UsbDone done) {
    call("reset", done);
}

}  // namespace tipring::hal::testing
