// SPDX-License-Identifier: Apache-2.0
#include "engine_reader.h"

#include <algorithm>
#include <utility>

#include "at_engine.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

struct Ending {
    std::string_view text;
    Reply reply;
};
constexpr std::array<Ending, 4> kEndings{{{"\r\nOK\r\n", Reply::Ok},
                                          {"\r\nVCON\r\n", Reply::Vcon},
                                          {"\r\nERROR\r\n", Reply::Error},
                                          {"\r\nNO CARRIER\r\n", Reply::NoCarrier}}};

}  // namespace

Reply ResultTail::feed(char byte) noexcept {
    if (size_ == tail_.size()) {
        std::move(tail_.begin() + 1, tail_.end(), tail_.begin());
        --size_;
    }
    tail_[size_++] = byte;
    const std::string_view tail(tail_.data(), size_);
    for (const Ending& ending : kEndings) {
        if (byte == '\n' && tail.ends_with(ending.text)) {
            marked_ = tail.substr(0, tail.size() - ending.text.size()).ends_with("\x10\x03");
            return ending.reply;
        }
    }
    return Reply::None;
}

void EngineReader::reset() {
    lines_.reset();
    dropLf_ = false;
    toldNoMark_ = false;
}

void EngineReader::beginSound() {
    sound_.reset();
    tail_.reset();
}

std::size_t EngineReader::read(std::span<const std::byte> bytes) {
    if (std::exchange(dropLf_, false) && bytes.front() == std::byte{'\n'}) {
        return 1;
    }
    if (engine_.hasSound()) {
        return readSound(bytes);
    }
    const std::size_t taken = lines_.feed(bytes, *this);
    dropLf_ = engine_.hasSound() && bytes[taken - 1] == std::byte{'\r'};
    return taken;
}

std::size_t EngineReader::readSound(std::span<const std::byte> bytes) {
    for (std::size_t at = 0; engine_.soundEnding_ && at < bytes.size(); ++at) {
        const Reply reply = tail_.feed(static_cast<char>(bytes[at]));
        if (reply != Reply::None) {
            if (!tail_.marked()) {
                tellNoMark();
            }
            engine_.stopSound();
            engine_.takeReply(reply, "a result within the sound");
            return at + 1;
        }
    }
    const std::size_t taken = sound_.feed(bytes, *this);
    if (sound_.ended() && engine_.hasSound()) {
        SoundSink& sink = *engine_.sink_;
        engine_.stopSound();
        sink.onSoundEnd();
    }
    return taken;
}

void EngineReader::tellNoMark() {
    if (!std::exchange(toldNoMark_, true)) {
        kLog.warning("{}: no mark behind the sound; its end is found by the result code",
                     engine_.port_->name());
    }
}

void EngineReader::onVoice(std::span<const std::byte> bytes) {
    if (engine_.hasSound()) {
        engine_.sink_->onSound(bytes);
    }
}

void EngineReader::onDle(char code) {
    if (engine_.hasSound()) {
        engine_.sink_->onSoundCode(code);
    } else {
        engine_.takeCode(code);
    }
}

void EngineReader::onOverlong(std::string_view beginning) {
    kLog.warning("a line without end is dropped; it begins with \"{}\"", beginning.substr(0, 20));
}

bool EngineReader::onLine(std::string_view line) {
    for (AtLine part = classify(line);; part = classify(part.rest)) {
        take(part, line);
        if (part.rest.empty()) {
            break;
        }
    }
    return !engine_.hasSound();
}

void EngineReader::take(const AtLine& line, std::string_view whole) {
    switch (line.kind) {
    case LineKind::Result: engine_.takeReply(line.result, whole); break;
    case LineKind::Text: engine_.takeInformation(whole); break;
    case LineKind::Hex:
    case LineKind::DtmfDigits:
    case LineKind::NetCallerId:
        if (engine_.asked()) {
            engine_.takeInformation(whole);  // "5601" is the answer to ATI0
            break;
        }
        [[fallthrough]];
    default: engine_.takeCallLine(line); break;
    }
}

}  // namespace tipring::at_modem
