// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>

#include "commands.h"
#include "console.h"
#include "dial_rules.h"
#include "json_line.h"

namespace tipring::tools {
namespace {

using hal::Result;
using tapi::TranslateResult;

struct Word {
    TranslateResult result;
    const char* word;
};
constexpr std::array<Word, 12> kWords{{
    {TranslateResult::Canonical, "canonical"},
    {TranslateResult::International, "international"},
    {TranslateResult::LongDistance, "long distance"},
    {TranslateResult::Local, "local"},
    {TranslateResult::InTollList, "in toll list"},
    {TranslateResult::NotInTollList, "not in toll list"},
    {TranslateResult::DialBilling, "waits for the billing tone"},
    {TranslateResult::DialQuiet, "waits for a quiet answer"},
    {TranslateResult::DialDialTone, "waits for dial tone"},
    {TranslateResult::DialPrompt, "prompts the user"},
    {TranslateResult::VoiceDetect, "waits for a voice"},
    {TranslateResult::NoTranslation, "passed as it is"},
}};

std::vector<std::string> wordsOf(const tapi::Translation& translation) {
    std::vector<std::string> words;
    for (const Word& each : kWords) {
        if (translation.results.has(each.result)) {
            words.emplace_back(each.word);
        }
    }
    if (translation.emergency) {
        words.emplace_back("emergency");
    }
    return words;
}

void tell(Console& console, const tapi::Translation& translation, const std::string& place,
          bool reveal) {
    const bool hidden = translation.secret && !reveal;
    const auto words = wordsOf(translation);
    console.result(fmt::format("Shown as:  {}", translation.displayable));
    console.result(fmt::format("Dialled:   {}", hidden ? "(has a card's digits; see --reveal)"
                                                       : translation.dialable.reveal()));
    console.result(fmt::format("Call:      {}, from {}", fmt::join(words, ", "), place));
    if (!translation.doubt.empty()) {
        console.note(fmt::format("Doubtful:  {}", translation.doubt));
    }
    JsonLine line;
    line.set("displayable", translation.displayable);
    if (!hidden) {
        line.set("dialable", translation.dialable.reveal());
    }
    line.set("location", place).set("currentCountry", translation.currentCountry);
    line.set("destinationCountry", translation.destinationCountry);
    line.set("results", words).set("emergency", translation.emergency);
    line.set("secret", translation.secret).setUnlessEmpty("doubt", translation.doubt);
    line.setUnlessEmpty("subaddress", translation.subaddress);
    line.setUnlessEmpty("name", translation.name);
    console.object(line);
}

Result<void> translate(Console& console, const CommonOptions& common,
                       const TranslateCommand& command) {
    const auto rules = openDialRules(common, command.place.rules);
    if (!rules) {
        return tl::unexpected(rules.error());
    }
    const Result<tapi::Location> place = command.place.location.empty()
                                             ? (*rules)->currentLocation()
                                             : findLocation(**rules, command.place.location);
    if (!place) {
        return tl::unexpected(place.error());
    }
    if (command.callerId) {
        return (*rules)
            ->canonicalOf(command.number, tapi::NumberSource::CallerId, place->id)
            .map([&](const std::string& canonical) {
                console.result(canonical);
                JsonLine line;
                line.set("canonical", canonical).set("location", place->name);
                console.object(line);
            });
    }
    auto options = optionsFor(**rules, command.place);
    if (!options) {
        return tl::unexpected(options.error());
    }
    options->cancelCallWaiting = command.noCallWaiting;
    options->forceLocal = command.local;
    options->forceLongDistance = command.longDistance;
    return (*rules)->translate(command.number, *options).map([&](const auto& translation) {
        tell(console, translation, place->name, command.reveal);
    });
}

}  // namespace

ExitCode runTranslate(Console& console, const CommonOptions& common,
                      const TranslateCommand& command) {
    if (const auto done = translate(console, common, command); !done) {
        console.problem(done.error().cause);
        return exitCodeFor(done.error().code);
    }
    return ExitCode::Ok;
}

}  // namespace tipring::tools
