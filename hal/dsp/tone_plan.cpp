// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone_plan.h"

#include <algorithm>

#include "builtin_tones.h"

namespace tipring::dsp {

namespace {

constexpr std::array<std::string_view, kToneKinds> kKindNames{
    "dial",
    "special-dial",
    "busy",
    "congestion",
    "ringback",
    "call-waiting",
    "unobtainable",
    "howler",
    "information",
    "sit-intercept",
    "sit-vacant-code",
    "sit-reorder-local",
    "sit-no-circuit-local",
    "sit-reorder-toll",
    "sit-no-circuit-toll",
};

constexpr std::size_t kMostText = 256 * 1024;
constexpr std::size_t kMostCountries = 500;
constexpr std::size_t kMostTones = 64;
constexpr std::size_t kMostSources = 100;
constexpr std::size_t kMostFields = 5;

/// Takes what stands before `mark` off the text, and the mark.
std::string_view take(std::string_view& text, char mark) {
    const std::size_t at = std::min(text.find(mark), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

/// Digits with at most one decimal, up to 99999.9.
std::optional<float> number(std::string_view text) {
    float value = 0;
    std::size_t digits = 0;
    const std::size_t point = std::min(text.find('.'), text.size());
    if (point == 0 || point > 5 || text.size() > point + 2 || text.size() == point + 1) {
        return std::nullopt;
    }
    for (const char c : text) {
        if (c == '.' && digits == point) {
            continue;
        }
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<float>(c - '0');
        ++digits;
    }
    return point < text.size() ? value / 10 : value;
}

std::optional<float> frequency(std::string_view text) {
    const std::optional<float> hertz = number(text);
    return hertz && *hertz >= 20 && *hertz < 4000 ? hertz : std::nullopt;
}

bool parseModulated(std::string_view text, ToneStep& step) {
    const std::string_view carrier = take(text, '*');
    const auto hertz = frequency(carrier);
    const auto modulation = number(text);
    if (!hertz || !modulation || *modulation < 5 || *modulation > 200) {
        return false;
    }
    step.hertz[0] = *hertz;
    step.modulation = *modulation;
    return true;
}

bool parseSound(std::string_view text, ToneStep& step) {
    if (text == "0") {
        return true;
    }
    if (text.find('*') != std::string_view::npos) {
        return parseModulated(text, step);
    }
    if (text.ends_with('+')) {
        return false;
    }
    for (float& hertz : step.hertz) {
        const auto one = frequency(take(text, '+'));
        if (!one) {
            return false;
        }
        hertz = *one;
        if (text.empty()) {
            return true;
        }
    }
    return false;
}

std::optional<ToneStep> parseStep(std::string_view text) {
    ToneStep step;
    const bool timed = text.find('/') != std::string_view::npos;
    if (!parseSound(take(text, '/'), step)) {
        return std::nullopt;
    }
    if (!timed) {
        return step.silent() ? std::nullopt : std::optional(step);
    }
    const auto milliseconds = number(text);
    if (!milliseconds || *milliseconds < 10 || *milliseconds > 60000) {
        return std::nullopt;
    }
    step.milliseconds = static_cast<std::uint16_t>(*milliseconds);
    return step;
}

}  // namespace

std::string_view toneKindName(ToneKind kind) noexcept {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<ToneKind> toneKindOf(std::string_view name) noexcept {
    const auto at = std::find(kKindNames.begin(), kKindNames.end(), name);
    if (at == kKindNames.end()) {
        return std::nullopt;
    }
    return static_cast<ToneKind>(at - kKindNames.begin());
}

std::optional<TonePattern> parseTonePattern(std::string_view text) noexcept {
    TonePattern pattern;
    while (!text.empty()) {
        const std::string_view word = take(text, ' ');
        if (word == "|" && pattern.count > 0 && pattern.repeatFrom == 0 && !text.empty()) {
            pattern.repeatFrom = pattern.count;
            continue;
        }
        const std::optional<ToneStep> step = parseStep(word);
        const bool endless =
            pattern.count > 0 && pattern.steps[pattern.count - 1].milliseconds == 0;
        if (!step || endless || pattern.count == TonePattern::kMost) {
            return std::nullopt;
        }
        pattern.steps[pattern.count++] = *step;
    }
    const bool sounds = std::any_of(pattern.steps.begin(), pattern.steps.end(),
                                    [](const ToneStep& step) { return !step.silent(); });
    return sounds ? std::optional(pattern) : std::nullopt;
}

namespace {

/// Reads the table line by line; a cause ends it.
class TableReader {
public:
    std::string_view read(std::string_view line) {
        std::array<std::string_view, kMostFields> fields;
        std::size_t count = 0;
        while (!line.empty()) {
            if (count == kMostFields) {
                return "too many fields";
            }
            fields[count++] = take(line, ',');
        }
        const auto words = std::span(fields).first(count);
        if (words[0] == "source") {
            return source(words);
        }
        if (words[0] == "country") {
            return country(words);
        }
        return words[0] == "tone" ? tone(words) : "neither source, country nor tone";
    }

    [[nodiscard]] ToneTable finish() { return std::move(table_); }

private:
    using Fields = std::span<const std::string_view>;

    std::string_view source(Fields fields) {
        if (fields.size() != 3 || keys_.size() == kMostSources) {
            return "not source,KEY,document";
        }
        keys_.emplace_back(fields[1]);
        table_.sources.emplace_back(fields[2]);
        return {};
    }

    std::string_view country(Fields fields) {
        if (fields.size() != 3 || fields[1].size() != 2) {
            return "not country,CODE,name";
        }
        if (table_.find(fields[1]) != nullptr || table_.countries.size() == kMostCountries) {
            return "country twice, or too many";
        }
        table_.countries.push_back({std::string(fields[1]), std::string(fields[2]), {}});
        return {};
    }

    std::string_view tone(Fields fields) {
        if (fields.size() != 5) {
            return "not tone,CODE,kind,pattern,KEY";
        }
        if (table_.countries.empty() || table_.countries.back().code != fields[1]) {
            return "tone of another country";
        }
        const auto kind = toneKindOf(fields[2]);
        const auto pattern = parseTonePattern(fields[3]);
        const auto key = std::find(keys_.begin(), keys_.end(), fields[4]);
        if (!kind || !pattern || key == keys_.end()) {
            return !kind ? "unknown kind" : !pattern ? "no pattern" : "unknown source";
        }
        auto& tones = table_.countries.back().tones;
        if (tones.size() == kMostTones) {
            return "too many tones";
        }
        tones.push_back({*kind, *pattern, static_cast<std::size_t>(key - keys_.begin())});
        return {};
    }

    ToneTable table_;
    std::vector<std::string> keys_;
};

}  // namespace

std::variant<ToneTable, ToneTableError> parseToneTable(std::string_view text) {
    if (text.size() > kMostText) {
        return ToneTableError{1, "too long"};
    }
    TableReader reader;
    for (std::size_t line = 1; !text.empty(); ++line) {
        std::string_view words = take(text, '\n');
        if (words.ends_with('\r')) {
            words.remove_suffix(1);
        }
        if (words.empty() || words.front() == '#') {
            continue;
        }
        if (const std::string_view cause = reader.read(words); !cause.empty()) {
            return ToneTableError{line, cause};
        }
    }
    return reader.finish();
}

const TonePattern* CountryTones::find(ToneKind kind) const noexcept {
    const auto at = std::find_if(tones.begin(), tones.end(),
                                 [&](const CountryTone& tone) { return tone.kind == kind; });
    return at == tones.end() ? nullptr : &at->pattern;
}

const CountryTones* ToneTable::find(std::string_view code) const noexcept {
    const auto at = std::find_if(countries.begin(), countries.end(),
                                 [&](const CountryTones& one) { return one.code == code; });
    return at == countries.end() ? nullptr : &*at;
}

const ToneTable& builtinTones() {
    // A unit test proves that the built-in text is a table.
    static const ToneTable table = [] {
        auto parsed = parseToneTable(builtinTonesText());
        ToneTable* good = std::get_if<ToneTable>(&parsed);
        return good != nullptr ? std::move(*good) : ToneTable{};
    }();
    return table;
}

}  // namespace tipring::dsp
