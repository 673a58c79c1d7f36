// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "at_modem_impl.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {

using Kind = Command::Kind;

namespace {

/// +VLS (V.253 10.2.5): T in the primitives means that the modem is on the line.
struct Label {
    int number;
    std::string_view primitives;
};
constexpr Label kLabels[] = {
    {0, ""},   {1, "T"},   {2, "L"},   {3, "LT"},   {4, "S"},     {5, "ST"},
    {6, "M"},  {7, "MST"}, {8, "S1"},  {9, "S1T"},  {11, "M1"},   {13, "M1S1T"},
    {14, "H"}, {15, "HT"}, {16, "MS"}, {18, "M1S"}, {19, "M1S1"},
};
constexpr std::string_view kMasks = "0B8433C1,0FE431C1,0B8431C1";
constexpr std::string_view kIdleMasks = "B0804100,B0804100,B0804100";

constexpr double kToneLowest = 200, kToneHighest = 3300;  // Hz
constexpr int kLongestTone = 600;                         // seconds
constexpr std::size_t kMaxTones = 64;

const Label* findLabel(int number) {
    const auto* at = std::find_if(std::begin(kLabels), std::end(kLabels),
                                  [&](const Label& label) { return label.number == number; });
    return at == std::end(kLabels) ? nullptr : at;
}

bool isOnLine(const Label& label) {
    return label.primitives.find('T') != std::string_view::npos;
}

}  // namespace

AtModem::Impl::Handler AtModem::Impl::findVoiceHandler(std::string_view name,
                                                       const Personality& personality) {
    struct Row {
        std::string_view name;
        Handler handler;
    };
    static constexpr Row kPlus[] = {
        {"+VSM", &Impl::voiceFormat},     {"+VLS", &Impl::lineSelect}, {"+VTX", &Impl::transmit},
        {"+VRX", &Impl::receiveVoice},    {"+VTR", &Impl::duplex},     {"+VTS", &Impl::sendTones},
        {"+VRID", &Impl::reportCallerId},
    };
    static constexpr Row kHash[] = {
        {"#VBS", &Impl::rockwellBits},       {"#VSR", &Impl::rockwellRate},
        {"#VLS", &Impl::rockwellLineSelect}, {"#VTX", &Impl::transmit},
        {"#VRX", &Impl::receiveVoice},       {"#VTS", &Impl::sendTones},
    };
    const auto look = [&](std::span<const Row> rows) -> Handler {
        const auto at = std::find_if(rows.begin(), rows.end(),
                                     [&](const Row& row) { return row.name == name; });
        return at == rows.end() ? nullptr : at->handler;
    };
    if (personality.plusVoice && name.front() == '+') {
        return look(kPlus);
    }
    return personality.rockwellVoice && name.front() == '#' ? look(kHash) : nullptr;
}

void AtModem::Impl::setClass(int next) {
    if (cls != next && (cls == 8 || next == 8) && mode != Mode::Command) {
        mode = Mode::Command;
    }
    if (cls == 8 && next != 8 && !online) {
        hangUp();  // IS-101: leaving voice puts the line down
    }
    cls = next;
    if (cls != 8) {
        inactivity.cancel();
    }
    updateListening();
}

Outcome AtModem::Impl::voiceFormat(const Command& command) {
    if (command.kind == Kind::Test) {
        std::string text;
        for (const VoiceFormat& row : personality.formats) {
            text += text.empty() ? "" : "\r\n";
            text += row.line;
        }
        putLine(text);
        return Outcome::Next;
    }
    if (command.kind == Kind::Read) {
        putLine(fmt::format("{},{},0,0", format->id, rate));
        return Outcome::Next;
    }
    std::string_view args = command.args;
    const auto id = decimal(cutField(args, ','));
    const std::string_view rateText = cutField(args, ',');
    const auto row = std::find_if(personality.formats.begin(), personality.formats.end(),
                                  [&](const VoiceFormat& f) { return id && f.id == *id; });
    if (command.kind != Kind::Set || row == personality.formats.end()) {
        return Outcome::Fail;
    }
    const auto wanted = rateText.empty() ? std::optional<int>{row->rates[0]} : decimal(rateText);
    if (!wanted || *wanted == 0 ||
        std::find(row->rates.begin(), row->rates.end(), *wanted) == row->rates.end()) {
        return Outcome::Fail;
    }
    while (!args.empty()) {  // silence compression and its parameter: none is offered
        const std::string_view field = cutField(args, ',');
        if (!field.empty() && decimal(field) != 0) {
            return Outcome::Fail;
        }
    }
    format = &*row;
    rate = static_cast<std::uint32_t>(*wanted);
    return Outcome::Next;
}

