// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/flash_services.h"

#include <algorithm>
#include <array>

namespace tipring::analog {
namespace {

// Break times: in the middle of what exchanges take (North America 300 to 1000 ms; in Europe a
// break of that length may hang up). Private exchanges mostly take the short one. North America has
// no service that ends one of two calls: the flash that joins all three, and the next one, which
// ends the last that came, do it.
constexpr std::array kServices{
    FlashServices{.kind = FlashKind::None, .name = "none"},
    FlashServices{.kind = FlashKind::NorthAmerican,
                  .name = "american",
                  .hold = "!",
                  .retrieve = "!",
                  .join = "!",
                  .dropActive = "!,!",
                  .dropLast = "!",
                  .takeWaiting = "!",
                  .breakTime = 600},
    FlashServices{.kind = FlashKind::NorthAmericanTransfer,
                  .name = "american-transfer",
                  .hold = "!",
                  .retrieve = "!",
                  .join = "!",
                  .dropActive = "!,!",
                  .dropLast = "!",
                  .takeWaiting = "!",
                  .breakTime = 600,
                  .transferByHangUp = true},
    FlashServices{.kind = FlashKind::European,
                  .name = "european",
                  .hold = "!",
                  .retrieve = "!",
                  .swap = "!2",
                  .join = "!3",
                  .dropActive = "!1",
                  .dropHeld = "!0",
                  .dropLast = "!1",
                  .dropFirst = "!0",
                  .transfer = "!4",
                  .takeWaiting = "!2",
                  .breakTime = 100},
    FlashServices{.kind = FlashKind::Pbx,
                  .name = "pbx",
                  .hold = "!",
                  .retrieve = "!",
                  .swap = "!",
                  .takeWaiting = "!",
                  .breakTime = 100,
                  .transferByHangUp = true},
};

constexpr std::array<std::string_view, 3> kAmerican{"CA", "JP", "US"};
constexpr std::array<std::string_view, 30> kEuropean{
    "AT", "AU", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
    "HU", "IE", "IS", "IT", "LU", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "SI", "SK", "ZA"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& countries, std::string_view country) {
    return std::find(countries.begin(), countries.end(), country) != countries.end();
}

}  // namespace

const FlashServices& flashServices(FlashKind kind) noexcept {
    return kServices[static_cast<std::size_t>(kind)];
}

std::span<const FlashServices> allFlashServices() noexcept {
    return kServices;
}

std::optional<FlashKind> flashKindNamed(std::string_view name) noexcept {
    const auto found = std::find_if(kServices.begin(), kServices.end(),
                                    [name](const FlashServices& row) { return row.name == name; });
    return found != kServices.end() ? std::optional{found->kind} : std::nullopt;
}

FlashKind flashKindOf(std::string_view country) noexcept {
    return has(kAmerican, country)   ? FlashKind::NorthAmerican
           : has(kEuropean, country) ? FlashKind::European
                                     : FlashKind::None;
}

}  // namespace tipring::analog
