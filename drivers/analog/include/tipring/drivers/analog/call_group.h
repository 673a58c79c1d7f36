// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tipring/drivers/analog/flash_services.h"
#include "tipring/drivers/analog/line_call.h"

namespace tipring::analog {

inline constexpr std::uint32_t kParties = 3;  ///< of a conference by hook flash, this one too

/// The line whose calls a CallGroup keeps.
class FlashHost {
public:
    virtual ~FlashHost() = default;
    [[nodiscard]] virtual const FlashServices& services() const = 0;
    /// The line is off hook in a voice call, and nothing is being dialled that cannot be stopped.
    [[nodiscard]] virtual bool mayFlash() const = 0;
    /// The live call; of two the one that is heard.
    [[nodiscard]] virtual LineCall* active() const = 0;
    virtual void setActive(LineCall* call) = 0;
    /// A call that nobody was told of. It stays the host's.
    virtual LineCall& addCall(HTAPICALL handle, std::uint32_t origin) = 0;
    /// The keys of an address; an error where it is no whole number.
    [[nodiscard]] virtual hal::Result<std::string> wholeNumber(std::string_view address) const = 0;
    /// Asks for a service, and dials a number behind it if there is one. What was under way on the
    /// line is given up. Later comes CallGroup::flashed() or flashFailed().
    virtual void sendFlash(std::string_view service, std::string_view number, FlashAim aim) = 0;
    /// A second party will be called.
    virtual void prepareConsult(const TspiCallParams& params) = 0;
    /// What was heard is of another party from now on.
    virtual void partyChanged() = 0;
    /// The sound of a call, or of all, is over.
    virtual void soundOver(const LineCall* call, std::string_view cause) = 0;
    /// The line is this call's again, after the exchange was asked for something.
    virtual void soundGoesOn(const LineCall& /*call*/) {}
    /// All calls are disconnected.
    virtual void endCalls(std::uint32_t mode, std::string_view cause) = 0;
    /// Puts the line down; CallGroup::lineGoesDown() comes from inside.
    virtual void hangUp() = 0;

protected:
    FlashHost() = default;
    FlashHost(const FlashHost&) = delete;
    FlashHost& operator=(const FlashHost&) = delete;
};

/// Two calls on one line, by what the exchange does for a hook flash: holding, consultation,
/// transfer, three-way conference. Knows which of the calls is in which state; how a flash is sent
/// and what is heard after it is the host's. Source: TAPI, "Supplementary line functions".
/// Thread: the loop's.
class CallGroup {
public:
    using All = std::array<LineCall*, 4>;

    explicit CallGroup(FlashHost& host) : host_(host) {}

    // What applications ask for.
    hal::Result<void> hold(LineCall& call, tspi::Request&& request);
    hal::Result<void> unhold(LineCall& call, tspi::Request&& request);
    hal::Result<void> swapHold(LineCall& active, LineCall& other, tspi::Request&& request);
    hal::Result<tspi::Call*> setupTransfer(LineCall& call, tspi::Request&& request,
                                           HTAPICALL handle, const TspiCallParams& params);
    hal::Result<tspi::Call*> completeTransfer(LineCall& call, LineCall& consult,
                                              tspi::Request&& request, HTAPICALL handle,
                                              std::uint32_t mode);
    hal::Result<void> blindTransfer(LineCall& call, std::string_view address,
                                    tspi::Request&& request);
    hal::Result<tspi::Line::ConferenceCalls> setupConference(tspi::Request&& request,
                                                             tspi::Call* call, HTAPICALL conference,
                                                             HTAPICALL consultCall,
                                                             std::uint32_t parties,
                                                             const TspiCallParams& params);
    hal::Result<void> addToConference(LineCall& conference, LineCall& consult,
                                      tspi::Request&& request);
    hal::Result<void> removeFromConference(LineCall& member, tspi::Request&& request);
    /// LINECALLFEATURE_* of these that would succeed now.
    [[nodiscard]] std::uint32_t features(const LineCall& call) const;
    /// A drop of a call that has company, or is held. The rest of the line goes on where it can.
    hal::Result<void> dropOne(LineCall& call, tspi::Request&& request);
    /// A call with company was closed by the core: the others go on where the exchange can do that,
    /// else the line is put down.
    void forget(LineCall& call);

