// SPDX-License-Identifier: Apache-2.0
// Functions of the C library, defined in the test program: the dynamic linker prefers them, also
// for libserialport.so. They lead fake terminals to their pseudo-terminals and /sys/class/tty to a
// tree of our own; all else goes on to the C library (or a sanitizer's interceptor).
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <vector>

#include "fake_tty.h"

namespace tipring::hal::testing {
namespace {

namespace fs = std::filesystem;

// Null until the first fake exists: the C library calls in here before any constructor ran.
std::vector<FakeTty*>* fakes = nullptr;
std::string* tree = nullptr;

constexpr std::string_view kClass = "/sys/class/tty";

std::string redirect(const char* path) {
    if (fakes == nullptr || path == nullptr) {
        return path != nullptr ? path : "";
    }
    const std::string_view view(path);
    if (view.starts_with(kClass)) {
        return *tree + "/class/tty" + std::string(view.substr(kClass.size()));
    }
    for (const FakeTty* fake : *fakes) {
        if (fake->path == view) {
            return fake->master.slave();
        }
    }
    return path;
}

FakeTty* fakeOf(int fd) {
    struct stat opened {};
    if (fakes == nullptr || ::fstat(fd, &opened) != 0 || !S_ISCHR(opened.st_mode)) {
        return nullptr;
    }
    for (FakeTty* fake : *fakes) {
        struct stat slave {};
        if (::stat(fake->master.slave().c_str(), &slave) == 0 && slave.st_rdev == opened.st_rdev) {
            return fake;
        }
    }
    return nullptr;
}

/// The answer of a serial driver, or nothing where the terminal itself answers.
std::optional<int> answer(FakeTty& fake, unsigned long request, void* argument) {
    int* bits = static_cast<int*>(argument);
    const int before = fake.lines;
    switch (request) {
    case TIOCMGET: *bits = fake.lines; break;
    case TIOCMSET: fake.lines = *bits; break;
    case TIOCMBIS: fake.lines |= *bits; break;
    case TIOCMBIC: fake.lines &= ~*bits; break;
    case TIOCMIWAIT: ADD_FAILURE() << "TIOCMIWAIT blocks"; break;
    case TIOCEXCL: fake.exclusive = true; return std::nullopt;
    case TIOCNXCL: fake.exclusive = false; return std::nullopt;
    default: return std::nullopt;
    }
    if (fake.unplugged) {
        fake.lines = before;
        errno = EIO;
        return -1;
    }
    fake.writesOfDtr += ((before ^ fake.lines) & TIOCM_DTR) != 0 ? 1 : 0;
    return 0;
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

void writeUsb(const fs::path& device, const FakeTty::Usb& usb) {
    const auto put = [&](const char* file, const std::string& text) {
        std::ofstream(device / file) << text << '\n';
    };
    put("busnum", "1");
    put("devnum", "7");
    put("idVendor", usb.vendor);
    put("idProduct", usb.product);
    put("manufacturer", "Maker");
    put("product", "Voice Modem");
    if (!usb.serial.empty()) {
        put("serial", usb.serial);
    }
}

}  // namespace

FakeTty::FakeTty(const std::string& name, const Usb* usb) : path("/dev/" + name), name_(name) {
    if (fakes == nullptr) {
        std::string directory = fs::temp_directory_path() / "tipring-sys-XXXXXX";
        tree = new std::string(::mkdtemp(directory.data()));
        fs::permissions(*tree, fs::perms(0755));  // as /sys: a case may go on as another user
        fs::create_directories(*tree + "/class/tty");
        fakes = new std::vector<FakeTty*>;
    }
    const std::string bus = usb != nullptr ? "usb1" : "platform";
    const fs::path function = fs::path(*tree) / "devices" / bus / name / "1-1:1.0";
    fs::create_directories(function / "tty" / name);
    fs::create_directory_symlink("../../../1-1:1.0", function / "tty" / name / "device");
    fs::create_directory_symlink("../../devices/" + bus + "/" + name + "/1-1:1.0/tty/" + name,
                                 *tree + "/class/tty/" + name);
    if (usb != nullptr) {
        writeUsb(function.parent_path(), *usb);
    }
    fakes->push_back(this);
}

FakeTty::~FakeTty() {
    std::erase(*fakes, this);
    fs::remove(*tree + "/class/tty/" + name_);
    fs::remove_all(*tree + "/devices/usb1/" + name_);
    fs::remove_all(*tree + "/devices/platform/" + name_);
    if (fakes->empty()) {
        fs::remove_all(*tree);
        delete std::exchange(fakes, nullptr);
        delete std::exchange(tree, nullptr);
    }
}

}  // namespace tipring::hal::testing

#define SHIM extern "C" __attribute__((visibility("default")))

using tipring::hal::testing::redirect;
namespace shim = tipring::hal::testing;

SHIM int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    static const auto real = shim::next<int (*)(const char*, int, ...)>("open");
    return shim::fakes == nullptr ? real(path, flags, mode)
                                  : real(redirect(path).c_str(), flags, mode);
}
SHIM int __open_2(const char* path, int flags) {
    return open(path, flags);
}
SHIM FILE* fopen(const char* path, const char* mode) {
    static const auto real = shim::next<FILE* (*)(const char*, const char*)>("fopen");
    return shim::fakes == nullptr ? real(path, mode) : real(redirect(path).c_str(), mode);
}
SHIM DIR* opendir(const char* path) {
    static const auto real = shim::next<DIR* (*)(const char*)>("opendir");
    return shim::fakes == nullptr ? real(path) : real(redirect(path).c_str());
}
SHIM ssize_t readlink(const char* path, char* target, size_t size) noexcept {
    static const auto real = shim::next<ssize_t (*)(const char*, char*, size_t)>("readlink");
    return shim::fakes == nullptr ? real(path, target, size)
                                  : real(redirect(path).c_str(), target, size);
}
SHIM int stat(const char* path, struct stat* status) noexcept {
    static const auto real = shim::next<int (*)(const char*, struct stat*)>("stat");
    return shim::fakes == nullptr ? real(path, status) : real(redirect(path).c_str(), status);
}
SHIM int lstat(const char* path, struct stat* status) noexcept {
    static const auto real = shim::next<int (*)(const char*, struct stat*)>("lstat");
    return shim::fakes == nullptr ? real(path, status) : real(redirect(path).c_str(), status);
}
SHIM int __lxstat(int, const char* path, struct stat* status) noexcept {
    return lstat(path, status);
}
/// A fake terminal is its own real path: it exists under its name alone.
SHIM char* realpath(const char* path, char* resolved) noexcept {
    static const auto real = shim::next<char* (*)(const char*, char*)>("realpath");
    if (shim::fakes != nullptr && resolved == nullptr && redirect(path) != path) {
        return ::strdup(path);
    }
    return real(path, resolved);
}
SHIM int tcsetattr(int fd, int actions, const termios* term) noexcept {
    static const auto real = shim::next<int (*)(int, int, const termios*)>("tcsetattr");
    termios carried = *term;
    if (auto* fake = shim::fakeOf(fd)) {
        // A pseudo-terminal knows 8N1 only, and glibc makes anything else an error.
        fake->asked = *term;
        carried.c_cflag = (carried.c_cflag & ~tcflag_t(CSIZE | PARENB)) | CS8;
    }
    return real(fd, actions, &carried);
}
SHIM int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    static const auto real = shim::next<int (*)(int, unsigned long, ...)>("ioctl");
    if (auto* fake = shim::fakeOf(fd)) {
        if (const auto result = shim::answer(*fake, request, argument)) {
            return *result;
        }
    }
    return real(fd, request, argument);
}
