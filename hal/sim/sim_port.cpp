// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/sim_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.modem"};

constexpr std::size_t kQueue = 65536;
constexpr auto kPace = 5ms;

class SimPort;

struct Entry {
    std::uint64_t id;
    AtModem* modem;
    bool paced;
    SimPort* open;
};

/// All names of this process; the scheme is there while a name is.
struct Names {
    std::map<std::string, Entry, std::less<>> all;
    std::optional<hal::PortScheme> scheme;
    std::uint64_t lastId = 0;
};

Names& names() {
    static Names instance;
    return instance;
}

/// A queue of bytes that does not allocate once it has its size.
class ByteQueue {
public:
    ByteQueue() { bytes_.reserve(kQueue); }
    [[nodiscard]] std::size_t size() const { return bytes_.size() - head_; }
    [[nodiscard]] std::size_t room() const { return kQueue - size(); }
    [[nodiscard]] std::span<const std::byte> front(std::size_t most) const {
        return std::span{bytes_}.subspan(head_, std::min(most, size()));
    }
    void add(std::span<const std::byte> more) {
        if (bytes_.size() + more.size() > kQueue) {
            bytes_.erase(bytes_.begin(), bytes_.begin() + std::ptrdiff_t(head_));
            head_ = 0;
        }
        bytes_.insert(bytes_.end(), more.begin(), more.end());
    }
    void drop(std::size_t count) {
        head_ += count;
        if (head_ == bytes_.size()) {
            clear();
        }
    }
    void clear() {
        bytes_.clear();
        head_ = 0;
    }

private:
    std::vector<std::byte> bytes_;
    std::size_t head_ = 0;
};

/// The computer's end of the cable, and the modem's outlet at once.
class SimPort final : public hal::SerialPort, private ModemOutlet {
public:
    SimPort(hal::EventLoop& loop, AtModem& modem, std::string_view name, bool paced,
            const hal::LineSettings& settings)
        : modem_(&modem),
          name_("sim:" + std::string{name}),
          key_(name),
          paced_(paced),
          settings_(settings),
          toModemTimer_(loop, [this] { pumpToModem(); }),
          toHostTimer_(loop, [this] { pumpToHost(); }),
          newsTimer_(loop, [this] { tellNews(); }) {
        modem_->setOutlet(this);
        modem_->setDtr(true);
    }

    ~SimPort() override {
        detach();
        const auto at = names().all.find(key_);
        if (at != names().all.end() && at->second.open == this) {
            at->second.open = nullptr;
        }
    }

    void setObserver(hal::SerialPortObserver* observer) override {
        observer_ = observer;
        if (observer_ != nullptr && toHost_.size() > 0) {
            toHostTimer_.arm(0ms);
        }
    }

    hal::Result<std::size_t> write(std::span<const std::byte> bytes) override {
        if (modem_ == nullptr) {
            return gone();
        }
        const std::size_t count = std::min(bytes.size(), toModem_.room());
        hal::logTraffic(name_, hal::Direction::ToDevice, bytes.first(count));
        toModem_.add(bytes.first(count));
        wantsRoom_ = wantsRoom_ || count < bytes.size();
        if (!toModemTimer_.armed() && !stalled_) {
            toModemTimer_.arm(paced_ ? kPace : 0ms);
        }
        return count;
    }

    [[nodiscard]] std::size_t pending() const override { return toModem_.size(); }

    hal::Result<void> discardOutput() override {
        if (modem_ == nullptr) {
            return gone();
        }
        toModem_.clear();
        return {};
    }

    hal::Result<void> configure(const hal::LineSettings& settings) override {
        if (modem_ == nullptr) {
            return gone();
        }
        settings_ = settings;
        return {};
    }

    hal::Result<void> setDtr(bool on) override {
        if (modem_ == nullptr) {
            return gone();
        }
        modem_->setDtr(on);
        return {};
    }

    hal::Result<void> setRts(bool on) override {
        if (modem_ == nullptr) {
            return gone();
        }
        rts_ = on;
        if (on && toHost_.size() > 0) {
            toHostTimer_.arm(0ms);
        }
        return {};
    }

    hal::Result<hal::ModemLines> modemLines() override {
        if (modem_ == nullptr) {
            return gone();
        }
        return linesNow();
    }

    [[nodiscard]] std::string_view name() const override { return name_; }

    /// The modem goes away under the open port.
    void detach() {
        if (modem_ != nullptr) {
            modem_->setOutlet(nullptr);
            modem_->setDtr(false);
            modem_ = nullptr;
        }
        toModemTimer_.cancel();
        toHostTimer_.cancel();
    }

    void vanish() override {
        detach();
        newsGone_ = true;
        newsTimer_.arm(0ms);
    }

private:
    tl::unexpected<hal::Error> gone() const {
        return hal::fail(hal::ErrorCode::NoDevice, name_ + ": the simulated modem is gone; reopen");
    }

