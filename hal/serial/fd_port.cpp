// SPDX-License-Identifier: Apache-2.0
#include "fd_port.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

constexpr std::size_t kQueueSize = std::size_t(64) * 1024;
// A port that never runs dry must leave the loop to the others after this many full buffers.
constexpr int kReadsPerWakeup = 4;

bool mustWait(int errnoValue) {
    return errnoValue == EAGAIN || errnoValue == EINTR;
}

}  // namespace

FdPort::FdPort(EventLoop& loop, std::string name, std::unique_ptr<PortDevice> device)
    : name_(std::move(name)),
      device_(std::move(device)),
      queue_(kQueueSize),
      deliverTimer_(loop, [this] { deliver(); }),
      lineTimer_(loop, [this] { pollLines(); }) {}

Result<std::unique_ptr<SerialPort>> FdPort::create(EventLoop& loop, std::string name,
                                                   std::unique_ptr<PortDevice> device) {
    std::unique_ptr<FdPort> port(new FdPort(loop, std::move(name), std::move(device)));
    auto watch = Watch::create(loop, port->device_->fd(), Io::None,
                               [raw = port.get()](Io ready) { raw->onReady(ready); });
    if (!watch) {
        return tl::unexpected(std::move(watch.error()));
    }
    port->watch_ = std::move(*watch);
    return port;
}

FdPort::~FdPort() {
    if (died_ != nullptr) {
        *died_ = true;
    }
    watch_.reset();
}

void FdPort::setObserver(SerialPortObserver* observer) {
    observer_ = observer;
    updateInterest();
    if (observer_ != nullptr && (gone_ || starved_)) {
        deliverTimer_.arm(Duration::zero());
    }
}

Result<std::size_t> FdPort::write(std::span<const std::byte> bytes) {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    if (loan_) {
        return fail(ErrorCode::InUse, name_ + " is lent to a program");
    }
    std::size_t taken = queue_.empty() ? put(bytes) : 0;
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    taken += queue_.push(bytes.subspan(taken));
    starved_ = starved_ || taken < bytes.size();
    logTraffic(name_, Direction::ToDevice, bytes.first(taken));
    updateInterest();
    return taken;
}

Result<void> FdPort::discardOutput() {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    queue_.clear();
    updateInterest();
    if (starved_) {
        deliverTimer_.arm(Duration::zero());
    }
    if (!gone_ && ::tcflush(device_->fd(), TCOFLUSH) != 0) {
        return checked<void>(failSystem(name_ + ": cannot discard output", errno));
    }
    return {};
}

template <class T>
Result<T> FdPort::checked(Result<T> result) {
    if (!result && result.error().code == ErrorCode::NoDevice) {
        end(result.error());
    }
    return result;
}

Result<void> FdPort::configure(const LineSettings& settings) {
    return gone_ ? tl::unexpected(*gone_) : checked(device_->configure(settings));
}

Result<void> FdPort::setDtr(bool on) {
    return gone_ ? tl::unexpected(*gone_) : checked(device_->setDtr(on));
}

Result<void> FdPort::setRts(bool on) {
    return gone_ ? tl::unexpected(*gone_) : checked(device_->setRts(on));
}

Result<ModemLines> FdPort::modemLines() {
    return gone_ ? tl::unexpected(*gone_) : checked(device_->modemLines());
}

Result<void> FdPort::watchLines(Duration period) {
    lineTimer_.cancel();
    linePeriod_ = period;
    const Result<ModemLines> now = modemLines();
    if (!now) {
        return tl::unexpected(now.error());
    }
    lines_ = *now;
    if (period > Duration::zero()) {
        lineTimer_.arm(period);
    }
    return {};
}

Result<FileDescriptor> FdPort::lend() {
    if (gone_) {
        return tl::unexpected(*gone_);
    }
    if (!queue_.empty()) {
        return fail(ErrorCode::InUse, name_ + " has something to write yet");
    }
    if (!loan_) {
        auto loan = PortLoan::begin(device_->fd(), name_);
        if (!loan) {
            return tl::unexpected(std::move(loan.error()));
        }
        loan_ = *loan;
        device_->setExclusive(false);
        updateInterest();
    }
    return PortLoan::duplicate(device_->fd(), name_);
}

