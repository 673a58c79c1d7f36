// SPDX-License-Identifier: Apache-2.0
#include "dial_string.h"

#include <fmt/format.h>

#include <algorithm>

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::core {
namespace {

struct Modifier {
    char character;
    std::uint32_t flag;  // 0: never possible
    hal::ErrorCode error;
    const char* meaning;
};
constexpr Modifier kModifiers[] = {
    {'W', LINEDEVCAPFLAGS_DIALDIALTONE, hal::ErrorCode::DialDialtone, "wait for dial tone"},
    {'@', LINEDEVCAPFLAGS_DIALQUIET, hal::ErrorCode::DialQuiet, "wait for a quiet answer"},
    {'$', LINEDEVCAPFLAGS_DIALBILLING, hal::ErrorCode::DialBilling, "wait for the billing tone"},
    {'?', 0, hal::ErrorCode::DialPrompt, "prompt the user, which the application must do"},
    {':', 0, hal::ErrorCode::DialVoiceDetect, "wait for a voice"},
};

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool isOneOf(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}
auto invalid(std::size_t at, const char* what) {
    return hal::fail(hal::ErrorCode::InvalAddress,
                     fmt::format("character {} of the number {}", at + 1, what));
}

hal::Result<void> checkBytes(std::string_view text) {
    if (text.size() > kMaxDialText) {
        return hal::fail(
            hal::ErrorCode::InvalAddress,
            fmt::format("the number has {} characters; {} are allowed", text.size(), kMaxDialText));
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) {
            return invalid(i, "is a control character");
        }
        if (byte > 0x7F) {
            return invalid(i, "is not ASCII");
        }
    }
    return {};
}

const Modifier* modifierOf(char c) {
    const auto* found = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                     [c](const Modifier& each) { return each.character == c; });
    return found == std::end(kModifiers) ? nullptr : found;
}

}  // namespace

hal::Result<std::string> scanDialString(std::string_view text, std::uint32_t devCapFlags) {
    if (auto checked = checkBytes(text); !checked) {
        return tl::unexpected(std::move(checked.error()));
    }
    const std::string_view dialled = text.substr(0, text.find_first_of("|^"));
    const std::size_t last = dialled.find_last_not_of(' ');
    std::string out;
    for (std::size_t i = 0; i < dialled.size(); ++i) {
        const char c = upper(dialled[i]);
        if (const Modifier* modifier = modifierOf(c)) {
            if ((devCapFlags & modifier->flag) == 0) {
                return hal::fail(modifier->error,
                                 fmt::format("this line cannot {} (`{}`)", modifier->meaning, c));
            }
            out += c;
        } else if (isOneOf(c, "0123456789ABCD*#,!TP") || (c == ';' && i == last)) {
            out += c;
        } else if (c == ';') {
            return invalid(i, "is `;`, which stands only at the end");
        } else if (c == '+') {
            return invalid(i, "is `+`: a canonical number must be made dialable first");
        } else if (c >= 'A' && c <= 'Z') {
            return invalid(i, "is a letter that is neither a digit nor a modifier");
        }
    }
    return out;
}

std::vector<std::string> cutDialString(std::string_view dialable, std::size_t limit) {
    if (limit == 0 || dialable.size() <= limit) {
        return {std::string(dialable)};
    }
    const std::size_t room = std::max<std::size_t>(limit, 4);
    std::vector<std::string> pieces;
    char mode = '\0';
    while (!dialable.empty()) {
        std::string piece;
        if (mode != '\0' && !isOneOf(dialable.front(), "TP;")) {
            piece += mode;
        }
        const bool fits = piece.size() + dialable.size() <= room;
        const std::size_t count = fits ? dialable.size() : room - 1 - piece.size();
        const std::string_view part = dialable.substr(0, count);
        if (const std::size_t at = part.find_last_of("TP"); at != std::string_view::npos) {
            mode = part[at];
        }
        piece += part;
        dialable.remove_prefix(count);
        if (dialable == ";") {  // the string's own end; no piece of its own
            dialable = {};
        }
        if (!fits) {
            piece += ';';
        }
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

}  // namespace tipring::core
