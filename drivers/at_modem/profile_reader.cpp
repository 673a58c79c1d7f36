// SPDX-License-Identifier: Apache-2.0
#include "profile_reader.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "command_template.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kLongestWait = 600'000;  // ms
constexpr std::size_t kLongestList = 64;
constexpr std::size_t kLongestText = 200;

/// The first thing that was wrong; thrown inside this file only.
struct Mistake {
    toml::source_region where;
    std::string what;
};

[[noreturn]] void reject(const toml::node& node, std::string what) {
    throw Mistake{node.source(), std::move(what)};
}

std::string textOf(const toml::node& node, std::string_view key) {
    const auto* text = node.as_string();
    if (text == nullptr) {
        reject(node, fmt::format("{} must be a text in quotes", key));
    }
    if (text->get().size() > kLongestText) {
        reject(node, fmt::format("{} is longer than {} characters", key, kLongestText));
    }
    if (!isPlain(text->get())) {
        reject(node, fmt::format("{} may have printable ASCII characters only", key));
    }
    return text->get();
}

bool flagOf(const toml::node& node, std::string_view key) {
    const auto* flag = node.as_boolean();
    if (flag == nullptr) {
        reject(node, fmt::format("{} must be true or false", key));
    }
    return flag->get();
}

std::int64_t numberOf(const toml::node& node, std::string_view key, std::int64_t low,
                      std::int64_t high) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < low || number->get() > high) {
        reject(node, fmt::format("{} must be a whole number from {} to {}", key, low, high));
    }
    return number->get();
}

milliseconds waitOf(const toml::node& node, std::string_view key) {
    return milliseconds{numberOf(node, key, 0, kLongestWait)};
}

const toml::array& listOf(const toml::node& node, std::string_view key) {
    const auto* list = node.as_array();
    if (list == nullptr || list->size() > kLongestList) {
        reject(node, fmt::format("{} must be a list of at most {} entries", key, kLongestList));
    }
    return *list;
}

const toml::table& tableOf(const toml::node& node, std::string_view key) {
    const auto* table = node.as_table();
    if (table == nullptr) {
        reject(node, fmt::format("{} must be a table", key));
    }
    return *table;
}

std::vector<std::string> textsOf(const toml::node& node, std::string_view key) {
    if (node.is_string()) {
        return {textOf(node, key)};
    }
    std::vector<std::string> texts;
    for (const toml::node& entry : listOf(node, key)) {
        texts.push_back(textOf(entry, key));
    }
    return texts;
}

/// "10 21": bytes in hexadecimal.
std::vector<std::byte> bytesOf(const toml::node& node, std::string_view key) {
    const std::string text = textOf(node, key);
    std::vector<std::byte> bytes;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        unsigned value = 0;
        const char* from = text.data() + at;
        const char* to = from + std::min<std::size_t>(2, text.size() - at);
        const auto parsed = std::from_chars(from, to, value, 16);
        if (parsed.ptr != from + 2 || (at + 2 < text.size() && text[at + 2] != ' ')) {
            reject(node, fmt::format("{} must be bytes in hexadecimal such as \"10 03\"", key));
        }
        bytes.push_back(std::byte(value));
    }
    return bytes;
}

/// A row of what is allowed in a table, and what to do with it.
template <class Target>
struct Key {
    std::string_view name;
    void (*read)(Target& target, const toml::node& node, std::string_view key);
};

template <class Target>
void readKeys(Target& target, const toml::table& table, std::string_view where,
              std::span<const Key<Target>> keys) {
    for (const auto& [name, node] : table) {
        const std::string_view wanted = name.str();
        const auto found = std::find_if(keys.begin(), keys.end(),
                                        [&](const Key<Target>& key) { return key.name == wanted; });
        if (found == keys.end()) {
            std::string allowed;
            for (const Key<Target>& key : keys) {
                allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", key.name);
            }
            reject(node, fmt::format("unknown key \"{}\" in {}; allowed are: {}", wanted, where,
                                     allowed));
        }
        found->read(target, node, found->name);
    }
}

void checkCommand(const toml::node& node, std::string_view send) {
    std::string_view unknown;
    if (!placeholdersKnown(send, unknown)) {
        reject(node, fmt::format("<{}> is no placeholder; allowed are: number, country, format, "
                                 "rate, bits, digit, low, high, frequency, duration",
                                 unknown));
    }
    if (send.size() < 2 || !(send.starts_with("AT") || send.starts_with("at"))) {
        reject(node, "a command begins with AT");
    }
}

constexpr std::array<Key<Command>, 3> kCommandKeys{{
    {"send", [](Command& c, const toml::node& n, std::string_view k) { c.send = textOf(n, k); }},
    {"required",
     [](Command& c, const toml::node& n, std::string_view k) { c.required = flagOf(n, k); }},
    {"limit_ms",
     [](Command& c, const toml::node& n, std::string_view k) { c.limit = waitOf(n, k); }},
}};