Result<void> FdPort::giveBack() {
    if (!loan_ || gone_) {
        loan_.reset();
        return gone_ ? tl::unexpected(*gone_) : Result<void>{};
    }
    const PortLoan loan = *std::exchange(loan_, std::nullopt);
    device_->setExclusive(true);
    auto restored = loan.restore(device_->fd(), name_);
    updateInterest();
    return checked(std::move(restored));
}

void FdPort::pollLines() {
    lineTimer_.arm(linePeriod_);
    if (observer_ == nullptr || loan_) {
        return;
    }
    const Result<ModemLines> now = modemLines();
    if (now && *now != lines_) {
        lines_ = *now;
        observer_->onModemLines(lines_);
    }
}

void FdPort::onReady(Io ready) {
    bool died = false;
    died_ = &died;
    handle(ready, died);
    if (!died) {
        died_ = nullptr;
    }
}

void FdPort::handle(Io ready, const bool& died) {
    const bool broken = has(ready, Io::Hangup) || has(ready, Io::Error);
    if (loan_) {
        return broken ? end(hungUp()) : void();
    }
    if (has(ready, Io::Read) || broken) {
        const bool dry = receive(died);
        if (died) {
            return;
        }
        if (dry && broken) {
            end(hungUp());
        }
    }
    if (has(ready, Io::Write) && !gone_) {
        flush();
    }
}

/// True when nothing is left that this port could hand on now.
bool FdPort::receive(const bool& died) {
    for (int i = 0; i < kReadsPerWakeup && observer_ != nullptr && !gone_; ++i) {
        const ssize_t count = ::read(device_->fd(), buffer_.data(), buffer_.size());
        if (count <= 0) {
            if (count < 0 && !mustWait(errno)) {
                end(systemError(name_ + " is gone: reading failed", errno));
            }
            return true;
        }
        const std::span<const std::byte> bytes(buffer_.data(), std::size_t(count));
        logTraffic(name_, Direction::FromDevice, bytes);
        observer_->onReceived(bytes);
        if (died || bytes.size() < buffer_.size()) {
            return false;
        }
    }
    return observer_ == nullptr;
}

void FdPort::flush() {
    while (!queue_.empty()) {
        const std::size_t whole = queue_.front().size();
        const std::size_t count = put(queue_.front());
        if (gone_) {
            return;
        }
        queue_.pop(count);
        if (count < whole) {
            break;
        }
    }
    updateInterest();
    reportRoom();  // last: the observer may destroy this port
}

/// Gives bytes to the kernel; returns how many it took.
std::size_t FdPort::put(std::span<const std::byte> bytes) {
    if (bytes.empty()) {
        return 0;
    }
    const ssize_t count = ::write(device_->fd(), bytes.data(), bytes.size());
    if (count >= 0) {
        return std::size_t(count);
    }
    if (!mustWait(errno)) {
        end(systemError(name_ + " is gone: writing failed", errno));
    }
    return 0;
}

// Half the queue, so that a writer is called for a good piece and not for every byte that left.
void FdPort::reportRoom() {
    if (starved_ && observer_ != nullptr && queue_.size() <= kQueueSize / 2) {
        starved_ = false;
        observer_->onWritable();
    }
}

void FdPort::deliver() {
    if (observer_ == nullptr || told_) {
        return;
    }
    if (gone_) {
        told_ = true;
        const Error why = *gone_;  // outlives this port, which may die in the call
        observer_->onGone(why);
        return;
    }
    reportRoom();
}

void FdPort::updateInterest() {
    if (gone_) {
        return;
    }
    Io wanted = observer_ != nullptr && !loan_ ? Io::Read : Io::None;
    wanted = queue_.empty() ? wanted : wanted | Io::Write;
    if (wanted == interest_) {
        return;
    }
    interest_ = wanted;
    if (auto changed = watch_.change(wanted); !changed) {
        end(changed.error());
    }
}

// Closes at once: while a descriptor is open the kernel keeps the device's number, and a modem
// that is plugged in again would become ttyACM1.
void FdPort::end(Error why) {
    if (gone_) {
        return;
    }
    gone_ = Error{ErrorCode::NoDevice, std::move(why.cause)};
    watch_.reset();
    lineTimer_.cancel();
    queue_.clear();
    device_.reset();
    deliverTimer_.arm(Duration::zero());
}

Error FdPort::hungUp() const {
    return {ErrorCode::NoDevice,
            fmt::format("{} is gone: it was unplugged, or the other side closed it", name_)};
}

}  // namespace tipring::hal
