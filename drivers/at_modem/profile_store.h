// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile.h"
#include "tipring/hal/base/result.h"

namespace tipring::at_modem {

/// A profile that was compiled in.
struct BuiltinProfile {
    std::string_view name;  ///< "v253-voice"
    std::string_view text;  ///< TOML
};
/// All of them; made from profiles/*.toml at build time.
[[nodiscard]] std::size_t builtinProfileCount() noexcept;
[[nodiscard]] const BuiltinProfile& builtinProfile(std::size_t index) noexcept;

/// What a modem says about itself; empty where it was not asked or answered ERROR.
struct ModemFacts {
    std::string product;       ///< ATI0
    std::string firmware;      ///< ATI3
    std::string manufacturer;  ///< +GMI, else +FMI
    std::string model;         ///< +GMM, else +FMM
    std::string classes;       ///< +FCLASS=?
    std::string hashClasses;   ///< #CLS=?
    std::string formats;       ///< +VSM=?, lines joined by LF
    std::string lineSelects;   ///< +VLS=?, lines joined by LF
    std::string usb;           ///< "0572:1340", from the system
};

/// All profiles of one session: the built-in ones, and those of a directory, which go before
/// built-in ones of the same name.
class ProfileStore {
public:
    ProfileStore();

    /// Reads every *.toml of a directory, parents before children. A file that cannot be read or
    /// understood is left out and named in the returned list; all others stand.
    std::vector<hal::Error> addDirectory(const std::string& directory);
    /// One text, as a file of that name. An error leaves the store as it was.
    hal::Result<void> add(std::string_view text, std::string_view file);

    [[nodiscard]] const Profile* find(std::string_view name) const;
    /// The profile whose rules say most about these facts; ties go to the name that sorts first.
    /// Always one: generic-v250 when nothing matches.
    [[nodiscard]] const Profile& choose(const ModemFacts& facts) const;
    [[nodiscard]] std::vector<std::string> names() const;

private:
    std::vector<std::unique_ptr<Profile>> profiles_;
};

/// How much a rule says about these facts; none when one of its conditions does not hold.
[[nodiscard]] std::optional<int> matchWeight(const MatchRule& rule, const ModemFacts& facts);

/// True when a list such as "(0,1,1.0,2,8)" or "0-2,8" or a line of it has the whole token.
[[nodiscard]] bool hasToken(std::string_view list, std::string_view token);

}  // namespace tipring::at_modem