Command commandOf(const toml::node& node, std::string_view key) {
    Command command;
    if (node.is_table()) {
        readKeys<Command>(command, *node.as_table(), "a command", kCommandKeys);
    } else {
        command.send = textOf(node, key);
    }
    checkCommand(node, command.send);
    return command;
}

void readCommands(Profile& profile, const toml::node& node, std::string_view section) {
    for (const auto& [name, value] : tableOf(node, section)) {
        std::size_t which = 1;
        while (which < kSequenceCount && sequenceName(Sequence(which)) != name.str()) {
            ++which;
        }
        if (which == kSequenceCount) {
            std::string allowed;
            for (std::size_t i = 1; i < kSequenceCount; ++i) {
                allowed += fmt::format("{}{}", i == 1 ? "" : ", ", sequenceName(Sequence(i)));
            }
            reject(value, fmt::format("unknown key \"{}\" in [commands]; allowed are: {}",
                                      name.str(), allowed));
        }
        std::vector<Command> commands;
        if (const auto* list = value.as_array()) {
            for (const toml::node& entry : listOf(*list, name.str())) {
                commands.push_back(commandOf(entry, name.str()));
            }
        } else {
            commands.push_back(commandOf(value, name.str()));
        }
        profile.sequences[which] = std::move(commands);
    }
}

template <std::vector<std::string> MatchRule::*Member>
constexpr Key<MatchRule> matchKey(std::string_view name) {
    return {name, [](MatchRule& rule, const toml::node& n, std::string_view k) {
                rule.*Member = textsOf(n, k);
                if ((rule.*Member).empty()) {
                    reject(n, fmt::format("{} must not be empty", k));
                }
            }};
}

constexpr std::array<Key<MatchRule>, 7> kMatchKeys{{
    matchKey<&MatchRule::product>("product"),
    matchKey<&MatchRule::firmware>("firmware"),
    matchKey<&MatchRule::manufacturer>("manufacturer"),
    matchKey<&MatchRule::formats>("formats"),
    matchKey<&MatchRule::usb>("usb"),
    matchKey<&MatchRule::classes>("classes"),
    matchKey<&MatchRule::hashClasses>("hash_classes"),
}};

constexpr std::array<Key<CallerIdWay>, 3> kCallerIdKeys{{
    {"enable",
     [](CallerIdWay& way, const toml::node& n, std::string_view k) {
         way.enable = textOf(n, k);
         checkCommand(n, way.enable);
     }},
    {"verify",
     [](CallerIdWay& way, const toml::node& n, std::string_view k) {
         way.verify = textOf(n, k);
         checkCommand(n, way.verify);
     }},
    {"expect",
     [](CallerIdWay& way, const toml::node& n, std::string_view k) { way.expect = textOf(n, k); }},
}};

struct CodecName {
    std::string_view name;
    dsp::SampleFormat codec;
};
constexpr std::array<CodecName, 12> kCodecs{{
    {"unsigned8", dsp::SampleFormat::Unsigned8},
    {"signed8", dsp::SampleFormat::Signed8},
    {"mulaw", dsp::SampleFormat::MuLaw},
    {"alaw", dsp::SampleFormat::ALaw},
    {"linear16", dsp::SampleFormat::Linear16},
    {"ima_adpcm4", dsp::SampleFormat::ImaAdpcm4},
    {"rockwell_adpcm2", dsp::SampleFormat::RockwellAdpcm2},
    {"rockwell_adpcm3", dsp::SampleFormat::RockwellAdpcm3},
    {"rockwell_adpcm4", dsp::SampleFormat::RockwellAdpcm4},
    {"zyxel_adpcm2", dsp::SampleFormat::ZyxelAdpcm2},
    {"zyxel_adpcm3", dsp::SampleFormat::ZyxelAdpcm3},
    {"zyxel_adpcm4", dsp::SampleFormat::ZyxelAdpcm4},
}};

std::string codecNames() {
    std::string names;
    for (const CodecName& codec : kCodecs) {
        names += (names.empty() ? "" : ", ") + std::string(codec.name);
    }
    return names;
}

void readCodec(VoiceFormatChoice& format, const toml::node& node, std::string_view key) {
    const std::string name = textOf(node, key);
    const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(),
                                     [&](const CodecName& codec) { return codec.name == name; });
    if (found == kCodecs.end()) {
        reject(node, fmt::format("unknown codec \"{}\"; allowed are: {}", name, codecNames()));
    }
    format.codec = found->codec;
}

