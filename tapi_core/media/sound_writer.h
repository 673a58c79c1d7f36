// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::media {

/// A new sound file, 8000 samples per second, mono, that is playable at any time but for the last
/// second.
class SoundWriter {
public:
    virtual ~SoundWriter() = default;
    /// INUSE where the file exists.
    static hal::Result<std::unique_ptr<SoundWriter>> create(const std::string& path,
                                                            SoundFormat format);
    virtual hal::Result<void> write(std::span<const std::int16_t> samples) = 0;
    virtual hal::Result<void> close() = 0;
};

}  // namespace tipring::media
