// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tipring::hal {

/// What a token takes its entry out of.
class SchemeRegister {
public:
    virtual void remove(std::uint64_t id) = 0;

protected:
    ~SchemeRegister() = default;
};

/// Keeps an entry of a SchemeTable while it lives; must not outlive the table.
class [[nodiscard]] SchemeToken {
public:
    SchemeToken() = default;
    SchemeToken(SchemeRegister& owner, std::uint64_t id) noexcept : owner_(&owner), id_(id) {}
    SchemeToken(SchemeToken&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), id_(other.id_) {}
    SchemeToken& operator=(SchemeToken&& other) noexcept {
        if (this != &other) {
            reset();
            owner_ = std::exchange(other.owner_, nullptr);
            id_ = other.id_;
        }
        return *this;
    }
    ~SchemeToken() { reset(); }

private:
    void reset() {
        if (owner_ != nullptr) {
            std::exchange(owner_, nullptr)->remove(id_);
        }
    }

    SchemeRegister* owner_ = nullptr;
    std::uint64_t id_ = 0;
};

/// Which function opens the things of a scheme ("sim" in "sim:line1"). What was added last for a
/// scheme rules until its token dies. Thread: the loop's.
template <class Opener>
class SchemeTable final : private SchemeRegister {
public:
    SchemeToken add(std::string_view scheme, Opener opener) {
        entries_.push_back({++lastId_, std::string(scheme), std::move(opener)});
        return {*this, lastId_};
    }
    /// A copy: an opener may end its own entry. Empty where there is none.
    [[nodiscard]] Opener find(std::string_view scheme) const {
        const auto found =
            std::find_if(entries_.rbegin(), entries_.rend(),
                         [scheme](const Entry& entry) { return entry.scheme == scheme; });
        return found == entries_.rend() ? Opener{} : found->opener;
    }

private:
    struct Entry {
        std::uint64_t id;
        std::string scheme;
        Opener opener;
    };
    void remove(std::uint64_t id) override {
        std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
    }

    std::vector<Entry> entries_;
    std::uint64_t lastId_ = 0;
};

}  // namespace tipring::hal
