// SPDX-License-Identifier: Apache-2.0
#include "voice_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dle_decoder.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;
using namespace dialogues;

const hal::LogCategory kLog{"at_modem"};
constexpr std::uint32_t kRate = 8000;
constexpr milliseconds kAhead{300};
constexpr milliseconds kPace{100};
constexpr std::size_t kBlock = 160;             // 20 ms at 8 kHz
constexpr std::size_t kResampled = kBlock * 7;  // at 48 kHz, with some room
constexpr std::uint64_t kGap = kRate / 20;      // a shorter one cannot be told from jitter

std::uint64_t samplesIn(hal::Duration time, std::uint32_t rate) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)) / 1000 * rate /
           1'000'000;
}

}  // namespace

/// What the core holds; it may outlive the call and, for a moment, the line.
class VoicePath::Stream final : public tspi::MediaStream {
public:
    Stream(VoicePath& path, const tspi::Call& owner, const tspi::MediaEvents& to)
        : call(&owner), events(to), path_(&path) {}
    ~Stream() override {
        if (path_ != nullptr) {
            path_->closeStream(*this);
        }
    }
    hal::Result<void> start(tspi::Request&& request, std::uint32_t direction) override {
        return path_ != nullptr ? path_->start(*this, std::move(request), direction) : gone();
    }
    hal::Result<void> stop(tspi::Request&& request, std::uint32_t direction,
                           std::uint32_t how) override {
        return path_ != nullptr ? path_->stop(*this, std::move(request), direction, how) : gone();
    }
    void detach() { path_ = nullptr; }

    const tspi::Call* call;
    tspi::MediaEvents events;
    bool silent = false;       ///< no callbacks: the call ended
    bool interrupted = false;  ///< and told so

private:
    static hal::Result<void> gone() {
        return hal::fail(hal::ErrorCode::InvalCallState, "the line was closed");
    }
    VoicePath* path_;
};

VoicePath::VoicePath(hal::EventLoop& loop, AtEngine& engine, CommandQueue& queue,
                     const ModemDevice& device, std::function<void(char)> onCode,
                     std::function<void(const hal::Error&)> onStuck)
    : loop_(loop),
      engine_(engine),
      queue_(queue),
      device_(device),
      onCode_(std::move(onCode)),
      onStuck_(std::move(onStuck)),
      pace_(loop, [this] { pump(); }) {}

VoicePath::~VoicePath() {
    for (Stream* stream : streams_) {
        stream->detach();
    }
}

bool VoicePath::silent() const {
    return active_ == nullptr || active_->silent;
}

const VoiceFormatChoice& VoicePath::format() const {
    return device_.profile->formats[*device_.format];
}

hal::Result<std::unique_ptr<tspi::MediaStream>> VoicePath::open(const tspi::Call& call,
                                                                const tspi::MediaEvents& events,
                                                                TspiMediaCaps& caps) {
    const auto same = [&call](const Stream* other) { return other->call == &call; };
    if (std::any_of(streams_.begin(), streams_.end(), same)) {
        return hal::fail(hal::ErrorCode::InUse, "the call has a media stream already");
    }
    auto stream = std::make_unique<Stream>(*this, call, events);
    streams_.push_back(stream.get());
    caps.directions = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    caps.fullDuplex = 0;
    caps.deviceRate = format().rate;
    caps.bits = dsp::bitsPerSample(format().codec);
    return stream;
}

hal::Result<void> VoicePath::start(Stream& stream, tspi::Request&& request,
                                   std::uint32_t direction) {
    if (stream.silent) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the call of this stream has ended");
    }
    if (direction != TSPI_MEDIA_PLAY && direction != TSPI_MEDIA_RECORD) {
        return hal::fail(hal::ErrorCode::InvalParam, "one direction can be started at a time");
    }
    if (state_ != State::Idle) {
        return hal::fail(hal::ErrorCode::InUse,
                         "the modem is half-duplex and sends or receives already");
    }
    const bool play = direction == TSPI_MEDIA_PLAY;
    active_ = &stream;
    direction_ = direction;
    state_ = State::Starting;
    endAfterStart_ = drainAfterStart_ = false;
    starting_ = std::move(request);
    queue_.push({play ? kStartPlay : kStartRecord, this, {}});
    return {};
}

hal::Result<void> VoicePath::stop(Stream& stream, tspi::Request&& request, std::uint32_t direction,
                                  std::uint32_t how) {
    if (&stream != active_ || direction != direction_ || state_ == State::Idle) {
        request.succeed();  // it has ended by itself, or never began
        return {};
    }
    if (stopping_) {
        return hal::fail(hal::ErrorCode::InUse, "the stream is being stopped already");
    }
    stopping_ = std::move(request);
    const bool drain = how == TSPI_MEDIASTOP_DRAIN;
    if (state_ == State::Starting) {
        endAfterStart_ = true;
        drainAfterStart_ = drain;
    } else if (state_ != State::Ending) {
        endNow(drain, false);
    }
    return {};
}

