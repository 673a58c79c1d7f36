// SPDX-License-Identifier: Apache-2.0
// The words of scripts: a row for each verb, one for each option.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "control_words.h"
#include "script/script_tones.h"
#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/sim/script.h"

namespace tipring::sim {

namespace {

using Verb = Step::Verb;
using Until = Step::Until;

constexpr float kLongest = 3600;  // seconds
constexpr unsigned kMostRounds = 1000;

bool readTime(std::chrono::milliseconds& to, std::string_view text) {
    float unit = 1000;
    if (text.ends_with("ms")) {
        unit = 1;
        text.remove_suffix(2);
    } else if (text.ends_with("s")) {
        text.remove_suffix(1);
    }
    const auto value = decimalNumber(text, 0, kLongest * 1000 / unit);
    if (value) {
        to = std::chrono::milliseconds{static_cast<std::int64_t>(*value * unit + 0.5F)};
    }
    return value.has_value();
}

bool readCount(unsigned& to, std::string_view text) {
    const auto value = text == "1000" ? std::optional{kMostRounds} : smallNumber(text);
    to = value.value_or(to);
    return value && *value > 0;
}

bool isName(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

bool isNumber(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of("+0123456789*#ABCD") == std::string_view::npos;
}

bool isKeys(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(),
                       [](char key) { return key == ',' || dsp::dtmfPair(key).has_value(); });
}

/// What stands after the verb.
struct Operand {
    bool (*read)(Step& to, const std::string& text);
    std::string_view expected;
    bool needed = true;
};
constexpr Operand kNone{nullptr, "nothing", false};
constexpr Operand kNumber{[](Step& to, const std::string& text) {
                              to.text = text;
                              return isNumber(text) || text == "line" || text == "caller";
                          },
                          "a number of up to 32 digits, or line, or caller"};
constexpr Operand kFile{[](Step& to, const std::string& text) {
                            to.text = text;
                            return !text.empty() && text.find('\0') == std::string::npos;
                        },
                        "a file; put a name with spaces into quotes"};
constexpr Operand kTime{[](Step& to, const std::string& text) { return readTime(to.time, text); },
                        "a time such as 2, 2.5s or 300ms, an hour at most"};
constexpr Operand kMaybeTime{kTime.read, kTime.expected, false};
constexpr Operand kKeys{[](Step& to, const std::string& text) {
                            to.text = text;
                            return isKeys(text);
                        },
                        "keys: 0-9 * # A-D and a comma for a pause, 64 at most"};
constexpr Operand kTone{[](Step& to, const std::string& text) {
                            to.text = text;
                            return isPlayedTone(text);
                        },
                        "a tone: cng ct ced ans ansam bell beep milliwatt cas, one of the network "
                        "(dial busy congestion ringback sit-intercept ...) or hertz such as "
                        "440+480"};
constexpr Operand kLabel{[](Step& to, const std::string& text) {
                             to.text = text;
                             return isName(text);
                         },
                         "a name of letters, digits, - and _"};
constexpr Operand kRounds{
    [](Step& to, const std::string& text) { return readCount(to.count, text); },
    "how many times, 1 to 1000"};
constexpr Operand kText{[](Step& to, const std::string& text) {
                            to.text = text;
                            return isPlainText(text, 200);
                        },
                        "a text in quotes"};
constexpr Operand kOnOff{[](Step& to, const std::string& text) {
                             to.count = text == "on" ? 1 : 0;
                             return onOff(text).has_value();
                         },
                         "on or off"};

/// NAME=VALUE of a step.
struct Option {
    std::string_view name;
    bool (*read)(Step& to, const std::string& text);
    std::string_view expected;
};
constexpr Option kOptions[] = {
    {"rings", [](Step& to, const std::string& text) { return readCount(to.count, text); },
     "a number of rings, 1 to 999"},
    {"times", [](Step& to, const std::string& text) { return readCount(to.count, text); },
     "a number of times, 1 to 1000"},
    {"name",
     [](Step& to, const std::string& text) {
         to.name = text;
         return isPlainText(text, 60);
     },
     "up to 60 printable characters"},
    {"within", [](Step& to, const std::string& text) { return readTime(to.within, text); },
     kTime.expected},
    {"for", [](Step& to, const std::string& text) { return readTime(to.time, text); },
     kTime.expected},
    {"on",
     [](Step& to, const std::string& text) {
         return readTime(to.on, text) && to.on.count() > 0 && to.on.count() <= 10000;
     },
     "a time up to 10 s, such as 80ms"},
    {"off",
     [](Step& to, const std::string& text) {
         return readTime(to.off, text) && to.off.count() <= 10000;
     },
     "a time up to 10 s, such as 80ms"},
    {"level",
     [](Step& to, const std::string& text) {
         to.level = decimalNumber(text, -60, 3);
         return to.level.has_value();
     },
     "a level from -60 to 3 dBm0"},
    {"key",
     [](Step& to, const std::string& text) {
         to.key = text.empty() ? '\0' : text.front();
         return text.size() == 1 && isKeys(text) && text != ",";
     },
     "one key: 0-9 * # A-D"},
    {"else",
     [](Step& to, const std::string& text) {
         to.otherwise = text;
         return isName(text);
     },
     "a label"},
    {"text",
     [](Step& to, const std::string& text) {
         to.text = unescaped(text);
         return isPlainText(text, 200);
     },
     "a text in quotes"},
};

struct VerbRow {
    std::string_view word;
    Verb verb;
    const Operand& operand;
    std::string_view options;  ///< names, each with a space after it
    bool needsCall;
    std::string_view help;
};
const VerbRow kVerbs[] = {
    {"dial", Verb::Dial, kNumber, "rings name else ", false,
     "dial NUMBER|line|caller [rings=N] [name=\"J DOE\"] [else=LABEL]"},
    {"answer", Verb::Answer, kNone, "rings within else ", false,
     "answer [rings=N] [within=TIME] [else=LABEL]"},
    {"hangup", Verb::HangUp, kNone, "", false, "hangup"},
    {"wait", Verb::Wait, kMaybeTime, "", false,
     "wait TIME|call|answer|speech|beep|hangup|key[=K]|tone=NAME|rings=N|silence=TIME "
     "[within=TIME] [else=LABEL]"},
    {"play", Verb::Play, kFile, "else meanwhile ", true, "play FILE [meanwhile]"},
    {"speech", Verb::Speech, kTime, "level meanwhile ", true,
     "speech TIME [level=DBM0] [meanwhile]"},
    {"keys", Verb::Keys, kKeys, "on off level meanwhile ", true,
     "keys 123# [on=TIME] [off=TIME] [level=DBM0] [meanwhile]"},
    {"tone", Verb::Tone, kTone, "for level meanwhile ", true,
     "tone NAME|HERTZ[+HERTZ] [for=TIME] [level=DBM0] [meanwhile]"},
    {"echo", Verb::Echo, kMaybeTime, "meanwhile ", true, "echo [TIME] [meanwhile]"},
    {"quiet", Verb::Quiet, kNone, "", true, "quiet"},
    {"record", Verb::Record, kFile, "", false, "record FILE.wav|off"},
    {"modem", Verb::Modem, kOnOff, "text ", false, "modem on|off [text=\"login: \"]"},
    {"label", Verb::Label, kLabel, "", false, "label NAME"},
    {"goto", Verb::Goto, kLabel, "times key ", false, "goto LABEL [times=N] [key=K]"},
    {"repeat", Verb::Repeat, kRounds, "", false, "repeat N ... end"},
    {"end", Verb::End, kNone, "", false, "end"},
    {"stop", Verb::Stop, kNone, "", false, "stop"},
    {"note", Verb::Note, kText, "", false, "note \"TEXT\""},
};

struct UntilRow {
    std::string_view word;
    Until until;
    bool hears;
};
constexpr UntilRow kUntils[] = {
    {"call", Until::Call, false},      {"answer", Until::Answer, false},
    {"key", Until::Key, true},         {"speech", Until::Speech, true},
    {"beep", Until::Beep, true},       {"hangup", Until::HangUp, false},
    {"rings", Until::Rings, false},    {"tone", Until::Tone, true},
    {"silence", Until::Silence, true},
};

std::string setOption(Step& step, const std::string& name, const std::string& text) {
    const auto* row = std::find_if(std::begin(kOptions), std::end(kOptions),
                                   [&](const Option& each) { return each.name == name; });
    return row->read(step, text) ? std::string{} : fmt::format("{}= is {}", name, row->expected);
}

/// "key", "key=5", "rings=2", "silence=2s", "tone=cng".
std::string setUntil(Step& step, const UntilRow& row, const std::string* text) {
    step.until = row.until;
    const bool needs =
        row.until == Until::Rings || row.until == Until::Tone || row.until == Until::Silence;
    if (text == nullptr) {
        return needs ? fmt::format("wait {} needs a value: {}=...", row.word, row.word) : "";
    }
    if (row.until == Until::Tone) {
        step.text = *text;
        return isHeardTone(*text) ? std::string{}
                                  : "tone= is cng, ct, ced, ansam, bell or a tone of the network "
                                    "such as dial, busy, congestion, ringback";
    }
    if (row.until == Until::Silence) {
        return readTime(step.time, *text) ? std::string{}
                                          : fmt::format("silence= is {}", kTime.expected);
    }
    if (!needs && row.until != Until::Key) {
        return fmt::format("wait {} takes no value", row.word);
    }
    return setOption(step, std::string{row.word}, *text);
}

std::string readWait(Step& step, const Arguments& arguments) {
    std::size_t found = 0;
    const auto take = [&](const std::string& name, const std::string* text) -> std::string {
        if (text != nullptr && (name == "within" || name == "else")) {
            return setOption(step, name, *text);
        }
        const auto* row = std::find_if(std::begin(kUntils), std::end(kUntils),
                                       [&](const UntilRow& each) { return each.word == name; });
        ++found;
        if (row != std::end(kUntils)) {
            return setUntil(step, *row, text);
        }
        return text == nullptr && readTime(step.time, name)
                   ? std::string{}
                   : fmt::format(
                         "wait does not know {}; it waits for {}, or for call, answer, "
                         "speech, beep, hangup, key, tone=, rings= or silence=",
                         name, kTime.expected);
    };
    std::string wrong;
    for (const std::string& flag : arguments.flags) {
        wrong = wrong.empty() ? take(flag, nullptr) : wrong;
    }
    for (const auto& [name, text] : arguments.named) {
        wrong = wrong.empty() ? take(name, &text) : wrong;
    }
    return !wrong.empty() || found == 1
               ? wrong
               : "wait needs one thing to wait for, such as wait 2s, wait answer or wait key=5";
}

/// Reads operand and options; gives what is wrong.
std::string readArguments(Step& step, const VerbRow& row, const Arguments& arguments) {
    const auto known = [&](const std::string& name) {
        return (" " + std::string{row.options}).find(" " + name + " ") != std::string::npos;
    };
    bool operand = false;
    for (const std::string& flag : arguments.flags) {
        if (flag == "meanwhile" && known(flag)) {
            step.meanwhile = true;
        } else if (operand || row.operand.read == nullptr) {
            return fmt::format("{} does not know {}; write {}", row.word, flag, row.help);
        } else if (!row.operand.read(step, flag)) {
            return fmt::format("{} needs {}, not {}", row.word, row.operand.expected, flag);
        } else {
            operand = true;
        }
    }
    if (!operand && row.operand.needed) {
        return fmt::format("{} needs {}", row.word, row.operand.expected);
    }
    for (const auto& [name, text] : arguments.named) {
        if (!known(name)) {
            return fmt::format("{} does not know {}=; write {}", row.word, name, row.help);
        }
        if (std::string wrong = setOption(step, name, text); !wrong.empty()) {
            return wrong;
        }
    }
    return {};
}

const VerbRow* findVerb(std::string_view word) {
    const auto* row = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                   [&](const VerbRow& each) { return each.word == word; });
    return row == std::end(kVerbs) ? nullptr : row;
}

std::string allVerbs() {
    std::string text;
    for (const VerbRow& row : kVerbs) {
        text += text.empty() ? "" : ", ";
        text += row.word;
    }
    return text;
}

std::string readStep(Step& step, const std::string& source, bool& needsCall) {
    if (source.size() > kLongestStep) {
        return fmt::format("a step has up to {} characters", kLongestStep);
    }
    const auto words = splitWords(source);
    if (!words) {
        return "a quotation mark is not closed";
    }
    const VerbRow* row = words->empty() ? nullptr : findVerb(words->front());
    if (row == nullptr) {
        return fmt::format("no step {}; there are {}",
                           words->empty() ? "\"\"" : escaped(words->front()), allVerbs());
    }
    step.verb = row->verb;
    const std::size_t first = source.find_first_not_of(" \t");
    step.source = escaped(source.substr(first, source.find_last_not_of(" \t\r") + 1 - first));
    const Arguments arguments{std::span{*words}.subspan(1)};
    if (arguments.flags.size() + arguments.named.size() != words->size() - 1) {
        return "the same word stands twice in this step";
    }
    std::string wrong =
        step.verb == Verb::Wait ? readWait(step, arguments) : readArguments(step, *row, arguments);
    const bool hears = step.verb == Verb::Wait &&
                       std::any_of(std::begin(kUntils), std::end(kUntils), [&](const auto& each) {
                           return each.until == step.until && each.hears;
                       });
    needsCall = row->needsCall || hears;
    return wrong;
}

/// Puts indices where labels are named, and pairs repeat with end.
class Linker {
public:
    explicit Linker(Script& script) : steps_(script.steps) {}

