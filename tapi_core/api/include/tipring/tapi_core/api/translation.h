// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

/// Text that must not be seen: it cannot be streamed, formatted or logged; who dials says reveal().
class SecretText {
public:
    SecretText() = default;
    explicit SecretText(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] std::size_t size() const { return text_.size(); }

private:
    std::string text_;
};

/// Permanent; 0 is none.
enum class LocationId : std::uint32_t {};
enum class CardId : std::uint32_t {};
/// Unique and permanent for a country or territory, while several share a country code (+1).
enum class CountryId : std::uint32_t {};

/// `CardId{0}` as an override: dial without a card, whatever the location prefers.
inline constexpr CardId kDirectDial{0};

/// How a call of each reach is dialled (docs/guides/dial-rules.md). The letters stand for
///     E country code    F area code    G subscriber    H the card's secret digits
///     J the card's access number    L, M the location's carrier for long-distance, international
/// 0-9 * # are dialled; , ! W @ $ T P are the modifiers of TAPI's dialable addresses.
/// An empty rule leaves the choice to the next who has one: card, location, country.
struct DialingRules {
    std::string sameArea, longDistance, international;
    bool operator==(const DialingRules&) const = default;
};

/// As LINECOUNTRYENTRY.
struct Country {
    CountryId id{};
    CountryId next{};        ///< the one after it in countries(); 0 at the end
    std::string iso;         ///< "US"
    std::uint32_t code = 0;  ///< 1
    std::string name;        ///< English
    DialingRules rules;
};

/// A place to call from, as LINELOCATIONENTRY.
struct Location {
    LocationId id{};  ///< given by addLocation
    std::string name;
    std::string country;  ///< ISO code
    std::string area;     ///< digits, without trunk prefix; empty: every number is dialled in full
    std::string localAccess, longDistanceAccess;  ///< for an outside line: "9,"
    std::string internationalAccess;              ///< empty: as longDistanceAccess
    std::string longDistanceCarrier, internationalCarrier;
    std::vector<std::string> tollPrefixes;  ///< begin of local numbers that cost as long distance
    std::vector<std::string> localAreas;    ///< other area codes that are a local call
    std::string cancelCallWaiting;          ///< "*70,"
    bool pulse = false;
    CardId preferredCard{};              ///< 0: none
    std::vector<std::string> emergency;  ///< besides those of the country
    DialingRules rules;
    bool operator==(const Location&) const = default;
};

/// As LINECARDENTRY: what may be seen of a card.
struct CallingCard {
    CardId id{};
    std::string name;
    std::string accessNumber;
    std::uint32_t secretDigits = 0;  ///< how many
    DialingRules rules;
};

/// LINETRANSLATEOPTION_*.
struct TranslateOptions {
    std::optional<LocationId> location;  ///< not set: the current one
    std::optional<CardId> card;          ///< not set: the location's
    bool cancelCallWaiting = false;      ///< no effect where the location has no string for it
    bool forceLocal = false, forceLongDistance = false;
};

/// LINETRANSLATERESULT_*.
enum class TranslateResult : std::uint32_t {
    Canonical = 0x1,
    International = 0x2,
    LongDistance = 0x4,
    Local = 0x8,
    InTollList = 0x10,     ///< same area, yet dialled as long distance
    NotInTollList = 0x20,  ///< same area, in a country that has toll lists, and not in it
    DialBilling = 0x40,
    DialQuiet = 0x80,
    DialDialTone = 0x100,
    DialPrompt = 0x200,
    VoiceDetect = 0x400,
    NoTranslation = 0x800,  ///< the dialable string is the input
};
using TranslateResults = Flags<TranslateResult>;
constexpr TranslateResults operator|(TranslateResult a, TranslateResult b) {
    return TranslateResults(a) | TranslateResults(b);
}

/// As LINETRANSLATEOUTPUT.
struct Translation {
    SecretText dialable;      ///< for Address::createCall; may hold the digits of a card
    std::string displayable;  ///< for people and logs: a card stands as its name in brackets
    std::uint32_t currentCountry = 0;      ///< country code
    std::uint32_t destinationCountry = 0;  ///< 0: not canonical
    TranslateResults results;
    bool secret = false;           ///< the dialable string has digits of a card in it
    bool emergency = false;        ///< left as it is: no rule, card or access code stands before it
    std::string subaddress, name;  ///< what stood behind `|` and `^`
    std::string doubt;  ///< why the numbering plan may not have the number ("too short"), or empty
};