void VoicePath::closeStream(Stream& stream) {
    std::erase(streams_, &stream);
    if (&stream != active_) {
        return;
    }
    active_ = nullptr;
    finish();
    starting_ = {};
    stopping_ = {};
}

void VoicePath::finish() {
    if (state_ == State::Starting) {
        endAfterStart_ = true;
    } else if (state_ == State::Playing || state_ == State::Recording) {
        endNow(false, true);
    }
}

void VoicePath::callEnded(const tspi::Call* call, const char* cause) {
    const bool runs = state_ == State::Playing || state_ == State::Recording;
    if (runs && active_ != nullptr && (call == nullptr || active_->call == call)) {
        tell(TSPI_MEDIAEVENT_ENDED, direction_, cause);
    }
    for (Stream* stream : streams_) {
        stream->silent = stream->silent || call == nullptr || stream->call == call;
    }
}

VoicePath::Stream* VoicePath::streamOf(const tspi::Call* call) const {
    const auto found = std::find_if(streams_.begin(), streams_.end(), [call](const Stream* each) {
        return each->call == call && !each->silent;
    });
    return found != streams_.end() ? *found : nullptr;
}

void VoicePath::interrupt(const tspi::Call* call, const char* cause) {
    const bool runs = state_ == State::Playing || state_ == State::Recording;
    if (Stream* stream = streamOf(call)) {
        stream->interrupted = true;
        stream->events.event(TSPI_MEDIAEVENT_INTERRUPTED,
                             runs && stream == active_ ? direction_ : 0, cause);
    }
    finish();
}

void VoicePath::resume(const tspi::Call* call) {
    Stream* stream = streamOf(call);
    if (stream != nullptr && std::exchange(stream->interrupted, false)) {
        stream->events.event(TSPI_MEDIAEVENT_RESUMED, 0, nullptr);
    }
}

void VoicePath::abandon(const hal::Error& why) {
    pace_.cancel();
    engine_.stopSound();
    callEnded(nullptr, why.cause.c_str());
    state_ = State::Idle;
    starting_.fail(why);
    stopping_.fail(why);
}

void VoicePath::started() {
    starting_.succeed();
    began_ = loop_.now();
    losses_ = 0;
    position_ = 0;
    deviceSamples_ = 0;
    outBegin_ = outEnd_ = 0;
    if (direction_ == TSPI_MEDIA_PLAY) {
        encoder_.emplace(format().codec);
        resampler_.emplace(kRate, format().rate);
        state_ = State::Playing;
        if (!endAfterStart_) {
            pump();
        }
    } else {
        decoder_.emplace(format().codec);
        resampler_.emplace(format().rate, kRate);
        state_ = State::Recording;
        engine_.beginSound(*this);
    }
    if (endAfterStart_) {
        if (!stopping_) {  // nobody asked: the line is used for something else meanwhile
            tell(TSPI_MEDIAEVENT_INTERRUPTED, direction_, nullptr);
        }
        endNow(drainAfterStart_, true);
    }
}

void VoicePath::endNow(bool drain, bool front) {
    const bool play = state_ == State::Playing;
    pace_.cancel();
    state_ = State::Ending;
    AtEngine::Start start;
    if (play && drain) {
        // OK comes when the last sample was heard: that much later than usual.
        const std::uint64_t heard = samplesIn(loop_.now() - began_, format().rate);
        const std::uint64_t left = deviceSamples_ > heard ? deviceSamples_ - heard : 0;
        start.extra = milliseconds{left * 1000 / format().rate} + kAhead;
        static_cast<void>(flush());
    } else if (play) {
        outBegin_ = outEnd_ = 0;
        engine_.discardUnsent();
    } else {
        engine_.endingSound();
    }
    const bool discard = !drain && !device_.profile->playDiscard.empty();
    const Dialogue ending = !play ? kEndRecord : discard ? kDiscardPlay : kEndPlay;
    const CommandQueue::Job job{ending, this, start};
    front ? queue_.pushFront(job) : queue_.push(job);
}

void VoicePath::onDialogueEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone) {
        return;  // abandon() follows
    }
    if (state_ == State::Ending) {
        ended(end);
    } else if (state_ == State::Starting && (end.done() || end.reply == Reply::Connect)) {
        started();
    } else if (state_ == State::Starting) {
        state_ = State::Idle;
        kLog.warning("{}: no sound: {}", device_.portName, end.error().cause);
        starting_.fail(end.error());
        stopping_.succeed();
        if (end.how == DialogueEnd::How::TimedOut) {
            onStuck_(end.error());
        }
    }
}

void VoicePath::logLosses() {
    const unsigned times = std::exchange(losses_, 0U);
    if (times > 0) {
        kLog.warning(
            "{}: the modem {} {} times", device_.portName,
            direction_ == TSPI_MEDIA_PLAY ? "ran dry while playing" : "lost sound while recording",
            times);
    }
}

