// SPDX-License-Identifier: Apache-2.0
#include "conformance/adapter_worlds.h"
#include "conformance/analog_world.h"
#include "conformance/at_modem_world.h"
#include "conformance/provider_under_test.h"
#include "tapi_core/fake_provider.h"
#include "tapi_core/isolation/wire_peer.h"

extern "C" const TspiProvider* tspi_provider(void);  // of the sample

namespace tipring::conformance {
namespace {

using test::FakeProvider;

/// The tests' own provider, behaving well.
class FakeWorld : public World {
public:
    FakeWorld() {
        fake_.caps.disconnectModes = LINEDISCONNECTMODE_NORMAL;
        fake_.caps.connectedModes = LINECONNECTEDMODE_ACTIVE | LINECONNECTEDMODE_CONFIRMED;
        fake_.caps.generateToneMaxFrequencies = 1;
        fake_.caps.maxActiveCalls = 2;
        fake_.table.lineGenerateDigits = &generateDigits;
        fake_.behave = [this](const std::string& function) {
            if (function == "lineAnswer") {
                later([](FakeProvider& fake) {
                    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
                });
            } else if (function == "lineDrop") {
                later([](FakeProvider& fake) { fake.state(fake.lastCall(), LINECALLSTATE_IDLE); });
            } else if (function == "lineMakeCall") {
                later([](FakeProvider& fake) {
                    fake.state(fake.lastCall(), LINECALLSTATE_DIALING);
                    fake.state(fake.lastCall(), LINECALLSTATE_PROCEEDING);
                });
            }
            return test::Behaviour{};
        };
    }
    const TspiProvider& table() override { return fake_.table; }
    void ring(tapi::Address&) override { fake_.ring(fake_.line()); }
    void answer(tapi::Address&) override {
        fake_.state(fake_.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
    }
    void hangUp(tapi::Address&) override {
        fake_.state(fake_.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
        fake_.state(fake_.lastCall(), LINECALLSTATE_IDLE);
    }
    bool press(tapi::Address&, std::string_view keys) override {
        for (const char key : keys) {
            fake_.event(fake_.line(), fake_.lastCall().handle, LINE_MONITORDIGITS,
                        static_cast<unsigned char>(key), LINEDIGITMODE_DTMF);
        }
        return true;
    }
    bool unplug() override {
        fake_.event(fake_.line(), nullptr, LINE_CLOSE);
        fake_.remove(fake_.line());
        return true;
    }

private:
    static TSPI_RESULT generateDigits(HDRVCALL call, std::uint32_t id, std::uint32_t, const char*,
                                      std::uint32_t) {
        auto& sent = *reinterpret_cast<FakeProvider::Call*>(call);
        sent.line->provider->event(*sent.line, sent.handle, LINE_GENERATE, LINEGENERATETERM_DONE,
                                   id);
        return 0;
    }
    void later(void (*act)(FakeProvider&)) {
        fake_.loop().post([this, act] {
            if (fake_.lastCall().status.state != LINECALLSTATE_IDLE &&
                fake_.lastCall().closed == 0) {
                act(fake_);
            }
        });
    }
    FakeProvider fake_;
};

/// The sample in C; its far end is moved by lineDevSpecific.
class SampleWorld : public World {
public:
    const TspiProvider& table() override { return *tspi_provider(); }
    void ring(tapi::Address& address) override { tell(address, "ring"); }
    void answer(tapi::Address&) override {}  // after a second, by itself
    void hangUp(tapi::Address& address) override { tell(address, "hangup"); }

private:
    static void tell(tapi::Address& address, const char* what) {
        static_cast<void>(address.devSpecific(what, [](const tapi::Result<void>&) {}));
    }
};

/// Another world, reached over the wire to a provider host.
class IsolatedWorld : public World {
public:
    IsolatedWorld(hal::EventLoop& loop, std::unique_ptr<World> inner) : inner_(std::move(inner)) {
        isolation::Options options;
        options.config = inner_->config();
        provider_ = *isolation::IsolatedProvider::create(test::wireLauncher(loop, inner_->table()),
                                                         std::move(options));
    }
    const TspiProvider& table() override { return provider_->table(); }
    core::ProviderConfig config() override { return inner_->config(); }
    void ring(tapi::Address& address) override { inner_->ring(address); }
    void answer(tapi::Address& address) override { inner_->answer(address); }
    void hangUp(tapi::Address& address) override { inner_->hangUp(address); }
    bool press(tapi::Address& address, std::string_view keys) override {
        return inner_->press(address, keys);
    }
    bool unplug() override { return inner_->unplug(); }

private:
    std::unique_ptr<World> inner_;
    std::unique_ptr<isolation::IsolatedProvider> provider_;
};

std::unique_ptr<World> isolated(hal::EventLoop& loop, std::unique_ptr<World> inner) {
    return std::make_unique<IsolatedWorld>(loop, std::move(inner));
}

}  // namespace

std::vector<Factory> factories() {
    std::vector<Factory> all{
        {"fake",
         [](hal::EventLoop&) { return std::make_unique<FakeWorld>(); },
         {"call.one-at-a-time"}},
        {"sample",
         [](hal::EventLoop&) { return std::make_unique<SampleWorld>(); },
         {"session.unplugged"}},
        {"at_modem_v253", [](hal::EventLoop& loop) { return makeAtModemWorld(loop, "v253"); }},
        {"at_modem_conexant",
         [](hal::EventLoop& loop) { return makeAtModemWorld(loop, "conexant"); }},
        {"at_modem_rockwell",
         [](hal::EventLoop& loop) { return makeAtModemWorld(loop, "rockwell"); }},
        {"analog_fxo", [](hal::EventLoop& loop) { return makeFxoWorld(loop); }},
        {"isolated_fake",
         [](hal::EventLoop& loop) { return isolated(loop, std::make_unique<FakeWorld>()); },
         {"call.one-at-a-time"}},
        {"isolated_sample",
         [](hal::EventLoop& loop) { return isolated(loop, std::make_unique<SampleWorld>()); },
         {"session.unplugged"}},
        {"isolated_at_modem",
         [](hal::EventLoop& loop) { return isolated(loop, makeAtModemWorld(loop, "v253")); }},
        {"isolated_fxo", [](hal::EventLoop& loop) { return isolated(loop, makeFxoWorld(loop)); }},
    };
    const std::vector<Factory> adapters = adapterFactories();
    all.insert(all.end(), adapters.begin(), adapters.end());
    return all;
}

}  // namespace tipring::conformance
