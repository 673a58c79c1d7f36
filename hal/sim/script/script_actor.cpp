// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/script_actor.h"

namespace tipring::sim {

void FarEndActor::setListener(Listener listener) {
    FarEnd::Listener own;
    own.onState = std::move(listener.onState);
    own.onPlayed = std::move(listener.onPlayed);
    own.onSound = std::move(listener.onSound);
    own.onRing = std::move(listener.onRing);
    end_.setListener(std::move(own));
}

hal::Result<void> FarEndActor::dial(std::string_view number, const CallerId& id,
                                    unsigned maxRings) {
    return end_.call(number, id, maxRings);
}

hal::Result<void> FarEndActor::setModem(bool on, const std::string& greeting) {
    end_.setModem(on, greeting);
    return {};
}

}  // namespace tipring::sim
