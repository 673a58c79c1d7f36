// SPDX-License-Identifier: Apache-2.0
#include "heard_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string_view>

#include "tipring/hal/dsp/tone.h"

namespace tipring::tools {
namespace {

using dsp::CallerIdStatus;
using dsp::CallerIdType;

double rounded(double value, double step) {
    const double steps = std::round(value / step);
    return steps == 0 ? 0 : steps / std::round(1 / step);  // no -0
}

double seconds(dsp::SamplePosition samples) {
    return rounded(static_cast<double>(samples) / dsp::kSampleRate, 0.001);
}

std::int64_t milliseconds(dsp::SamplePosition samples) {
    return static_cast<std::int64_t>((samples * 1000 + dsp::kSampleRate / 2) / dsp::kSampleRate);
}

std::string_view statusName(CallerIdStatus status) {
    constexpr std::string_view kNames[] = {"absent",           "ok",
                                           "private",          "unavailable",
                                           "payphone",         "long-distance",
                                           "service-conflict", "international",
                                           "invalid"};
    static_assert(std::size(kNames) == static_cast<std::size_t>(CallerIdStatus::Other) + 1);
    return kNames[static_cast<std::size_t>(status)];
}

struct TypeName {
    CallerIdType type;
    std::string_view format, name;
};
constexpr TypeName kTypes[] = {
    {CallerIdType::SingleCallSetup, "sdmf", "call-setup"},
    {CallerIdType::SingleMessageWaiting, "sdmf", "message-waiting"},
    {CallerIdType::NttCallSetup, "ntt", "call-setup"},
    {CallerIdType::CallSetup, "mdmf", "call-setup"},
    {CallerIdType::MessageWaiting, "mdmf", "message-waiting"},
    {CallerIdType::Reserved, "mdmf", "reserved"},
    {CallerIdType::Charge, "mdmf", "charge"},
    {CallerIdType::ShortMessage, "mdmf", "short-message"},
    {CallerIdType::Dtmf, "dtmf", "call-setup"},
};

const TypeName& typeName(CallerIdType type) {
    for (const TypeName& each : kTypes) {
        if (each.type == type) {
            return each;
        }
    }
    return kTypes[5];
}

std::string dateText(const dsp::CallerIdTime& time) {
    return fmt::format("{:02}-{:02}", time.month, time.day);
}
std::string clockText(const dsp::CallerIdTime& time) {
    return fmt::format("{:02}:{:02}", time.hour, time.minute);
}

std::string answerToneKind(const HeardAnswerTone& tone) {
    return tone.bell ? std::string("bell")
                     : fmt::format("ans{}{}", tone.modulated ? "am" : "",
                                   tone.reversals > 0 ? "-pr" : "");
}

template <class Number>
void setOptional(JsonLine& line, std::string_view key, const std::optional<Number>& value) {
    if (value) {
        line.set(key, std::int64_t{*value});
    }
}

void setRest(JsonLine& line, const dsp::CallerId& id) {
    line.setUnlessEmpty("called", id.called.view());
    line.setUnlessEmpty("firstCalled", id.firstCalled.view());
    line.setUnlessEmpty("redirecting", id.redirecting.view());
    line.setUnlessEmpty("redirectReason", id.redirectReason.view());
    line.setUnlessEmpty("complementary", id.complementary.view());
    line.setUnlessEmpty("alternateRoute", id.alternateRoute.view());
    line.setUnlessEmpty("lastMessageNumber", id.lastMessageNumber.view());
    line.setUnlessEmpty("qualifier", id.qualifier.view());
    line.setUnlessEmpty("messageId", id.messageId.view());
    if (id.messageWaiting) {
        line.set("messageWaiting", *id.messageWaiting);
    }
    setOptional(line, "messages", id.messages);
    setOptional(line, "callType", id.callType);
    setOptional(line, "forwarded", id.forwarded);
    setOptional(line, "callingUser", id.callingUser);
    line.setUnlessEmpty("charge", id.charge.view());
    line.setUnlessEmpty("additionalCharge", id.additionalCharge.view());
    setOptional(line, "chargedSeconds", id.durationSeconds);
    line.setUnlessEmpty("networkProvider", id.networkProvider.view());
    line.setUnlessEmpty("carrier", id.carrier.view());
    line.setUnlessEmpty("display", id.display.view());
}

/// What only this kind of thing has: keys of JSON, and words.
struct Teller {
    JsonLine* line;

