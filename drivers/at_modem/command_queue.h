// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "at_engine.h"

namespace tipring::at_modem {

/// Dialogues that wait for the engine, in order. Fixed room, no allocation.
class CommandQueue final : private DialogueClient {
public:
    static constexpr std::size_t kRoom = 8;
    struct Job {
        Dialogue dialogue{};
        DialogueClient* client = nullptr;
        AtEngine::Start start{};
    };

    explicit CommandQueue(AtEngine& engine) : engine_(engine) {}

    /// False: no room; nothing happens then.
    bool push(const Job& job);
    bool pushFront(const Job& job);
    /// Ends all that wait: their clients hear Cancelled. What runs goes on.
    void clear();
    /// While held nothing is started; the holder uses the engine itself.
    void setHeld(bool held);
    /// The client of the dialogue that runs, if it came from here.
    [[nodiscard]] const DialogueClient* running() const { return current_; }
    [[nodiscard]] bool idle() const { return current_ == nullptr && count_ == 0; }

private:
    void onSent(std::uint8_t step) override { current_->onSent(step); }
    void onInformation(std::uint8_t step, std::string_view line) override {
        current_->onInformation(step, line);
    }
    void onReply(std::uint8_t step, Reply reply, std::string_view line) override {
        current_->onReply(step, reply, line);
    }
    void onDialogueEnd(const DialogueEnd& end) override;
    void startNext();
    void endAll(const DialogueEnd& end);

    AtEngine& engine_;
    std::array<Job, kRoom> jobs_{};
    std::size_t count_ = 0;
    DialogueClient* current_ = nullptr;
    bool held_ = false;
};

}  // namespace tipring::at_modem
