// SPDX-License-Identifier: Apache-2.0
#include "pty_device.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "line_settings.h"
#include "port_lock.h"

namespace tipring::hal {
namespace {

class PtyDevice final : public PortDevice {
public:
    PtyDevice(PortClaim claim, std::string name)
        : claim_(std::move(claim)), name_(std::move(name)) {}

    [[nodiscard]] int fd() const override { return claim_.fd.get(); }
    Result<void> configure(const LineSettings& settings) override;
    Result<void> setDtr(bool /*on*/) override { return noLines(); }
    Result<void> setRts(bool /*on*/) override { return noLines(); }
    Result<ModemLines> modemLines() override { return noLines(); }

private:
    [[nodiscard]] tl::unexpected<Error> noLines() const {
        return fail(ErrorCode::OperationUnavail,
                    fmt::format("{} is a pseudo-terminal: it has no modem lines", name_));
    }

    PortClaim claim_;
    std::string name_;
};

Result<void> PtyDevice::configure(const LineSettings& settings) {
    if (auto valid = checkSettings(name_, settings); !valid) {
        return valid;
    }
    termios term{};
    if (::tcgetattr(claim_.fd.get(), &term) != 0) {
        return failSystem(name_ + ": cannot read the settings", errno);
    }
    makeRaw(term);
    // Eight bits without parity whatever was asked for: the kernel knows nothing else here, and
    // glibc makes an error of what the kernel changed.
    applyFraming(term, {.stopBits = settings.stopBits, .flow = settings.flow});
    // glibc takes the rate as a number here; it knows those of termios(3) only.
    if (::cfsetspeed(&term, settings.baud) != 0) {
        return fail(ErrorCode::InvalParam,
                    fmt::format("{}: {} bit/s is not a rate of a pseudo-terminal; use one of "
                                "termios(3), such as 115200",
                                name_, settings.baud));
    }
    if (::tcsetattr(claim_.fd.get(), TCSANOW, &term) != 0) {
        return failSystem(name_ + ": cannot change the settings", errno);
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<PortDevice>> openPtyDevice(const std::string& path, const std::string& name,
                                                  const LineSettings& settings) {
    // No TIOCEXCL: it would outlive us while whoever made the pair keeps the slave open, and lock
    // everybody out.
    auto claim = claimPort(path, name);
    if (!claim) {
        return tl::unexpected(std::move(claim.error()));
    }
    auto device = std::make_unique<PtyDevice>(std::move(*claim), name);
    if (auto configured = device->configure(settings); !configured) {
        return tl::unexpected(std::move(configured.error()));
    }
    return device;
}

}  // namespace tipring::hal
