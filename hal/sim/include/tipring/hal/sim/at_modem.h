// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/modem_faults.h"
#include "tipring/hal/sim/personality.h"

namespace tipring::sim {

/// V.24 circuits that a modem drives.
struct DceLines {
    bool cts = true, dsr = true, dcd = false, ri = false;
    bool operator==(const DceLines&) const = default;
};

/// Where a modem's bytes go: the outlet (an in-process port, a PTY). Calls come on the loop's
/// thread, also from inside AtModem::receive().
class ModemOutlet {
public:
    virtual ~ModemOutlet() = default;
    /// Bytes to the computer. The outlet takes them all; or none, and returns false, while it has
    /// no room: then they are lost, as with a modem whose buffer is full.
    virtual bool toDte(std::span<const std::byte> bytes) = 0;
    /// The modem takes bytes again after receive() took less than it was given.
    virtual void onReady() = 0;
    virtual void onLines(DceLines lines) = 0;
    /// The modem is gone, as if unplugged (a fault of the test).
    virtual void vanish() = 0;
    /// It is plugged in again.
    virtual void appear() {}

protected:
    ModemOutlet() = default;
    ModemOutlet(const ModemOutlet&) = delete;
    ModemOutlet& operator=(const ModemOutlet&) = delete;
};

/// What the modem does that a test may want to see. Every member may be empty.
struct ModemTap {
    std::function<void(std::string_view command)> onCommand;         ///< each one, as understood
    std::function<void(std::span<const std::byte>)> onVoiceFromDte;  ///< shielding removed
    std::function<void(std::span<const std::byte>)> onVoiceToDte;    ///< before shielding
};

/// A modem for an analog line, byte for byte: V.250 commands, V.253 or Rockwell voice, data calls.
///
/// Written from the standards and from what real modems answer (ITU-T V.250, V.253, TIA/IS-101,
/// Rockwell 1048P, Silicon Labs AN93); it shares nothing with the driver. Any bytes may come in.
/// No allocation per byte or sample in steady state. Nothing wakes the loop while the line is idle
/// and no bytes come. Thread: the loop's.
class AtModem final : private LineDevice {
public:
    /// `personality` and `line` outlive the modem. Plugs itself into the line.
    AtModem(hal::EventLoop& loop, Line& line, const Personality& personality);
    ~AtModem() override;

    /// One outlet at a time; null while nothing is plugged in (bytes are lost, settings stay).
    void setOutlet(ModemOutlet* outlet);
    /// Bytes from the computer. Returns how many were taken; the rest comes again after onReady().
    std::size_t receive(std::span<const std::byte> bytes);
    /// Circuit 108/2. Off does what &D says.
    void setDtr(bool on);
    [[nodiscard]] DceLines lines() const;

    void setFaults(ModemFaults faults);
    [[nodiscard]] const ModemFaults& faults() const;
    void setTap(ModemTap tap);
    [[nodiscard]] const Personality& personality() const;
    /// Power off and on, or a reset of its bus: factory settings, on hook; no fault lasts.
    void reset();
    /// False while it is away (ModemFaults::awayFor): its port cannot be opened.
    [[nodiscard]] bool isPlugged() const;
    /// "command", "online", "dialling", "sending", "receiving", "duplex"; for people.
    [[nodiscard]] std::string_view stateName() const;
    [[nodiscard]] bool isOffHook() const;
    /// An extension telephone on the same line was lifted or put down.
    void setExtension(bool offHook);

private:
    void onRing(bool on) override;
    void onCallerId(const CallerId& id) override;
    void onLoopBreak() override;
    void onSignal(Signal signal) override;
    void onAnswered() override;
    void onExtension(bool offHook) override;
    void onCarrier(bool on) override;
    void onData(std::span<const std::byte> bytes) override;
    void onSound(HeardBlock heard, SpokenBlock spoken) override;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim
