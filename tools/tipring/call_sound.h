// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/call.h"

namespace tipring::tools {

/// Sound files of this machine in one call. A call of this process plays and records them by
/// itself; the files of one in a service would be the service's, so its sound is streamed through a
/// socket, coded and decoded here. Errors, replies, events (with the file's path) and file formats
/// are the same. Thread: the loop's.
class CallSound {
public:
    /// `streamed`: the call is one of a service.
    CallSound(hal::EventLoop& loop, bool streamed);
    /// What was heard so far is in the file.
    ~CallSound();
    CallSound(const CallSound&) = delete;
    CallSound& operator=(const CallSound&) = delete;

    tapi::Result<tapi::RequestId> play(tapi::Call& call, const std::string& path,
                                       tapi::Reply reply);
    tapi::Result<tapi::RequestId> stopPlaying(tapi::Call& call, tapi::StopMode mode,
                                              tapi::Reply reply);
    tapi::Result<tapi::RequestId> record(tapi::Call& call, const std::string& path,
                                         tapi::Reply reply);
    /// The reply comes when the file is whole.
    tapi::Result<tapi::RequestId> stopRecording(tapi::Call& call, tapi::Reply reply);
    /// The call is over: takes what is still on the way, and the file is whole.
    void end();

private:
    class Sender;
    class Receiver;

    hal::EventLoop& loop_;
    const bool streamed_;
    std::shared_ptr<Sender> sender_;
    std::shared_ptr<Receiver> receiver_;
};

}  // namespace tipring::tools