    // What the host saw.
    /// The flash was sent; `dialTone` (LINEDIALTONEMODE_*) is known where it was heard.
    void flashed(std::uint32_t dialTone = LINEDIALTONEMODE_UNKNOWN);
    /// `stands`: the line is as it was before. Otherwise it was put down.
    void flashFailed(const hal::Error& why, bool stands);
    /// The second party of a blind transfer rings, or said nothing against it; is busy.
    void blindRouted();
    void blindRefused(std::string_view cause);
    /// The active one of two calls ended by itself: the held one is taken back.
    void activeEnded(std::uint32_t mode, std::string_view cause);
    /// Nobody waits for the exchange any more.
    void abandon(const hal::Error& why);
    void lineGoesDown();
    /// The line is on hook after lineGoesDown(): true when that was a transfer, now done.
    bool transferred();
    void failTransfer(const hal::Error& why) { transferRequest_.fail(why); }
    /// Every live call, once each, null in between; the group is empty.
    All takeAll();
    /// The same, and nothing changes.
    [[nodiscard]] All all() const;

    [[nodiscard]] bool contains(const LineCall& call) const;
    [[nodiscard]] bool company() const { return second_ != nullptr; }
    [[nodiscard]] bool joined() const { return conference_ != nullptr && active() == conference_; }
    [[nodiscard]] LineCall* held() const;  ///< the other one of two that are not joined
    [[nodiscard]] bool flashing() const { return done_ != nullptr; }
    [[nodiscard]] bool blind() const { return blind_; }
    [[nodiscard]] bool transferring() const { return static_cast<bool>(transferRequest_); }
    /// Its setup is not finished.
    [[nodiscard]] bool making(const LineCall& call) const {
        return &call == made_ || &call == madeConference_;
    }
    /// It ended by itself and is being put away.
    [[nodiscard]] bool leaving(const LineCall& call) const { return &call == leaving_; }
    [[nodiscard]] std::uint32_t onHoldCalls() const;

private:
    using Done = void (CallGroup::*)();

    [[nodiscard]] LineCall* active() const { return host_.active(); }
    [[nodiscard]] const FlashServices& services() const { return host_.services(); }
    [[nodiscard]] bool busy() const;
    [[nodiscard]] hal::Result<void> mayFlash(const LineCall& call, std::string_view keys,
                                             std::string_view what) const;
    [[nodiscard]] hal::Result<void> mayConsult(const LineCall& call) const;
    [[nodiscard]] std::string_view wayBack() const;
    void flash(std::string_view keys, FlashAim aim, tspi::Request&& request, Done done);
    LineCall& addCall(HTAPICALL handle, const LineCall& like, std::uint32_t origin);
    hal::Result<void> leaveActive(tspi::Request&& request, std::uint32_t mode);
    void finishCall(LineCall& call, std::uint32_t mode, std::string_view cause);
    void stayAlone(LineCall& stays);
    void talks(LineCall& call);
    [[nodiscard]] std::string_view keysWithout(const LineCall& call) const;

    void onHeld();
    void onRetrieved();
    void onLeft();
    void onSwapped();
    void onConsulting();
    void onTransferred();
    void onJoined();
    void onBlindDialled() {}
    void release() { host_.hangUp(); }

    FlashHost& host_;
    // While there are two parties: the first one, the one that was called for it, and what they are
    // members of (or will be); else null.
    LineCall *first_ = nullptr, *second_ = nullptr, *conference_ = nullptr;
    LineCall *made_ = nullptr, *madeConference_ = nullptr;  ///< not told of yet
    LineCall* leaving_ = nullptr;
    std::uint32_t leaveMode_ = 0;
    std::uint32_t dialTone_ = 0;  ///< of the last flash
    bool blind_ = false;          ///< a blind transfer is under way
    Done done_ = nullptr;
    tspi::Request request_;
    tspi::Request transferRequest_;  ///< succeeds when the line is on hook
};

/// What the services add to the abilities of a line and its address.
[[nodiscard]] std::uint32_t flashStates(const FlashServices& services);
void addFlashCaps(const FlashServices& services, TspiAddressCaps& caps);

}  // namespace tipring::analog
