// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace tipring::at_modem {

class AtEngine;

/// Cuts a modem's bytes into what the engine handles: lines, DLE codes, and the sound of a
/// reception. Total: any bytes may come, in any pieces.
class EngineReader {
public:
    explicit EngineReader(AtEngine& engine);
    ~EngineReader();

    void reset();
    /// The bytes that follow are sound; a LF that belongs to the line before them is not.
    void beginSound();
    /// Hands the first things in `bytes` to the engine; returns how many bytes that took, at least
    /// one. The engine may switch between sound and lines inside.
    std::size_t read(std::span<const std::byte> bytes);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::at_modem