    [[nodiscard]] hal::ModemLines linesNow() const {
        const DceLines lines = modem_->lines();
        return {lines.cts, lines.dsr, lines.dcd, lines.ri};
    }

    /// Bytes that may go in one turn.
    [[nodiscard]] std::size_t portion() const {
        const auto wire = std::size_t{settings_.baud} / 10 * kPace.count() / 1000;
        return paced_ ? std::max<std::size_t>(wire, 1) : kQueue;
    }

    bool toDte(std::span<const std::byte> bytes) override {
        if (bytes.size() > toHost_.room()) {
            return false;
        }
        toHost_.add(bytes);
        if (!toHostTimer_.armed() && rts_) {
            toHostTimer_.arm(paced_ ? kPace : 0ms);
        }
        return true;
    }

    void onReady() override {
        stalled_ = false;
        if (toModem_.size() > 0 && !toModemTimer_.armed()) {
            toModemTimer_.arm(0ms);
        }
    }

    void onLines(DceLines) override {
        newsLines_ = true;
        newsTimer_.arm(0ms);
    }

    void pumpToModem() {
        const auto bytes = toModem_.front(portion());
        const std::size_t taken = modem_->receive(bytes);
        if (modem_ == nullptr) {
            return;
        }
        stalled_ = taken < bytes.size();
        toModem_.drop(std::min(taken, toModem_.size()));
        if (toModem_.size() > 0 && !stalled_) {
            toModemTimer_.arm(paced_ ? kPace : 0ms);
        }
        if (wantsRoom_ && taken > 0 && observer_ != nullptr) {
            wantsRoom_ = false;
            observer_->onWritable();
        }
    }

    void pumpToHost() {
        if (observer_ == nullptr || !rts_ || toHost_.size() == 0) {
            return;
        }
        delivered_.assign(toHost_.front(portion()).begin(), toHost_.front(portion()).end());
        toHost_.drop(delivered_.size());
        if (toHost_.size() > 0) {
            toHostTimer_.arm(paced_ ? kPace : 0ms);
        }
        hal::logTraffic(name_, hal::Direction::FromDevice, delivered_);
        observer_->onReceived(delivered_);
    }

    void tellNews() {
        if (newsGone_ && observer_ != nullptr) {
            hal::SerialPortObserver* const observer = std::exchange(observer_, nullptr);
            observer->onGone(
                {hal::ErrorCode::NoDevice, name_ + ": the simulated modem was unplugged"});
            return;
        }
        if (newsLines_ && observer_ != nullptr && modem_ != nullptr) {
            newsLines_ = false;
            observer_->onModemLines(linesNow());
        }
    }

    AtModem* modem_;
    std::string name_, key_;
    bool paced_;
    hal::LineSettings settings_;
    hal::SerialPortObserver* observer_ = nullptr;
    ByteQueue toModem_, toHost_;
    std::vector<std::byte> delivered_;  ///< what the observer looks at
    bool stalled_ = false, wantsRoom_ = false, rts_ = true;
    bool newsGone_ = false, newsLines_ = false;
    hal::Timer toModemTimer_, toHostTimer_, newsTimer_;
};

hal::Result<std::unique_ptr<hal::SerialPort>> openSimPort(hal::EventLoop& loop,
                                                          std::string_view rest,
                                                          const hal::LineSettings& settings) {
    const auto at = names().all.find(rest);
    if (at == names().all.end()) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("sim:{}: no simulated modem has that name; make a "
                                     "Simulation with that port name first",
                                     rest));
    }
    if (!at->second.modem->isPlugged()) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("sim:{}: the simulated modem is unplugged", rest));
    }
    if (at->second.open != nullptr) {
        return hal::fail(hal::ErrorCode::Allocated,
                         fmt::format("sim:{}: open already in this process; close it first", rest));
    }
    auto port =
        std::make_unique<SimPort>(loop, *at->second.modem, rest, at->second.paced, settings);
    at->second.open = port.get();
    return port;
}

}  // namespace

SimPortName::SimPortName(std::string_view name, AtModem& modem, bool paced)
    : name_(name), id_(++names().lastId) {
    if (!names().scheme) {
        names().scheme = hal::addPortScheme("sim", openSimPort);
    }
    const auto old = names().all.find(name);
    if (old != names().all.end() && old->second.open != nullptr) {
        old->second.open->vanish();
    }
    names().all.insert_or_assign(name_, Entry{id_, &modem, paced, nullptr});
    kLog.debug("sim:{} is a {}", name_, modem.personality().description);
}

SimPortName::~SimPortName() {
    const auto at = names().all.find(name_);
    if (at != names().all.end() && at->second.id == id_) {
        if (at->second.open != nullptr) {
            at->second.open->vanish();
        }
        names().all.erase(at);
    }
    if (names().all.empty()) {
        names().scheme.reset();
    }
}

}  // namespace tipring::sim
