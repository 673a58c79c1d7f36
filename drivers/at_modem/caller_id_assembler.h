// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "at_response.h"
#include "tipring/drivers/at_modem/caller_id.h"

namespace tipring::at_modem {

/// Puts together what is known of the call that rings: rings and caller ID in any order, in one
/// piece or in many, once or before each ring. Knows no time: the owner calls reset() when the call
/// is over, and takes a caller ID for complete when complete() says so, at the next ring, or after
/// 0.5 to 1 s of silence. No allocation.
class CallerIdAssembler {
public:
    /// What a line did.
    struct Effect {
        bool ring = false;
        bool callerId = false;   ///< callerId() says more than before
        bool otherCall = false;  ///< the line began another call: everything was begun anew
        bool messageWaiting = false;
        [[nodiscard]] bool any() const { return ring || callerId || messageWaiting; }
    };

    /// A line that is neither a ring nor caller ID does nothing.
    Effect take(const AtLine& line);
    /// A ring that came as a DLE event.
    Effect takeRing();
    /// The modem is silent: a dump that lacks only its checksum is taken as it is.
    Effect flush();

    [[nodiscard]] const CallerId& callerId() const { return id_; }
    [[nodiscard]] unsigned rings() const { return rings_; }
    [[nodiscard]] std::uint8_t ringType() const { return ringType_; }
    /// A caller ID was seen, even one that cannot be used.
    [[nodiscard]] bool sawCallerId() const { return sawCallerId_; }
    /// The first piece of it came before the first ring.
    [[nodiscard]] bool callerIdBeforeRing() const { return sawCallerId_ && ringsBeforeId_ == 0; }
    /// A ring cadence or an empty dump was reported: there is a call, if little is known of it.
    [[nodiscard]] bool sawCallSign() const { return sawCallSign_; }
    /// Number and name are both known, one way or the other.
    [[nodiscard]] bool complete() const;
    void reset() { *this = {}; }

private:
    Effect ring(const AtLine& line);
    Effect field(const AtLine& line);
    Effect hex(std::string_view text);
    Effect message(std::string_view text);
    Effect netCallerId(std::string_view text);
    bool isOfOtherCall(const CallerId& next) const;
    void beginOtherCall();
    /// Adds the fields of `next`; the effect says whether that changed anything. `seen`: it counts
    /// as caller ID.
    Effect merge(const CallerId& next, bool seen);

    /// Takes over what `next` says, unless that would lose something; true when id_ changed.
    bool addFields(const CallerId& next);

    CallerId id_;
    unsigned rings_ = 0;
    unsigned ringsBeforeId_ = 0;
    std::uint8_t ringType_ = 0;
    bool sawCallerId_ = false;
    bool sawCallSign_ = false;
    std::array<char, 1040> dump_{};  // raw caller ID that comes in several lines
    std::size_t dumpSize_ = 0;
    std::uint8_t burst_ = 0;  // fields that came since the last ring, as bits
    bool dumping_ = false;
};

}  // namespace tipring::at_modem
