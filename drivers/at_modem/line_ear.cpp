// SPDX-License-Identifier: Apache-2.0
#include "line_ear.h"

#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

FieldStatus statusOf(dsp::CallerIdStatus status) {
    switch (status) {
    case dsp::CallerIdStatus::Absent: return FieldStatus::Absent;
    case dsp::CallerIdStatus::Present: return FieldStatus::Ok;
    case dsp::CallerIdStatus::Private: return FieldStatus::Private;
    default: return FieldStatus::Unavailable;
    }
}

const dsp::CallerIdStandard& standardOf(std::string_view name) {
    const dsp::CallerIdStandard* found = dsp::callerIdStandard(name);
    return found != nullptr ? *found : *dsp::callerIdStandard("US");
}

}  // namespace

std::optional<CallerId> callerIdOf(const dsp::CallerId& heard) {
    if (!heard.checksumValid) {
        return std::nullopt;
    }
    CallerId id;
    id.number.assign(heard.number.view());
    id.numberStatus = statusOf(heard.numberStatus);
    id.name.assign(heard.name.view());
    id.nameStatus = statusOf(heard.nameStatus);
    id.called.assign(heard.called.view());
    id.redirecting.assign(heard.redirecting.view());
    id.messageWaiting = heard.messageWaiting;
    id.checksumValid = true;
    if (heard.time) {
        id.date = {heard.time->month, heard.time->day};
        id.time = {heard.time->hour, heard.time->minute};
    }
    return id;
}

LineEar::LineEar(hal::EventLoop& loop, std::string device, std::string_view standard, Heard heard)
    : loop_(loop),
      device_(std::move(device)),
      heard_(std::move(heard)),
      receiver_(standardOf(standard)),
      closeTimer_(loop, [this] { monitor_.reset(); }) {}

LineEar::~LineEar() = default;

void LineEar::open() {
    if (monitor_ != nullptr && !closeTimer_.armed()) {
        return;
    }
    closeTimer_.cancel();
    monitor_.reset();
    auto device = hal::openUsbDevice(loop_, device_);
    if (!device) {
        onMonitorEnd(device.error());
        return;
    }
    receiver_.reset();
    monitor_ = std::make_unique<chips::ConexantMonitor>(
        loop_, std::move(*device), static_cast<chips::MonitorListener&>(*this));
    monitor_->start();
}

void LineEar::onMonitorSound(std::span<const std::int16_t> samples) {
    receiver_.process(samples, [this](const dsp::CallerIdEvent& event) {
        if (const auto id = callerIdOf(event.id)) {
            heard_(*id);
        }
    });
}

void LineEar::onMonitorEnd(const hal::Error& why) {
    if (std::exchange(told_, why.cause) != why.cause) {
        kLog.warning("the line is not listened to: {}", why.cause);
    }
    closeTimer_.arm({});
}

}  // namespace tipring::at_modem
