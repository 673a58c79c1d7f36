// SPDX-License-Identifier: Apache-2.0
#include "caller_id_text.h"

#include <fmt/format.h>

namespace tipring::sim {

namespace {

char letterOf(Absence absence) {
    return absence == Absence::Private ? 'P' : 'O';
}

/// One parameter of the message: type, length, text.
void addField(std::string& message, char type, std::string_view text) {
    text = text.substr(0, 60);  // four of them fit into one message of 255 bytes
    message += type;
    message += static_cast<char>(text.size());
    message += text;
}

}  // namespace

std::vector<std::string> callerIdLines(const CallerId& id, Personality::CallerIdText style) {
    const std::string_view equals = style == Personality::CallerIdText::Spaced ? " = " : "=";
    std::vector<std::string> lines;
    lines.push_back(fmt::format("DATE{}{:02}{:02}", equals, id.month, id.day));
    lines.push_back(fmt::format("TIME{}{:02}{:02}", equals, id.hour, id.minute));
    if (id.numberAbsence != Absence::None) {
        lines.push_back(fmt::format("NMBR{}{}", equals, letterOf(id.numberAbsence)));
    } else {
        lines.push_back(fmt::format("NMBR{}{}", equals, id.number));
    }
    if (id.nameAbsence != Absence::None) {
        lines.push_back(fmt::format("NAME{}{}", equals, letterOf(id.nameAbsence)));
    } else if (!id.name.empty()) {
        lines.push_back(fmt::format("NAME{}{}", equals, id.name));
    }
    return lines;
}

std::string callerIdHex(const CallerId& id) {
    std::string fields;
    addField(fields, 0x01,
             fmt::format("{:02}{:02}{:02}{:02}", id.month, id.day, id.hour, id.minute));
    if (id.numberAbsence != Absence::None) {
        addField(fields, 0x04, std::string(1, letterOf(id.numberAbsence)));
    } else {
        addField(fields, 0x02, id.number);
    }
    if (id.nameAbsence != Absence::None) {
        addField(fields, 0x08, std::string(1, letterOf(id.nameAbsence)));
    } else if (!id.name.empty()) {
        addField(fields, 0x07, id.name);
    }
    std::string message{static_cast<char>(0x80), static_cast<char>(fields.size())};
    message += fields;
    unsigned sum = 0;
    for (const char c : message) {
        sum += static_cast<unsigned char>(c);
    }
    message += static_cast<char>(0x100 - (sum & 0xFF));
    std::string hex;
    for (const char c : message) {
        hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
    }
    return hex;
}

}  // namespace tipring::sim
