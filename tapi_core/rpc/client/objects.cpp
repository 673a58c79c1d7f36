// SPDX-License-Identifier: Apache-2.0
#include "client/remote.h"
#include "wire/paths.h"

namespace tipring::rpc {

std::shared_ptr<RemoteAddress> Objects::address(const std::string& path) {
    std::uint32_t id = 0;
    if (!parseAddress(path, id)) {
        return nullptr;
    }
    auto& kept = addresses_[id];
    if (!kept) {
        kept = std::make_shared<RemoteAddress>(shared_from_this(), id, path);
    }
    return kept;
}

std::shared_ptr<RemotePhone> Objects::phone(const std::string& path) {
    std::uint32_t id = 0;
    if (!parsePhone(path, id)) {
        return nullptr;
    }
    auto& kept = phones_[id];
    if (!kept) {
        kept = std::make_shared<RemotePhone>(shared_from_this(), id, path);
    }
    return kept;
}

std::shared_ptr<RemoteCall> Objects::call(const std::string& path) {
    std::uint64_t id = 0;
    if (!parseCall(path, id)) {
        return nullptr;
    }
    auto kept = calls_[id].lock();
    if (!kept) {
        std::erase_if(calls_, [](const auto& entry) { return entry.second.expired(); });
        kept = std::make_shared<RemoteCall>(shared_from_this(), id, path);
        calls_[id] = kept;
    }
    return kept;
}

std::shared_ptr<RemoteHub> Objects::hub(const std::string& path) {
    std::uint64_t id = 0;
    if (!parseHub(path, id)) {
        return nullptr;
    }
    auto kept = hubs_[id].lock();
    if (!kept) {
        std::erase_if(hubs_, [](const auto& entry) { return entry.second.expired(); });
        kept = std::make_shared<RemoteHub>(shared_from_this(), id, path);
        hubs_[id] = kept;
    }
    return kept;
}

std::vector<std::shared_ptr<RemoteAddress>> Objects::heldAddresses() const {
    std::vector<std::shared_ptr<RemoteAddress>> held;
    for (const auto& [id, address] : addresses_) {
        held.push_back(address);
    }
    return held;
}

std::vector<std::shared_ptr<RemoteCall>> Objects::heldCalls() const {
    std::vector<std::shared_ptr<RemoteCall>> held;
    for (const auto& [id, weak] : calls_) {
        if (auto call = weak.lock()) {
            held.push_back(std::move(call));
        }
    }
    return held;
}

void Objects::forgetCalls() {
    hubs_.clear();
    calls_.clear();
}

void Objects::release() {
    hubs_.clear();
    addresses_.clear();
    phones_.clear();
    calls_.clear();
}

std::vector<std::byte> bytesOf(std::string_view text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

}  // namespace tipring::rpc
