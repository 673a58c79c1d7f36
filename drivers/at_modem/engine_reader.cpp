// SPDX-License-Identifier: Apache-2.0
#include "engine_reader.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "at_engine.h"
#include "modem_line_text.h"

namespace tipring::at_modem {
namespace {

constexpr std::byte kDle{0x10};
constexpr std::byte kDoubled{0x1A};  // V.253: one code for two DLE bytes
constexpr std::size_t kLongestLine = 512;
constexpr std::size_t kSoundBlock = 512;

/// Finds a result between the bytes of sound, for modems that end a reception without DLE ETX.
class ResultTail {
public:
    void reset() { size_ = 0; }
    /// Feeds one byte; the result whose last byte it was.
    Reply feed(char byte) {
        if (size_ == tail_.size()) {
            std::move(tail_.begin() + 1, tail_.end(), tail_.begin());
            --size_;
        }
        tail_[size_++] = byte;
        if (byte != '\n') {
            return Reply::None;
        }
        const std::string_view tail(tail_.data(), size_);
        for (const auto& [text, reply] : kEndings) {
            if (tail.ends_with(text)) {
                return reply;
            }
        }
        return Reply::None;
    }

private:
    struct Ending {
        std::string_view text;
        Reply reply;
    };
    static constexpr std::array<Ending, 4> kEndings{{{"\r\nOK\r\n", Reply::Ok},
                                                     {"\r\nVCON\r\n", Reply::Vcon},
                                                     {"\r\nERROR\r\n", Reply::Error},
                                                     {"\r\nNO CARRIER\r\n", Reply::NoCarrier}}};
    std::array<char, 16> tail_{};
    std::size_t size_ = 0;
};

}  // namespace

struct EngineReader::Impl {
    explicit Impl(AtEngine& owner) : engine(owner) {}

    std::size_t readLines(std::span<const std::byte> bytes);
    std::size_t readSound(std::span<const std::byte> bytes);
    void endLine();
    void deliver(std::string_view line);

    AtEngine& engine;
    std::array<char, kLongestLine> line{};
    std::size_t size = 0;
    bool tooLong = false;
    bool dle = false;     ///< the last byte was the first of a pair
    bool skipLf = false;  ///< the last line ended with CR
    ResultTail tail;
};

EngineReader::EngineReader(AtEngine& engine) : impl_(std::make_unique<Impl>(engine)) {}
EngineReader::~EngineReader() = default;

void EngineReader::reset() {
    impl_->size = 0;
    impl_->tooLong = impl_->dle = impl_->skipLf = false;
}

void EngineReader::beginSound() {
    impl_->dle = false;
    impl_->tail.reset();
}

std::size_t EngineReader::read(std::span<const std::byte> bytes) {
    if (impl_->skipLf) {
        impl_->skipLf = false;
        if (bytes.front() == std::byte{'\n'}) {
            return 1;
        }
    }
    return impl_->engine.sink_ != nullptr ? impl_->readSound(bytes) : impl_->readLines(bytes);
}

std::size_t EngineReader::Impl::readLines(std::span<const std::byte> bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const char c = static_cast<char>(bytes[at]);
        if (dle) {
            dle = false;
            if (c == 'X' || c == '.') {
                endLine();  // the frame of a complex event: its body is lines
            } else if (bytes[at] != kDle) {
                engine.takeCode(c);
            }
            return at + 1;
        }
        if (bytes[at] == kDle) {
            dle = true;
        } else if (c == '\r' || c == '\n') {
            skipLf = c == '\r';
            if (size > 0 || tooLong) {
                endLine();
                return at + 1;
            }
        } else if (size == line.size()) {
            tooLong = true;
        } else if (c != '\0') {
            line[size++] = c;
        }
    }
    return bytes.size();
}

void EngineReader::Impl::endLine() {
    const std::string_view text(line.data(), size);
    const bool whole = !tooLong && size > 0;
    size = 0;
    tooLong = false;
    if (whole) {
        deliver(trimmed(text));
    }
}

void EngineReader::Impl::deliver(std::string_view text) {
    if (text.empty()) {
        return;
    }
    if (const unsigned mode = ringMode(text); mode != 0) {
        engine.takeRing(mode);
    } else if (const Reply reply = replyOf(text); reply != Reply::None) {
        engine.takeReply(reply, text);
    } else if (isCallerIdLine(text)) {
        engine.takeCallerIdLine(text);
    } else {
        engine.takeInformation(text);
    }
}

std::size_t EngineReader::Impl::readSound(std::span<const std::byte> bytes) {
    std::array<std::byte, kSoundBlock> sound;
    std::size_t count = 0;
    std::size_t at = 0;
    for (; at < bytes.size() && count + 2 <= sound.size(); ++at) {
        const std::byte byte = bytes[at];
        if (engine.soundEnding_) {
            const Reply reply = tail.feed(static_cast<char>(byte));
            if (reply != Reply::None) {
                engine.stopSound();
                engine.takeReply(reply, "a result within the sound");
                return at + 1;
            }
        }
        if (!dle) {
            dle = byte == kDle;
            if (!dle) {
                sound[count++] = byte;
            }
            continue;
        }
        dle = false;
        if (byte == kDle || byte == kDoubled) {
            sound[count++] = kDle;
            if (byte == kDoubled) {
                sound[count++] = kDle;
            }
            continue;
        }
        engine.sink_->onSound(std::span(sound).first(count));
        if (engine.sink_ != nullptr) {
            engine.sink_->onSoundCode(static_cast<char>(byte));
        }
        return at + 1;
    }
    if (count > 0) {
        engine.sink_->onSound(std::span(sound).first(count));
    }
    return at;
}

}  // namespace tipring::at_modem
