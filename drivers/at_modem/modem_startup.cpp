// SPDX-License-Identifier: Apache-2.0
#include "modem_startup.h"

#include <fmt/format.h>

#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};
using namespace dialogues;

constexpr std::string_view kMonitorCommand = "M2L3";
constexpr std::size_t kLongestFact = 120;
constexpr std::size_t kLongestList = 2000;

/// Answers come as "CONEXANT" or as "+GMI: CONEXANT".
std::string_view withoutTag(std::string_view line) {
    if (line.starts_with('+')) {
        const std::size_t colon = line.find(':');
        if (colon != line.npos) {
            line.remove_prefix(colon + 1);
        }
    }
    const std::size_t begin = line.find_first_not_of(' ');
    return begin == line.npos ? std::string_view{} : line.substr(begin);
}

void takeFirst(std::string& fact, std::string_view line) {
    if (fact.empty()) {
        fact = withoutTag(line).substr(0, kLongestFact);
    }
}

void takeAll(std::string& fact, std::string_view line) {
    if (fact.size() + line.size() < kLongestList) {
        fact.append(line).push_back('\n');
    }
}

}  // namespace

std::string_view bitsText(dsp::SampleFormat codec) noexcept {
    switch (dsp::bitsPerSample(codec)) {
    case 2: return "2";
    case 3: return "3";
    case 4: return "4";
    case 16: return "16";
    default: return "8";
    }
}

const analog::FlashServices& flashServicesOf(const ModemDevice& device,
                                             const LineOptions& options) noexcept {
    const bool able = device.voice && device.profile != nullptr && device.profile->hookFlash;
    return analog::flashServices(able ? options.flash : analog::FlashKind::None);
}

std::string ModemDevice::title() const {
    std::string what = facts.manufacturer;
    for (const std::string* more : {&facts.firmware, &facts.model}) {
        if (!more->empty() && what.find(*more) == what.npos) {
            what += (what.empty() ? "" : " ") + *more;
            break;
        }
    }
    return fmt::format("{} at {}", what.empty() ? "modem" : what, portName);
}

std::string_view readBackValue(std::string_view line) noexcept {
    std::string_view value = withoutTag(line);
    const std::size_t equals = value.find('=');
    if (equals != value.npos) {
        value.remove_prefix(equals + 1);
    }
    while (!value.empty() && value.back() == ' ') {
        value.remove_suffix(1);
    }
    return value;
}

ModemStartup::ModemStartup(AtEngine& engine, const ProfileStore& profiles, ModemDevice& device,
                           const LineOptions& options, Done done)
    : engine_(engine),
      profiles_(profiles),
      device_(device),
      options_(options),
      done_(std::move(done)) {}

void ModemStartup::begin() {
    engine_.setProfile(device_.profile != nullptr ? *device_.profile
                                                  : *profiles_.find("generic-v250"));
    enter(Phase::Awaken);
}

void ModemStartup::forgetFacts() {
    ModemFacts facts;
    facts.usb = device_.facts.usb;
    device_.facts = std::move(facts);
}

void ModemStartup::checkCallerId() {
    if (!device_.callerIdWay || device_.profile->callerId[*device_.callerIdWay].verify.empty()) {
        finish();
        return;
    }
    enter(Phase::CheckCallerId);
}

void ModemStartup::enter(Phase phase) {
    phase_ = phase;
    switch (phase) {
    case Phase::Awaken: engine_.run(kAwaken, *this); break;
    case Phase::Identify:
        forgetFacts();
        engine_.run(kIdentify, *this);
        break;
    case Phase::IdentifyVoice: engine_.run(kIdentifyVoice, *this); break;
    case Phase::Init: engine_.run(kInit, *this); break;
    case Phase::Monitor: {
        // The monitor is as loud as the loudspeaker would be, on hook too with M2.
        AtEngine::Start start;
        start.values.set(Placeholder::Raw, kMonitorCommand);
        engine_.run(dialogues::kRaw, *this, start);
        break;
    }
    case Phase::Country: {
        AtEngine::Start start;
        start.values.set(Placeholder::Country, options_.country);
        answer_.clear();
        engine_.run(kCountry, *this, start);
        break;
    }
    case Phase::CallerId:
        attempt_ = 0;
        device_.callerIdWay.reset();
        device_.callerIdVerified = false;
        tryCallerId();
        break;
    case Phase::CheckCallerId: {
        AtEngine::Start start;
        start.values.set(Placeholder::Verify,
                         device_.profile->callerId[*device_.callerIdWay].verify);
        answer_.clear();
        engine_.run(kCallerIdBack, *this, start);
        break;
    }
    case Phase::Format:
        attempt_ = device_.format.value_or(0);
        tryFormat();
        break;
    case Phase::BackToIdle: engine_.run(kIdle, *this); break;
    case Phase::Idle: break;
    }
}

void ModemStartup::onInformation(std::uint8_t step, std::string_view line) {
    ModemFacts& facts = device_.facts;
    switch (step) {
    case kProduct: takeFirst(facts.product, line); break;
    case kFirmware: takeFirst(facts.firmware, line); break;
    case kManufacturer:
    case kFaxManufacturer: takeFirst(facts.manufacturer, line); break;
    case kModel: takeFirst(facts.model, line); break;
    case kClasses: takeFirst(facts.classes, line); break;
    case kHashClasses: takeFirst(facts.hashClasses, line); break;
    case kFormats: takeAll(facts.formats, line); break;
    case kLineSelects: takeAll(facts.lineSelects, line); break;
    case kCountryBack:
    case kCallerIdRead: answer_ = line.substr(0, kLongestFact); break;
    default: break;
    }
}

