// SPDX-License-Identifier: Apache-2.0
#include "fake_modem.h"

#include <algorithm>
#include <utility>

namespace tipring::at_modem {

class FakeModem::Port final : public hal::SerialPort {
public:
    explicit Port(FakeModem& modem) : modem_(&modem), name_("fake:" + modem.name_) {
        modem.port_ = this;
    }
    ~Port() override {
        if (modem_ != nullptr) {
            modem_->port_ = nullptr;
        }
    }
    void setObserver(hal::SerialPortObserver* observer) override { observer_ = observer; }
    hal::Result<std::size_t> write(std::span<const std::byte> bytes) override {
        if (modem_ == nullptr) {
            return hal::fail(hal::ErrorCode::NoDevice, "gone");
        }
        modem_->take({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        return bytes.size();
    }
    [[nodiscard]] std::size_t pending() const override { return 0; }
    hal::Result<void> discardOutput() override { return {}; }
    hal::Result<void> configure(const hal::LineSettings&) override { return {}; }
    hal::Result<void> setDtr(bool on) override {
        if (modem_ != nullptr) {
            modem_->dtr = on;
            modem_->dtrChanges.push_back(on);
        }
        return {};
    }
    hal::Result<void> setRts(bool) override { return {}; }
    hal::Result<hal::ModemLines> modemLines() override { return hal::ModemLines{}; }
    [[nodiscard]] std::string_view name() const override { return name_; }

    void receive(std::string_view bytes) {
        if (observer_ != nullptr) {
            observer_->onReceived(std::as_bytes(std::span(bytes.data(), bytes.size())));
        }
    }
    void gone(std::string_view why) {
        modem_ = nullptr;
        if (hal::SerialPortObserver* observer = std::exchange(observer_, nullptr)) {
            observer->onGone({hal::ErrorCode::NoDevice, std::string(why)});
        }
    }
    void orphan() { modem_ = nullptr; }

private:
    FakeModem* modem_;
    std::string name_;
    hal::SerialPortObserver* observer_ = nullptr;
};

FakeModem::FakeModem(hal::EventLoop& loop, std::string name)
    : loop_(loop), name_(std::move(name)), late_(loop, [this] { say(lateBytes_); }) {
    scheme_ = hal::addPortScheme(
        "fake",
        [this](hal::EventLoop&, std::string_view,
               const hal::LineSettings&) -> hal::Result<std::unique_ptr<hal::SerialPort>> {
            if (absent || port_ != nullptr) {
                return hal::fail(hal::ErrorCode::NoDevice, "there is no such port");
            }
            ++opened;
            line_.clear();
            return std::make_unique<Port>(*this);
        });
}

FakeModem::~FakeModem() {
    *alive_ = false;
    if (port_ != nullptr) {
        port_->orphan();
    }
}

void FakeModem::answer(std::string_view command, std::string_view bytes) {
    answers_[std::string(command)] = bytes;
}

void FakeModem::answerOnce(std::string_view command, std::string_view bytes) {
    once_[std::string(command)] = bytes;
}

void FakeModem::say(std::string_view bytes) {
    if (port_ != nullptr) {
        port_->receive(bytes);
    }
}

void FakeModem::vanish(std::string_view why) {
    if (Port* port = std::exchange(port_, nullptr)) {
        port->gone(why);
    }
}

int FakeModem::sent(std::string_view command) const {
    return static_cast<int>(std::count(commands.begin(), commands.end(), command));
}

/// Command lines begin with AT; other bytes (codes, sound) are looked up as they are.
void FakeModem::take(std::string_view bytes) {
    written.append(bytes);
    if (!bytes.starts_with("AT")) {
        reply(bytes);
        return;
    }
    line_.append(bytes);
    for (std::size_t end = line_.find('\r'); end != std::string::npos; end = line_.find('\r')) {
        const std::string command = line_.substr(0, end);
        line_.erase(0, end + 1);
        commands.push_back(command);
        if (onCommand) {
            onCommand(command);
        }
        reply(command);
    }
}

void FakeModem::reply(std::string_view command) {
    std::string bytes;
    if (const auto once = once_.find(command); once != once_.end()) {
        bytes = once->second;
        once_.erase(once);
    } else if (const auto known = answers_.find(command); known != answers_.end()) {
        bytes = known->second;
    } else if (command.starts_with("AT")) {
        bytes = otherwise_;
    }
    if (bytes.empty()) {
        return;
    }
    if (faultAt < 0 || faultAt-- > 0) {
        sayLater(std::move(bytes));
        return;
    }
    switch (fault) {
    case Fault::Dropped: break;
    case Fault::Doubled: sayLater(bytes + bytes); break;
    case Fault::Garbled: sayLater("\x7F\xC3 nonsense " + bytes.substr(bytes.size() / 2)); break;
    case Fault::Late:
        lateBytes_ = std::move(bytes);
        late_.arm(std::chrono::milliseconds{1300});
        break;
    }
}

void FakeModem::sayLater(std::string bytes) {
    loop_.post([this, alive = alive_, bytes = std::move(bytes)] {
        if (*alive) {
            say(bytes);
        }
    });
}

}  // namespace tipring::at_modem
