// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/requests.h"

/// Assisted telephony between processes: whoever makes calls for others listens on a Unix socket of
/// the user; who wants a call sends one line of JSON and gets one line back.
///
///     {"number":"+12025550123","application":"browser","party":"","comment":""}
///     {"ok":true}   or   {"ok":false,"error":"REQUESTQUEUEFULL","cause":"16 requests wait ..."}
namespace tipring::tools {

/// $XDG_RUNTIME_DIR/tipring/requests, or a folder of the user's own in /tmp where that is not set.
[[nodiscard]] std::string requestSocketPath();

/// Reads one request line. Total, bounded (8 KiB): INVALPARAM with the reason.
[[nodiscard]] hal::Result<tapi::AssistedRequest> parseRequest(std::string_view line);
[[nodiscard]] std::string requestLine(const tapi::AssistedRequest& request);
/// Both ways of the answer line. A malformed one is OPERATIONFAILED.
[[nodiscard]] std::string answerLine(const hal::Result<void>& result);
[[nodiscard]] hal::Result<void> parseAnswer(std::string_view line);

/// Listens for requests. Only this user can connect. Thread: the loop's.
class RequestServer {
public:
    using Handler = std::function<hal::Result<void>(const tapi::AssistedRequest& request)>;
    /// INUSE where another process listens already; a socket that a dead one left is taken over.
    static hal::Result<std::unique_ptr<RequestServer>> create(hal::EventLoop& loop,
                                                              const std::string& path,
                                                              Handler handler);
    ~RequestServer();

private:
    struct Impl;
    explicit RequestServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Sends one request to whoever listens and waits for the answer, at most 5 s. NOREQUESTRECIPIENT:
/// nobody listens.
[[nodiscard]] hal::Result<void> sendRequest(const std::string& path,
                                            const tapi::AssistedRequest& request);

}  // namespace tipring::tools
