// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// Takes 8 kHz mono sound as it comes, in blocks of any size. False: enough, read no more.
using SoundSink = std::function<bool(std::span<const std::int16_t>)>;

/// Reads a sound file of any rate up to 192 kHz and any number of channels, which are averaged, to
/// its end. NODEVICE: not there; RESOURCEUNAVAIL: not readable; INVALPARAM: no sound file.
hal::Result<void> readSound(const std::string& path, const SoundSink& sink);

/// Reads bare 16-bit little-endian samples, from standard input for "-", to their end or Ctrl-C.
/// Half a sample at the end is left out. Errors as readSound(), but anything is taken for samples.
hal::Result<void> readSamples(const std::string& path, const SoundSink& sink);

/// Hears a sound device (an ALSA name) until Ctrl-C or until the sink has enough. NODEVICE, INUSE,
/// RESOURCEUNAVAIL, OPERATIONFAILED.
hal::Result<void> readDevice(const std::string& device, const SoundSink& sink);

}  // namespace tipring::tools
