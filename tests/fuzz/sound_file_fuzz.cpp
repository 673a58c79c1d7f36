// SPDX-License-Identifier: Apache-2.0
// A file that somebody wants to be played: whatever it holds, it is refused in words, or gives no
// more than the samples that were asked for and ends.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/media/file_playback.h"

namespace {

void require(bool kept) {
    if (!kept) {
        std::abort();
    }
}

}  // namespace

// libsndfile 1.2.0 forgets libvorbis's tables when an Ogg file has no Vorbis header.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name for it
    return "leak:vorbis_info_init";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const tipring::hal::FileDescriptor file(::memfd_create("sound", MFD_CLOEXEC));
    for (std::size_t done = 0; done < size;) {
        const ssize_t written = ::write(file.get(), data + done, size - done);
        if (written <= 0) {
            return 0;
        }
        done += static_cast<std::size_t>(written);
    }
    auto playback =
        tipring::media::FilePlayback::open("/proc/self/fd/" + std::to_string(file.get()));
    if (!playback) {
        require(!playback.error().cause.empty());
        return 0;
    }
    std::array<std::int16_t, 480> samples{};
    for (int block = 0; block < 500; ++block) {  // half a minute
        const auto count = playback->read(samples);
        require(count ? *count <= samples.size() : !count.error().cause.empty());
        if (!count || *count < samples.size()) {
            static_cast<void>(playback->truncated());
            return 0;
        }
    }
    return 0;
}
