// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/fake_interfaces.h"

#include <iterator>
#include <map>

namespace tipring::test {
namespace {

std::map<HPROVIDER, FakeInterfaces*>& fakes() {
    static std::map<HPROVIDER, FakeInterfaces*> all;
    return all;
}

HPROVIDER keyOf(FakeProvider& provider) {
    return reinterpret_cast<HPROVIDER>(&provider);
}

constexpr TspiArgument kPair[] = {{"a", 'i'}, {"b", 'i'}};
constexpr TspiArgument kSum[] = {{"sum", 'i'}};
constexpr TspiArgument kCount[] = {{"count", 'u'}};
constexpr TspiArgument kAll[] = {{"b", 'b'}, {"i", 'i'}, {"u", 'u'}, {"x", 'x'},
                                 {"t", 't'}, {"d", 'd'}, {"s", 's'}, {"y", 'y'}};
constexpr TspiArgument kHeard[] = {{"text", 's'}, {"data", 'y'}};
constexpr TspiArgument kName[] = {{"name", 's'}};
constexpr TspiArgument kOn[] = {{"on", 'b'}};
constexpr TspiArgument kLevel[] = {{"level", 'd'}};

constexpr TspiMethod kProviderMethods[] = {{"Add", "The sum of two.", kPair, 2, kSum, 1}};
constexpr TspiInterfaceSignal kProviderEvents[] = {{"Ticked", "A while is over.", kCount, 1}};
constexpr TspiMethod kAddressMethods[] = {{"Echo", "Gives back what it got.", kAll, 8, kAll, 8},
                                          {"Nothing", nullptr, nullptr, 0, nullptr, 0}};
constexpr TspiInterfaceSignal kAddressEvents[] = {{"Heard", "Something was heard.", kHeard, 2},
                                                  {"Bare", nullptr, nullptr, 0}};
constexpr TspiMethod kCallMethods[] = {{"Name", "Who it is.", nullptr, 0, kName, 1}};
constexpr TspiInterfaceSignal kCallEvents[] = {{"Changed", "On or off.", kOn, 1}};
constexpr TspiMethod kSoundMethods[] = {{"Level", "How loud it is.", nullptr, 0, kLevel, 1}};
constexpr TspiInterfaceSignal kSoundEvents[] = {{"Loud", "It is loud.", kLevel, 1}};

TspiInterface make(std::uint32_t object, const char* name, std::uint32_t version,
                   std::span<const TspiMethod> methods,
                   std::span<const TspiInterfaceSignal> events) {
    return {sizeof(TspiInterface),
            object,
            name,
            version,
            "for tests",
            methods.data(),
            static_cast<std::uint32_t>(methods.size()),
            events.data(),
            static_cast<std::uint32_t>(events.size())};
}

}  // namespace

/// The C functions.
struct FakeInterfaceTable {
    static TSPI_RESULT get(HPROVIDER provider, const TspiInterface** list, std::uint32_t* count) {
        FakeInterfaces& self = *fakes().at(provider);
        *list = self.list.data();
        *count = static_cast<std::uint32_t>(self.list.size());
        return 0;
    }
    static TSPI_RESULT call(DRV_REQUESTID id, HPROVIDER provider, const TspiInterfaceTarget* target,
                            std::uint32_t interfaceIndex, std::uint32_t method,
                            const TspiValue* arguments, std::uint32_t count) {
        FakeInterfaces& self = *fakes().at(provider);
        FakeInterfaces::Call made{*target, interfaceIndex, method, {}};
        for (const TspiValue& value : std::span(arguments, count)) {
            made.types += static_cast<char>(value.type);
        }
        self.calls.push_back(std::move(made));
        if (self.results) {
            self.results(id, {arguments, count});
        } else {
            self.give(id, {arguments, count});
        }
        return self.provider_.treat("interfaceCall", id);
    }
};

FakeInterfaces::FakeInterfaces(FakeProvider& provider) : provider_(provider) {
    fakes()[keyOf(provider)] = this;
    provider.table.providerGetInterfaces = &FakeInterfaceTable::get;
    provider.table.interfaceCall = &FakeInterfaceTable::call;
    const char* name = "org.example.Fake";
    list = {make(TSPI_OBJECT_TAPI, name, 1, kProviderMethods, kProviderEvents),
            make(TSPI_OBJECT_ADDRESS, name, 3, kAddressMethods, kAddressEvents),
            make(TSPI_OBJECT_ADDRESS, name, 1, {kAddressMethods, 1}, {}),
            make(TSPI_OBJECT_CALL, name, 2, kCallMethods, kCallEvents),
            make(TSPI_OBJECT_TERMINAL, "org.example.Sound", 1, kSoundMethods, kSoundEvents)};
}

FakeInterfaces::~FakeInterfaces() {
    fakes().erase(keyOf(provider_));
}

void FakeInterfaces::give(DRV_REQUESTID id, std::span<const TspiValue> values) {
    const TspiInit& init = provider_.init();
    init.interfaceResult(init.context, id, values.data(),
                         static_cast<std::uint32_t>(values.size()));
}

void FakeInterfaces::event(HTAPILINE line, HTAPICALL call, std::uint32_t index, std::uint32_t event,
                           const tspi::InterfaceValues& values) {
    const TspiInit& init = provider_.init();
    init.interfaceEvent(init.context, line, call, index, event, values.values().data(),
                        static_cast<std::uint32_t>(values.values().size()));
}

}  // namespace tipring::test
