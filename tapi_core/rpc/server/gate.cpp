// SPDX-License-Identifier: Apache-2.0
// What stands between a message and what it asks for: rate, rights, barred numbers.
#include "server/gate.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "server/session.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/api/translation.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using tapi::Result;

const hal::LogCategory kLog{"rpc"};

constexpr std::uint64_t kCredentialsLimitUsec = 250'000;
/// A person may have to type a password.
constexpr std::uint64_t kPolkitLimitUsec = 60'000'000;
constexpr const char* kPolkit = "org.freedesktop.PolicyKit1";
constexpr std::uint32_t kAllowInteraction = 1;
/// As many digits of an unanswered call are looked at as one number.
constexpr std::size_t kMostDialled = 256;

Identity ofSocket(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return {};
    }
    Identity who{true, peer.uid, {peer.gid}};
    std::vector<gid_t> groups(64);
    for (int tries = 0; tries < 2; ++tries) {
        size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
            const auto count = static_cast<std::ptrdiff_t>(size / sizeof(gid_t));
            who.groups.insert(who.groups.end(), groups.begin(), groups.begin() + count);
            break;
        }
        groups.resize(size / sizeof(gid_t) + 1);
    }
    return who;
}

/// One entry of what GetConnectionCredentials says, with the reader inside of it.
int takeCredential(sd_bus_message* reply, std::string_view key, Identity& who) {
    if (key == "UnixUserID") {
        std::uint32_t uid = 0;
        const int done = sd_bus_message_read(reply, "v", "u", &uid);
        who.known = done > 0;
        who.uid = uid;
        return done;
    }
    if (key != "UnixGroupIDs") {
        return sd_bus_message_skip(reply, "v");
    }
    const void* ids = nullptr;
    std::size_t size = 0;
    int done = sd_bus_message_enter_container(reply, 'v', "au");
    done = done < 0 ? done : sd_bus_message_read_array(reply, 'u', &ids, &size);
    if (done >= 0) {
        const auto* first = static_cast<const std::uint32_t*>(ids);
        who.groups.assign(first, first + size / sizeof *first);
        done = sd_bus_message_exit_container(reply);
    }
    return done;
}

Identity readCredentials(sd_bus_message* reply) {
    Identity who;
    const char* key = nullptr;
    int done = sd_bus_message_enter_container(reply, 'a', "{sv}");
    while (done > 0 && (done = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
        done = sd_bus_message_read(reply, "s", &key);
        done = done < 0 ? done : takeCredential(reply, key, who);
        done = done < 0 ? done : sd_bus_message_exit_container(reply);
    }
    return done < 0 ? Identity{} : who;
}

/// "(sa{sv})sa{ss}us" of CheckAuthorization.
int fillQuestion(sd_bus_message* message, const std::string& client, Right right,
                 bool interactive) {
    int done = sd_bus_message_append(message, "(sa{sv})", "system-bus-name", 1, "name", "s",
                                     client.c_str());
    done = done < 0 ? done
                    : sd_bus_message_append(message, "sa{ss}us",
                                            fmt::format("org.tipring.{}", nameOf(right)).c_str(), 0,
                                            interactive ? kAllowInteraction : 0U, "");
    return done;
}

bool isAnswered(const tapi::Call& call) {
    using S = tapi::LineCallState;
    const S state = call.lineState();
    return state == S::Connected || state == S::Conferenced || state == S::OnHold;
}

}  // namespace

