// SPDX-License-Identifier: Apache-2.0
#include "host_services.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tipring/hal/base/log.h"

struct TspiTimer_tag {
    TspiTimer_tag(tipring::hal::EventLoop& loop, const tipring::core::ProviderQueue& queue,
                  TspiTask task, void* argument)
        : timer(loop, [&queue, task, argument] {
              const tipring::core::ProviderScope scope(queue);
              task(argument);
          }) {}
    tipring::hal::Timer timer;
};
struct TspiWatch_tag {
    tipring::hal::Watch watch;
};

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"provider"};

hal::LogLevel levelOf(int level) {
    return static_cast<hal::LogLevel>(std::clamp(level, TSPI_LOG_TRACE, TSPI_LOG_ERROR));
}

}  // namespace

/// The C functions; `context` is the HostServices.
struct HostServices::Functions {
    static HostServices& of(void* context) { return *static_cast<HostServices*>(context); }

    static void log(void* context, int level, const char* category, const char* text) {
        if (kLog.enabled(levelOf(level))) {
            kLog.message(levelOf(level), fmt::format("[{} {}] {}", of(context).provider_,
                                                     category == nullptr ? "" : category,
                                                     text == nullptr ? "" : text));
        }
    }
    static std::int64_t now(void* context) {
        return of(context).loop_.now().time_since_epoch().count();
    }
    static std::int64_t wallNow(void* context) {
        return of(context).loop_.wallNow().time_since_epoch().count();
    }

    static TspiTimer timerCreate(void* context, TspiTask task, void* argument) {
        auto timer =
            std::make_unique<TspiTimer_tag>(of(context).loop_, *of(context).queue_, task, argument);
        of(context).timers_.insert(timer.get());
        return timer.release();
    }
    static void timerArm(void*, TspiTimer timer, std::int64_t delay) {
        timer->timer.arm(hal::Duration(delay));
    }
    static void timerCancel(void*, TspiTimer timer) { timer->timer.cancel(); }
    static void timerDestroy(void* context, TspiTimer timer) {
        if (of(context).timers_.erase(timer) > 0) {
            delete timer;
        }
    }

    static TspiWatch watchCreate(void* context, int fd, std::uint32_t events, TspiIoTask task,
                                 void* argument) {
        auto made =
            hal::Watch::create(of(context).loop_, fd, hal::Io(events),
                               [&queue = *of(context).queue_, task, argument](hal::Io ready) {
                                   const ProviderScope scope(queue);
                                   task(argument, std::uint32_t(ready));
                               });
        if (!made) {
            kLog.warning("{}: {}", of(context).provider_, made.error().text());
            return nullptr;
        }
        auto* watch = new TspiWatch_tag{std::move(*made)};
        of(context).watches_.insert(watch);
        return watch;
    }
    static int watchChange(void*, TspiWatch watch, std::uint32_t events) {
        return watch->watch.change(hal::Io(events)) ? 0 : -EINVAL;
    }
    static void watchDestroy(void* context, TspiWatch watch) {
        if (of(context).watches_.erase(watch) > 0) {
            delete watch;
        }
    }

    static void post(void* context, TspiTask task, void* argument) {
        ProviderItem item;
        item.kind = ProviderItem::Kind::Task;
        item.task = task;
        item.p1 = reinterpret_cast<std::uintptr_t>(argument);
        of(context).queue_->push(std::move(item));
    }
    static std::int64_t configGet(void* context, const char* key, char* value,
                                  std::size_t capacity) {
        const auto& config = of(context).config_;
        const auto found = config.find(std::string_view(key));
        if (found == config.end()) {
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

HostServices::HostServices(hal::EventLoop& loop, std::shared_ptr<ProviderQueue> queue,
                           std::string provider, ProviderConfig config)
    : loop_(loop),
      queue_(std::move(queue)),
      provider_(std::move(provider)),
      config_(std::move(config)) {
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

HostServices::~HostServices() {
    clear();
}

std::size_t HostServices::clear() {
    const std::size_t left = timers_.size() + watches_.size();
    for (TspiTimer_tag* timer : timers_) {
        delete timer;
    }
    for (TspiWatch_tag* watch : watches_) {
        delete watch;
    }
    timers_.clear();
    watches_.clear();
    return left;
}

}  // namespace tipring::core
