// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "caller_id_assembler.h"
#include "command_queue.h"
#include "dtmf_event_filter.h"
#include "hang_up_evidence.h"
#include "line_ear.h"
#include "modem_call.h"
#include "modem_device.h"
#include "modem_interface.h"
#include "modem_startup.h"
#include "ring_watch.h"
#include "tipring/drivers/analog/call_group.h"
#include "tipring/hal/serial/serial_port.h"
#include "tipring/tapi_core/tspi/provider.h"
#include "tone_sender.h"
#include "voice_path.h"

namespace tipring::at_modem {

/// A dialogue of the line's own, with the member function that hears of its end.
template <class Owner>
class Errand final : public DialogueClient {
public:
    using End = void (Owner::*)(const DialogueEnd&);
    using Sent = void (Owner::*)(std::uint8_t);
    using Information = void (Owner::*)(std::uint8_t, std::string_view);

    Errand(Owner& owner, End end, Sent sent = nullptr, Information information = nullptr)
        : owner_(owner), end_(end), sent_(sent), information_(information) {}
    void onSent(std::uint8_t step) override {
        if (sent_ != nullptr) {
            (owner_.*sent_)(step);
        }
    }
    void onInformation(std::uint8_t step, std::string_view line) override {
        if (information_ != nullptr) {
            (owner_.*information_)(step, line);
        }
    }
    void onDialogueEnd(const DialogueEnd& end) override { (owner_.*end_)(end); }

private:
    Owner& owner_;
    End end_;
    Sent sent_;
    Information information_;
};

/// One open line: a port, the modem on it, and at most one live call; where the exchange does
/// services by hook flash, two of them, and the conference that they may be members of.
///
/// Service: the port is opened and the modem started up (ModemStartup); then the line is in
/// service. When the modem stops answering, the recovery ladder is climbed and the start-up done
/// again; when that fails, or the port goes, the line is out of service and the port is opened
/// again every 10 s, by the device's identity.
class ModemLine final : public tspi::Line, private EngineListener, private analog::FlashHost {
public:
    ModemLine(hal::EventLoop& loop, const ProfileStore& profiles, ModemDevice& device,
              const LineOptions& options, const tspi::LineEvents& events);
    ~ModemLine() override;

    hal::Result<void> status(TspiLineStatus& status) override;
    hal::Result<void> setDefaultMediaDetection(std::uint32_t mediaModes) override;
    hal::Result<tspi::Call*> makeCall(tspi::Request&& request, HTAPICALL call,
                                      std::string_view address,
                                      const TspiCallParams& params) override;
    hal::Result<void> devSpecific(tspi::Request&& request, tspi::Call* call,
                                  std::span<const std::byte> data) override;
    hal::Result<std::string> deviceId(std::string_view deviceClass) override;
    /// A method of org.tipring.AtModem.
    hal::Result<void> callInterface(tspi::Session& session, tspi::Request&& request,
                                    std::uint32_t method, std::span<const TspiValue> arguments);

    // What calls ask for; the state was checked by them.
    hal::Result<void> answer(ModemCall& call, tspi::Request&& request);
    hal::Result<void> drop(ModemCall& call, tspi::Request&& request);
    hal::Result<void> dialMore(ModemCall& call, tspi::Request&& request, std::string_view address);
    void closeCall(ModemCall& call);
    hal::Result<void> lendRinging(ModemCall& call, tspi::Request&& request);
    hal::Result<hal::FileDescriptor> descriptor(ModemCall& call);
    hal::Result<void> generateDigits(ModemCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                     std::string_view digits, std::uint32_t duration);
    hal::Result<void> generateTone(ModemCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                   std::uint32_t duration, std::span<const TspiGenerateTone> tones);
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(const ModemCall& call,
                                                              const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps);
    hal::Result<ConferenceCalls> setupConference(tspi::Request&& request, tspi::Call* call,
                                                 HTAPICALL conference, HTAPICALL consultCall,
                                                 std::uint32_t parties,
                                                 const TspiCallParams& params) override;
    [[nodiscard]] bool reportsDigits() const;

private:
    enum class Service : std::uint8_t { Out, Starting, Ready, Recovering };
    enum class Hook : std::uint8_t {
        OnHook,
        Answering,
        Dialing,
        OffHook,
        HangingUp,
        Lending,
        Lent  ///< a program has the port
    };

    // modem_line.cpp: port and service
    void openPort();
    void onPortGone(const hal::Error& why) override;
    void onWritable() override { voice_.onWritable(); }
    void goOut(const hal::Error& why);
    void leaveLine();
    void onStarted(const hal::Result<void>& result);
    void becomeReady();
    void recover(const hal::Error& why);
    void onRecoveryEnd(const DialogueEnd& end);
    void onHeartbeat();
    void onHeartbeatEnd(const DialogueEnd& end);
    static hal::Result<void> checkRaw(std::string_view text);
    hal::Result<void> sendRaw(std::string_view text, tspi::Request&& request,
                              std::optional<ModemMethod> method, std::uint32_t level);
    void onRawLine(std::uint8_t step, std::string_view line);
    void onRawEnd(const DialogueEnd& end);
    [[nodiscard]] hal::Result<void> readyForCall() const;

    // modem_line_interface.cpp: org.tipring.AtModem
    struct Method {
        ModemMethod method{};
        std::string text;
        std::uint32_t level = 0;
        tspi::Request request;
    };
    hal::Result<void> runMethod(Method&& call, tspi::Request&& request);
    void runMethods();
    void failMethods(const hal::Error& why);
    void giveRawResult();
    void forgetModemState();
    void onExtension(bool lifted);
    void onUnsolicited(std::string_view line) override;
    void tell(ModemEvent event, const tspi::InterfaceValues& values);

