// SPDX-License-Identifier: Apache-2.0
// Single functions of the table over the wire, without a manager: what comes back is what the
// provider gave.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "host_services.h"
#include "tapi_core/fake_provider.h"
#include "tipring/hal/base/virtual_loop.h"
#include "wire_peer.h"

namespace tipring::test {
namespace {

TSPI_RESULT giveDescriptor(HDRVCALL, const char* deviceClass, int* descriptor) {
    if (std::strcmp(deviceClass, "comm") != 0) {
        return static_cast<TSPI_RESULT>(LINEERR_INVALDEVICECLASS);
    }
    *descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    return 0;
}
std::vector<TspiMonitorTone> heardTones;
TSPI_RESULT keepTones(HDRVCALL, const TspiMonitorTone* tones, std::uint32_t count) {
    heardTones.assign(tones, tones + count);
    return 0;
}
TSPI_RESULT longName(HDRVLINE, const char*, char* id, std::size_t capacity) {
    std::memset(id, 'x', capacity);
    id[capacity - 1] = '\0';
    return 0;
}
/// Writes behind the struct that it was given.
TSPI_RESULT writeTooMuch(HDRVLINE, TspiLineStatus* status) {
    status->connected = 1;
    std::memset(reinterpret_cast<char*>(status) + sizeof *status, 'x', 100);
    return 0;
}

class IsolatedTableTest : public testing::Test {
protected:
    IsolatedTableTest() : services(loop, [](int, const char*, const char*) {}) {
        heardTones.clear();
        fake.table.lineGetDescriptor = &giveDescriptor;
        fake.table.lineMonitorTones = &keepTones;
        fake.table.lineGetID = &longName;
        fake.table.lineGetLineDevStatus = &writeTooMuch;
        isolated = *isolation::IsolatedProvider::create(wireLauncher(loop, fake.table), {});
        init.size = sizeof init;
        init.version = TSPI_VERSION;
        init.host = &services.table();
        init.context = this;
        init.completion = [](void* context, DRV_REQUESTID id, TSPI_RESULT, const char*) {
            static_cast<IsolatedTableTest*>(context)->completed.push_back(id);
        };
        TspiCallParams params{};
        params.size = sizeof params;
        params.mediaMode = LINEMEDIAMODE_AUTOMATEDVOICE;
        EXPECT_EQ(table().providerInit(&init, &session), 0);
        EXPECT_EQ(table().providerCreateLineDevice(session, "one", 5), 0);
        EXPECT_EQ(table().lineOpen(session, 5, reinterpret_cast<HTAPILINE>(0x10), &onEvent,
                                   TSPI_VERSION, &line),
                  0);
        EXPECT_EQ(
            table().lineMakeCall(77, line, reinterpret_cast<HTAPICALL>(0x20), "12", &params, &call),
            77);
    }
    ~IsolatedTableTest() override {
        EXPECT_EQ(table().lineCloseCall(call), 0);
        EXPECT_EQ(table().lineClose(line), 0);
        EXPECT_EQ(table().providerShutdown(session), 0);
    }
    [[nodiscard]] const TspiProvider& table() const { return isolated->table(); }
    static void onEvent(HTAPILINE, HTAPICALL, std::uint32_t, std::uintptr_t, std::uintptr_t,
                        std::uintptr_t) {}

    hal::VirtualLoop loop;
    FakeProvider fake;
    isolation::HostServices services;
    std::unique_ptr<isolation::IsolatedProvider> isolated;
    TspiInit init{};
    HPROVIDER session = nullptr;
    HDRVLINE line = nullptr;
    HDRVCALL call = nullptr;
    std::vector<DRV_REQUESTID> completed;
};

TEST_F(IsolatedTableTest, ARequestIsCompletedOnceAndMakesACall) {
    EXPECT_EQ(completed, std::vector<DRV_REQUESTID>{77});
    EXPECT_NE(call, nullptr);
    EXPECT_EQ(fake.lastCall().number, "12");
    EXPECT_EQ(fake.lastCall().params.mediaMode, LINEMEDIAMODE_AUTOMATEDVOICE);
}

TEST_F(IsolatedTableTest, ADescriptorComesAlong) {
    int given = -1;
    ASSERT_EQ(table().lineGetDescriptor(call, "comm", &given), 0);
    ASSERT_GE(given, 0);
    EXPECT_EQ(::write(given, "x", 1), 1);
    EXPECT_NE(::fcntl(given, F_GETFD) & FD_CLOEXEC, 0);
    ::close(given);
    EXPECT_EQ(table().lineGetDescriptor(call, "wave", &given),
              static_cast<TSPI_RESULT>(LINEERR_INVALDEVICECLASS));
    EXPECT_EQ(given, -1);
}

TEST_F(IsolatedTableTest, AListGoesWhole) {
    const TspiMonitorTone tones[] = {{1, 100, {440, 0, 0}}, {2, 200, {350, 440, 0}}};
    ASSERT_EQ(table().lineMonitorTones(call, tones, 2), 0);
    ASSERT_EQ(heardTones.size(), 2u);
    EXPECT_EQ(heardTones[1].frequency[0], 350u);
    ASSERT_EQ(table().lineMonitorTones(call, nullptr, 0), 0);
    EXPECT_TRUE(heardTones.empty());
}

TEST_F(IsolatedTableTest, ATextIsCutAtTheCallersEnd) {
    char small[8];
    ASSERT_EQ(table().lineGetID(line, "comm/portname", small, sizeof small), 0);
    EXPECT_STREQ(small, "xxxxxxx");
}

TEST_F(IsolatedTableTest, WhatIsWrittenBehindAStructStaysInTheHost) {
    struct {
        TspiLineStatus status;
        char behind[100];
    } space{};
    space.status.size = sizeof space.status;
    ASSERT_EQ(table().lineGetLineDevStatus(line, &space.status), 0);
    EXPECT_EQ(space.status.connected, 1u);
    EXPECT_EQ(std::count(std::begin(space.behind), std::end(space.behind), '\0'), 100);
}

}  // namespace
}  // namespace tipring::test
