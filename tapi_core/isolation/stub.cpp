// SPDX-License-Identifier: Apache-2.0
#include "stub.h"

#include <fmt/format.h>

#include <atomic>

#include "tipring/hal/base/log.h"

namespace tipring::isolation {
namespace {

/// Odd ones are the core's, even ones the host's. One count for the process: a token is never
/// two things, whoever reads it.
std::atomic<std::uint64_t> lastToken{1};

}  // namespace

Stub::Stub(Launcher launcher, Options options)
    : launcher_(std::move(launcher)),
      options_(std::move(options)),
      buffer_(kMaxMessage),
      answer_(kMaxMessage) {}

Stub::~Stub() {
    session_.reset();
    if (peer_ != nullptr) {
        static_cast<void>(peer_->end(false));
    }
    if (table_.size != 0) {
        freeSlot(slot_);
    }
}

HostStatus Stub::status() const {
    HostStatus status = status_;
    status.processId = peer_ != nullptr ? peer_->processId() : 0;
    status.lines = static_cast<std::uint32_t>(lines_.size());
    return status;
}

void Stub::makeTable() {
    table_.version = hello_.version;
    table_.name = hello_.name.c_str();
    fillTable(table_, hello_.functions);
    table_.size = sizeof table_;
}

std::optional<Stub::Answer> Stub::transact(Function function, std::uint32_t sequence,
                                           const Writer& message, DRV_REQUESTID own) {
    const char* name = kFunctionNames[static_cast<std::size_t>(function)];
    own_ = own;
    limitWaits(options_.restart.callLimit);
    send(message);
    std::optional<Answer> answer;
    while (!answer && running()) {
        const auto got = waitFor(MessageKind::Answer, name);
        if (!got) {
            break;
        }
        Reader reader(got->subspan(1));
        if (reader.number<std::uint32_t>() != sequence) {
            die(fmt::format("answered another call than {}", name));
            break;
        }
        answer = Answer{reader.number<TSPI_RESULT>(), reader};
    }
    own_ = 0;
    return answer;
}

Object& Stub::addObject(ObjectKind kind, std::uintptr_t core, std::uint64_t token) {
    const std::uint64_t id = token != 0 ? token : lastToken += 2;
    auto made = std::make_unique<Object>(Object{*this, kind, id, core});
    Object& object = *made;
    objects_[id] = std::move(made);
    return object;
}

void Stub::forget(Object& object) {
    std::erase_if(objects_, [&](const auto& each) {
        return each.second->orphan && each.second->parent == &object;
    });
    if (object.dead) {
        dead_.erase(&object);
    } else {
        objects_.erase(object.token);
    }
}

void Stub::created(Function function, std::uint32_t deviceId) {
    (function == Function::providerCreateLineDevice ? lines_ : phones_).insert(deviceId);
}

void Stub::refuseAnswer(Function function) {
    die(fmt::format("sent an answer to {} that cannot be read",
                    kFunctionNames[static_cast<std::size_t>(function)]));
}

void Stub::explain(std::string_view cause) const {
    if (session_ != nullptr) {
        init_.host->explain(init_.host->context, std::string(cause).c_str());
    }
}

TSPI_RESULT Stub::interfaces(const TspiInterface** list, std::uint32_t* count) const {
    const auto known = interfaces_.interfaces();
    *list = known.data();
    *count = static_cast<std::uint32_t>(known.size());
    return 0;
}

Object* Stub::find(std::uint64_t token, ObjectKind kind) {
    const auto found = objects_.find(token);
    return found == objects_.end() || found->second->kind != kind ? nullptr : found->second.get();
}

}  // namespace tipring::isolation
