// SPDX-License-Identifier: Apache-2.0
// Every adapter with every fault that its bus can have, from the start on and in the middle of a
// call: clear words, out of service and back by itself, another adapter's call untouched.
#include "proof_rig.h"

namespace tipring::proof {
namespace {

/// What a fault does to the service.
enum class Effect : std::uint8_t {
    Out,     ///< the line goes out of service, and is back when the fault is over
    Nothing  ///< the call goes on
};

struct Fault {
    const char* name;
    sim::UsbFaults (*make)(const AdapterKind& kind, std::span<const std::byte> truth);
};

using Bytes = std::vector<std::byte>;

Bytes withoutEndpoints(std::span<const std::byte> truth) {
    Bytes lie;
    for (std::size_t at = 0; at < truth.size();) {
        const auto size = std::to_integer<std::size_t>(truth[at]);
        if (truth[at + 1] != std::byte{5}) {
            lie.insert(lie.end(), truth.begin() + static_cast<std::ptrdiff_t>(at),
                       truth.begin() + static_cast<std::ptrdiff_t>(at + size));
        }
        at += size;
    }
    return lie;
}

constexpr Fault kFaults[] = {
    {"stalledControl",
     [](const AdapterKind&, auto) { return sim::UsbFaults{.stalledControl = true}; }},
    {"silentControl",
     [](const AdapterKind&, auto) { return sim::UsbFaults{.silentControl = true}; }},
    {"stalledEndpoint",
     [](const AdapterKind& kind, auto) { return sim::UsbFaults{.stalledEndpoint = kind.in}; }},
    {"silentEndpoint",
     [](const AdapterKind& kind, auto) { return sim::UsbFaults{.silentEndpoint = kind.in}; }},
    {"shortPackets", [](const AdapterKind&, auto) { return sim::UsbFaults{.shortBy = 1}; }},
    {"emptyPackets", [](const AdapterKind&, auto) { return sim::UsbFaults{.shortBy = 64}; }},
    {"longPackets", [](const AdapterKind&, auto) { return sim::UsbFaults{.longBy = 1}; }},
    {"lostPackets", [](const AdapterKind&, auto) { return sim::UsbFaults{.loseEvery = 10}; }},
    {"noEndpoints",
     [](const AdapterKind&, std::span<const std::byte> truth) {
         return sim::UsbFaults{.descriptors = withoutEndpoints(truth)};
     }},
    {"cutDescriptors",
     [](const AdapterKind&, std::span<const std::byte> truth) {
         const auto half = truth.begin() + static_cast<std::ptrdiff_t>(truth.size() / 2);
         return sim::UsbFaults{.descriptors = Bytes(truth.begin(), half)};
     }},
    {"lengthsOfNothing",
     [](const AdapterKind&, std::span<const std::byte> truth) {
         Bytes lie(truth.begin(), truth.begin() + 18);  // the device itself
         lie.resize(truth.size());
         return sim::UsbFaults{.descriptors = lie};
     }},
};

void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

/// What each adapter lives through in a call, and from its start; the others are Out. Descriptors
/// are read once, and control requests are the business of adapters whose registers stand behind
/// them.
struct Lives {
    const char* adapter;
    const char* fault;
    bool inCall, fromStart;
};
constexpr Lives kLives[] = {
    {"", "noEndpoints", true, false},
    {"", "cutDescriptors", true, false},
    {"", "lengthsOfNothing", true, false},
    {"open_usb_fxs", "lostPackets", true, true},
    {"tiger_jet", "lostPackets", true, true},
    {"hid_phone", "lostPackets", true, true},
    {"sangoma_u100", "stalledControl", true, false},
    {"sangoma_u100", "silentControl", true, false},
    {"sangoma_u100", "longPackets", true, false},
    {"open_usb_fxs", "stalledControl", true, true},
    {"open_usb_fxs", "silentControl", true, true},
    // A HID line says something when something changes, and takes its orders by its own endpoint.
    {"hid_phone", "stalledControl", true, true},
    {"hid_phone", "silentControl", true, true},
    {"hid_phone", "silentEndpoint", true, true},
    {"hid_phone", "shortPackets", true, true},
    {"hid_phone", "emptyPackets", true, true},
    {"hid_phone", "longPackets", true, true},
    // Its stream begins with the first sound.
    {"tiger_jet", "stalledEndpoint", false, true},
    {"tiger_jet", "silentEndpoint", false, true},
    {"tiger_jet", "longPackets", false, true},
};

using Case = std::tuple<AdapterKind, Fault>;

class BadInput : public ProofRig, public testing::WithParamInterface<Case> {
protected:
    static const AdapterKind& kind() { return std::get<0>(GetParam()); }
    static const Fault& fault() { return std::get<1>(GetParam()); }
    static Effect expected(bool inCall) {
        const bool lives = std::any_of(std::begin(kLives), std::end(kLives), [=](const Lives& row) {
            const std::string_view name = row.adapter;
            return (name.empty() || name == kind().name) &&
                   std::string_view(row.fault) == fault().name &&
                   (inCall ? row.inCall : row.fromStart);
        });
        return lives ? Effect::Nothing : Effect::Out;
    }
    /// Another adapter, in a call of its own, on the first line.
    void SetUp() override {
        const AdapterKind& second =
            adapter(kind().name == std::string_view("hid_phone") ? "tiger_jet" : "hid_phone");
        other = &plug(second, "US", "other");
        serve(second, {}, "sim:other");
        ASSERT_TRUE(served(1));
        own(0);
        ASSERT_TRUE(comesBack(0));
        talk(*other);
        otherCall = std::exchange(call, nullptr);
        model = &plug(kind());
        truth.assign(model->usb().descriptors().begin(), model->usb().descriptors().end());
    }
    void TearDown() override {
        EXPECT_EQ(otherCall->lineState(), LineCallState::Connected) << "the other adapter's call";
        EXPECT_TRUE(inService(0));
        otherCall.reset();
    }
    void breakIt() { model->usb().setFaults(fault().make(kind(), truth)); }
    void mendIt() { model->usb().setFaults({}); }
    /// Time in which people talk: a call of nothing but silence would be over.
    void pass(hal::Duration span) {
        const std::vector<std::int16_t> voice(4000, 3000);
        for (const hal::TimePoint end = loop.now() + span; loop.now() < end;) {
            for (AdapterModel* each : {other, model}) {
                if (each->phone() != nullptr) {
                    each->phone()->say(voice);
                } else {
                    each->farEnd()->say(voice);
                }
            }
            loop.advance(5s);
        }
    }
    void expectWords() {
        EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(), [](const std::string& text) {
            return text.find("out of service, and is tried again: ") != text.npos &&
                   text.size() > 60;
        }));
    }
    void expectACall() {
        own(1);
        talk(*model, 1);
        putDown(*model);
        EXPECT_TRUE(reaches(LineCallState::Idle));
    }

