// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/media/sample_queue.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

/// Sound to or from an application through a pipe, a FIFO or a socket: 16-bit samples, low byte
/// first, 8000 per second, without a header. Never waits: what the application does not take in
/// time is dropped, the oldest first, and counted; when it gives too little, the line hears
/// silence, which is counted, too. Ends with EndOfFile when the writer closes, WriteError when the
/// reader is gone.
class DescriptorTerminal final : public Terminal {
public:
    /// Owns `descriptor` and makes it non-blocking. `both` needs a socket. `room`: samples that
    /// wait for a slow reader. INVALPARAM: a regular file (which is never "not ready": use the file
    /// terminals), or a descriptor opened for the wrong direction.
    static hal::Result<std::unique_ptr<DescriptorTerminal>> create(std::string name,
                                                                   hal::FileDescriptor descriptor,
                                                                   TerminalDirection direction,
                                                                   std::size_t room = 8000);

private:
    DescriptorTerminal(std::string name, hal::FileDescriptor descriptor,
                       TerminalDirection direction, std::size_t room, bool socket);
    hal::Result<void> onStart() override;
    hal::Result<void> onStop() override;
    std::size_t onCapture(std::span<std::int16_t> samples) override;
    void onRender(std::span<const std::int16_t> samples) override;
    bool fill();
    bool flush();

    hal::FileDescriptor descriptor_;
    const bool socket_;
    SampleQueue incoming_;
    SampleQueue outgoing_;
    int half_ = -1;             ///< a low byte that came without its high byte
    std::size_t offset_ = 0;    ///< 1 when half a sample was written
    std::uint8_t pending_ = 0;  ///< the other half
};

}  // namespace tipring::media