constexpr std::array<Key<VoiceFormatChoice>, 3> kFormatKeys{{
    {"id",
     [](VoiceFormatChoice& f, const toml::node& n, std::string_view k) { f.id = textOf(n, k); }},
    {"codec", readCodec},
    {"rate",
     [](VoiceFormatChoice& f, const toml::node& n, std::string_view k) {
         f.rate = static_cast<std::uint32_t>(numberOf(n, k, 4000, 48000));
     }},
}};

/// Reads an array of tables into a vector, replacing what was inherited.
template <class Entry>
void readList(std::vector<Entry>& into, const toml::node& node, std::string_view section,
              std::span<const Key<Entry>> keys) {
    std::vector<Entry> entries;
    for (const toml::node& entry : listOf(node, section)) {
        Entry made;
        readKeys<Entry>(made, tableOf(entry, section), fmt::format("[[{}]]", section), keys);
        entries.push_back(std::move(made));
    }
    into = std::move(entries);
}

void readEvents(Profile& profile, const toml::node& node, std::string_view section) {
    for (const auto& [name, value] : tableOf(node, section)) {
        std::size_t which = 0;
        while (which < kEventMeaningCount && eventMeaningName(EventMeaning(which)) != name.str()) {
            ++which;
        }
        if (which == kEventMeaningCount) {
            std::string allowed;
            for (std::size_t i = 0; i < kEventMeaningCount; ++i) {
                allowed +=
                    fmt::format("{}{}", i == 0 ? "" : ", ", eventMeaningName(EventMeaning(i)));
            }
            reject(value, fmt::format("unknown key \"{}\" in [events]; allowed are: {}", name.str(),
                                      allowed));
        }
        for (const char code : textOf(value, name.str())) {
            profile.events[static_cast<unsigned char>(code)] = EventMeaning(which);
        }
    }
}

template <Profile::Codes Profile::*Member>
void readCodes(Profile& profile, const toml::node& node, std::string_view key) {
    Profile::Codes codes;
    if (node.is_string()) {
        codes.push_back(bytesOf(node, key));
    } else {
        for (const toml::node& entry : listOf(node, key)) {
            codes.push_back(bytesOf(entry, key));
        }
    }
    for (const auto& code : codes) {
        if (code.empty()) {
            reject(node, fmt::format("{} must not be empty", key));
        }
    }
    profile.*Member = std::move(codes);
}

constexpr std::array<Key<Profile>, 2> kPlayKeys{{
    {"end", readCodes<&Profile::playEnd>},
    {"discard", readCodes<&Profile::playDiscard>},
}};

constexpr std::array<Key<Profile>, 2> kRecordKeys{{
    {"stop", readCodes<&Profile::recordStop>},
    {"stop_wait_ms",
     [](Profile& p, const toml::node& n, std::string_view k) { p.stopWait = waitOf(n, k); }},
}};

template <milliseconds Profile::*Member>
constexpr Key<Profile> waitKey(std::string_view name) {
    return {name,
            [](Profile& p, const toml::node& n, std::string_view k) { p.*Member = waitOf(n, k); }};
}

template <bool Profile::*Member>
constexpr Key<Profile> flagKey(std::string_view name) {
    return {name,
            [](Profile& p, const toml::node& n, std::string_view k) { p.*Member = flagOf(n, k); }};
}

void readToneUnit(Profile& profile, const toml::node& node, std::string_view key) {
    profile.toneUnit = milliseconds{numberOf(node, key, 1, 1000)};
}

constexpr std::array<Key<Profile>, 6> kLimitKeys{{
    {"command_length",
     [](Profile& p, const toml::node& n, std::string_view k) {
         p.maxCommand = static_cast<std::size_t>(numberOf(n, k, 10, 255));
     }},
    waitKey<&Profile::gap>("gap_ms"),
    waitKey<&Profile::onHook>("on_hook_ms"),
    waitKey<&Profile::ignoreRing>("ignore_ring_ms"),
    {"tone_unit_ms", readToneUnit},
    waitKey<&Profile::digitTime>("digit_ms"),
}};

constexpr std::array<Key<Profile>, 7> kCapabilityKeys{{
    flagKey<&Profile::voice>("voice"),
    flagKey<&Profile::reportsDigits>("digits"),
    flagKey<&Profile::dialBilling>("dial_billing"),
    flagKey<&Profile::dialQuiet>("dial_quiet"),
    flagKey<&Profile::dialDialTone>("dial_dial_tone"),
    flagKey<&Profile::hookFlash>("hook_flash"),
    flagKey<&Profile::silenceArmed>("silence_armed"),
}};

void ignoreHere(Profile&, const toml::node&, std::string_view) {}  // inherits: read before

