// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tipring/drivers/analog/line_call.h"

namespace tipring::at_modem {

class ModemLine;

/// One call as the core sees it. Keeps what is known of it; what happens on the wire is the
/// line's.
class ModemCall final : public analog::LineCall {
public:
    ModemCall(ModemLine& line, const tspi::LineEvents& events, analog::CallGroup& group,
              std::uint32_t origin);

    hal::Result<void> dial(tspi::Request&& request, std::string_view address) override;
    hal::Result<void> answer(tspi::Request&& request) override;
    hal::Result<void> drop(tspi::Request&& request) override;
    void close() override;
    hal::Result<void> status(TspiCallStatus& status) override;
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
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps) override;

    [[nodiscard]] bool outgoing() const { return facts.origin == LINECALLORIGIN_OUTBOUND; }
    [[nodiscard]] bool isData() const { return facts.mediaMode == LINEMEDIAMODE_DATAMODEM; }
    /// Every pending request ends with this.
    void failRequests(const hal::Error& why);

    bool monitorsDigits = false;
    std::uint32_t monitorsMedia = 0;  ///< LINEMEDIAMODE_*
    tspi::Request dialing, answering, changing;
    std::vector<std::string> pieces;  ///< of the number, still to be dialled

private:
    ModemLine& line_;
};

}  // namespace tipring::at_modem
