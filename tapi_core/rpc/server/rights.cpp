// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/rpc/rights.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace tipring::rpc {
namespace {

constexpr std::string_view kNames[kRightCount] = {"monitor", "answer", "dial", "configure"};
constexpr std::size_t kRecordBytes = 64 * 1024;

bool addGroup(Rights::Holders& holders, const std::string& name) {
    std::vector<char> room(kRecordBytes);
    group record{};
    group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &record, room.data(), room.size(), &found) == 0 && found) {
        holders.groups.insert(found->gr_gid);
    }
    return found != nullptr;
}
bool addUser(Rights::Holders& holders, const std::string& name) {
    std::vector<char> room(kRecordBytes);
    passwd record{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &record, room.data(), room.size(), &found) == 0 && found) {
        holders.users.insert(found->pw_uid);
    }
    return found != nullptr;
}
bool holds(const Rights::Holders& holders, const Identity& who) {
    return holders.users.contains(who.uid) ||
           std::any_of(who.groups.begin(), who.groups.end(),
                       [&](gid_t one) { return holders.groups.contains(one); });
}

}  // namespace

std::string_view nameOf(Right right) {
    return kNames[static_cast<std::size_t>(right)];
}

Rights::Rights() : all{0, ::geteuid()} {}

std::vector<std::string> Rights::grant(Right right, const std::vector<std::string>& names) {
    Holders& to = holders[static_cast<std::size_t>(right)];
    std::vector<std::string> unknown;
    for (const std::string& name : names) {
        const bool known = name.starts_with('@') ? addGroup(to, name.substr(1)) : addUser(to, name);
        if (!known) {
            unknown.push_back(name);
        }
    }
    return unknown;
}

bool Rights::has(const Identity& who, Right right) const {
    if (!who.known) {
        return false;
    }
    if (all.contains(who.uid)) {
        return true;
    }
    if (right != Right::Monitor) {
        return holds(holders[static_cast<std::size_t>(right)], who);
    }
    return std::any_of(holders.begin(), holders.end(),
                       [&](const Holders& one) { return holds(one, who); });
}

}  // namespace tipring::rpc