    // modem_line_incoming.cpp: rings, caller ID, codes
    void onCallLine(const AtLine& line) override;
    void onRingback() override;
    void onRing(unsigned mode);
    void onCallerId(const CallerIdAssembler::Effect& effect);
    void onCode(char code) override;
    void onStrayReply(Reply reply, std::string_view line) override;
    bool offer();
    void onRingsOver();
    void takeCallerId();
    void onHeard(const CallerId& id);
    void listen();
    void onProgressCode(EventMeaning meaning);
    void onConnectedCode(EventMeaning meaning);
    void tellMedia(std::uint32_t mode);
    void remoteHungUp(std::string_view cause);

    // modem_line_calls.cpp: answering, dialling, hanging up
    void onAnswerEnd(const DialogueEnd& end);
    void connected(const DialogueEnd& end);
    void startDialing();
    void pushDial(bool first);
    void onDialSent(std::uint8_t step);
    void onDialEnd(const DialogueEnd& end);
    void partDialed();
    void makingSucceeded();
    void onProgressTimer();
    void onNoAnswer();
    void dialFailed(const DialogueEnd& end);
    void hangUp() override;
    void onHangUpEnd(const DialogueEnd& end);
    void stopDialling(ModemCall& call);
    void released();
    void endCall(std::uint32_t mode, std::string_view cause);
    void idleCall();
    ModemCall& newCall(std::uint32_t origin);

    // modem_line_flash.cpp: two calls
    [[nodiscard]] const analog::FlashServices& services() const override;
    [[nodiscard]] bool mayFlash() const override;
    [[nodiscard]] analog::LineCall* active() const override { return call_; }
    void setActive(analog::LineCall* call) override;
    analog::LineCall& addCall(HTAPICALL handle, std::uint32_t origin) override;
    [[nodiscard]] hal::Result<std::string> wholeNumber(std::string_view address) const override;
    void sendFlash(std::string_view service, std::string_view number,
                   analog::FlashAim aim) override;
    void prepareConsult(const TspiCallParams& params) override { setNoAnswer(params); }
    void partyChanged() override { evidence_.reset(); }
    void soundOver(const analog::LineCall* call, std::string_view cause) override;
    void soundGoesOn(const analog::LineCall& call) override { voice_.resume(&call); }
    void endCalls(std::uint32_t mode, std::string_view cause) override { endCall(mode, cause); }
    void pushFlash();
    void onFlashEnd(const DialogueEnd& end);
    void consultDialed();
    void onConsultTimer();
    void onConsultCode(EventMeaning meaning);
    void setNoAnswer(const TspiCallParams& params);

    // modem_line_lending.cpp: the port in the hands of a program
    hal::Result<tspi::Call*> makePassThrough(tspi::Request&& request, HTAPICALL handle,
                                             std::string_view address);
    hal::Result<void> askBeforeLending();
    void onLendEnd(const DialogueEnd& end);
    void lendFailed(const hal::Error& why);
    void takeBack();
    void setVoiceValues(AtEngine::Start& start);
    [[nodiscard]] bool live() const { return call_ != nullptr; }

    hal::EventLoop& loop_;
    const ProfileStore& profiles_;
    ModemDevice& device_;
    const LineOptions& options_;
    tspi::LineEvents events_;

    std::unique_ptr<hal::SerialPort> port_;
    AtEngine engine_;
    CommandQueue queue_;
    ModemStartup startup_;
    VoicePath voice_;
    ToneSender tones_;
    CallerIdAssembler callerId_;
    DtmfEventFilter digits_;
    RingWatch rings_;
    HangUpEvidence evidence_;
    std::unique_ptr<LineEar> ear_;  ///< null: not asked for

    Errand<ModemLine> answering_, dialing_, hangingUp_, recovering_, heartbeating_, raw_, lending_,
        flashing_;
    hal::Timer ringTimer_, callerIdTimer_, progressTimer_, noAnswerTimer_, heartbeatTimer_,
        reopenTimer_, closeTimer_;

    static constexpr std::string_view kJustOpened = "the line was just opened";
    Service service_ = Service::Out;
    Hook hook_ = Hook::OnHook;
    std::string outCause_{kJustOpened};
    bool wasConnected_ = false;  ///< CONNECTED was told
    bool messageWaiting_ = false;
    bool callerIdNews_ = false;   ///< more is known than the core was told
    bool ignoreRinging_ = false;  ///< the ringing call was refused
    bool announceReady_ = true;
    std::chrono::milliseconds noAnswer_{0};
    hal::TimePoint releasedAt_{};
    std::string dialPiece_, rate_;
    tspi::Request rawRequest_;
    std::string rawText_, rawAnswer_;
    std::optional<ModemMethod> rawMethod_;  ///< empty: it is devSpecific's
    std::uint32_t rawLevel_ = 0;

    tspi::Session* session_ = nullptr;  ///< since the first method
    std::vector<Method> methods_;       ///< they wait until the modem has started
    std::optional<std::uint32_t> speakerLevel_;
    bool extensionLifted_ = false;

    std::vector<std::unique_ptr<ModemCall>> calls_;  ///< until the core closes them
    ModemCall* call_ = nullptr;                      ///< the live one; of two the active one

    analog::CallGroup group_{*this};
    analog::FlashAim flashAim_{};  ///< of the last flash
    std::vector<std::string> flashPieces_;
    std::string flashPiece_, flashTime_;
};

}  // namespace tipring::at_modem