void ModemStartup::onDialogueEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || end.how == DialogueEnd::How::Cancelled) {
        phase_ = Phase::Idle;
        return;
    }
    next(end);
}

void ModemStartup::next(const DialogueEnd& end) {
    switch (phase_) {
    case Phase::Awaken:
        if (!end.done()) {
            fail(end.error());
        } else {
            enter(device_.profile == nullptr ? Phase::Identify : Phase::Init);
        }
        break;
    case Phase::Identify:
        if (hasToken(device_.facts.classes, "8")) {
            enter(Phase::IdentifyVoice);
            break;
        }
        chooseProfile();
        break;
    case Phase::IdentifyVoice: chooseProfile(); break;
    case Phase::Init:
        if (!end.done()) {
            fail(end.error());
            break;
        }
        enter(!options_.lineMonitor.empty() ? Phase::Monitor
              : options_.country.empty()    ? Phase::CallerId
                                            : Phase::Country);
        break;
    case Phase::Monitor:  // a modem that refuses it has no monitor either
        enter(options_.country.empty() ? Phase::CallerId : Phase::Country);
        break;
    case Phase::Country:
        if (readBackValue(answer_) != options_.country) {
            kLog.warning(
                "{}: the country {} was not taken, the modem says \"{}\"; caller ID may "
                "stay away",
                device_.portName, options_.country, answer_);
        }
        enter(Phase::CallerId);
        break;
    case Phase::CallerId: afterCallerId(end); break;
    case Phase::CheckCallerId:
        if (readBackValue(answer_) == device_.profile->callerId[*device_.callerIdWay].expect) {
            finish();
        } else {
            kLog.warning("{}: caller ID was off after the call; it is switched on again",
                         device_.portName);
            enter(Phase::CallerId);
        }
        break;
    case Phase::Format: afterFormat(end); break;
    case Phase::BackToIdle:
        if (!end.done()) {
            fail(end.error());
            break;
        }
        report();
        finish();
        break;
    case Phase::Idle: break;
    }
}

void ModemStartup::chooseProfile() {
    const Profile* forced = options_.profile.empty() ? nullptr : profiles_.find(options_.profile);
    device_.profile = forced != nullptr ? forced : &profiles_.choose(device_.facts);
    device_.format.reset();
    engine_.setProfile(*device_.profile);
    enter(Phase::Init);
}

void ModemStartup::tryCallerId() {
    const auto& ways = device_.profile->callerId;
    if (attempt_ >= ways.size()) {
        kLog.warning("{}: no command of profile {} switches caller ID on", device_.portName,
                     device_.profile->name);
        enter(device_.profile->voice ? Phase::Format : Phase::BackToIdle);
        return;
    }
    const CallerIdWay& way = ways[attempt_];
    AtEngine::Start start;
    start.values.set(Placeholder::Enable, way.enable).set(Placeholder::Verify, way.verify);
    answer_.clear();
    engine_.run(way.verify.empty() ? kCallerIdBlind : kCallerId, *this, start);
}

void ModemStartup::afterCallerId(const DialogueEnd& end) {
    const CallerIdWay& way = device_.profile->callerId[attempt_];
    const bool verified = !way.verify.empty() && end.done() && readBackValue(answer_) == way.expect;
    if (verified || (way.verify.empty() && end.done())) {
        device_.callerIdWay = attempt_;
        device_.callerIdVerified = verified;
        const bool proved = device_.format.has_value() && device_.voice;
        enter(device_.profile->voice && !proved ? Phase::Format : Phase::BackToIdle);
        return;
    }
    ++attempt_;
    tryCallerId();
}

void ModemStartup::tryFormat() {
    const auto& formats = device_.profile->formats;
    if (attempt_ >= formats.size()) {
        device_.voice = false;
        kLog.warning("{}: the modem takes no sample format of profile {}: no voice",
                     device_.portName, device_.profile->name);
        enter(Phase::BackToIdle);
        return;
    }
    const VoiceFormatChoice& format = formats[attempt_];
    rate_ = fmt::format("{}", format.rate);
    AtEngine::Start start;
    start.values.set(Placeholder::Format, format.id)
        .set(Placeholder::Rate, rate_)
        .set(Placeholder::Bits, bitsText(format.codec));
    engine_.run(kTryFormat, *this, start);
}

void ModemStartup::afterFormat(const DialogueEnd& end) {
    if (end.done()) {
        device_.format = attempt_;
        device_.voice = true;
        enter(Phase::BackToIdle);
    } else if (end.step == kFormat) {
        ++attempt_;
        tryFormat();
    } else {
        device_.voice = false;
        kLog.warning("{}: the modem does not enter voice: {}", device_.portName, end.error().cause);
        enter(Phase::BackToIdle);
    }
}

void ModemStartup::report() const {
    const Profile& profile = *device_.profile;
    const std::string format =
        device_.voice ? fmt::format("voice as {} at {} samples per second",
                                    dsp::formatName(profile.formats[*device_.format].codec),
                                    profile.formats[*device_.format].rate)
                      : "no voice";
    const std::string callerId =
        !device_.callerIdWay
            ? "no caller ID"
            : fmt::format("caller ID by {} ({})", profile.callerId[*device_.callerIdWay].enable,
                          device_.callerIdVerified ? "read back" : "claimed");
    kLog.info("{}: profile {}, {}, {}", device_.title(), profile.name, format, callerId);
}

void ModemStartup::finish() {
    phase_ = Phase::Idle;
    done_({});
}

void ModemStartup::fail(hal::Error error) {
    phase_ = Phase::Idle;
    done_(tl::unexpected(std::move(error)));
}

}  // namespace tipring::at_modem
