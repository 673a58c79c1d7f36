// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "at_modem_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.modem"};

constexpr char kEtx = 0x03, kCan = 0x18, kSub = 0x1A, kEsc = 0x1B;
constexpr double kToneLevel = -9;  // dBm0 for each frequency of +VTS
constexpr double kSilence = 160;   // rms at sensitivity 128, about -43 dBm0
constexpr unsigned kBlocksPerSecond = 50;

const std::byte kDleByte{0x10};

}  // namespace

void AtModem::Impl::updateListening() {
    const bool wanted =
        inVoice() && (offHook || mode != Mode::Command || !tones.empty() || tone.active());
    if (wanted != listening) {
        listening = wanted;
        ear.reset();
        line.listen(wanted);
    }
}

void AtModem::Impl::startStream(Mode next) {
    dle = stalled = paused = started = dry = lost = false;
    spoke = silenceTold = false;
    quietBlocks = 0;
    if (next != Mode::Receive) {
        voiceOut.emplace(*format, rate);
    }
    if (next != Mode::Transmit) {
        voiceIn.emplace(*format, rate);
    }
    kLog.debug("voice stream {} begins, format {} at {} Hz", next == Mode::Receive ? "in" : "out",
               format->id, rate);
    finish(Result::Connect);
    mode = next;
    updateListening();
}

void AtModem::Impl::endStream(bool shieldedEnd) {
    mode = Mode::Command;
    voiceOut.reset();
    voiceIn.reset();
    dle = false;
    if (shieldedEnd && !faults.dropEndMark) {
        putEvent(kEtx);
    }
    finish(Result::Voice);
    updateListening();
}

void AtModem::Impl::sound(HeardBlock heard, SpokenBlock spoken) {
    hearEvents(heard);
    if (!tones.empty() || tone.active()) {
        speakTones(spoken);
    } else if (voiceOut && wait != Wait::Delay) {
        speakVoice(spoken);
    }
    if (voiceIn && wait != Wait::Delay) {
        sendVoice(heard);
    }
}

void AtModem::Impl::speakTones(SpokenBlock spoken) {
    std::span<std::int16_t> rest = spoken;
    while (!rest.empty()) {
        if (!tone.active()) {
            if (tones.empty()) {
                break;
            }
            tone.start(tones.front().hertz1, tones.front().hertz2, kToneLevel,
                       tones.front().samples);
            tones.pop_front();
        }
        rest = rest.subspan(tone.mix(rest));
    }
    if (tones.empty() && !tone.active() && wait == Wait::Tones) {
        finish(personality.rockwellVoice ? Result::Ok : Result::Voice);
        updateListening();
        if (stalled && outlet != nullptr) {
            stalled = false;
            outlet->onReady();
        }
    }
}

void AtModem::Impl::speakVoice(SpokenBlock spoken) {
    if (faults.starveEvery > 0 && started && ++playedBlocks % faults.starveEvery == 0) {
        voiceOut->discard();
    }
    const std::size_t count = paused ? 0 : voiceOut->take(spoken);
    if (wait == Wait::Drain && voiceOut->empty()) {
        endStream(false);
    } else if (count < spoken.size() && started && !paused && wait != Wait::Drain) {
        if (!dry && personality.reportsUnderrun) {
            putEvent('u');
        }
        dry = true;
    } else {
        dry = false;
    }
    if (stalled && (!voiceOut || voiceOut->hasRoom()) && outlet != nullptr) {
        stalled = false;
        outlet->onReady();
    }
}

void AtModem::Impl::hearEvents(HeardBlock heard) {
    if (!offHook) {
        return;
    }
    const ToneEar::Heard found = ear.hear(heard);
    const bool blocks = personality.digits == Personality::Digits::Blocks;
    if (found.keyBegan != 0) {
        key = found.keyBegan;
        keyBlocks = 0;
        if (blocks) {
            putEvent('/');
        }
        putEvent(key);
    } else if (found.keyHeld && blocks && ++keyBlocks % 4 == 3) {  // about each 70 ms (V.253)
        putEvent(key);
    }
    if (found.keyEnded && blocks) {
        putEvent('~');
    }
    if (found.toneBegan != 0) {
        putEvent(found.toneBegan);
    }
    hearSilence(found.rms);
}

