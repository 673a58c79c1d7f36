// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "handle_table.h"
#include "provider_queue.h"
#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"
#include "tipring/tapi_core/tspi/media.h"

namespace tipring::core {

class CallView;
struct CallRecord;

/// The open stream of one call, and the files at its ends. The provider may run it from a thread of
/// its own; the files are read and written there, in small blocks.
class CallMedia {
public:
    /// What a direction is doing. Loop's thread only.
    enum class State : std::uint8_t { Off, Starting, On, Stopping };
    struct Direction {
        State state = State::Off;
        std::string path;
    };
    /// Notices of the core's own, beside TSPI_MEDIAEVENT_*; p1 of the item is the stream's handle.
    static constexpr std::uint32_t kEndOfFile = 0x100;
    static constexpr std::uint32_t kReadError = 0x101;
    static constexpr std::uint32_t kWriteError = 0x102;

    CallMedia(std::weak_ptr<CallRecord> owner, std::shared_ptr<ProviderQueue> providerQueue)
        : call(std::move(owner)), queue_(std::move(providerQueue)) {}

    static const TspiMediaCallbacks& callbacks();
    [[nodiscard]] static HandleTable<CallMedia, HTAPIMEDIA>& handles();

    void setPlayback(std::optional<media::FilePlayback> playback);
    void setRecording(std::optional<media::FileRecording> recording);
    /// Closes the file; its error, if that failed.
    hal::Result<void> finishRecording();

    const std::weak_ptr<CallRecord> call;
    HTAPIMEDIA handle = nullptr;
    HDRVMEDIA driverMedia = nullptr;
    TspiMediaCaps caps{};
    Direction play;
    Direction record;
    bool endedEarly = false;  ///< the file ended while the direction was starting

private:
    static void onReceive(HTAPIMEDIA stream, std::uint64_t position, const std::int16_t* samples,
                          std::size_t count);
    static std::size_t onSend(HTAPIMEDIA stream, std::uint64_t position, std::int16_t* samples,
                              std::size_t capacity);
    static void onEvent(HTAPIMEDIA stream, std::uint32_t event, std::uintptr_t parameter,
                        const char* cause);

    hal::Result<void> writeGap(std::uint64_t position);
    void notice(std::uint32_t event, std::uintptr_t parameter, std::string text);

    const std::shared_ptr<ProviderQueue> queue_;
    std::mutex mutex_;
    std::optional<media::FilePlayback> playback_;    // guarded by mutex_
    std::optional<media::FileRecording> recording_;  // guarded by mutex_
    std::uint64_t expected_ = 0;                     // guarded by mutex_: next position
    bool playbackEnded_ = false;                     // guarded by mutex_
    bool recordingEnded_ = false;                    // guarded by mutex_
};

}  // namespace tipring::core
