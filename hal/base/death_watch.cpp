// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/death_watch.h"

namespace tipring::hal {

DeathWatch::DeathWatch(bool*& slot) : slot_(slot) {
    slot_ = &died_;
}

// Where the object died, its slot died with it.
DeathWatch::~DeathWatch() {
    if (!died_) {
        slot_ = nullptr;
    }
}

}  // namespace tipring::hal