    std::optional<ScriptError> run() {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (steps_[i].verb == Verb::Label && !labels_.emplace(steps_[i].text, i).second) {
                return ScriptError{i, fmt::format("there is a label {} already", steps_[i].text)};
            }
        }
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (auto wrong = link(i); !wrong.empty()) {
                return ScriptError{i, std::move(wrong)};
            }
        }
        return open_.empty() ? std::nullopt
                             : std::optional{ScriptError{open_.back(), "a repeat without its end"}};
    }

private:
    std::string link(std::size_t at) {
        Step& step = steps_[at];
        if (step.verb == Verb::Repeat) {
            open_.push_back(at);
        } else if (step.verb == Verb::End) {
            if (open_.empty()) {
                return "an end without a repeat before it";
            }
            step.target = open_.back();
            steps_[open_.back()].target = at;
            open_.pop_back();
        } else if (step.verb == Verb::Goto) {
            step.count = step.count == 0 ? kMostRounds : step.count;
            return find(step.text, step.target);
        }
        return step.otherwise.empty() ? std::string{} : find(step.otherwise, step.elseTarget);
    }
    std::string find(const std::string& label, std::size_t& target) const {
        const auto at = labels_.find(label);
        if (at == labels_.end()) {
            return fmt::format("there is no label {}; write a step \"label {}\"", label, label);
        }
        target = at->second;
        return {};
    }

    std::vector<Step>& steps_;
    std::map<std::string, std::size_t, std::less<>> labels_;
    std::vector<std::size_t> open_;
};

}  // namespace

