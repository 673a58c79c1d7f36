// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace tipring::tspi {

/// A callable behind a C task pointer that its owner may give up while it runs: it is deleted when
/// it has returned.
template <class Function>
class HostCallback {
public:
    explicit HostCallback(Function function) : function_(std::move(function)) {}

    template <class... Args>
    void run(Args... args) {
        running_ = true;
        function_(args...);
        running_ = false;
        if (released_) {
            delete this;
        }
    }

    struct Release {
        void operator()(HostCallback* callback) const {
            callback->released_ = true;
            if (!callback->running_) {
                delete callback;
            }
        }
    };

private:
    Function function_;
    bool running_ = false;
    bool released_ = false;
};

}  // namespace tipring::tspi
