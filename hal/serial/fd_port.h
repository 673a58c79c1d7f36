// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "byte_ring.h"
#include "port_device.h"
#include "port_loan.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::hal {

/// A port on a descriptor: queue, reading, writing and the end of it, the same for every kind of
/// device. Idle it costs nothing: it is woken by its descriptor alone, unless lines are watched.
class FdPort final : public SerialPort {
public:
    /// `name` goes into every error and into the traffic log.
    static Result<std::unique_ptr<SerialPort>> create(EventLoop& loop, std::string name,
                                                      std::unique_ptr<PortDevice> device);
    ~FdPort() override;

    void setObserver(SerialPortObserver* observer) override;
    Result<std::size_t> write(std::span<const std::byte> bytes) override;
    [[nodiscard]] std::size_t pending() const override { return queue_.size(); }
    Result<void> discardOutput() override;
    Result<void> configure(const LineSettings& settings) override;
    Result<void> setDtr(bool on) override;
    Result<void> setRts(bool on) override;
    Result<ModemLines> modemLines() override;
    Result<void> watchLines(Duration period) override;
    [[nodiscard]] bool lends() const override { return true; }
    Result<FileDescriptor> lend() override;
    Result<void> giveBack() override;
    [[nodiscard]] std::string_view name() const override { return name_; }

private:
    FdPort(EventLoop& loop, std::string name, std::unique_ptr<PortDevice> device);

    void onReady(Io ready);
    void handle(Io ready, const bool& died);
    bool receive(const bool& died);
    void flush();
    std::size_t put(std::span<const std::byte> bytes);
    void reportRoom();
    void pollLines();
    void deliver();
    void updateInterest();
    void end(Error why);
    [[nodiscard]] Error hungUp() const;
    template <class T>
    Result<T> checked(Result<T> result);

    std::string name_;
    std::unique_ptr<PortDevice> device_;  // null once the port is gone
    SerialPortObserver* observer_ = nullptr;
    Io interest_ = Io::None;
    bool starved_ = false;  // write() took less than it was given
    bool told_ = false;     // onGone was delivered
    bool* died_ = nullptr;  // set while a callback runs that may destroy this port
    std::optional<Error> gone_;
    std::optional<PortLoan> loan_;  // while a program has the port
    ByteRing queue_;
    Duration linePeriod_{};
    ModemLines lines_;
    Timer deliverTimer_;  // takes reports out of the call that caused them
    Timer lineTimer_;
    Watch watch_;
    std::array<std::byte, 4096> buffer_;  // a tty hands out at most this much at once
};

}  // namespace tipring::hal
