// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tipring::hal {

/// Tells a member function whether its object was destroyed by a callback: the object keeps a
/// pointer (null outside of callbacks) and sets what it points to in its destructor.
class DeathWatch {
public:
    explicit DeathWatch(bool*& slot);
    ~DeathWatch();
    DeathWatch(const DeathWatch&) = delete;
    DeathWatch& operator=(const DeathWatch&) = delete;

    [[nodiscard]] bool died() const { return died_; }

private:
    bool*& slot_;
    bool died_ = false;
};

}  // namespace tipring::hal