    AdapterModel *other = nullptr, *model = nullptr;
    Bytes truth;
    Call otherCall;
};

TEST_P(BadInput, FromTheStartOn) {
    breakIt();
    serve(kind());
    pass(60s);
    EXPECT_EQ(inService(1), expected(false) == Effect::Nothing);
    if (expected(false) == Effect::Out) {
        expectWords();
    }
    mendIt();
    pass(60s);  // the longest pause between two tries is 30 s
    ASSERT_TRUE(served(1 + kind().lines));
    ASSERT_TRUE(comesBack(1));
    expectACall();
}

TEST_P(BadInput, InACall) {
    serve(kind());
    ASSERT_TRUE(served(1 + kind().lines));
    own(1);
    ASSERT_TRUE(comesBack(1));
    talk(*model, 1);
    breakIt();
    pass(60s);
    if (expected(true) == Effect::Nothing) {
        EXPECT_TRUE(inService(1)) << line(1)->stateCause();
        EXPECT_EQ(call->lineState(), LineCallState::Connected);
    } else {
        EXPECT_FALSE(inService(1));
        EXPECT_FALSE(line(1)->stateCause().empty());
        EXPECT_EQ(times(call, LineCallState::Idle), 1);
        expectWords();
    }
    putDown(*model);
    mendIt();
    pass(60s);
    ASSERT_TRUE(comesBack(1));
    EXPECT_EQ(app->addresses().size(), 1 + kind().lines) << "the same lines as before";
    loop.advance(10s);
    expectACall();
}

