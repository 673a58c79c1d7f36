// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

class CallGroup;

/// What calls on analog lines have in common, whatever takes them to the line: their state, what is
/// known of them, and the services of the exchange. Lives until the core closes it.
class LineCall : public tspi::Call {
public:
    /// `group` is the line's and does the services; null: the line has none.
    LineCall(const tspi::LineEvents& events, CallGroup* group, std::uint32_t origin);

    hal::Result<void> accept(tspi::Request&& request) override;
    hal::Result<void> info(TspiCallInfo& info) override;
    /// Features are the line's part; these here are of the exchange's services.
    hal::Result<void> status(TspiCallStatus& status) override;
    hal::Result<void> setMediaMode(std::uint32_t mediaMode) override;
    hal::Result<void> hold(tspi::Request&& request) override;
    hal::Result<void> unhold(tspi::Request&& request) override;
    hal::Result<void> swapHold(tspi::Request&& request, tspi::Call& held) override;
    hal::Result<tspi::Call*> setupTransfer(tspi::Request&& request, HTAPICALL consultCall,
                                           const TspiCallParams& params) override;
    hal::Result<tspi::Call*> completeTransfer(tspi::Request&& request, tspi::Call& consultCall,
                                              HTAPICALL conference,
                                              std::uint32_t transferMode) override;
    hal::Result<void> blindTransfer(tspi::Request&& request, std::string_view address) override;
    hal::Result<void> addToConference(tspi::Request&& request, tspi::Call& consultCall) override;
    hal::Result<void> removeFromConference(tspi::Request&& request) override;

    /// Tells the core, once it knows the call; nothing after idle, and no state twice in a row.
    void enter(std::uint32_t state, std::uint32_t mode, std::string_view cause);
    [[nodiscard]] bool is(std::uint32_t states) const { return (state_ & states) != 0; }
    [[nodiscard]] std::uint32_t state() const { return state_; }

    HTAPICALL handle = nullptr;
    TspiCallInfo facts{};
    bool announced = false;   ///< the core may hear of it: incoming, or its request succeeded
    bool incomplete = false;  ///< more digits may be dialled
    tspi::Request making, dropping;

private:
    tspi::LineEvents events_;
    CallGroup* group_;
    std::uint32_t state_ = 0, mode_ = 0;
    std::string cause_;
};

inline constexpr std::uint32_t kCallIsOver = LINECALLSTATE_IDLE | LINECALLSTATE_DISCONNECTED;

}  // namespace tipring::analog
