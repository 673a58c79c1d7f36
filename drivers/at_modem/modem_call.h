// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::at_modem {

class ModemLine;

/// One call as the core sees it. Keeps what is known of it; what happens on the wire is the
/// line's. Lives until the core closes it.
class ModemCall final : public tspi::Call {
public:
    ModemCall(ModemLine& line, const tspi::LineEvents& events, std::uint32_t origin);

    hal::Result<void> dial(tspi::Request&& request, std::string_view address) override;
    hal::Result<void> accept(tspi::Request&& request) override;
    hal::Result<void> answer(tspi::Request&& request) override;
    hal::Result<void> drop(tspi::Request&& request) override;
    void close() override;
    hal::Result<void> info(TspiCallInfo& info) override;
    hal::Result<void> status(TspiCallStatus& status) override;
    hal::Result<void> setMediaMode(std::uint32_t mediaMode) override;
    hal::Result<void> generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                     std::string_view digits, std::uint32_t duration) override;
    hal::Result<void> generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                   std::uint32_t duration,
                                   std::span<const TspiGenerateTone> tones) override;
    hal::Result<void> monitorDigits(std::uint32_t digitModes) override;
    hal::Result<void> monitorMedia(std::uint32_t mediaModes) override;
    hal::Result<void> setParams(tspi::Request&& request, std::uint32_t bearerMode,
                                std::uint32_t minRate, std::uint32_t maxRate,
                                const TspiDialParams& dialParams) override;
    hal::Result<hal::FileDescriptor> descriptor(std::string_view deviceClass) override;
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
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps) override;

    /// Tells the core, once it knows the call; nothing after idle, and no state twice in a row.
    void enter(std::uint32_t state, std::uint32_t mode, std::string_view cause);
    [[nodiscard]] bool is(std::uint32_t states) const { return (state_ & states) != 0; }
    [[nodiscard]] bool outgoing() const { return facts.origin == LINECALLORIGIN_OUTBOUND; }
    [[nodiscard]] bool isData() const { return facts.mediaMode == LINEMEDIAMODE_DATAMODEM; }
    /// Every pending request ends with this.
    void failRequests(const hal::Error& why);

    HTAPICALL handle = nullptr;
    TspiCallInfo facts{};
    bool announced = false;  ///< the core may hear of it: incoming, or its request succeeded
    bool monitorsDigits = false;
    std::uint32_t monitorsMedia = 0;  ///< LINEMEDIAMODE_*
    tspi::Request making, dialing, answering, dropping, changing;
    std::vector<std::string> pieces;  ///< of the number, still to be dialled
    bool incomplete = false;          ///< more digits will come

private:
    ModemLine& line_;
    tspi::LineEvents events_;
    std::uint32_t state_ = 0, mode_ = 0;
    std::string cause_;
};

}  // namespace tipring::at_modem