Outcome AtModem::Impl::rockwellBits(const Command& command) {
    if (command.kind == Kind::Read) {
        putLine(fmt::format("{}", format->id));
        return Outcome::Next;
    }
    if (command.kind == Kind::Test) {
        putLine("2,4,8");
        return Outcome::Next;
    }
    const auto bits = decimal(command.args);
    for (const VoiceFormat& row : personality.formats) {
        if (command.kind == Kind::Set && bits && row.id == *bits) {
            format = &row;
            rate = row.rates[0];
            return Outcome::Next;
        }
    }
    return Outcome::Fail;
}

Outcome AtModem::Impl::rockwellRate(const Command& command) {
    if (command.kind == Kind::Read) {
        putLine(fmt::format("{}", rate));
        return Outcome::Next;
    }
    if (command.kind == Kind::Test) {
        putLine("7200,11025");
        return Outcome::Next;
    }
    const auto wanted = decimal(command.args);
    const auto& rates = format->rates;
    if (command.kind != Kind::Set || !wanted || *wanted == 0 ||
        std::find(rates.begin(), rates.end(), *wanted) == rates.end()) {
        return Outcome::Fail;
    }
    rate = static_cast<std::uint32_t>(*wanted);
    return Outcome::Next;
}

Outcome AtModem::Impl::lineSelect(const Command& command) {
    if (command.kind == Kind::Test) {
        std::string text;
        for (const Label& row : kLabels) {
            text += fmt::format("{}{},\"{}\",{}", text.empty() ? "" : "\r\n", row.number,
                                row.primitives, isOnLine(row) ? kMasks : kIdleMasks);
        }
        putLine(text);
        return Outcome::Next;
    }
    if (command.kind == Kind::Read) {
        putLine(fmt::format("{}", label));
        return Outcome::Next;
    }
    const auto number = decimal(command.args);
    const Label* chosen = number ? findLabel(*number) : nullptr;
    if (command.kind != Kind::Set || chosen == nullptr || !inVoice()) {
        return Outcome::Fail;
    }
    label = chosen->number;
    if (isOnLine(*chosen)) {
        takeLine();
    } else {
        hangUp();
        label = chosen->number;
    }
    updateListening();
    if (label == 1 && personality.hookEventOnLineSelect) {
        putEvent('H');
    }
    return Outcome::Voice;
}

Outcome AtModem::Impl::rockwellLineSelect(const Command& command) {
    if (command.kind == Kind::Read) {
        putLine(fmt::format("{}", label));
        return Outcome::Next;
    }
    if (command.kind == Kind::Test) {
        putLine("0,1,2,3,4,6");
        return Outcome::Next;
    }
    const auto number = decimal(command.args);
    if (command.kind != Kind::Set || !number || *number > 9 || !inVoice()) {
        return Outcome::Fail;
    }
    label = *number;
    if (label == 0) {
        hangUp();
    }
    updateListening();
    // Rockwell 1048P: a handset, speaker or microphone answers VCON, the line answers OK
    return personality.lineSelectVcon && label >= 1 && label <= 3 ? Outcome::Voice : Outcome::Next;
}

