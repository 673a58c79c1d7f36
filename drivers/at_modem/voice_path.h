// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "at_engine.h"
#include "command_queue.h"
#include "modem_device.h"
#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/dsp/resampler.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::at_modem {

/// The sound of the call on one line, one direction at a time (V.253 clause 8: transmit and receive
/// states). Converts between 8 kHz linear and the modem's format. Each call of the line may have a
/// stream; one of them runs at a time.
///
/// Play keeps about 300 ms in the modem and the port, so that a stop is heard soon; a timer of
/// 100 ms paces it, since the port's queue alone would swallow eight seconds. Flow control of the
/// modem holds it back further. No allocation per block.
class VoicePath final : private SoundSink, private DialogueClient {
public:
    /// Codes that come inside sound go to `onCode`; a dialogue that the modem did not answer to
    /// `onStuck`.
    VoicePath(hal::EventLoop& loop, AtEngine& engine, CommandQueue& queue,
              const ModemDevice& device, std::function<void(char)> onCode,
              std::function<void(const hal::Error&)> onStuck);
    ~VoicePath() override;

    /// InUse when that call has a stream.
    hal::Result<std::unique_ptr<tspi::MediaStream>> open(const tspi::Call& call,
                                                         const tspi::MediaEvents& events,
                                                         TspiMediaCaps& caps);
    /// No sound and nothing under way: other commands may be sent.
    [[nodiscard]] bool idle() const { return state_ == State::Idle; }
    [[nodiscard]] bool playing() const { return state_ == State::Playing; }
    [[nodiscard]] bool recording() const { return state_ == State::Recording; }

    /// Ends what runs, as fast as the modem can, before the jobs that wait in the queue.
    void finish();
    /// The call ended (null: all of them): its stream says so and is silent from now on.
    void callEnded(const tspi::Call* call, const char* cause);
    /// finish(), because the line is used for something else. The call's stream is told so, and
    /// again when the line is the call's.
    void interrupt(const tspi::Call* call, const char* cause);
    void resume(const tspi::Call* call);
    /// The port or the modem is out: nothing runs any more.
    void abandon(const hal::Error& why);

    void onEvent(EventMeaning meaning);
    void onWritable();
    /// A final result while sound ran: the modem ended it by itself. False: it was not for us.
    bool onStrayReply(std::string_view line);

private:
    class Stream;
    enum class State : std::uint8_t { Idle, Starting, Playing, Recording, Ending };

    hal::Result<void> start(Stream& stream, tspi::Request&& request, std::uint32_t direction);
    hal::Result<void> stop(Stream& stream, tspi::Request&& request, std::uint32_t direction,
                           std::uint32_t how);
    void closeStream(Stream& stream);
    [[nodiscard]] bool silent() const;
    [[nodiscard]] Stream* streamOf(const tspi::Call* call) const;

    void onSound(std::span<const std::byte> bytes) override;
    void onSoundCode(char code) override { onCode_(code); }
    void onSoundEnd() override;
    void onDialogueEnd(const DialogueEnd& end) override;

    void started();
    void endNow(bool drain, bool front);
    void ended(const DialogueEnd& end);
    void endedByDevice(const char* cause);
    void pump();
    bool pumpBlock();
    bool flush();
    void deliver(std::span<const std::int16_t> samples);
    [[nodiscard]] std::uint64_t elapsed(std::uint32_t rate) const;
    [[nodiscard]] const VoiceFormatChoice& format() const;
    [[nodiscard]] std::size_t bytesAhead() const;
    void tell(std::uint32_t event, std::uintptr_t parameter, const char* cause) const;
    void logLosses();

    hal::EventLoop& loop_;
    AtEngine& engine_;
    CommandQueue& queue_;
    const ModemDevice& device_;
    std::function<void(char)> onCode_;
    std::function<void(const hal::Error&)> onStuck_;
    hal::Timer pace_;

    std::vector<Stream*> streams_;
    Stream* active_ = nullptr;  ///< the one that was started last
    State state_ = State::Idle;
    std::uint32_t direction_ = 0;
    bool endAfterStart_ = false, drainAfterStart_ = false;
    tspi::Request starting_, stopping_;

    std::optional<dsp::Encoder> encoder_;
    std::optional<dsp::Decoder> decoder_;
    std::optional<dsp::Resampler> resampler_;
    hal::TimePoint began_{};
    std::uint64_t position_ = 0;       ///< 8 kHz samples pulled or delivered
    std::uint64_t deviceSamples_ = 0;  ///< sent, at the device's rate
    std::array<std::byte, 4096> out_{};
    unsigned losses_ = 0;  ///< reports of the modem that it ran dry, or that it lost sound
    std::size_t outBegin_ = 0, outEnd_ = 0;
};

}  // namespace tipring::at_modem
