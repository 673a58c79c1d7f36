// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>

namespace tipring::hal {
namespace {

TEST(ErrorName, IsTheWordOfThePublishedHeaders) {
    EXPECT_EQ(errorName(ErrorCode{0x80000001}), "ALLOCATED");
    EXPECT_EQ(errorName(ErrorCode{0x8000000F}), "INUSE");
    EXPECT_EQ(errorName(ErrorCode{0x80000032}), "INVALPARAM");
    EXPECT_EQ(errorName(ErrorCode{0x80000048}), "OPERATIONFAILED");
    EXPECT_EQ(errorName(ErrorCode{0x8000005C}), "DIALVOICEDETECT");
    EXPECT_EQ(errorName(ErrorCode::Timeout), "TIMEOUT");
}

TEST(ErrorName, IsUnknownForAValueThatIsNotListed) {
    EXPECT_EQ(errorName(ErrorCode{0}), "UNKNOWN");
    EXPECT_EQ(errorName(ErrorCode{0x80000004}), "UNKNOWN");
}

TEST(ErrorName, IsDifferentForEachCode) {
    std::set<std::string_view> names;
    int listed = 0;
    // LINEERR_*, PHONEERR_*, our own, TAPIERR_*.
    for (const std::uint32_t first : {0x80000000U, 0x90000000U, 0xC0000000U, 0xFFFFFF00U}) {
        for (std::uint32_t value = first; value < first + 0xFF; ++value) {
            const auto name = errorName(ErrorCode{value});
            if (name != "UNKNOWN") {
                ++listed;
                names.insert(name);
            }
        }
    }
    EXPECT_EQ(names.size(), std::size_t(listed));
    EXPECT_EQ(listed, 85);
}

TEST(Error, TextIsTheNameAndTheCause) {
    const Error error{ErrorCode::InUse, "/dev/ttyACM0 is held by ModemManager (pid 812)"};
    EXPECT_EQ(error.text(), "INUSE: /dev/ttyACM0 is held by ModemManager (pid 812)");
}

TEST(Error, TextWithoutACauseIsTheName) {
    EXPECT_EQ((Error{ErrorCode::NoMem, ""}.text()), "NOMEM");
}

TEST(Fail, MakesAResultThatHoldsTheError) {
    const Result<int> result = fail(ErrorCode::Timeout, "no answer to ATZ within 3 s");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Timeout);
    EXPECT_EQ(result.error().cause, "no answer to ATZ within 3 s");
}

TEST(SystemError, TakesItsCodeFromErrno) {
    const auto codeOf = [](int value) { return systemError("open", value).code; };
    for (const int gone : {ENODEV, ENOENT, ENXIO, EIO}) {
        EXPECT_EQ(codeOf(gone), ErrorCode::NoDevice) << gone;
    }
    EXPECT_EQ(codeOf(EBUSY), ErrorCode::InUse);
    EXPECT_EQ(codeOf(EACCES), ErrorCode::ResourceUnavail);
    EXPECT_EQ(codeOf(EPERM), ErrorCode::ResourceUnavail);
    EXPECT_EQ(codeOf(ENOMEM), ErrorCode::NoMem);
    EXPECT_EQ(codeOf(EINVAL), ErrorCode::InvalParam);
    EXPECT_EQ(codeOf(EPIPE), ErrorCode::OperationFailed);
    EXPECT_EQ(codeOf(0), ErrorCode::OperationFailed);
}

TEST(SystemError, SaysWhatWasTriedAndWhy) {
    EXPECT_EQ(systemError("cannot open /dev/ttyACM0", EACCES).text(),
              "RESOURCEUNAVAIL: cannot open /dev/ttyACM0: Permission denied");
    const Result<void> result = failSystem("cannot write", ENODEV);
    EXPECT_EQ(result.error().cause, "cannot write: No such device");
}

}  // namespace
}  // namespace tipring::hal
