// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/flash_services.h"

#include <gtest/gtest.h>

#include <set>

namespace tipring::analog {
namespace {

TEST(FlashServices, HasARowOfItsOwnNameForEachKind) {
    std::set<std::string_view> names;
    for (const FlashServices& services : allFlashServices()) {
        EXPECT_EQ(&flashServices(services.kind), &services);
        EXPECT_EQ(flashKindNamed(services.name), services.kind);
        EXPECT_TRUE(names.insert(services.name).second) << services.name;
    }
}

TEST(FlashServices, HasNoOtherNames) {
    EXPECT_EQ(flashKindNamed("European"), std::nullopt);
    EXPECT_EQ(flashKindNamed(""), std::nullopt);
}

TEST(FlashServices, NeedsHoldingForEverythingElse) {
    for (const FlashServices& services : allFlashServices()) {
        EXPECT_EQ(services.holds(), !services.retrieve.empty()) << services.name;
        EXPECT_TRUE(services.holds() ||
                    !(services.joins() || services.transfers() || !services.swap.empty()));
        EXPECT_TRUE(services.joins() || !services.removes()) << services.name;
        EXPECT_EQ(services.holds(), services.breakTime >= 50) << services.name;
    }
}

TEST(FlashServices, SendsFlashesPausesAndKeysOnly) {
    for (const FlashServices& s : allFlashServices()) {
        for (const std::string_view keys : {s.hold, s.retrieve, s.swap, s.join, s.dropActive,
                                            s.dropHeld, s.dropLast, s.dropFirst, s.transfer}) {
            EXPECT_EQ(keys.find_first_not_of("!,0123456789*#"), keys.npos) << s.name;
            EXPECT_TRUE(keys.empty() || keys.front() == '!') << s.name;
        }
    }
}

TEST(FlashServices, AreChosenByTheCountry) {
    EXPECT_EQ(flashKindOf("US"), FlashKind::NorthAmerican);
    EXPECT_EQ(flashKindOf("DE"), FlashKind::European);
    EXPECT_EQ(flashKindOf("XX"), FlashKind::None);
}

}  // namespace
}  // namespace tipring::analog
