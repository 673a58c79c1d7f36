// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "tapi_core/fake_provider.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::test {

/// Provider-specific interfaces of a FakeProvider: fills the two functions of its table.
///   0  org.example.Fake   1  on the provider: Add(i a, i b) -> (i sum); event Ticked(u count)
///   1  org.example.Fake   3  on addresses: Echo(every type) -> (the same), Nothing() -> ();
///                            events Heard(s text, ay data), Bare()
///   2  org.example.Fake   1  on addresses: Echo alone
///   3  org.example.Fake   2  on calls: Name() -> (s name); event Changed(b on)
///   4  org.example.Sound  1  on terminals: Level() -> (d level); event Loud(d level)
class FakeInterfaces {
public:
    explicit FakeInterfaces(FakeProvider& provider);
    ~FakeInterfaces();
    FakeInterfaces(const FakeInterfaces&) = delete;
    FakeInterfaces& operator=(const FakeInterfaces&) = delete;

    /// The list that the provider gives; a test may spoil it before the manager begins.
    std::vector<TspiInterface> list;
    struct Call {
        TspiInterfaceTarget target{};
        std::uint32_t interfaceIndex = 0, method = 0;
        std::string types;
    };
    std::vector<Call> calls;
    /// Gives the results of a method, before it is treated; the default echoes its arguments.
    std::function<void(DRV_REQUESTID id, std::span<const TspiValue> arguments)> results;

    void give(DRV_REQUESTID id, std::span<const TspiValue> values);
    void event(HTAPILINE line, HTAPICALL call, std::uint32_t index, std::uint32_t event,
               const tspi::InterfaceValues& values);

private:
    friend struct FakeInterfaceTable;
    FakeProvider& provider_;
};

}  // namespace tipring::test
