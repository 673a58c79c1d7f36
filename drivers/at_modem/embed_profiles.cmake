# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=file.cpp -DPROFILES=a.toml,b.toml -P embed_profiles.cmake
# Writes the profiles as raw string literals.
string(REPLACE "," ";" profiles "${PROFILES}")
set(rows "")
set(count 0)
foreach(profile IN LISTS profiles)
    get_filename_component(name ${profile} NAME_WE)
    file(READ ${profile} text)
    string(APPEND rows "    BuiltinProfile{\"${name}\", R\"toml(${text})toml\"},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: Apache-2.0
// Made from profiles/*.toml by embed_profiles.cmake.
#include <array>

#include \"profile_store.h\"

namespace tipring::at_modem {
namespace {

constexpr std::array<BuiltinProfile, ${count}> kProfiles{
${rows}};

}  // namespace

std::size_t builtinProfileCount() noexcept { return kProfiles.size(); }
const BuiltinProfile& builtinProfile(std::size_t index) noexcept { return kProfiles[index]; }

}  // namespace tipring::at_modem
")
