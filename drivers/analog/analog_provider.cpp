// SPDX-License-Identifier: Apache-2.0
#include "analog_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "analog_caps.h"
#include "fxs_tapi_line.h"
#include "fxs_tapi_phone.h"
#include "tipring/drivers/analog/provider.h"
#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};

using hal::ErrorCode;

constexpr const char* kDefaultCountry = "US";

/// One of two words; true for the second.
bool readChoice(const tspi::Session& session, const char* key, std::string_view first,
                std::string_view second) {
    const auto text = session.config(key);
    if (text && *text != first && *text != second) {
        kLog.warning("{} = \"{}\" is neither \"{}\" nor \"{}\"; {} stands", key, *text, first,
                     second, first);
    }
    return text == second;
}

void readNoAnswer(const tspi::Session& session, std::chrono::milliseconds& value) {
    const auto text = session.config("noAnswerTimeout");
    if (!text) {
        return;
    }
    unsigned seconds = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size() || seconds < 5 ||
        seconds > 300) {
        kLog.warning("noAnswerTimeout = \"{}\" is not a number of seconds from 5 to 300", *text);
        return;
    }
    value = std::chrono::seconds{seconds};
}

/// What a hook flash does: as configured, else as usual in the country.
FlashKind readFlash(const tspi::Session& session, std::string_view country) {
    const FlashKind usual = flashKindOf(country);
    const auto text = session.config("hookFlash");
    if (!text) {
        return usual;
    }
    if (const auto kind = flashKindNamed(*text)) {
        return *kind;
    }
    kLog.warning("hookFlash = \"{}\" is unknown; \"{}\" stands", *text, flashServices(usual).name);
    return usual;
}

AnalogOptions readOptions(const tspi::Session& session) {
    AnalogOptions options;
    const std::string country = session.config("country").value_or(kDefaultCountry);
    options.profile = lineProfile(country);
    if (options.profile == nullptr) {
        kLog.warning("country = \"{}\" is not known to analog lines; {} stands", country,
                     kDefaultCountry);
        options.profile = lineProfile(kDefaultCountry);
    }
    options.fxo.waitForDialTone = !readChoice(session, "dialTone", "wait", "blind");
    options.fxo.pulse = readChoice(session, "dialMode", "tone", "pulse");
    readNoAnswer(session, options.fxo.noAnswer);
    options.flash = readFlash(session, options.profile->code);
    options.dialPlan = session.config("dialPlan").value_or("");
    if (const auto plan = DialPlan::parse(options.dialPlan); !plan) {
        kLog.warning("dialPlan = \"{}\": {}; any number can be dialled", options.dialPlan,
                     plan.error().cause);
        options.dialPlan.clear();
    }
    return options;
}

}  // namespace

AnalogProvider::AnalogProvider(tspi::Session& session, std::unique_ptr<PortSource> source)
    : session_(session), options_(readOptions(session)), source_(std::move(source)) {
    source_->start(*this);
}

AnalogProvider::~AnalogProvider() = default;

AnalogDevice* AnalogProvider::find(std::string_view key) {
    const auto found = std::find_if(devices_.begin(), devices_.end(),
                                    [key](const auto& device) { return device->port.key == key; });
    return found == devices_.end() ? nullptr : found->get();
}

void AnalogProvider::onPortArrived(const PortInfo& port) {
    AnalogDevice* device = find(port.key);
    const bool isNew = device == nullptr;
    if (isNew) {
        devices_.push_back(std::make_unique<AnalogDevice>());
        device = devices_.back().get();
        if (port.fxs != nullptr) {
            device->fxs = std::make_unique<FxsUnit>(session_.loop(), options_);
        }
    }
    device->port = port;
    device->lineCaps = {};
    describeLine(port, options_, device->lineCaps);
    if (device->fxoLine != nullptr && port.fxo != nullptr) {
        device->fxoLine->attach(port);
    }
    if (device->fxs && port.fxs != nullptr) {
        device->fxs->attach(port);
    }
    if (isNew && enumerated_) {
        session_.deviceArrived(port.key.c_str());
        if (device->fxs) {
            session_.phoneArrived(port.key.c_str());
        }
    }
}

void AnalogProvider::onPortLeft(std::string_view key) {
    AnalogDevice* device = find(key);
    if (device == nullptr) {
        return;
    }
    if (device->fxoLine != nullptr) {
        device->fxoLine->detach();
    }
    if (device->fxs) {
        device->fxs->detach();
    }
    device->port.fxo = nullptr;
    device->port.fxs = nullptr;
}

std::vector<std::string> AnalogProvider::deviceKeys() {
    enumerated_ = true;
    std::vector<std::string> keys;
    for (const auto& device : devices_) {
        keys.push_back(device->port.key);
    }
    return keys;
}

hal::Result<void> AnalogProvider::createLineDevice(std::string_view deviceKey, std::uint32_t id) {
    AnalogDevice* device = find(deviceKey);
    if (device == nullptr) {
        return hal::fail(ErrorCode::NoDevice, fmt::format("there is no port {}", deviceKey));
    }
    device->lineId = id;
    return {};
}

