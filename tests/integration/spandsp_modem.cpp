// SPDX-License-Identifier: Apache-2.0
// A modem by other people on a PTY: spandsp's AT interpreter and T.31 engine. It rings, shows
// caller ID, answers dialling with every result code; it has no voice. Our driver must get on with
// it, so that the simulator is not the only modem that it ever met.
//
//     spandsp_modem LINK
// makes LINK a symbolic link to the PTY and obeys lines on standard input:
//     ring NUMBER NAME...   rings every 2 s with this caller ID until "stop"
//     stop                  stops ringing
//     quit
// Dialled numbers ending in 9, 8, 7 end in BUSY, NO ANSWER, NO DIALTONE; any other one rings for 10
// s and connects, which a fax modem in class 0 does not even mention.
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

// spandsp 0.0.6 is C and its headers are not clean under our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <spandsp.h>
#include <spandsp/expose.h>
#pragma GCC diagnostic pop

namespace {

constexpr int kTickSamples = 160;  // 20 ms at 8 kHz
constexpr int kRingTicks = 100;    // 2 s: quicker than a network, to keep the test short
constexpr int kDialTicks = 25;     // until the exchange says why not
constexpr int kAnswerTicks = 500;  // until somebody answers

enum class State { OnHook, Ringing, Dialing, Connected };

struct Modem {
    int master = -1;
    t31_state_t* t31 = nullptr;
    State state = State::OnHook;
    int ticks = 0;
    char lastDigit = 0;
};

int toTerminal(at_state_t*, void* user, const std::uint8_t* bytes, std::size_t count) {
    const auto* modem = static_cast<Modem*>(user);
    while (count > 0) {
        const ssize_t written = write(modem->master, bytes, count);
        if (written < 0) {
            return 0;  // nobody has the PTY open, or its buffer is full: a modem drops it too
        }
        bytes += written;
        count -= static_cast<std::size_t>(written);
    }
    return 0;
}

int control(t31_state_t*, void* user, int operation, const char* number) {
    auto* modem = static_cast<Modem*>(user);
    switch (operation) {
    case AT_MODEM_CONTROL_CALL:
        modem->state = State::Dialing;
        modem->ticks = 0;
        modem->lastDigit =
            number != nullptr && *number != 0 ? number[std::strlen(number) - 1] : '0';
        std::printf("dialed %s\n", number != nullptr ? number : "");
        break;
    case AT_MODEM_CONTROL_ANSWER:
        modem->state = State::Connected;
        std::printf("answered\n");
        t31_call_event(modem->t31, AT_CALL_EVENT_ANSWERED);
        break;
    case AT_MODEM_CONTROL_HANGUP:
    case AT_MODEM_CONTROL_ONHOOK:
        if (modem->state != State::OnHook) {
            std::printf("on-hook\n");
        }
        modem->state = State::OnHook;
        break;
    default: break;
    }
    std::fflush(stdout);
    return 0;
}

int noPackets(t38_core_state_t*, void*, const std::uint8_t*, int, int) {
    return 0;
}

void startRinging(Modem& modem, const std::string& number, const std::string& name) {
    at_state_t* at = &modem.t31->at_state;
    at_reset_call_info(at);
    at_set_call_info(at, "DATE", "1124");
    at_set_call_info(at, "TIME", "0815");
    at_set_call_info(at, "NMBR", number.c_str());
    at_set_call_info(at, "NAME", name.c_str());
    modem.state = State::Ringing;
    modem.ticks = 0;
}

/// False for "quit".
bool obey(Modem& modem, const std::string& line) {
    if (line.starts_with("ring ")) {
        const auto space = line.find(' ', 5);
        startRinging(modem, line.substr(5, space - 5),
                     space == std::string::npos ? "" : line.substr(space + 1));
    } else if (line == "stop" && modem.state == State::Ringing) {
        modem.state = State::OnHook;
    }
    return line != "quit";
}

int dialResult(char lastDigit) {
    switch (lastDigit) {
    case '9': return AT_CALL_EVENT_BUSY;
    case '8': return AT_CALL_EVENT_NO_ANSWER;
    case '7': return AT_CALL_EVENT_NO_DIALTONE;
    default: return AT_CALL_EVENT_CONNECTED;
    }
}

void tick(Modem& modem) {
    if (modem.state == State::Ringing && modem.ticks-- <= 0) {
        modem.ticks = kRingTicks;
        t31_call_event(modem.t31, AT_CALL_EVENT_ALERTING);
    }
    const int event = dialResult(modem.lastDigit);
    const int patience = event == AT_CALL_EVENT_CONNECTED ? kAnswerTicks : kDialTicks;
    if (modem.state == State::Dialing && ++modem.ticks == patience) {
        modem.state = event == AT_CALL_EVENT_CONNECTED ? State::Connected : State::OnHook;
        t31_call_event(modem.t31, event);
    }
    std::array<std::int16_t, kTickSamples> samples{};
    if (modem.state == State::Connected) {
        t31_tx(modem.t31, samples.data(), kTickSamples);
        samples.fill(0);
    }
    t31_rx(modem.t31, samples.data(), kTickSamples);
}

void readTerminal(Modem& modem) {
    std::array<char, 256> bytes{};
    const ssize_t got = read(modem.master, bytes.data(), bytes.size());
    if (got > 0) {
        t31_at_rx(modem.t31, bytes.data(), static_cast<int>(got));
    }
}

int serve(Modem& modem) {
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const itimerspec period{{0, 20'000'000}, {0, 20'000'000}};
    timerfd_settime(timer, 0, &period, nullptr);
    std::string pending;
    for (;;) {
        std::array<pollfd, 3> watched{
            {{timer, POLLIN, 0}, {modem.master, POLLIN, 0}, {0, POLLIN, 0}}};
        if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
            return 1;
        }
        if ((watched[1].revents & POLLIN) != 0) {
            readTerminal(modem);
        }
        if (watched[2].revents != 0) {
            char byte = 0;
            if (read(0, &byte, 1) <= 0) {
                return 0;
            }
            if (byte != '\n') {
                pending += byte;
            } else if (!obey(modem, std::exchange(pending, {}))) {
                return 0;
            }
        }
        if (watched[0].revents != 0) {
            std::uint64_t expirations = 0;
            for ([[maybe_unused]] const auto got = read(timer, &expirations, sizeof expirations);
                 expirations > 0; --expirations) {
                tick(modem);
            }
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: spandsp_modem LINK\n");
        return 2;
    }
    Modem modem;
    int slave = -1;  // kept open: closing it would make the master report EIO between users
    std::array<char, 64> path{};
    termios raw{};
    cfmakeraw(&raw);
    raw.c_cflag |= B115200 | CS8 | CREAD;
    if (openpty(&modem.master, &slave, path.data(), &raw, nullptr) != 0) {
        std::perror("openpty");
        return 1;
    }
    fcntl(modem.master, F_SETFL, O_NONBLOCK);
    unlink(argv[1]);
    if (symlink(path.data(), argv[1]) != 0) {
        std::perror(argv[1]);
        return 1;
    }
    modem.t31 = t31_init(nullptr, toTerminal, &modem, control, &modem, noPackets, &modem);
    t31_set_transmit_on_idle(modem.t31, 1);
    std::printf("ready %s\n", path.data());
    std::fflush(stdout);
    return serve(modem);
}
