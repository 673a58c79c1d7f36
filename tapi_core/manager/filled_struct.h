// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tipring/tapi_core/manager/contract.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct StructFault {
    ContractRule rule;
    std::string text;
};
/// A fixed text of a struct: where it lies, and how many bytes it has.
struct TextField {
    const char* name;
    std::size_t offset;
    std::size_t capacity;
};
[[nodiscard]] std::span<const TextField> textFields(const TspiLineCaps&);
[[nodiscard]] std::span<const TextField> textFields(const TspiAddressCaps&);
[[nodiscard]] std::span<const TextField> textFields(const TspiLineStatus&);
[[nodiscard]] std::span<const TextField> textFields(const TspiAddressStatus&);
[[nodiscard]] std::span<const TextField> textFields(const TspiCallInfo&);
[[nodiscard]] std::span<const TextField> textFields(const TspiCallStatus&);
[[nodiscard]] std::span<const TextField> textFields(const TspiPhoneCaps&);
[[nodiscard]] std::span<const TextField> textFields(const TspiPhoneStatus&);
[[nodiscard]] std::span<const TextField> textFields(const TspiButtonInfo&);

/// Adds a fault for each text that has no end, and ends it.
void terminateTexts(std::span<std::byte> bytes, std::span<const TextField> fields,
                    std::vector<StructFault>& faults);

/// A struct for a provider to fill, zero but for its size. Behind it is a margin, so that a
/// provider that takes it for a larger one writes over nothing, and is found out.
template <class Struct>
class Filled {
public:
    Filled() {
        margin().fill(kUntouched);
        new (bytes_.data()) Struct{};
        value().size = sizeof(Struct);
    }
    Filled(const Filled&) = delete;
    Filled& operator=(const Filled&) = delete;

    [[nodiscard]] Struct& value() {
        return *std::launder(reinterpret_cast<Struct*>(bytes_.data()));
    }
    Struct* operator->() { return &value(); }

    /// What the provider did to it that it must not. Puts right what it can.
    [[nodiscard]] std::vector<StructFault> check() {
        std::vector<StructFault> faults;
        if (value().size != sizeof(Struct)) {
            faults.push_back({ContractRule::StructSize,
                              "the size of a struct was " + std::to_string(sizeof(Struct)) +
                                  ", and became " + std::to_string(value().size)});
            value().size = sizeof(Struct);
        }
        if (margin() != untouched()) {
            faults.push_back({ContractRule::StructOverrun, "more than the " +
                                                               std::to_string(sizeof(Struct)) +
                                                               " bytes of a struct were written"});
        }
        terminateTexts({bytes_.data(), sizeof(Struct)}, textFields(value()), faults);
        return faults;
    }

private:
    static_assert(std::is_trivial_v<Struct>);
    static constexpr std::size_t kMargin = 256;
    static constexpr std::byte kUntouched{0xA5};
    using Margin = std::array<std::byte, kMargin>;

    Margin& margin() { return *reinterpret_cast<Margin*>(bytes_.data() + sizeof(Struct)); }
    static const Margin& untouched() {
        static const Margin bytes = [] {
            Margin made{};
            made.fill(kUntouched);
            return made;
        }();
        return bytes;
    }

    alignas(Struct) std::array<std::byte, sizeof(Struct) + kMargin> bytes_;
};

}  // namespace tipring::core