    std::string operator()(const HeardKey& key) {
        line->set("event", "dtmf").set("digit", std::string(1, key.key));
        return fmt::format("key {}", key.key);
    }
    std::string operator()(const HeardTone& tone) {
        line->set("event", "tone").set("name", tone.name);
        line->setUnlessEmpty("country", tone.country).setUnlessEmpty("cadence", tone.cadence);
        if (!tone.alike.empty()) {
            line->set("alike", tone.alike);
        }
        std::string text = tone.name == "unknown" ? "tone of no known kind" : tone.name + " tone";
        for (const std::string& other : tone.alike) {
            text += " or " + other;
        }
        if (!tone.country.empty()) {
            line->set("confidence", rounded(static_cast<double>(tone.confidence), 0.01));
            text += fmt::format(" of {}, {}, {:.0f} % sure", tone.country, tone.cadence,
                                static_cast<double>(tone.confidence) * 100);
        }
        return text;
    }
    std::string operator()(const HeardCallerId& caller);
    std::string operator()(const HeardCas&) {
        line->set("event", "cas");
        return "alerting signal (CAS, DT-AS)";
    }
    std::string operator()(const HeardFax& fax) {
        line->set("event", "fax").set("kind", "cng").set("burst", fax.burst);
        return fmt::format("fax calling, burst {}", fax.burst);
    }
    std::string operator()(const HeardAnswerTone& tone) {
        const std::string kind = answerToneKind(tone);
        line->set("event", "answerTone").set("kind", kind).set("reversals", tone.reversals);
        return fmt::format("answer tone {}{}", kind,
                           tone.reversals > 0 ? fmt::format(", {} reversals", tone.reversals) : "");
    }
    std::string operator()(const HeardVoice&) {
        line->set("event", "voice");
        return "voice";
    }
    std::string operator()(const HeardSilence&) {
        line->set("event", "silence");
        return "silence";
    }
    std::string operator()(const HeardBeep& beep) {
        line->set("event", "beep").set("hertz", rounded(static_cast<double>(beep.hertz), 1));
        return fmt::format("beep of {:.0f} Hz", static_cast<double>(beep.hertz));
    }
};

std::string callerText(const dsp::CallerId& id) {
    std::string text;
    const auto add = [&text](std::string_view words) { text += fmt::format(", {}", words); };
    if (!id.number.empty()) {
        add(id.number.view());
    } else if (id.numberStatus != CallerIdStatus::Absent) {
        add(fmt::format("number {}", statusName(id.numberStatus)));
    }
    if (!id.name.empty()) {
        add(id.name.view());
    } else if (id.nameStatus != CallerIdStatus::Absent) {
        add(fmt::format("name {}", statusName(id.nameStatus)));
    }
    if (!id.redirecting.empty()) {
        add(fmt::format("forwarded by {}", id.redirecting.view()));
    }
    if (id.messageWaiting) {
        add(*id.messageWaiting ? "a message is waiting" : "no messages");
    }
    if (id.time) {
        add(fmt::format("{} {}", dateText(*id.time), clockText(*id.time)));
    }
    if (!id.checksumValid) {
        add("its checksum is wrong");
    }
    return text;
}

std::string Teller::operator()(const HeardCallerId& caller) {
    const dsp::CallerId& id = caller.id;
    const TypeName& type = typeName(id.type);
    line->set("event", "callerId").set("standard", caller.standard->name);
    line->set("format", type.format).set("messageType", type.name);
    line->setUnlessEmpty("number", id.number.view());
    line->set("numberStatus", statusName(id.numberStatus));
    line->setUnlessEmpty("name", id.name.view());
    line->set("nameStatus", statusName(id.nameStatus));
    if (id.time) {
        line->set("date", dateText(*id.time)).set("time", clockText(*id.time));
    }
    setRest(*line, id);
    line->set("checksumValid", id.checksumValid);
    return fmt::format("caller ID ({} {}){}", caller.standard->name, type.format, callerText(id));
}

bool hasLevel(const Heard& heard) {
    return heard.dbm0 > dsp::kSilenceDbm0;
}

}  // namespace

JsonLine toJson(const Heard& heard) {
    JsonLine line;
    line.set("at", seconds(heard.at));
    static_cast<void>(std::visit(Teller{&line}, heard.what));
    if (heard.duration > 0) {
        line.set("durationMs", milliseconds(heard.duration));
    }
    if (hasLevel(heard)) {
        line.set("levelDbm0", rounded(static_cast<double>(heard.dbm0), 0.1));
    }
    return line;
}

std::string describe(const Heard& heard) {
    JsonLine ignored;
    std::string facts;
    if (heard.duration > 0) {
        facts = heard.duration < 2 * dsp::kSampleRate
                    ? fmt::format("{} ms", milliseconds(heard.duration))
                    : fmt::format("{:.1f} s", seconds(heard.duration));
    }
    if (hasLevel(heard)) {
        facts += fmt::format("{}{:.1f} dBm0", facts.empty() ? "" : ", ",
                             rounded(static_cast<double>(heard.dbm0), 0.1));
    }
    return fmt::format("{:8.3f} s  {}{}", seconds(heard.at),
                       std::visit(Teller{&ignored}, heard.what),
                       facts.empty() ? "" : " (" + facts + ")");
}

std::string patternText(const dsp::TonePattern& pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.count; ++i) {
        const dsp::ToneStep& step = pattern.steps[i];
        text += i == 0 ? "" : i == pattern.repeatFrom ? " | " : " ";
        text += step.silent() ? "0" : fmt::format("{}", step.hertz[0]);
        for (std::size_t sine = 1; sine < dsp::ToneStep::kMost && step.hertz[sine] != 0; ++sine) {
            text += fmt::format("+{}", step.hertz[sine]);
        }
        text += step.modulation != 0 ? fmt::format("*{}", step.modulation) : "";
        text += step.milliseconds != 0 ? fmt::format("/{}", step.milliseconds) : "";
    }
    return text;
}

namespace {

struct ShortText {
    std::string operator()(const HeardKey& key) const { return std::string(1, key.key); }
    std::string operator()(const HeardTone& tone) const { return tone.name; }
    std::string operator()(const HeardCallerId& caller) const {
        const std::string_view number = caller.id.number.view();
        return fmt::format("caller ID {}", number.empty() ? caller.id.name.view() : number);
    }
    std::string operator()(const HeardCas&) const { return "CAS"; }
    std::string operator()(const HeardFax&) const { return "fax"; }
    std::string operator()(const HeardAnswerTone& tone) const { return answerToneKind(tone); }
    std::string operator()(const HeardVoice&) const { return "voice"; }
    std::string operator()(const HeardSilence&) const { return "silence"; }
    std::string operator()(const HeardBeep&) const { return "beep"; }
};

}  // namespace

PlotMark plotMark(const Heard& heard) {
    const double from = static_cast<double>(heard.at) / dsp::kSampleRate;
    return {from, from + static_cast<double>(heard.duration) / dsp::kSampleRate,
            std::visit(ShortText{}, heard.what)};
}

}  // namespace tipring::tools
