// SPDX-License-Identifier: Apache-2.0
#include "caller_id_text.h"

namespace tipring::dsp {

namespace {

constexpr unsigned char kPound = 0xA3;        // ISO 8859-1
constexpr unsigned char kBritishPound = '$';  // its place in the British variant

}  // namespace

ShortText<2> toUtf8(unsigned char byte, CallerIdCharacters characters) {
    ShortText<2> text;
    if (characters == CallerIdCharacters::British) {
        byte = byte == kBritishPound ? kPound : byte;
    }
    if (byte < 0x20 || (byte >= 0x7F && byte < 0xA0)) {
        return text;
    }
    if (byte < 0x80) {
        text.push(static_cast<char>(byte));
        return text;
    }
    text.push(static_cast<char>(0xC0 | byte >> 6));
    text.push(static_cast<char>(0x80 | (byte & 0x3F)));
    return text;
}

char takeCharacter(std::string_view& text, CallerIdCharacters characters) {
    const auto first = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    unsigned character = first;
    if (first >= 0x80) {
        const bool two = (first & 0xE0) == 0xC0 && !text.empty();
        character = two ? (first & 0x1FU) << 6 | (static_cast<unsigned char>(text.front()) & 0x3FU)
                        : 0x100U;
        while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0) == 0x80) {
            text.remove_prefix(1);
        }
    }
    if (characters == CallerIdCharacters::British) {
        if (character == kPound) {
            return kBritishPound;
        }
        return character < 0x80 && character != kBritishPound ? static_cast<char>(character) : '?';
    }
    return character < 0x100 ? static_cast<char>(character) : '?';
}

}  // namespace tipring::dsp
