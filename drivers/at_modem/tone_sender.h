// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "command_queue.h"

namespace tipring::at_modem {

/// Sends DTMF keys and tones by command (+VTS), key by key, so that it can be cancelled between.
class ToneSender final : private DialogueClient {
public:
    /// `done(endToEndId, LINEGENERATETERM_*)` once per generation that was started. `onStuck`: the
    /// modem gave no answer.
    ToneSender(CommandQueue& queue, std::function<void(std::uint32_t, std::uint32_t)> done,
               std::function<void(const hal::Error&)> onStuck);

    /// Cancels what runs. Characters that are no keys are skipped.
    hal::Result<void> sendDigits(const Profile& profile, std::uint32_t endToEndId,
                                 std::string_view digits, std::chrono::milliseconds each);
    /// `frequency` in Hz.
    hal::Result<void> sendTone(const Profile& profile, std::uint32_t endToEndId,
                               std::uint32_t frequency, std::chrono::milliseconds duration);
    void cancel();
    [[nodiscard]] bool sending() const { return sending_; }

private:
    void onDialogueEnd(const DialogueEnd& end) override;
    void sendNext();
    void push(Dialogue dialogue, const AtEngine::Start& start);
    void finish(std::uint32_t how);
    void setDuration(const Profile& profile, std::chrono::milliseconds duration);

    CommandQueue& queue_;
    std::function<void(std::uint32_t, std::uint32_t)> done_;
    std::function<void(const hal::Error&)> onStuck_;
    bool sending_ = false;
    unsigned pending_ = 0;  ///< dialogues of ours that are queued or run
    std::uint32_t id_ = 0;
    std::string digits_;
    std::size_t at_ = 0;
    std::string duration_, frequency_;
    std::array<char, 1> digit_{};
};

}  // namespace tipring::at_modem
