// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace tipring::tools {
namespace {

void family(std::string& page, std::string_view name, std::string_view type,
            std::string_view help) {
    fmt::format_to(std::back_inserter(page), "# HELP tipring_{0} {2}\n# TYPE tipring_{0} {1}\n",
                   name, type, help);
}
void number(std::string& page, std::string_view name, std::string_view type, std::string_view help,
            std::uint64_t value) {
    family(page, name, type, help);
    fmt::format_to(std::back_inserter(page), "tipring_{} {}\n", name, value);
}
/// A label's value, as the format wants it.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

void histogram(std::string& page, std::string_view kind, const rpc::LatencyHistogram& latency) {
    auto out = std::back_inserter(page);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < latency.counts.size(); ++i) {
        below += latency.counts[i];
        const std::string bound =
            i < latency.kBounds.size()
                ? fmt::format("{}", std::chrono::duration<double>(latency.kBounds[i]).count())
                : "+Inf";
        fmt::format_to(out, "tipring_request_seconds_bucket{{kind=\"{}\",le=\"{}\"}} {}\n", kind,
                       bound, below);
    }
    fmt::format_to(out, "tipring_request_seconds_sum{{kind=\"{}\"}} {}\n", kind,
                   std::chrono::duration<double>(latency.sum).count());
    fmt::format_to(out, "tipring_request_seconds_count{{kind=\"{}\"}} {}\n", kind, latency.total);
}

void counts(std::string& page, std::string_view name, std::string_view label,
            const std::map<std::string, std::uint64_t, std::less<>>& all) {
    for (const auto& [value, count] : all) {
        fmt::format_to(std::back_inserter(page), "tipring_{}{{{}=\"{}\"}} {}\n", name, label,
                       escaped(value), count);
    }
}

}  // namespace

CallCounts::CallCounts(std::unique_ptr<tapi::Tapi> tapi) : tapi_(std::move(tapi)) {
    tapi_->setEventSink(this);
    tapi_->setEventFilter(tapi::kAllEvents);
    watchNewLines();
}

CallCounts::~CallCounts() {
    tapi_->setEventSink(nullptr);
}

void CallCounts::watchNewLines() {
    for (const auto& line : tapi_->addresses()) {
        if (watched_.contains(line->id())) {
            continue;
        }
        if (const auto cookie =
                tapi_->registerCallNotifications(line, {.owner = false, .monitor = true})) {
            watched_[line->id()] = *cookie;
        }
    }
}

void CallCounts::onEvent(const tapi::Event& event) {
    ++events_;
    if (const auto* object = std::get_if<tapi::TapiObjectEvent>(&event)) {
        if (object->kind == tapi::TapiObjectEvent::Kind::AddressRemove && object->address) {
            watched_.erase(object->address->id());
        }
        watchNewLines();
        return;
    }
    const auto* state = std::get_if<tapi::CallStateEvent>(&event);
    if (state == nullptr) {
        return;
    }
    ++states_[std::string(tapi::name(state->lineState))];
    if (state->lineState == tapi::LineCallState::Disconnected) {
        ++outcomes_[std::string(tapi::name(static_cast<tapi::DisconnectMode>(state->mode)))];
    }
}

void CallCounts::write(std::string& page) const {
    number(page, "events_total", "counter", "Events of all lines.", events_);
    family(page, "call_states_total", "counter", "Call states that were reached.");
    counts(page, "call_states_total", "state", states_);
    family(page, "calls_ended_total", "counter", "Calls that ended, by how.");
    counts(page, "calls_ended_total", "outcome", outcomes_);
    family(page, "line_up", "gauge", "1 where a line is in service.");
    std::string calls;
    for (const auto& line : tapi_->addresses()) {
        const auto label =
            fmt::format("{{line=\"{}\",name=\"{}\"}}", line->id(), escaped(line->name()));
        fmt::format_to(std::back_inserter(page), "tipring_line_up{} {}\n", label,
                       line->state() == tapi::AddressState::InService ? 1 : 0);
        fmt::format_to(std::back_inserter(calls), "tipring_calls{} {}\n", label,
                       line->calls().size());
    }
    family(page, "calls", "gauge", "Calls of a line that are not over.");
    page += calls;
}

void writeServerMetrics(const rpc::ServerCounters& counters, std::size_t clients,
                        std::string& page) {
    number(page, "clients", "gauge", "Clients that are connected.", clients);
    number(page, "clients_cut_off_total", "counter", "Clients that did not read.", counters.cutOff);
    number(page, "messages_total", "counter", "Messages of clients.", counters.requests);
    number(page, "signals_total", "counter", "Signals sent to clients.", counters.signals);
    family(page, "refused_total", "counter", "Requests that were refused at the door.");
    counts(page, "refused_total", "why",
           {{"rate", counters.overRate}, {"right", counters.noRight}, {"barred", counters.barred}});
    family(page, "request_seconds", "histogram", "From a request to its reply.");
    histogram(page, "query", counters.queries);
    histogram(page, "request", counters.finished);
}

}  // namespace tipring::tools
