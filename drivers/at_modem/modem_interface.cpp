// SPDX-License-Identifier: Apache-2.0
#include "modem_interface.h"

#include <fmt/format.h>

#include <iterator>

namespace tipring::at_modem {
namespace {

constexpr TspiArgument kLine[] = {{"line", 's'}};
constexpr TspiArgument kResponse[] = {{"response", 's'}};
constexpr TspiArgument kIdentity[] = {
    {"manufacturer", 's'}, {"model", 's'}, {"revision", 's'}, {"profile", 's'}};
constexpr TspiArgument kInUse[] = {{"inUse", 'b'}};
constexpr TspiArgument kLevel[] = {{"level", 'u'}};

constexpr TspiMethod kMethods[] = {
    {"Command",
     "Sends an AT line, given without AT, while there is no call; gives the lines of the answer "
     "before its result, with line breaks between.",
     kLine, 1, kResponse, 1},
    {"Identify", "What the modem says of itself, and the profile that was chosen for it.", nullptr,
     0, kIdentity, 4},
    {"LineInUse", "A parallel telephone is off the hook, as far as the modem has told.", nullptr, 0,
     kInUse, 1},
    {"SpeakerLevel", "The modem's loudspeaker: 0 off, 1 to 3 louder.", nullptr, 0, kLevel, 1},
    {"SetSpeakerLevel", "Sets the modem's loudspeaker: 0 off, 1 to 3 louder.", kLevel, 1, nullptr,
     0},
};
constexpr TspiInterfaceSignal kEvents[] = {
    {"Unsolicited", "The modem said something that the driver has no use for.", kLine, 1},
    {"LineInUseChanged", "A parallel telephone was lifted or put down.", kInUse, 1},
};

}  // namespace

const TspiInterface kModemInterface = {sizeof(TspiInterface),
                                       TSPI_OBJECT_ADDRESS,
                                       "org.tipring.AtModem",
                                       1,
                                       "An AT modem: raw commands, identification, line in use, "
                                       "loudspeaker.",
                                       kMethods,
                                       std::size(kMethods),
                                       kEvents,
                                       std::size(kEvents)};

std::string printable(std::string_view line) {
    std::string text;
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F) {
            text += c;
        } else {
            text += fmt::format("\\x{:02X}", byte);
        }
    }
    return text;
}

}  // namespace tipring::at_modem
