// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tipring::hal {

/// A callback that may be given up by its owner while it runs: it is deleted once it has returned,
/// so that a callable never dies under its own feet.
struct CallbackRecord {
    bool running = false;
    bool orphaned = false;
};

template <class Record>
void releaseRecord(Record* record) {
    if (record->running) {
        record->orphaned = true;
    } else {
        delete record;
    }
}

template <class Record, class Call>
void invokeRecord(Record* record, Call&& call) {
    struct Guard {
        Record* record;
        ~Guard() {
            record->running = false;
            if (record->orphaned) {
                delete record;
            }
        }
    } guard{record};
    record->running = true;
    call(*record);
}

}  // namespace tipring::hal
