// SPDX-License-Identifier: Apache-2.0
#include "network_view.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

#include "json_line.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 250ms;

JsonLine objectOf(const sim::NetworkEvent& event, hal::WallTime now) {
    JsonLine line;
    line.set("at", static_cast<double>(event.at.count() / 1000000) / 1000);
    line.set("time", utcText(now)).set("where", event.where).set("number", event.number);
    line.set("event", event.what).setUnlessEmpty("detail", event.detail);
    return line;
}

std::string stateText(const sim::Line& line) {
    switch (line.state()) {
    case sim::Line::State::Idle: return "idle";
    case sim::Line::State::Ringing: return fmt::format("ringing {}", line.rings());
    case sim::Line::State::Connected: return "connected";
    case sim::Line::State::OffHook: break;
    }
    return line.signal() == sim::Signal::None ? "off hook"
                                              : std::string{sim::signalName(line.signal())};
}

/// Lines of the terminal that a table may take.
std::size_t roomOnScreen() {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 4;
    return known ? size.ws_row - 3U : 20U;
}

/// Those that fit: where there are too many, lines that are idle go first.
std::vector<sim::NetworkLine> thatFit(std::vector<sim::NetworkLine> lines, std::size_t room) {
    if (lines.size() > room) {
        std::stable_partition(lines.begin(), lines.end(), [](const sim::NetworkLine& each) {
            return each.line->state() != sim::Line::State::Idle;
        });
        lines.resize(room);
    }
    return lines;
}

std::string levelText(float dbm0) {
    return dbm0 <= -99 ? "-" : fmt::format("{:.0f}", dbm0);
}

}  // namespace

hal::Result<std::unique_ptr<NetworkView>> NetworkView::create(hal::EventLoop& loop,
                                                              Console& console,
                                                              sim::Network& network,
                                                              const Options& options) {
    auto view =
        std::unique_ptr<NetworkView>{new NetworkView{loop, console, network, options.watch}};
    if (!options.trace.empty()) {
        view->trace_.reset(std::fopen(options.trace.c_str(), "we"));
        if (view->trace_ == nullptr) {
            return hal::failSystem("cannot write the trace " + options.trace, errno);
        }
    }
    return view;
}

NetworkView::NetworkView(hal::EventLoop& loop, Console& console, sim::Network& network, bool watch)
    : loop_(loop), console_(console), network_(network), watch_(watch) {
    network_.onEvent([this](const sim::NetworkEvent& event) { onEvent(event); });
    if (watch_ && console_.interactive()) {
        redraw_.emplace(loop_, [this] { draw(); });
        redraw_->arm(0ms);
    }
}

NetworkView::~NetworkView() {
    network_.onEvent({});
}

void NetworkView::onEvent(const sim::NetworkEvent& event) {
    const bool failed = event.what == "failed";
    if (trace_ != nullptr) {
        fmt::print(trace_.get(), "{}\n", objectOf(event, loop_.wallNow()).text());
        std::fflush(trace_.get());
    }
    if (failed) {
        ++failures_;
        console_.problem(
            fmt::format("{} {}: its script failed: {}", event.where, event.number, event.detail));
    }
    if (watch_ && !redraw_) {
        console_.result(fmt::format("{:9.3f} {:<7} {:<12} {} {}",
                                    std::chrono::duration<double>(event.at).count(), event.where,
                                    event.number, event.what, event.detail));
        console_.object(objectOf(event, loop_.wallNow()));
    }
}

/// Writes the table over the one before.
void NetworkView::draw() {
    redraw_->arm(kRedraw);
    if (drawn_ > 0) {
        fmt::print("\x1b[{}A", drawn_);
    }
    fmt::print("\x1b[K{}\n",
               console_.paint(Console::Style::Strong,
                              fmt::format("{:<14} {:<10} {:<15} {:>5} {:>5}  {}", "line", "device",
                                          "state", "to", "from", "where")));
    const auto all = network_.lines();
    const auto lines = thatFit(all, roomOnScreen());
    for (const sim::NetworkLine& each : lines) {
        fmt::print("\x1b[K{:<14} {:<10} {:<15} {:>5} {:>5}  {}\n", each.line->number(), each.device,
                   stateText(*each.line), levelText(each.toDevice), levelText(each.fromDevice),
                   each.place);
    }
    drawn_ = lines.size() + 1;
    if (lines.size() < all.size()) {
        fmt::print("\x1b[K... and {} more\n", all.size() - lines.size());
        ++drawn_;
    }
    std::fflush(stdout);
}

}  // namespace tipring::tools