hal::Result<AnalogDevice*> AnalogProvider::lineOf(std::uint32_t id) {
    for (const auto& device : devices_) {
        if (device->lineId == id) {
            return device.get();
        }
    }
    return hal::fail(ErrorCode::BadDeviceId, fmt::format("line {} is no analog port", id));
}

hal::Result<void> AnalogProvider::lineCaps(std::uint32_t id, TspiLineCaps& caps) {
    const auto device = lineOf(id);
    if (!device) {
        return tl::unexpected(device.error());
    }
    const std::uint32_t size = caps.size;
    const std::uint32_t mediaSize = caps.media.size;
    caps = (*device)->lineCaps;
    caps.size = size;
    caps.media.size = mediaSize;
    return {};
}

hal::Result<void> AnalogProvider::addressCaps(std::uint32_t id, std::uint32_t addressId,
                                              TspiAddressCaps& caps) {
    const auto device = lineOf(id);
    if (!device) {
        return tl::unexpected(device.error());
    }
    if (addressId != 0) {
        return hal::fail(ErrorCode::InvalAddressId, "an analog line has the address 0 alone");
    }
    const TspiLineCaps& line = (*device)->lineCaps;
    const bool flashes = !(*device)->fxs && line.media.directions != 0;
    describeAddress(line, flashes ? options_.flash : FlashKind::None, caps);
    return {};
}

hal::Result<std::unique_ptr<tspi::Line>> AnalogProvider::openLine(std::uint32_t id,
                                                                  const tspi::LineEvents& events) {
    const auto found = lineOf(id);
    if (!found) {
        return tl::unexpected(found.error());
    }
    AnalogDevice& device = **found;
    if (device.fxoLine != nullptr || device.fxsLineOpen) {
        return hal::fail(ErrorCode::Allocated, "the line is open already");
    }
    if (device.fxs) {
        return std::unique_ptr<tspi::Line>(std::make_unique<FxsTapiLine>(
            session_.loop(), options_, *device.fxs, events, device.fxsLineOpen));
    }
    auto line = std::make_unique<FxoTapiLine>(session_.loop(), options_, events, device.fxoLine);
    if (device.port.fxo != nullptr) {
        line->attach(device.port);
    }
    return line;
}

// ---- phones

std::vector<std::string> AnalogProvider::phoneKeys() {
    std::vector<std::string> keys;
    for (const auto& device : devices_) {
        if (device->fxs) {
            keys.push_back(device->port.key);
        }
    }
    return keys;
}

hal::Result<void> AnalogProvider::createPhoneDevice(std::string_view deviceKey, std::uint32_t id) {
    AnalogDevice* device = find(deviceKey);
    if (device == nullptr || !device->fxs) {
        return hal::fail(ErrorCode::NoDevice, fmt::format("there is no telephone {}", deviceKey));
    }
    device->phoneId = id;
    return {};
}

hal::Result<AnalogDevice*> AnalogProvider::phoneOf(std::uint32_t id) {
    for (const auto& device : devices_) {
        if (device->phoneId == id) {
            return device.get();
        }
    }
    return hal::fail(ErrorCode::BadDeviceId, fmt::format("phone {} is no analog port", id));
}

hal::Result<void> AnalogProvider::phoneCaps(std::uint32_t id, TspiPhoneCaps& caps) {
    const auto device = phoneOf(id);
    if (!device) {
        return tl::unexpected(device.error());
    }
    describePhone((*device)->port, (*device)->lineId ? *(*device)->lineId + 1 : 0, caps);
    return {};
}

hal::Result<std::unique_ptr<tspi::Phone>> AnalogProvider::openPhone(
    std::uint32_t id, const tspi::PhoneEvents& events) {
    const auto device = phoneOf(id);
    if (!device) {
        return tl::unexpected(device.error());
    }
    if ((*device)->phoneOpen) {
        return hal::fail(ErrorCode::Allocated, "the phone is open already");
    }
    return std::unique_ptr<tspi::Phone>(
        std::make_unique<FxsTapiPhone>(*(*device)->fxs, events, (*device)->phoneOpen));
}

hal::Result<void> AnalogProvider::callInterface(tspi::Request&& request,
                                                const tspi::InterfaceTarget& target,
                                                std::uint32_t interfaceIndex, std::uint32_t method,
                                                std::span<const TspiValue> arguments) {
    auto* line = dynamic_cast<FxsTapiLine*>(target.line);
    if (line == nullptr) {
        return hal::fail(ErrorCode::OperationUnavail, "this line has no telephone");
    }
    if (auto done =
            line->callInterface(static_cast<FxsInterface>(interfaceIndex), method, arguments);
        !done) {
        return done;
    }
    session_.interfaceResult(request, {});
    request.succeed();
    return {};
}

hal::Result<std::unique_ptr<tspi::Provider>> createProvider(tspi::Session& session,
                                                            std::unique_ptr<PortSource> source) {
    return std::unique_ptr<tspi::Provider>(
        std::make_unique<AnalogProvider>(session, std::move(source)));
}

}  // namespace tipring::analog