bool Script::serves() const {
    for (const Step& step : steps) {
        if (step.verb == Verb::Answer || (step.verb == Verb::Wait && step.until == Until::Call)) {
            return true;
        }
        if (step.verb != Verb::Modem && step.verb != Verb::Note && step.verb != Verb::Label) {
            return false;
        }
    }
    return false;
}

std::variant<Script, ScriptError> parseScript(std::span<const std::string> steps) {
    Script script;
    if (steps.empty() || steps.size() > kMostSteps) {
        return ScriptError{0, fmt::format("a script has 1 to {} steps", kMostSteps)};
    }
    bool called = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        Step step;
        bool needsCall = false;
        if (std::string wrong = readStep(step, steps[i], needsCall); !wrong.empty()) {
            return ScriptError{i, std::move(wrong)};
        }
        called = called || step.verb == Verb::Dial || step.verb == Verb::Answer;
        if (needsCall && !called) {
            return ScriptError{i, "there is no call yet; dial or answer in a step before this one"};
        }
        script.steps.push_back(std::move(step));
    }
    if (auto wrong = Linker{script}.run()) {
        return std::move(*wrong);
    }
    return script;
}

std::variant<Script, ScriptError> parseScriptLine(std::string_view line) {
    std::vector<std::string> steps{std::string{}};
    bool quoted = false;
    for (const char c : line) {
        quoted = c == '"' ? !quoted : quoted;
        if (c == ';' && !quoted) {
            steps.emplace_back();
        } else {
            steps.back() += c;
        }
    }
    if (steps.size() > 1 && steps.back().find_first_not_of(" \t\r") == std::string::npos) {
        steps.pop_back();
    }
    return parseScript(steps);
}

std::vector<std::string> scriptHelp() {
    std::vector<std::string> lines;
    for (const VerbRow& row : kVerbs) {
        lines.emplace_back(row.help);
    }
    return lines;
}

}  // namespace tipring::sim
