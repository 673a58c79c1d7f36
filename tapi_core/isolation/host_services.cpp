// SPDX-License-Identifier: Apache-2.0
#include "host_services.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tipring::isolation {

/// The C functions; `context` is the HostServices. A timer's handle is its hal::Timer.
struct HostServices::Functions {
    static HostServices& of(void* context) { return *static_cast<HostServices*>(context); }
    static hal::Timer& timerOf(TspiTimer timer) { return *reinterpret_cast<hal::Timer*>(timer); }
    static hal::Watch& watchOf(TspiWatch watch) { return *reinterpret_cast<hal::Watch*>(watch); }

    static void log(void* context, int level, const char* category, const char* text) {
        of(context).log_(level, category, text);
    }
    static std::int64_t now(void* context) {
        return of(context).loop_.now().time_since_epoch().count();
    }
    static std::int64_t wallNow(void* context) {
        return of(context).loop_.wallNow().time_since_epoch().count();
    }
    static TspiTimer timerCreate(void* context, TspiTask task, void* argument) {
        auto timer =
            std::make_unique<hal::Timer>(of(context).loop_, [task, argument] { task(argument); });
        auto* const key = timer.get();
        of(context).timers_[key] = std::move(timer);
        return reinterpret_cast<TspiTimer>(key);
    }
    static void timerArm(void*, TspiTimer timer, std::int64_t delay) {
        timerOf(timer).arm(hal::Duration(delay));
    }
    static void timerCancel(void*, TspiTimer timer) { timerOf(timer).cancel(); }
    static void timerDestroy(void* context, TspiTimer timer) { of(context).timers_.erase(timer); }

    static TspiWatch watchCreate(void* context, int fd, std::uint32_t events, TspiIoTask task,
                                 void* argument) {
        auto made = hal::Watch::create(
            of(context).loop_, fd, hal::Io(events),
            [task, argument](hal::Io ready) { task(argument, std::uint32_t(ready)); });
        if (!made) {
            return nullptr;
        }
        auto watch = std::make_unique<hal::Watch>(std::move(*made));
        auto* const key = watch.get();
        of(context).watches_[key] = std::move(watch);
        return reinterpret_cast<TspiWatch>(key);
    }
    static int watchChange(void*, TspiWatch watch, std::uint32_t events) {
        return watchOf(watch).change(hal::Io(events)) ? 0 : -EINVAL;
    }
    static void watchDestroy(void* context, TspiWatch watch) { of(context).watches_.erase(watch); }

    static void post(void* context, TspiTask task, void* argument) {
        of(context).loop_.post([alive = of(context).alive_, task, argument] {
            if (*alive) {
                task(argument);
            }
        });
    }
    static std::int64_t configGet(void* context, const char* key, char* value,
                                  std::size_t capacity) {
        const auto found = of(context).config_.find(std::string_view(key));
        if (found == of(context).config_.end()) {
            return -1;
        }
        if (capacity > 0) {
            const std::size_t length = std::min(found->second.size(), capacity - 1);
            std::memcpy(value, found->second.data(), length);
            value[length] = '\0';
        }
        return static_cast<std::int64_t>(found->second.size());
    }
    static void explain(void* context, const char* cause) {
        of(context).explanation_ = cause == nullptr ? "" : cause;
    }
};

HostServices::HostServices(hal::EventLoop& loop, Log log) : loop_(loop), log_(std::move(log)) {
    table_.size = sizeof table_;
    table_.version = TSPI_VERSION;
    table_.context = this;
    table_.log = &Functions::log;
    table_.now = &Functions::now;
    table_.wallNow = &Functions::wallNow;
    table_.timerCreate = &Functions::timerCreate;
    table_.timerArm = &Functions::timerArm;
    table_.timerCancel = &Functions::timerCancel;
    table_.timerDestroy = &Functions::timerDestroy;
    table_.watchCreate = &Functions::watchCreate;
    table_.watchChange = &Functions::watchChange;
    table_.watchDestroy = &Functions::watchDestroy;
    table_.post = &Functions::post;
    table_.configGet = &Functions::configGet;
    table_.explain = &Functions::explain;
}

void HostServices::clear() {
    timers_.clear();
    watches_.clear();
    *alive_ = false;
    alive_ = std::make_shared<bool>(true);
}

}  // namespace tipring::isolation
