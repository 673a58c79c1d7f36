// SPDX-License-Identifier: Apache-2.0
#include "libserialport_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <libserialport.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

#include "libserialport_error.h"
#include "line_settings.h"
#include "port_lock.h"
#include "tipring/hal/base/port_holder.h"

namespace tipring::hal {
namespace {

struct FreePort {
    void operator()(sp_port* port) const { sp_free_port(port); }
};
struct FreeConfig {
    void operator()(sp_port_config* config) const { sp_free_config(config); }
};
using PortHandle = std::unique_ptr<sp_port, FreePort>;
using ConfigHandle = std::unique_ptr<sp_port_config, FreeConfig>;

class LibserialportDevice final : public PortDevice {
public:
    LibserialportDevice(PortClaim claim, PortHandle port, std::string name)
        : claim_(std::move(claim)), port_(std::move(port)), name_(std::move(name)) {}
    ~LibserialportDevice() override;

    Result<void> open();
    [[nodiscard]] int fd() const override { return fd_; }
    Result<void> configure(const LineSettings& settings) override;
    Result<void> setDtr(bool on) override { return setLine(TIOCM_DTR, on, "DTR"); }
    Result<void> setRts(bool on) override { return setLine(TIOCM_RTS, on, "RTS"); }
    Result<ModemLines> modemLines() override;
    void setExclusive(bool on) override { ::ioctl(fd_, on ? TIOCEXCL : TIOCNXCL); }

private:
    Result<void> applyConfig(const LineSettings& settings);
    Result<void> correctTermios(const LineSettings& settings);
    Result<void> setLine(int line, bool on, const char* lineName);

    PortClaim claim_;  // outlives the second opening, which libserialport makes
    PortHandle port_;
    std::string name_;
    int fd_ = -1;
};

// The close of a tty waits up to 30 s for its output to leave (closing_wait, setserial(8)); with
// nothing left it does not wait.
LibserialportDevice::~LibserialportDevice() {
    if (fd_ >= 0) {
        ::tcflush(fd_, TCOFLUSH);
        ::ioctl(fd_, TIOCNXCL);
        sp_close(port_.get());
    }
}

Result<void> LibserialportDevice::open() {
    if (const sp_return result = sp_open(port_.get(), SP_MODE_READ_WRITE); result != SP_OK) {
        return tl::unexpected(serialPortError("cannot open " + name_, result));
    }
    sp_get_port_handle(port_.get(), &fd_);
    ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
    // Keeps out, root excepted, who asks no lock; after our own two openings.
    if (::ioctl(fd_, TIOCEXCL) != 0) {
        return failSystem(name_ + ": cannot be had alone", errno);
    }
    return {};
}

Result<void> LibserialportDevice::configure(const LineSettings& settings) {
    if (auto valid = checkSettings(name_, settings); !valid) {
        return valid;
    }
    if (auto applied = applyConfig(settings); !applied) {
        return applied;
    }
    return correctTermios(settings);
}

sp_parity parityOf(Parity parity) {
    switch (parity) {
    case Parity::Odd: return SP_PARITY_ODD;
    case Parity::Even: return SP_PARITY_EVEN;
    case Parity::None: break;
    }
    return SP_PARITY_NONE;
}

// DTR is left out: configuring a port must not hang up a call.
Result<void> LibserialportDevice::applyConfig(const LineSettings& settings) {
    sp_port_config* raw = nullptr;
    if (const sp_return result = sp_new_config(&raw); result != SP_OK) {
        return tl::unexpected(serialPortError(name_ + ": cannot be configured", result));
    }
    const ConfigHandle config(raw);
    const bool rtsCts = settings.flow == FlowControl::RtsCts;
    const bool xonXoff = settings.flow == FlowControl::XonXoff;
    sp_set_config_baudrate(raw, int(settings.baud));
    sp_set_config_bits(raw, settings.dataBits);
    sp_set_config_parity(raw, parityOf(settings.parity));
    sp_set_config_stopbits(raw, settings.stopBits);
    sp_set_config_rts(raw, rtsCts ? SP_RTS_FLOW_CONTROL : SP_RTS_ON);
    sp_set_config_cts(raw, rtsCts ? SP_CTS_FLOW_CONTROL : SP_CTS_IGNORE);
    sp_set_config_dsr(raw, SP_DSR_IGNORE);
    sp_set_config_xon_xoff(raw, xonXoff ? SP_XONXOFF_INOUT : SP_XONXOFF_DISABLED);
    if (const sp_return result = sp_set_config(port_.get(), raw); result != SP_OK) {
        return tl::unexpected(serialPortError(
            fmt::format("{}: cannot be set to {} bit/s", name_, settings.baud), result));
    }
    return {};
}

// What libserialport 0.1.1 leaves wrong: CRTSCTS goes into c_iflag, where it means nothing; VMIN 0
// makes a read without data look like a hang-up; IXANY lets any byte end an XOFF.
Result<void> LibserialportDevice::correctTermios(const LineSettings& settings) {
    termios term{};
    if (::tcgetattr(fd_, &term) != 0) {
        return failSystem(name_ + ": cannot read the settings", errno);
    }
    term.c_iflag &= ~tcflag_t(CRTSCTS);
    makeRaw(term);
    applyFraming(term, settings);
    if (::tcsetattr(fd_, TCSANOW, &term) != 0) {
        return failSystem(name_ + ": cannot change the settings", errno);
    }
    return {};
}

// Not sp_set_dtr() and sp_set_rts(): they write the whole configuration for one line, and refuse
// RTS while RTS/CTS flow control is on.
Result<void> LibserialportDevice::setLine(int line, bool on, const char* lineName) {
    if (::ioctl(fd_, on ? TIOCMBIS : TIOCMBIC, &line) != 0) {
        return failSystem(fmt::format("{}: cannot switch {}", name_, lineName), errno);
    }
    return {};
}

Result<ModemLines> LibserialportDevice::modemLines() {
    sp_signal signals{};
    if (const sp_return result = sp_get_signals(port_.get(), &signals); result != SP_OK) {
        return tl::unexpected(serialPortError(name_ + ": cannot read the modem lines", result));
    }
    const auto bits = unsigned(signals);
    return ModemLines{.cts = (bits & SP_SIG_CTS) != 0,
                      .dsr = (bits & SP_SIG_DSR) != 0,
                      .dcd = (bits & SP_SIG_DCD) != 0,
                      .ri = (bits & SP_SIG_RI) != 0};
}

}  // namespace

Result<std::unique_ptr<PortDevice>> openLibserialportDevice(const std::string& path,
                                                            const std::string& name,
                                                            const LineSettings& settings) {
    sp_port* raw = nullptr;
    if (sp_get_port_by_name(path.c_str(), &raw) != SP_OK) {
        return fail(ErrorCode::InvalAddress,
                    fmt::format("{} is no serial port of this machine (no {} in /sys/class/tty); "
                                "a pseudo-terminal is opened as pty:{}",
                                name, path, path));
    }
    PortHandle port(raw);
    auto claim = claimPort(path, name);
    if (!claim) {
        return tl::unexpected(std::move(claim.error()));
    }
    // Two readers would each get half of the bytes, so a mere opener without a lock counts too.
    if (const auto opener = findOpener(kernelPath(claim->fd.get()))) {
        return fail(ErrorCode::Allocated, describeHolder(name, opener));
    }
    auto device = std::make_unique<LibserialportDevice>(std::move(*claim), std::move(port), name);
    if (auto opened = device->open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    if (auto configured = device->configure(settings); !configured) {
        return tl::unexpected(std::move(configured.error()));
    }
    return device;
}

}  // namespace tipring::hal