void AtModem::Impl::hearSilence(double rms) {
    const bool plus = personality.plusVoice;
    const int interval = plus ? settings.get(Setting::Vsd, 1) : settings.get(Setting::HashVsp);
    const int sensitivity = plus ? settings.get(Setting::Vsd, 0) : 128;
    if (interval == 0 || sensitivity == 0 || personality.ignoresSilence || mode == Mode::Transmit ||
        wait != Wait::None) {
        return;
    }
    if (rms > kSilence) {
        spoke = true;
        silenceTold = false;
        quietBlocks = 0;
        return;
    }
    if (++quietBlocks * 10 >= unsigned(interval) * kBlocksPerSecond && !silenceTold) {
        silenceTold = true;
        putEvent(spoke && !personality.silenceIsOneCode ? 'q' : 's');
    }
}

void AtModem::Impl::sendVoice(HeardBlock heard) {
    const auto codes = voiceIn->encode(heard);
    if (silenced() || (faults.loseEvery > 0 && ++heardBlocks % faults.loseEvery == 0)) {
        lost = true;
        return;
    }
    flushHeld();
    if (tap.onVoiceToDte) {
        tap.onVoiceToDte(codes);
    }
    shielded.clear();
    if (lost) {
        lost = false;
        shielded.push_back(kDleByte);
        shielded.push_back(std::byte{'o'});
    }
    for (const std::byte code : codes) {
        shielded.push_back(code);
        if (code == kDleByte && !faults.forgetShielding) {
            shielded.push_back(code);
        }
    }
    if (outlet != nullptr && !outlet->toDte(shielded)) {
        lost = true;
    }
}

void AtModem::Impl::takeCodes(std::span<const std::byte> codes) {
    static_cast<void>(voiceOut->accept(codes));
    started = true;
    if (tap.onVoiceFromDte) {
        tap.onVoiceFromDte(codes);
    }
}

std::size_t AtModem::Impl::receiveTransmit(std::span<const std::byte> bytes) {
    if (wait == Wait::Drain) {
        return 0;
    }
    if (dle) {
        if (!voiceOut->hasRoom() && (bytes[0] == kDleByte || static_cast<char>(bytes[0]) == kSub)) {
            return 0;
        }
        dle = false;
        transmitCode(static_cast<char>(bytes[0]));
        return 1;
    }
    if (bytes[0] == kDleByte) {
        dle = true;
        return 1;
    }
    const auto* end = std::find(bytes.data(), bytes.data() + bytes.size(), kDleByte);
    const auto run = bytes.first(static_cast<std::size_t>(end - bytes.data()));
    const std::size_t taken = voiceOut->accept(run);
    if (taken > 0) {
        started = true;
        if (tap.onVoiceFromDte) {
            tap.onVoiceFromDte(run.first(taken));
        }
    }
    return taken;
}

/// The byte behind a DLE while sound comes from the computer (V.253 table 18, Rockwell 1048P).
void AtModem::Impl::transmitCode(char code) {
    const std::byte two[2] = {kDleByte, kDleByte};
    switch (code) {
    case kDle: takeCodes(std::span{two, 1}); break;
    case kSub: takeCodes(two); break;
    case kEtx:
        if (mode == Mode::Transmit) {
            wait = Wait::Drain;
        }
        break;
    case kCan:
        voiceOut->discard();
        if (mode == Mode::Transmit) {
            endStream(false);
        }
        break;
    case '^':
    case kEsc:
    case '!': endStream(mode == Mode::Duplex); break;
    case 'p': paused = true; break;
    case 'r': paused = false; break;
    default: break;
    }
}

std::size_t AtModem::Impl::receiveDuring(std::span<const std::byte> bytes) {
    const char c = static_cast<char>(bytes[0]);
    if (personality.anyByteEndsReceive && !(c == kDle && bytes.size() > 1)) {
        endStream(true);
        return 1;
    }
    if (personality.anyByteEndsReceive) {  // DLE ! in one piece is one key
        endStream(true);
        return 2;
    }
    if (dle) {
        dle = false;
        receiveCode(c);
    } else {
        dle = c == kDle;
    }
    return 1;
}

void AtModem::Impl::receiveCode(char code) {
    if (code == '!' || code == '^' || code == kEtx) {
        endStream(true);
    } else if (code == kEsc) {
        putEvent(kEsc);  // AN93: DLE ESC is answered by DLE ESC
        endStream(false);
    }
}

}  // namespace tipring::sim