/// Where a number that is made canonical comes from.
enum class NumberSource : std::uint8_t {
    CallerId,  ///< as the network sent it
    Dialled,   ///< as it was dialled here: access code, tone letter and modifiers come off
};

/// Ends the subscription when it dies.
class TranslationSubscription {
public:
    virtual ~TranslationSubscription() = default;
};

/// Address translation: dial rules of this machine, one set for all applications.
/// A canonical address is `+CC (area) subscriber|subaddress ^name`, CR LF, further addresses
/// (ignored); the area code may be missing or not bracketed. Other strings pass unchanged.
/// Thread: the loop's. Numbers are at most kMaxAddress bytes; in error texts no card digit stands.
/// Source: TAPI, "Address translation", lineTranslateAddress.
class AddressTranslation {
public:
    static constexpr std::size_t kMaxAddress = 1024;

    virtual ~AddressTranslation() = default;

    /// INVALADDRESS: control characters, too long, `+` and no canonical address behind it;
    /// INVALCOUNTRYCODE: no country has it; INVALLOCATION, INVALCARD: no such, or it lacks what the
    /// rule needs; INVALPARAM: forced both ways.
    [[nodiscard]] virtual Result<Translation> translate(std::string_view address,
                                                        const TranslateOptions& options) const = 0;
    /// The canonical address of a number that was received or dialled at a location, with brackets
    /// where the numbering plan has an area code: one form for each number.
    /// INVALADDRESS: it is none (a service number, withheld, letters, not possible there).
    [[nodiscard]] virtual Result<std::string> canonicalOf(std::string_view number,
                                                          NumberSource source,
                                                          LocationId location) const = 0;
    /// Whether a dialable string reaches an emergency service from there, with or without access
    /// code, tone letter and call-waiting string; a canonical one too. Such a number must never be
    /// barred. An unknown location counts as the current one.
    [[nodiscard]] virtual bool isEmergency(LocationId location,
                                           std::string_view dialable) const = 0;

    [[nodiscard]] virtual std::vector<Country> countries() const = 0;  ///< by ISO code
    [[nodiscard]] virtual std::vector<Location> locations() const = 0;
    [[nodiscard]] virtual std::vector<CallingCard> cards() const = 0;

    /// As tapiGetLocationInfo and lineSetCurrentLocation.
    [[nodiscard]] virtual Location currentLocation() const = 0;
    virtual Result<void> setCurrentLocation(LocationId id) = 0;

    /// The id in `location` is ignored. INVALPARAM names the member that is wrong;
    /// INVALCOUNTRYCODE, INVALCARD: no such.
    virtual Result<LocationId> addLocation(const Location& location) = 0;
    virtual Result<void> changeLocation(const Location& location) = 0;
    /// INUSE: the current one; OPERATIONUNAVAIL: it stands in a drop-in file.
    virtual Result<void> removeLocation(LocationId id) = 0;

    /// `digits` may be dialled anywhere, for example account number and PIN. The digits do not come
    /// back. The id and count in `card` are ignored.
    virtual Result<CardId> addCard(const CallingCard& card, const SecretText& digits) = 0;
    /// INUSE: a location prefers it.
    virtual Result<void> removeCard(CardId id) = 0;

    /// As lineSetTollList: the prefix (first three digits of the subscriber) of a canonical address
    /// in the location's own area. OPERATIONUNAVAIL outside country code 1.
    virtual Result<void> addToTollList(LocationId location, std::string_view address) = 0;
    virtual Result<void> removeFromTollList(LocationId location, std::string_view address) = 0;

    /// Called from inside each successful change, after it (LINEDEVSTATE_TRANSLATECHANGE).
    [[nodiscard]] virtual std::unique_ptr<TranslationSubscription> onChange(
        std::function<void()> callback) = 0;
};

}  // namespace tipring::tapi