Outcome AtModem::Impl::transmit(const Command& command) {
    if (command.kind == Kind::Test) {
        putLine("(0-0)");
        return Outcome::Next;
    }
    if (command.kind != Kind::Execute || !inVoice()) {
        return Outcome::Fail;
    }
    startStream(Mode::Transmit);
    return Outcome::Later;
}

Outcome AtModem::Impl::receiveVoice(const Command& command) {
    if (command.kind == Kind::Test) {
        putLine("(0-0)");
        return Outcome::Next;
    }
    if (command.kind != Kind::Execute || !inVoice()) {
        return Outcome::Fail;
    }
    startStream(Mode::Receive);
    return Outcome::Later;
}

Outcome AtModem::Impl::duplex(const Command& command) {
    if (command.kind != Kind::Execute || !inVoice()) {
        return Outcome::Fail;
    }
    startStream(Mode::Duplex);
    return Outcome::Later;
}

/// One item of +VTS: a key, {key,time}, [f1,f2,time]. Empty fields take what is usual.
bool AtModem::Impl::parseTone(std::string_view text) {
    const auto add = [&](double low, double high, int units) {
        if (tones.size() == kMaxTones || units > kLongestTone * 1000 / personality.toneUnit) {
            return false;
        }
        tones.push_back({low, high, static_cast<std::size_t>(units) * personality.toneUnit * 8});
        return true;
    };
    const int usual = settings.get(Setting::Vtd) * 10 / personality.toneUnit;
    if (text.size() == 1) {
        const auto pair = dsp::dtmfPair(text[0]);
        return pair && !personality.tonesInPairs &&
               add(pair->low, pair->high, std::max(usual, 1)) && add(0, 0, std::max(usual / 2, 1));
    }
    const bool square = text.starts_with('[') && text.ends_with(']');
    const bool curly = text.starts_with('{') && text.ends_with('}');
    if (!square && !curly) {
        return false;
    }
    text = text.substr(1, text.size() - 2);
    const std::string_view first = cutField(text, ',');
    if (curly) {
        const auto pair = first.size() == 1 ? dsp::dtmfPair(first[0]) : std::nullopt;
        const auto units = decimal(cutField(text, ','));
        return pair && units && text.empty() && add(pair->low, pair->high, *units);
    }
    const std::string_view second = cutField(text, ',');
    const std::string_view time = cutField(text, ',');
    const auto hertz = [](std::string_view field) {
        return field.empty() ? std::optional{0} : decimal(field);
    };
    const auto low = hertz(first), high = hertz(second);
    const auto units = time.empty() ? std::optional{usual} : decimal(time);
    const auto audible = [](int f) { return f == 0 || (f >= kToneLowest && f <= kToneHighest); };
    if (!low || !high || !units || !text.empty() || !audible(*low) || !audible(*high) ||
        (personality.tonesInPairs && (*low == 0) != (*high == 0))) {
        return false;
    }
    return add(*low, *high, *units);
}

Outcome AtModem::Impl::sendTones(const Command& command) {
    if (command.kind == Kind::Test) {
        putLine("(200-3300),(200-3300),(0-500)");
        return Outcome::Next;
    }
    if (command.kind != Kind::Set || !inVoice() || command.args.empty()) {
        return Outcome::Fail;
    }
    std::string_view args = command.args;
    while (!args.empty()) {
        if (!parseTone(cutField(args, ','))) {
            tones.clear();
            return Outcome::Fail;
        }
    }
    std::erase_if(tones, [](const Tone& t) { return t.samples == 0; });
    if (tones.empty()) {
        return Outcome::Next;
    }
    wait = Wait::Tones;
    updateListening();
    return Outcome::Later;
}

Outcome AtModem::Impl::reportCallerId(const Command& command) {
    const auto form = decimal(command.args);
    if (command.kind != Kind::Set || !form || *form > 1) {
        return Outcome::Fail;
    }
    if (lastCaller) {
        printCallerId(*lastCaller, *form == 1);
    }
    return Outcome::Next;
}

}  // namespace tipring::sim
