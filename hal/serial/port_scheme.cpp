// SPDX-License-Identifier: Apache-2.0
#include "port_scheme.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tipring::hal {
namespace {

struct Entry {
    std::uint64_t id;
    std::string scheme;
    PortOpener opener;
};

std::vector<Entry>& entries() {
    static std::vector<Entry> all;
    return all;
}

void removeEntry(std::uint64_t id) {
    std::erase_if(entries(), [id](const Entry& entry) { return entry.id == id; });
}

}  // namespace

PortOpener findPortScheme(std::string_view scheme) {
    const auto& all = entries();
    const auto found = std::find_if(
        all.rbegin(), all.rend(), [scheme](const Entry& entry) { return entry.scheme == scheme; });
    return found == all.rend() ? PortOpener{} : found->opener;
}

PortScheme addPortScheme(std::string_view scheme, PortOpener opener) {
    static std::uint64_t lastId = 0;
    PortScheme token;
    token.id_ = ++lastId;
    entries().push_back({token.id_, std::string(scheme), std::move(opener)});
    return token;
}

PortScheme::PortScheme(PortScheme&& other) noexcept : id_(std::exchange(other.id_, 0)) {}

PortScheme& PortScheme::operator=(PortScheme&& other) noexcept {
    if (this != &other) {
        removeEntry(id_);
        id_ = std::exchange(other.id_, 0);
    }
    return *this;
}

PortScheme::~PortScheme() {
    if (id_ != 0) {
        removeEntry(id_);
    }
}

}  // namespace tipring::hal
