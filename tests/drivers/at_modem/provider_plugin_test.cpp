// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::at_modem {
namespace {

TEST(AtModemPlugin, ExportsTheEntryPointAndNothingOfItsOwn) {
    void* library = dlopen(TIPRING_AT_MODEM_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    const auto entry = reinterpret_cast<TspiEntryPoint>(dlsym(library, TSPI_ENTRY_POINT_NAME));
    ASSERT_NE(entry, nullptr);
    const TspiProvider* table = entry();
    EXPECT_EQ(std::string(table->name), "at_modem");
    EXPECT_EQ(table->size, sizeof(TspiProvider));
    EXPECT_NE(table->lineMakeCall, nullptr);
    EXPECT_NE(table->mediaStart, nullptr);
    // Process-wide logs live in it: it stays loaded, as in the manager.
}

}  // namespace
}  // namespace tipring::at_modem
