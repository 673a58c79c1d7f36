// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/pty_outlet.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const hal::LogCategory kLog{"sim.pty"};

constexpr std::size_t kOutput = 16384;  // waits here when the program does not read
constexpr auto kSpeedLook = 200ms;

/// "/dev/pts/5" behind `link`, empty when it is no link into there.
std::string ptsBehind(const std::string& link) {
    std::error_code error;
    const std::string target = fs::read_symlink(link, error).string();
    return !error && target.starts_with("/dev/pts/") ? target : std::string{};
}

hal::Result<void> pointLink(const std::string& link, const std::string& path,
                            const std::string& old) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(link, error);
    if (fs::exists(status)) {
        const std::string target = ptsBehind(link);
        const bool own = !old.empty() && target == old;
        if (!own && (target.empty() || fs::exists(target, error))) {
            return hal::fail(hal::ErrorCode::InUse,
                             fmt::format("{} exists and is not a left-over of a simulator; choose "
                                         "another name or remove it",
                                         link));
        }
    }
    const std::string fresh = fmt::format("{}.{}", link, ::getpid());
    fs::create_symlink(path, fresh, error);
    if (!error) {
        fs::rename(fresh, link, error);
    }
    if (error) {
        std::error_code ignored;
        fs::remove(fresh, ignored);
        return hal::failSystem("cannot make the link " + link, error.value());
    }
    return {};
}

}  // namespace

struct PtyOutlet::Impl final : ModemOutlet {
    Impl(hal::EventLoop& ownLoop, AtModem& ownModem, std::string ownLink)
        : loop(ownLoop),
          modem(ownModem),
          link(std::move(ownLink)),
          speedTimer(loop, [this] { lookAtSpeed(); }),
          hangUpTimer(loop, [this] { hangUp(); }) {}
    ~Impl() override;

    hal::Result<void> open();
    void close();
    void watchMaster();
    void opened();
    void closed();
    void readInotify();
    void onMaster(hal::Io ready);
    void readMaster();
    void feed();
    void writeMaster();
    void lookAtSpeed();
    void hangUp();
    void checkSpeed();

    bool toDte(std::span<const std::byte> bytes) override;
    void onReady() override;
    void onLines(DceLines next) override;
    void vanish() override;
    void appear() override;

    hal::EventLoop& loop;
    AtModem& modem;
    std::string link, path;
    hal::FileDescriptor master, inotify;
    hal::Watch masterWatch, inotifyWatch;
    bool isOpen = false, dtr = false, stalled = false, carrier = false;
    std::array<std::byte, 4096> input{};
    std::size_t inputAt = 0, inputEnd = 0;  ///< read and not yet taken by the modem
    std::vector<std::byte> output;
    hal::Timer speedTimer, hangUpTimer;
};

PtyOutlet::Impl::~Impl() {
    modem.setOutlet(nullptr);
    const std::string own = path;
    close();
    if (!link.empty() && !own.empty() && ptsBehind(link) == own) {
        std::error_code ignored;
        fs::remove(link, ignored);
    }
    modem.setDtr(false);
}

