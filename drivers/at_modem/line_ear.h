// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tipring/drivers/at_modem/caller_id.h"
#include "tipring/drivers/chips/conexant_monitor.h"
#include "tipring/hal/dsp/caller_id_receiver.h"

namespace tipring::at_modem {

/// Hears caller ID on the line itself, beside what the modem tells, where it has a line monitor
/// (Conexant CX93010). Without one it is silent, and says so once in the log. Thread: the loop's.
class LineEar final : private chips::MonitorListener {
public:
    using Heard = std::function<void(const CallerId&)>;

    /// `device`: a name of hal::openUsbDevice(). `standard`: a name or country of
    /// dsp::callerIdStandard(); unknown ones stand for "US".
    LineEar(hal::EventLoop& loop, std::string device, std::string_view standard, Heard heard);
    ~LineEar() override;

    /// The modem is in service: tries the monitor where it does not run.
    void open();

private:
    void onMonitorSound(std::span<const std::int16_t> samples) override;
    void onMonitorEnd(const hal::Error& why) override;

    hal::EventLoop& loop_;
    std::string device_, told_;
    Heard heard_;
    dsp::CallerIdReceiver receiver_;
    std::unique_ptr<chips::ConexantMonitor> monitor_;
    hal::Timer closeTimer_;  ///< an end comes from inside of the monitor
};

/// What a message said, in the driver's terms; nothing of one whose sum is wrong.
[[nodiscard]] std::optional<CallerId> callerIdOf(const dsp::CallerId& heard);

}  // namespace tipring::at_modem