std::string nameOf(const testing::TestParamInfo<Case>& info) {
    return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param).name;
}
INSTANTIATE_TEST_SUITE_P(Adapters, BadInput,
                         testing::Combine(testing::ValuesIn(kAdapters.begin(), kAdapters.end()),
                                          testing::ValuesIn(kFaults)),
                         nameOf);

// ---- leaving the bus

class ReEnumeration : public ProofRig,
                      public testing::WithParamInterface<std::tuple<AdapterKind, int>> {};

TEST_P(ReEnumeration, InACallEndsThatOnceAndGivesTheSameLineBack) {
    const auto& [kind, pause] = GetParam();
    AdapterModel& model = plug(kind);
    serve(kind);
    ASSERT_TRUE(served(kind.lines));
    own();
    talk(model);
    const auto id = line()->id();
    model.usb().unplug();
    loop.advance(std::chrono::milliseconds{pause});
    model.usb().plugIn();
    ASSERT_TRUE(reaches(LineCallState::Idle, 10s));
    putDown(model);
    ASSERT_TRUE(comesBack());
    loop.advance(10s);
    EXPECT_EQ(app->addresses().size(), kind.lines);
    EXPECT_EQ(line()->id(), id);
    EXPECT_EQ(times(call, LineCallState::Idle), 1);
    talk(model);
    putDown(model);
    EXPECT_TRUE(reaches(LineCallState::Idle));
}
INSTANTIATE_TEST_SUITE_P(Adapters, ReEnumeration,
                         testing::Combine(testing::ValuesIn(kAdapters.begin(), kAdapters.end()),
                                          testing::Values(0, 1, 100, 5000)),
                         [](const auto& each) {
                             return std::string(std::get<0>(each.param).name) + "_after_" +
                                    std::to_string(std::get<1>(each.param)) + "_ms";
                         });

class Twins : public ProofRig, public testing::WithParamInterface<AdapterKind> {};

TEST_P(Twins, WithOneSerialNumberAreTwoDevices) {
    const AdapterKind& kind = GetParam();
    AdapterModel& first = plug(kind, "US", "a");
    AdapterModel& second = plug(kind, "US", "b");
    serve(kind, {}, "sim:a\nsim:b");
    ASSERT_TRUE(served(2 * kind.lines));
    ASSERT_TRUE(comesBack(0));
    ASSERT_TRUE(comesBack(kind.lines));
    std::vector<std::string> ids;
    for (const auto& address : app->addresses()) {
        ids.push_back(address->capabilities().permanentId);
    }
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
    own(0);
    own(kind.lines);
    talk(first, 0);
    const Call one = call;
    talk(second, kind.lines);
    second.usb().unplug();
    EXPECT_TRUE(reaches(LineCallState::Idle));
    EXPECT_EQ(one->lineState(), LineCallState::Connected);
    putDown(second);
    second.usb().plugIn();
    ASSERT_TRUE(comesBack(kind.lines));
    EXPECT_EQ(app->addresses().size(), 2 * kind.lines);
    EXPECT_EQ(one->lineState(), LineCallState::Connected);
}
INSTANTIATE_TEST_SUITE_P(Adapters, Twins, testing::ValuesIn(kAdapters.begin(), kAdapters.end()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace tipring::proof