void VoicePath::ended(const DialogueEnd& end) {
    engine_.stopSound();
    logLosses();
    state_ = State::Idle;
    if (end.how == DialogueEnd::How::TimedOut) {
        stopping_.fail(end.error());
        onStuck_(end.error());
    } else {
        stopping_.succeed();
    }
}

void VoicePath::endedByDevice(const char* cause) {
    pace_.cancel();
    engine_.stopSound();
    logLosses();
    state_ = State::Idle;
    tell(TSPI_MEDIAEVENT_ENDED, direction_, cause);
}

bool VoicePath::onStrayReply(std::string_view line) {
    if (state_ != State::Playing && state_ != State::Recording) {
        return false;
    }
    endedByDevice(fmt::format("the modem ended the sound with {}", line).c_str());
    return true;
}

void VoicePath::onSoundEnd() {
    if (state_ == State::Recording) {
        endedByDevice("the modem ended the recording");
    }
}

void VoicePath::onEvent(EventMeaning meaning) {
    switch (meaning) {
    case EventMeaning::Underrun:
        if (playing() && loop_.now() - began_ > kAhead) {
            ++losses_;
            began_ -= kPace;  // its clock is faster than ours: go ahead a bit more
            tell(TSPI_MEDIAEVENT_UNDERRUN, 0, nullptr);
        }
        break;
    case EventMeaning::Overrun:
        if (recording()) {
            ++losses_;
            const std::uint64_t now = samplesIn(loop_.now() - began_, kRate);
            position_ = now > position_ + kGap ? now : position_;
            tell(TSPI_MEDIAEVENT_OVERRUN, 0, nullptr);
        }
        break;
    case EventMeaning::Silence:
    case EventMeaning::Quiet:
        if (recording()) {
            tell(TSPI_MEDIAEVENT_SILENCE, 0, nullptr);
        }
        break;
    default: break;
    }
}

void VoicePath::onSound(std::span<const std::byte> bytes) {
    std::array<std::int16_t, kBlock> raw;
    std::array<std::int16_t, kBlock * 3> converted;
    for (;;) {
        const auto decoded = decoder_->decode(bytes, raw);
        bytes = bytes.subspan(decoded.consumed);
        std::span<const std::int16_t> samples(raw.data(), decoded.produced);
        if (samples.empty()) {
            return;
        }
        while (!samples.empty()) {
            const auto made = resampler_->process(samples, converted);
            deliver(std::span(converted).first(made.produced));
            samples = samples.subspan(made.consumed);
        }
    }
}

void VoicePath::deliver(std::span<const std::int16_t> samples) {
    if (!silent() && !samples.empty()) {
        active_->events.receive(position_, samples);
    }
    position_ += samples.size();
}

std::size_t VoicePath::bytesAhead() const {
    return format().rate * dsp::bitsPerSample(format().codec) / 8 *
           static_cast<std::size_t>(kAhead.count()) / 1000;
}

void VoicePath::pump() {
    if (state_ != State::Playing) {
        return;
    }
    const std::uint64_t due = samplesIn(loop_.now() - began_ + kAhead, format().rate);
    while (deviceSamples_ < due && engine_.unsent() < bytesAhead() && pumpBlock()) {
    }
    pace_.arm(kPace);
}

/// Pulls, converts and sends 20 ms. False: the port takes no more now.
bool VoicePath::pumpBlock() {
    if (!flush()) {
        return false;
    }
    std::array<std::int16_t, kBlock> samples{};
    if (!silent()) {
        const std::size_t got = active_->events.send(position_, samples);
        std::fill(samples.begin() + static_cast<std::ptrdiff_t>(std::min(got, kBlock)),
                  samples.end(), std::int16_t{0});
    }
    position_ += kBlock;
    std::array<std::int16_t, kResampled> converted;
    std::array<std::byte, kResampled * 2> bytes;
    const auto made = resampler_->process(samples, converted);
    deviceSamples_ += made.produced;
    const auto coded = encoder_->encode(std::span(converted).first(made.produced), bytes);
    outBegin_ = 0;
    outEnd_ = dleShield(std::span(bytes).first(std::min(coded.produced, out_.size() / 2)), out_);
    return flush();
}

bool VoicePath::flush() {
    if (outBegin_ < outEnd_) {
        outBegin_ += engine_.send(std::span(out_).subspan(outBegin_, outEnd_ - outBegin_));
    }
    return outBegin_ == outEnd_;
}

void VoicePath::onWritable() {
    pump();
}

void VoicePath::tell(std::uint32_t event, std::uintptr_t parameter, const char* cause) const {
    if (!silent()) {
        active_->events.event(event, parameter, cause);
    }
}

}  // namespace tipring::at_modem