constexpr std::array<Key<Profile>, 11> kTopKeys{{
    {"name", [](Profile& p, const toml::node& n, std::string_view k) { p.name = textOf(n, k); }},
    {"description",
     [](Profile& p, const toml::node& n, std::string_view k) { p.description = textOf(n, k); }},
    {"inherits", ignoreHere},
    {"match", [](Profile& p, const toml::node& n,
                 std::string_view k) { readList<MatchRule>(p.match, n, k, kMatchKeys); }},
    {"commands", readCommands},
    {"caller_id",
     [](Profile& p, const toml::node& n, std::string_view k) {
         readList<CallerIdWay>(p.callerId, n, k, kCallerIdKeys);
     }},
    {"format",
     [](Profile& p, const toml::node& n, std::string_view k) {
         readList<VoiceFormatChoice>(p.formats, n, k, kFormatKeys);
     }},
    {"events", readEvents},
    {"play", [](Profile& p, const toml::node& n,
                std::string_view k) { readKeys<Profile>(p, tableOf(n, k), "[play]", kPlayKeys); }},
    {"record",
     [](Profile& p, const toml::node& n, std::string_view k) {
         readKeys<Profile>(p, tableOf(n, k), "[record]", kRecordKeys);
     }},
    {"limits",
     [](Profile& p, const toml::node& n, std::string_view k) {
         readKeys<Profile>(p, tableOf(n, k), "[limits]", kLimitKeys);
     }},
}};

constexpr Key<Profile> kCapabilities{
    "capabilities", [](Profile& p, const toml::node& n, std::string_view k) {
        readKeys<Profile>(p, tableOf(n, k), "[capabilities]", kCapabilityKeys);
    }};

auto topKeys() {
    std::array<Key<Profile>, kTopKeys.size() + 1> keys{};
    std::copy(kTopKeys.begin(), kTopKeys.end(), keys.begin());
    keys.back() = kCapabilities;
    return keys;
}

/// What inheritance begins with: the parent, without what made it recognisable.
Profile parentOf(const toml::table& root, const ProfileLookup& lookup) {
    const toml::node* node = root.get("inherits");
    if (node == nullptr) {
        return {};
    }
    const std::string name = textOf(*node, "inherits");
    const Profile* parent = lookup ? lookup(name) : nullptr;
    if (parent == nullptr) {
        reject(*node, fmt::format("there is no profile \"{}\" to inherit from", name));
    }
    Profile profile = *parent;
    profile.match.clear();
    profile.name.clear();
    return profile;
}

/// Lines that can never be sent would make a profile that fails in the middle of a call.
void checkLengths(const Profile& profile, const toml::table& root) {
    for (std::size_t i = 0; i < kSequenceCount; ++i) {
        for (const Command& command : profile.sequences[i]) {
            if (command.send.find('<') == std::string::npos &&
                command.send.size() > profile.maxCommand) {
                reject(root, fmt::format("\"{}\" is longer than the {} characters of "
                                         "limits.command_length",
                                         command.send, profile.maxCommand));
            }
        }
    }
}

void checkWhole(const Profile& profile, const toml::table& root) {
    if (profile.name.empty()) {
        reject(root, "name is missing");
    }
    checkLengths(profile, root);
    if (!profile.voice) {
        return;
    }
    if (profile.formats.empty()) {
        reject(root, "a voice profile needs at least one [[format]]");
    }
    for (const Sequence needed : {Sequence::VoiceEnter, Sequence::Answer, Sequence::HangUp,
                                  Sequence::Play, Sequence::Record}) {
        if (profile.sequence(needed).empty()) {
            reject(root, fmt::format("a voice profile needs commands.{}", sequenceName(needed)));
        }
    }
    if (profile.playEnd.empty() || profile.recordStop.empty()) {
        reject(root, "a voice profile needs play.end and record.stop");
    }
}

Profile readRoot(const toml::table& root, const ProfileLookup& lookup) {
    static const auto keys = topKeys();
    Profile profile = parentOf(root, lookup);
    readKeys<Profile>(profile, root, "a profile", keys);
    checkWhole(profile, root);
    return profile;
}

tl::unexpected<hal::Error> failAt(std::string_view file, const toml::source_region& where,
                                  std::string_view what) {
    return hal::fail(hal::ErrorCode::InvalParam,
                     fmt::format("{}:{}:{}: {}", file, where.begin.line, where.begin.column, what));
}

}  // namespace

hal::Result<Profile> readProfile(std::string_view text, std::string_view file,
                                 const ProfileLookup& lookup) {
    try {
        Profile profile = readRoot(toml::parse(text), lookup);
        profile.file = file;
        return profile;
    } catch (const toml::parse_error& error) {
        return failAt(file, error.source(), error.description());
    } catch (const Mistake& mistake) {
        return failAt(file, mistake.where, mistake.what);
    }
}

}  // namespace tipring::at_modem
