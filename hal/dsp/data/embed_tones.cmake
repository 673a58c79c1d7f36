# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=file.cpp -DINPUT=tones.csv -P embed_tones.cmake
# Writes the table as raw string literals, one a country, because a compiler may refuse a longer one.
file(READ ${INPUT} text)
string(REPLACE "\n\n" ")csv\"\n    R\"csv(\n" text "${text}")
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: Apache-2.0
// Made from tones.csv by embed_tones.cmake.
#include \"builtin_tones.h\"

namespace tipring::dsp {

std::string_view builtinTonesText() noexcept {
    static constexpr char kText[] = R\"csv(${text})csv\";
    return {kText, sizeof kText - 1};
}

}  // namespace tipring::dsp
")
