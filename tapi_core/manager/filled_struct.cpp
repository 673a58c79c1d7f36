// SPDX-License-Identifier: Apache-2.0
#include "filled_struct.h"

#include <algorithm>

namespace tipring::core {
namespace {

#define TIPRING_TEXT(Struct, field)                            \
    TextField {                                                \
#field, offsetof(Struct, field), sizeof(Struct::field) \
    }
#define TIPRING_PARTY(field)                                                                   \
    TextField{#field ".number", offsetof(TspiCallInfo, field) + offsetof(TspiPartyId, number), \
              sizeof(TspiPartyId::number)},                                                    \
        TextField {                                                                            \
#field ".name", offsetof(TspiCallInfo, field) + offsetof(TspiPartyId, name),           \
            sizeof(TspiPartyId::name)                                                          \
    }

constexpr TextField kLineCaps[] = {
    TIPRING_TEXT(TspiLineCaps, permanentId),   TIPRING_TEXT(TspiLineCaps, name),
    TIPRING_TEXT(TspiLineCaps, providerInfo),  TIPRING_TEXT(TspiLineCaps, switchInfo),
    TIPRING_TEXT(TspiLineCaps, deviceClasses),
};
constexpr TextField kAddressCaps[] = {TIPRING_TEXT(TspiAddressCaps, address)};
constexpr TextField kLineStatus[] = {TIPRING_TEXT(TspiLineStatus, cause)};
constexpr TextField kAddressStatus[] = {TIPRING_TEXT(TspiAddressStatus, forwardAddress)};
constexpr TextField kCallInfo[] = {
    TIPRING_PARTY(callerId),    TIPRING_PARTY(calledId),      TIPRING_PARTY(redirectingId),
    TIPRING_PARTY(connectedId), TIPRING_PARTY(redirectionId),
};
constexpr TextField kCallStatus[] = {TIPRING_TEXT(TspiCallStatus, cause)};
constexpr TextField kPhoneCaps[] = {
    TIPRING_TEXT(TspiPhoneCaps, permanentId),
    TIPRING_TEXT(TspiPhoneCaps, name),
    TIPRING_TEXT(TspiPhoneCaps, providerInfo),
};
constexpr TextField kPhoneStatus[] = {TIPRING_TEXT(TspiPhoneStatus, cause)};
constexpr TextField kButtonInfo[] = {TIPRING_TEXT(TspiButtonInfo, text)};

#undef TIPRING_PARTY
#undef TIPRING_TEXT

}  // namespace

std::span<const TextField> textFields(const TspiLineCaps&) {
    return kLineCaps;
}
std::span<const TextField> textFields(const TspiAddressCaps&) {
    return kAddressCaps;
}
std::span<const TextField> textFields(const TspiLineStatus&) {
    return kLineStatus;
}
std::span<const TextField> textFields(const TspiAddressStatus&) {
    return kAddressStatus;
}
std::span<const TextField> textFields(const TspiCallInfo&) {
    return kCallInfo;
}
std::span<const TextField> textFields(const TspiCallStatus&) {
    return kCallStatus;
}
std::span<const TextField> textFields(const TspiPhoneCaps&) {
    return kPhoneCaps;
}
std::span<const TextField> textFields(const TspiPhoneStatus&) {
    return kPhoneStatus;
}
std::span<const TextField> textFields(const TspiButtonInfo&) {
    return kButtonInfo;
}

void terminateTexts(std::span<std::byte> bytes, std::span<const TextField> fields,
                    std::vector<StructFault>& faults) {
    for (const TextField& field : fields) {
        const auto text = bytes.subspan(field.offset, field.capacity);
        if (std::find(text.begin(), text.end(), std::byte{0}) == text.end()) {
            faults.push_back({ContractRule::UnterminatedText,
                              std::string(field.name) + " has no terminating zero"});
            text.back() = std::byte{0};
        }
    }
}

}  // namespace tipring::core