hal::Result<void> PtyOutlet::Impl::open() {
    int masterFd = -1, slaveFd = -1;
    termios raw{};
    ::cfmakeraw(&raw);
    raw.c_cflag |= CREAD | CLOCAL;
    ::cfsetspeed(&raw, B115200);
    if (::openpty(&masterFd, &slaveFd, nullptr, &raw, nullptr) != 0) {
        return hal::failSystem("cannot open a pseudo-terminal", errno);
    }
    hal::FileDescriptor newMaster{masterFd};
    const hal::FileDescriptor slave{slaveFd};
    std::array<char, 64> name{};
    if (::ptsname_r(masterFd, name.data(), name.size()) != 0) {
        return hal::failSystem("cannot name the pseudo-terminal", errno);
    }
    ::fcntl(masterFd, F_SETFL, O_RDWR | O_NONBLOCK);
    ::fcntl(masterFd, F_SETFD, FD_CLOEXEC);
    hal::FileDescriptor notify{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (!notify || ::inotify_add_watch(notify.get(), name.data(), IN_OPEN) < 0) {
        return hal::failSystem(fmt::format("cannot watch {}", name.data()), errno);
    }
    if (!link.empty()) {
        if (auto done = pointLink(link, name.data(), path); !done) {
            return done;
        }
    }
    auto watch =
        hal::Watch::create(loop, notify.get(), hal::Io::Read, [this](hal::Io) { readInotify(); });
    if (!watch) {
        return tl::unexpected(watch.error());
    }
    master = std::move(newMaster);
    inotify = std::move(notify);
    inotifyWatch = std::move(*watch);
    path = name.data();
    output.reserve(kOutput);
    kLog.info("the modem is at {}{}{}", path, link.empty() ? "" : ", link ", link);
    return {};
}

void PtyOutlet::Impl::close() {
    masterWatch.reset();
    inotifyWatch.reset();
    master.reset();
    inotify.reset();
    speedTimer.cancel();
    isOpen = dtr = stalled = false;
    inputAt = inputEnd = 0;
    output.clear();
    path.clear();
}

void PtyOutlet::Impl::readInotify() {
    std::array<char, 4096> events;
    while (::read(inotify.get(), events.data(), events.size()) > 0) {
    }
    if (!isOpen) {
        opened();
    }
}

void PtyOutlet::Impl::opened() {
    // A program that came and went already is seen as both: the hang-up is still there to read.
    isOpen = true;
    dtr = true;
    modem.setDtr(true);
    watchMaster();
    kLog.debug("{} was opened", path);
}

void PtyOutlet::Impl::watchMaster() {
    auto watch = hal::Watch::create(loop, master.get(), hal::Io::Read,
                                    [this](hal::Io ready) { onMaster(ready); });
    if (!watch) {
        kLog.error("{}", watch.error().text());
        return;
    }
    masterWatch = std::move(*watch);
}

void PtyOutlet::Impl::closed() {
    kLog.debug("{} was closed", path);
    masterWatch.reset();  // a hung-up master is ready for ever; inotify tells of the next open
    isOpen = false;
    output.clear();
    inputAt = inputEnd = 0;
    stalled = false;
    speedTimer.cancel();
    if (dtr) {
        dtr = false;
        modem.setDtr(false);
    }
}

void PtyOutlet::Impl::onMaster(hal::Io ready) {
    if (has(ready, hal::Io::Write)) {
        writeMaster();
    }
    if (has(ready, hal::Io::Read) || has(ready, hal::Io::Hangup)) {
        readMaster();
    }
}

void PtyOutlet::Impl::readMaster() {
    if (stalled) {
        // Not reading is what holds the program back. But a program that has gone is gone.
        closed();
        return;
    }
    while (master && !stalled) {
        const ssize_t count = ::read(master.get(), input.data(), input.size());
        if (count > 0) {
            inputAt = 0;
            inputEnd = static_cast<std::size_t>(count);
            hal::logTraffic(path, hal::Direction::ToDevice, std::span{input}.first(inputEnd));
            checkSpeed();
            feed();
            continue;
        }
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        closed();
        return;
    }
}

/// Gives the modem what was read; stops reading while it takes no more.
void PtyOutlet::Impl::feed() {
    while (inputAt < inputEnd && !stalled && master) {
        const auto rest = std::span<const std::byte>{input}.subspan(inputAt, inputEnd - inputAt);
        const std::size_t taken = modem.receive(rest);
        if (!master) {
            return;
        }
        inputAt += taken;
        stalled = taken < rest.size();
    }
    if (stalled && masterWatch) {
        static_cast<void>(masterWatch.change(output.empty() ? hal::Io::None : hal::Io::Write));
    }
    if (modem.isOffHook() && !speedTimer.armed()) {
        speedTimer.arm(kSpeedLook);
    }
}

void PtyOutlet::Impl::onReady() {
    if (!stalled || !isOpen) {
        return;
    }
    stalled = false;
    feed();
    if (!stalled && masterWatch) {
        static_cast<void>(
            masterWatch.change(output.empty() ? hal::Io::Read : hal::Io::Read | hal::Io::Write));
    }
}

bool PtyOutlet::Impl::toDte(std::span<const std::byte> bytes) {
    if (!isOpen) {
        return true;  // as with a cable into nothing
    }
    if (output.size() + bytes.size() > kOutput) {
        return false;
    }
    hal::logTraffic(path, hal::Direction::FromDevice, bytes);
    const bool idle = output.empty();
    output.insert(output.end(), bytes.begin(), bytes.end());
    if (idle) {
        writeMaster();
    }
    if (modem.isOffHook() && !speedTimer.armed()) {
        speedTimer.arm(kSpeedLook);
    }
    return true;
}

void PtyOutlet::Impl::writeMaster() {
    const ssize_t count = ::write(master.get(), output.data(), output.size());
    if (count > 0) {
        output.erase(output.begin(), output.begin() + count);
    }
    if (masterWatch) {
        const hal::Io in = stalled ? hal::Io::None : hal::Io::Read;
        static_cast<void>(masterWatch.change(output.empty() ? in : in | hal::Io::Write));
    }
}

/// B0 is the only word for "drop DTR" that a program can say while it keeps the port open.
void PtyOutlet::Impl::checkSpeed() {
    termios settings{};
    if (::tcgetattr(master.get(), &settings) != 0) {
        return;
    }
    const bool on = ::cfgetospeed(&settings) != B0;
    if (on != dtr) {
        kLog.debug("{}: speed {}", path, on ? "set again" : "B0, DTR drops");
        dtr = on;
        modem.setDtr(on);
    }
}

void PtyOutlet::Impl::lookAtSpeed() {
    if (isOpen && modem.isOffHook()) {
        checkSpeed();
        speedTimer.arm(kSpeedLook);
    }
}

void PtyOutlet::Impl::onLines(DceLines next) {
    if (carrier && !next.dcd) {
        hangUpTimer.arm(50ms);  // NO CARRIER goes out first
    }
    carrier = next.dcd;
}

void PtyOutlet::Impl::hangUp() {
    termios settings{};
    if (!isOpen || carrier || ::tcgetattr(master.get(), &settings) != 0 ||
        (settings.c_cflag & CLOCAL) != 0) {
        return;
    }
    kLog.info("carrier is lost: {} is hung up", path);
    const std::string old = path;
    close();
    path = old;  // so that the link is known as ours
    modem.setDtr(false);
    if (auto done = open(); !done) {
        path.clear();
        kLog.error("{}", done.error().text());
    }
}

void PtyOutlet::Impl::vanish() {
    const std::string own = path;
    close();
    if (!link.empty() && ptsBehind(link) == own) {
        std::error_code ignored;
        fs::remove(link, ignored);
    }
}

/// The link leads to another pseudo-terminal then, as a modem gets another number.
void PtyOutlet::Impl::appear() {
    if (auto done = open(); !done) {
        path.clear();
        kLog.error("{}", done.error().text());
    }
}

PtyOutlet::PtyOutlet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PtyOutlet::~PtyOutlet() = default;

hal::Result<std::unique_ptr<PtyOutlet>> PtyOutlet::create(hal::EventLoop& loop, AtModem& modem,
                                                          const std::string& link) {
    auto impl = std::make_unique<Impl>(loop, modem, link);
    if (auto done = impl->open(); !done) {
        return tl::unexpected(done.error());
    }
    modem.setOutlet(impl.get());
    modem.setDtr(false);
    return std::unique_ptr<PtyOutlet>{new PtyOutlet{std::move(impl)}};
}

const std::string& PtyOutlet::path() const {
    return impl_->path;
}
const std::string& PtyOutlet::link() const {
    return impl_->link;
}
bool PtyOutlet::isOpen() const {
    return impl_->isOpen;
}

}  // namespace tipring::sim
