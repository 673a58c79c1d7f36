// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "poller.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::hal {

/// Takes over a signal of the process: each delivery runs `task` through `poller`. The former
/// disposition returns when the handle dies. No signal mask is touched, so that programs started
/// meanwhile inherit nothing.
Result<std::unique_ptr<EventLoop::Handle>> watchSignal(Poller& poller, int signalNumber,
                                                       EventLoop::Task task);

/// InvalParam for a number that is no signal.
Result<void> checkSignalNumber(int signalNumber);

}  // namespace tipring::hal
