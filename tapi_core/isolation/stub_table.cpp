// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "stub_call.h"

namespace tipring::isolation {
namespace {

constexpr std::size_t kSlots = 64;
std::array<Stub*, kSlots> slots{};

template <std::size_t N>
TSPI_RESULT initSlot(const TspiInit* init, HPROVIDER* provider) {
    return slots[N]->init(init, provider);
}

template <std::size_t... N>
constexpr auto initFunctions(std::index_sequence<N...>) {
    return std::array{&initSlot<N>...};
}
constexpr auto kInitFunctions = initFunctions(std::make_index_sequence<kSlots>());

TSPI_RESULT interfacesOf(HPROVIDER provider, const TspiInterface** list, std::uint32_t* count) {
    return reinterpret_cast<const Stub*>(provider)->interfaces(list, count);
}

TSPI_RESULT shutDownOf(HPROVIDER provider) {
    return reinterpret_cast<Stub*>(provider)->shutDown();
}

}  // namespace

void fillTable(TspiProvider& table, const std::vector<std::uint8_t>& present) {
    std::size_t at = 0;
#define TIPRING_ROW(name)                                                               \
    if (present[at++] != 0) {                                                           \
        table.name = &StubFunction<Function::name, decltype(TspiProvider::name)>::call; \
    }
    TIPRING_TSPI_FUNCTIONS(TIPRING_ROW)
#undef TIPRING_ROW
    table.providerShutdown = &shutDownOf;
    table.providerGetInterfaces = &interfacesOf;
}

std::optional<std::size_t> takeSlot(Stub& stub, TspiProvider& table) {
    const auto free = std::find(slots.begin(), slots.end(), nullptr);
    if (free == slots.end()) {
        return {};
    }
    *free = &stub;
    const auto slot = static_cast<std::size_t>(free - slots.begin());
    table.providerInit = kInitFunctions[slot];
    return slot;
}

void freeSlot(std::size_t slot) {
    slots[slot] = nullptr;
}

}  // namespace tipring::isolation
