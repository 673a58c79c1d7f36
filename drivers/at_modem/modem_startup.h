// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "at_engine.h"
#include "modem_device.h"

namespace tipring::at_modem {

/// Brings a modem from "the port is open" to "ready": wakes it, finds out what it is, sets it up,
/// and proves what it claims by reading back. Each step has a deadline; nothing blocks.
///
/// What was found is written to the device and told in the log in plain words.
class ModemStartup final : private DialogueClient {
public:
    /// Success, or what the modem failed at. The engine is free when it is called.
    using Done = std::function<void(const hal::Result<void>&)>;
    ModemStartup(AtEngine& engine, const ProfileStore& profiles, ModemDevice& device,
                 const LineOptions& options, Done done);

    /// All of it; identification only where the device is not identified yet.
    void begin();
    /// After a call: is caller ID still on? Switches it on again when not.
    void checkCallerId();
    [[nodiscard]] bool running() const { return phase_ != Phase::Idle; }
    /// The port went: forgets what it was doing, without a call of Done.
    void abandon() { phase_ = Phase::Idle; }

private:
    enum class Phase : std::uint8_t {
        Idle,
        Awaken,
        Identify,
        IdentifyVoice,
        Init,
        Monitor,
        Country,
        CallerId,
        CheckCallerId,
        Format,
        BackToIdle
    };

    void onInformation(std::uint8_t step, std::string_view line) override;
    void onDialogueEnd(const DialogueEnd& end) override;

    void enter(Phase phase);
    void next(const DialogueEnd& end);
    void forgetFacts();
    void chooseProfile();
    void tryCallerId();
    void afterCallerId(const DialogueEnd& end);
    void tryFormat();
    void afterFormat(const DialogueEnd& end);
    void finish();
    void fail(hal::Error error);
    void report() const;

    AtEngine& engine_;
    const ProfileStore& profiles_;
    ModemDevice& device_;
    const LineOptions& options_;
    Done done_;
    Phase phase_ = Phase::Idle;
    std::size_t attempt_ = 0;  ///< of the caller-ID ways or the formats
    std::string answer_;       ///< last line of a query that is read back
    std::string rate_;
};

/// What <bits> stands for in a command: bits of one sample on the wire.
[[nodiscard]] std::string_view bitsText(dsp::SampleFormat codec) noexcept;
/// "1" of "+VCID: 1" or "1": the value of a read-back answer.
[[nodiscard]] std::string_view readBackValue(std::string_view line) noexcept;

}  // namespace tipring::at_modem
