// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// A caller ID that came down the line.
struct CallerIdEvent {
    const CallerIdStandard* standard = nullptr;
    SamplePosition began = 0;  ///< of its first byte or digit
    SamplePosition ended = 0;  ///< of its last byte; of its last digit, where it began
    float level = 0;           ///< dBm0 of the stronger frequency; of DTMF 0
    CallerId id;
};

/// All that an on-hook line needs to hear who calls, in one country: FSK or DTMF, framing, fields.
///
/// Listens all the time: a ring, an alerting tone or a voice does not confuse it. A message whose
/// sum is wrong is told with `checksumValid` false, as long as its fields make sense.
class CallerIdReceiver {
public:
    explicit CallerIdReceiver(const CallerIdStandard& standard);
    CallerIdReceiver(CallerIdReceiver&&) noexcept;
    CallerIdReceiver& operator=(CallerIdReceiver&&) noexcept;
    ~CallerIdReceiver();

    void process(std::span<const std::int16_t> samples, Listener<CallerIdEvent> tell);
    void reset();
    [[nodiscard]] const CallerIdStandard& standard() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tipring::dsp