Identity identityOf(Bus& bus, const std::string& name) {
    if (name.empty()) {
        return ofSocket(sd_bus_get_fd(bus.raw()));
    }
    // Waited for: sd-bus cannot take a message up again that was put aside for an answer.
    sd_bus_message* raw = nullptr;
    if (sd_bus_message_new_method_call(bus.raw(), &raw, "org.freedesktop.DBus",
                                       "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "GetConnectionCredentials") < 0) {
        return {};
    }
    const Message request(raw);
    sd_bus_message* answer = nullptr;
    int done = sd_bus_message_append(raw, "s", name.c_str());
    done = done < 0 ? done : sd_bus_call(bus.raw(), raw, kCredentialsLimitUsec, nullptr, &answer);
    const Message reply(answer);
    return done < 0 ? Identity{} : readCredentials(answer);
}

bool Session::admit(sd_bus_message* request) {
    ServerCounters& counters = context_.counters;
    ++counters.requests;
    if (cut_) {
        return false;
    }
    if (sd_bus_message_get_expect_reply(request) > 0) {
        owe();
    }
    if (rate_.take(context_.loop.now())) {
        return true;
    }
    ++counters.overRate;
    refused(request, {ErrorCode::ResourceUnavail,
                      fmt::format("a client may ask {} times a second; ask again later",
                                  context_.limits.requestRate)});
    return false;
}

bool Session::has(Right right) const {
    return context_.rights.has(identity, right) || granted_.contains(right) ||
           (right == Right::Monitor && !granted_.empty());
}

hal::Error Session::lacking(Right right) const {
    ++context_.counters.noRight;
    return {ErrorCode::OperationUnavail,
            fmt::format("this needs the right \"{0}\": be in the group tipring-{0}, or be named in "
                        "[rights] {0} of {1}",
                        nameOf(right), context_.rights.file)};
}

void Session::ask(sd_bus_message* request, Right right, std::function<void(sd_bus_message*)> then) {
    sd_bus_message* raw = nullptr;
    if (!context_.rights.polkit || bus_.direct() || questions_.size() >= context_.limits.requests ||
        sd_bus_message_new_method_call(
            bus_.raw(), &raw, kPolkit, "/org/freedesktop/PolicyKit1/Authority",
            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization") < 0) {
        refused(request, lacking(right));
        return;
    }
    const Message message(raw);
    const bool interactive = sd_bus_message_get_allow_interactive_authorization(request) > 0;
    auto& question = questions_.emplace_back(
        std::make_unique<Question>(Question{this, right, keep(request), std::move(then)}));
    sd_bus_slot* slot = nullptr;
    int done = fillQuestion(raw, client_, right, interactive);
    done = done < 0 ? done
                    : sd_bus_call_async(bus_.raw(), &slot, raw, onPolkit, question.get(),
                                        kPolkitLimitUsec);
    question->slot.reset(slot);
    bus_.touch();
    if (done < 0) {
        decided(*question, false, "it cannot be asked");
    }
}

int Session::onPolkit(sd_bus_message* reply, void* question, sd_bus_error*) {
    auto& asked = *static_cast<Question*>(question);
    // Its answer's handler may end the session's last use.
    const auto alive = asked.session->shared_from_this();
    const sd_bus_error* error = sd_bus_message_get_error(reply);
    int granted = 0, challenge = 0;
    if (error == nullptr && sd_bus_message_enter_container(reply, 'r', "bba{ss}") > 0 &&
        sd_bus_message_read(reply, "bb", &granted, &challenge) < 0) {
        granted = 0;
    }
    alive->decided(asked, granted > 0, error == nullptr ? "" : error->name);
    return 1;
}

void Session::decided(Question& question, bool granted, const char* why) {
    const auto at = std::find_if(questions_.begin(), questions_.end(),
                                 [&](const auto& one) { return one.get() == &question; });
    const std::unique_ptr<Question> kept = std::move(*at);
    questions_.erase(at);
    if (granted) {
        granted_.insert(kept->right);
        kept->then(kept->request.get());
        return;
    }
    if (*why != '\0') {
        kLog.debug("polkit does not say who may {}: {}", nameOf(kept->right), why);
    }
    refused(kept->request.get(), lacking(kept->right));
}

Result<void> Session::checkNumber(std::string_view number) const {
    if (context_.barring.barred.empty()) {
        return {};
    }
    NumberingPlan plan;
    if (const tapi::AddressTranslation* rules = context_.house->translation()) {
        plan.canonicalOf = [rules](std::string_view text) -> std::optional<std::string> {
            auto found =
                rules->canonicalOf(text, tapi::NumberSource::Dialled, rules->currentLocation().id);
            return found ? std::optional<std::string>(std::move(*found)) : std::nullopt;
        };
        plan.isEmergency = [rules](std::string_view text) {
            return rules->isEmergency(rules->currentLocation().id, text);
        };
    }
    if (const auto pattern = barredBy(context_.barring, number, plan)) {
        ++context_.counters.barred;
        kLog.info("{} is not dialled for {}: barred by {}", hal::Private{number},
                  client_.empty() ? "a client without a bus" : client_, *pattern);
        return hal::fail(ErrorCode::OperationUnavail,
                         fmt::format("numbers like {} are barred by [dial] barred of {}", *pattern,
                                     context_.rights.file));
    }
    return {};
}

Result<void> Session::checkDigits(const tapi::Call& call, std::string_view digits) {
    if (context_.barring.barred.empty() || isAnswered(call)) {
        return {};
    }
    std::string all = dialled_[call.id()];
    all += digits;
    if (all.size() > kMostDialled) {
        return hal::fail(ErrorCode::InvalParam, "too many digits for one number");
    }
    auto done = checkNumber(all);
    if (done) {
        dialled_[call.id()] = std::move(all);
    }
    return done;
}

}  // namespace tipring::rpc
