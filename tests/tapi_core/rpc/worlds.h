// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tapi_core/fake_provider.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::test {

enum class WorldKind { InProcess, Bus, Peer };
[[nodiscard]] std::string_view nameOf(WorldKind kind);

/// Where a scenario takes place: a provider with one line, and applications that reach it in one of
/// the ways there are.
class World {
public:
    virtual ~World() = default;
    virtual std::unique_ptr<tapi::Tapi> application(const std::string& name) = 0;
    /// Does something to the provider, and lets everything happen that follows.
    virtual void provider(const std::function<void(FakeProvider&)>& task) = 0;
    /// Lets everything happen that is due.
    virtual void settle() = 0;
};
[[nodiscard]] std::unique_ptr<World> makeWorld(WorldKind kind);

/// An application that notes what it hears and what it is answered.
class Program : private tapi::EventSink {
public:
    Program(World& world, const std::string& name);
    ~Program() override;

    [[nodiscard]] tapi::Tapi& tapi() { return *tapi_; }
    [[nodiscard]] std::shared_ptr<tapi::Address> address() { return tapi_->addresses().at(0); }
    tapi::RegistrationCookie watch(const tapi::CallNotification& wanted);
    /// The call of the last event that had one.
    [[nodiscard]] std::shared_ptr<tapi::Call> lastCall() const { return lastCall_; }

    /// Asks, notes whether it was refused, lets it happen, and notes the reply.
    template <class Ask>
    auto request(const std::string& what, Ask ask) {
        auto asked = ask([this, what](const tapi::Result<void>& result) {
            note(what + " replied", outcome(result));
        });
        note(what, asked ? std::string("asked") : outcome(tl::unexpected(asked.error())));
        world_.settle();
        return asked;
    }
    /// What returns at once.
    template <class T>
    void immediate(const std::string& what, const tapi::Result<T>& result) {
        note(what, result ? std::string("done") : outcome(tl::unexpected(result.error())));
        world_.settle();
    }
    void note(const std::string& what, const std::string& value);
    void note(const std::string& what, std::string_view value) { note(what, std::string(value)); }
    void note(const std::string& what, const char* value) { note(what, std::string(value)); }
    void note(const std::string& what, bool value) { note(what, value ? "yes" : "no"); }
    template <class E>
    requires std::is_enum_v<E>
    void note(const std::string& what, E value) { note(what, std::string(tapi::name(value))); }
    template <class N>
    requires(std::is_arithmetic_v<N> && !std::is_same_v<N, bool>) void note(const std::string& what,
                                                                            N value) {
        note(what, std::to_string(value));
    }

    [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }

    /// More to do inside an event.
    std::function<void(const tapi::Event&)> then;

private:
    void onEvent(const tapi::Event& event) override;
    static std::string outcome(const tapi::Result<void>& result);

    World& world_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::shared_ptr<tapi::Call> lastCall_;
    std::vector<std::string> trace_;
};

}  // namespace tipring::test
