// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <span>

#include "tipring/hal/base/file_descriptor.h"
#include "wire.h"

namespace tipring::isolation {

enum class Arrival { Message, Nothing, Closed, Broken };
enum class Sent { Yes, Full, Failed };

/// Sends one packet. `descriptor` goes along where it is not -1. Never blocks.
[[nodiscard]] Sent sendMessage(int socket, std::span<const std::byte> message, int descriptor = -1);
/// Reads one packet into `buffer` (kMaxMessage bytes). Never blocks. Broken: it was longer, or the
/// socket failed.
struct Received {
    Arrival arrival = Arrival::Nothing;
    std::span<const std::byte> message{};
    hal::FileDescriptor descriptor{};
};
[[nodiscard]] Received receiveMessage(int socket, std::span<std::byte> buffer);
/// Blocks until the socket takes more, or is gone. For the host, which may wait for the core.
void waitUntilWritable(int socket);

}  // namespace tipring::isolation
