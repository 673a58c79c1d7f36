// SPDX-License-Identifier: Apache-2.0
// A call from a message into the provider's table, and what it filled into the answer.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include "host.h"

namespace tipring::isolation {
namespace {

/// One call under way: the tokens that it brought for what it makes, each taken by the next handle
/// that is filled.
struct HostCall {
    Host& host;
    std::array<std::uint64_t, 2> tokens{};
    std::size_t made = 0, taken = 0;
    int descriptor = -1;
    bool succeeded = false;
};

/// Space for an argument of type T while the call runs. count(): how many entries or bytes the
/// argument behind it may at most speak of.
template <class T>
struct Slot {
    T kept{};
    void read(Reader& from, HostCall& call) {
        if constexpr (kIsNumber<T>) {
            kept = from.number<T>();
        } else if constexpr (std::is_same_v<T, HPROVIDER>) {
            kept = call.host.session();
        } else if constexpr (std::is_same_v<T, LINEEVENT>) {
            kept = &hostLineEvent;
        } else if constexpr (std::is_same_v<T, PHONEEVENT>) {
            kept = &hostPhoneEvent;
        } else if constexpr (std::is_same_v<T, const TspiMediaCallbacks*>) {
            kept = &kMediaRoutines;
        }
    }
    [[nodiscard]] T value() { return kept; }
    void write(Writer&, HostCall&) {}
};

template <class T>
requires kIsDriverHandle<T>
struct Slot<T> {
    T kept{};
    void read(Reader& from, HostCall& call) {
        const auto token = from.number<std::uint64_t>();
        if (token == 0) {
            return;
        }
        const HostObject object = hostObject(token);
        if (object.host != &call.host || object.kind != HandleKind<T>::kind ||
            object.driver == nullptr) {
            from.refuse();
        }
        kept = static_cast<T>(object.driver);
    }
    T value() { return kept; }
    void write(Writer&, HostCall&) {}
};

template <class T>
requires kIsCoreHandle<T>
struct Slot<T> {
    std::uint64_t token = 0;
    void read(Reader& from, HostCall& call) {
        token = from.number<std::uint64_t>();
        if (!from.ok() || token % 2 == 0 || hostObject(token).host != nullptr) {
            return from.refuse();
        }
        constexpr ObjectKind kind = HandleKind<T>::kind;
        addHostObject(token, {&call.host, kind, nullptr,
                              kind == ObjectKind::Media ? std::make_shared<SendQueue>() : nullptr});
        call.tokens[call.made++] = token;
    }
    T value() { return reinterpret_cast<T>(token); }
    void write(Writer&, HostCall&) {}
};

template <class T>
requires kIsFilledHandle<T>
struct Slot<T> {
    std::remove_pointer_t<T> kept{};
    void read(Reader&, HostCall&) {}
    T value() { return &kept; }
    void write(Writer& to, HostCall& call) {
        const std::uint64_t token = call.tokens[call.taken++];
        const bool filled = call.succeeded && kept != nullptr;
        to.number(static_cast<std::uint8_t>(filled));
        filled ? setDriverHandle(token, kept) : removeHostObject(token);
    }
};

template <>
struct Slot<const char*> {
    bool there = false;
    std::string kept;
    void read(Reader& from, HostCall&) {
        const Reader::Text text = from.text();
        there = text.there;
        kept = text.value;
    }
    const char* value() { return there ? kept.c_str() : nullptr; }
    void write(Writer&, HostCall&) {}
};

template <>
struct Slot<char*> {
    std::array<char, kMaxFilledText> kept{};
    void read(Reader&, HostCall&) {}
    char* value() { return kept.data(); }
    [[nodiscard]] std::size_t count() const { return kept.size() - 1; }
    void write(Writer& to, HostCall&) { to.text(kept.data()); }  // the last byte stays zero
};

template <>
struct Slot<const void*> {
    std::span<const std::byte> kept;
    void read(Reader& from, HostCall&) { kept = from.bytes(); }
    const void* value() { return kept.empty() ? nullptr : kept.data(); }
    [[nodiscard]] std::size_t count() const { return kept.size(); }
    void write(Writer&, HostCall&) {}
};

template <>
struct Slot<const TspiValue*> {
    std::vector<TspiValue> kept;
    void read(Reader& from, HostCall&) { kept = takeValues(from); }
    const TspiValue* value() { return kept.data(); }
    [[nodiscard]] std::size_t count() const { return kept.size(); }
    void write(Writer&, HostCall&) {}
};

template <>
struct Slot<const TspiInterfaceTarget*> {
    TspiInterfaceTarget kept{};
    void read(Reader& from, HostCall& call) {
        kept.size = sizeof kept;
        kept.object = from.number<std::uint32_t>();
        Slot<HDRVLINE> line;
        line.read(from, call);
        kept.line = line.value();
        Slot<HDRVCALL> of;
        of.read(from, call);
        kept.call = of.value();
    }
    const TspiInterfaceTarget* value() { return &kept; }
    void write(Writer&, HostCall&) {}
};

template <class T>
requires kIsInStruct<T>
struct Slot<T> {
    std::remove_const_t<std::remove_pointer_t<T>> kept{};
    bool there = false;
    void read(Reader& from, HostCall&) {
        const auto bytes = from.bytes();
        there = !bytes.empty();
        if (there && bytes.size() != sizeof kept) {
            return from.refuse();
        }
        Reader(bytes).raw(&kept, bytes.size());
    }
    T value() { return there ? &kept : nullptr; }
    void write(Writer&, HostCall&) {}
};

template <class T>
requires kIsInArray<T>
struct Slot<T> {
    using Entry = std::remove_const_t<std::remove_pointer_t<T>>;
    std::vector<Entry> kept;
    void read(Reader& from, HostCall&) {
        const auto bytes = from.bytes();
        if (bytes.size() % sizeof(Entry) != 0 || bytes.size() / sizeof(Entry) > kMaxEntries) {
            return from.refuse();
        }
        kept.resize(bytes.size() / sizeof(Entry));
        Reader(bytes).raw(kept.data(), bytes.size());
    }
    T value() { return kept.empty() ? nullptr : kept.data(); }
    [[nodiscard]] std::size_t count() const { return kept.size(); }
    void write(Writer&, HostCall&) {}
};

/// Goes over the socket with its margin cut off: a provider that writes too much stays alone
/// with that.
template <class T>
requires kIsOutStruct<T>
struct Slot<T> {
    using Struct = std::remove_pointer_t<T>;
    static constexpr std::size_t kMargin = 256;
    alignas(Struct) std::array<std::byte, sizeof(Struct) + kMargin> kept{};
    void read(Reader& from, HostCall&) { from.raw(kept.data(), sizeof(Struct)); }
    T value() { return reinterpret_cast<T>(kept.data()); }
    void write(Writer& to, HostCall&) { to.raw(kept.data(), sizeof(Struct)); }
};

template <>
struct Slot<std::uint32_t*> {
    std::uint32_t kept = 0;
    void read(Reader&, HostCall&) {}
    std::uint32_t* value() { return &kept; }
    void write(Writer& to, HostCall&) { to.number(kept); }
};

template <>
struct Slot<int*> {
    int kept = -1;
    void read(Reader&, HostCall&) {}
    int* value() { return &kept; }
    void write(Writer& to, HostCall& call) {
        const bool given = call.succeeded && kept >= 0;
        to.number(static_cast<std::uint8_t>(given));
        call.descriptor = given ? kept : -1;
    }
};

template <Function F, class Pointer>
struct HostFunction;

template <Function F, class... Args>
struct HostFunction<F, TSPI_RESULT (*)(Args...)> {
    using Slots = std::tuple<Slot<Args>...>;
    static constexpr auto kIndices = std::index_sequence_for<Args...>();

    static bool call(Host& host, TSPI_RESULT (*function)(Args...), std::uint32_t sequence,
                     Reader& from) {
        Slots slots;
        HostCall call{host};
        const std::uint64_t closed = closesHandle(F) ? Reader(from).number<std::uint64_t>() : 0;
        readAll(slots, from, call, kIndices);
        if (!from.complete() || function == nullptr) {
            removeHostObject(call.tokens[0]);
            removeHostObject(call.tokens[1]);
            return false;
        }
        if constexpr (F == Function::mediaStop) {
            if (deferred(host, Reader(from), slots, sequence)) {
                return true;
            }
        }
        host.services().takeExplanation();
        const TSPI_RESULT result =
            std::apply([&](auto&... slot) { return function(slot.value()...); }, slots);
        call.succeeded = result >= 0;
        answer(host, slots, call, sequence, result, kIndices);
        removeHostObject(closed);
        if constexpr (F == Function::providerShutdown) {
            host.endSession();
        }
        return true;
    }

    static void answer(Host& host, Slots& slots, HostCall& call, std::uint32_t sequence,
                       TSPI_RESULT result) {
        answer(host, slots, call, sequence, result, kIndices);
    }

private:
    template <std::size_t... I>
    static void readAll(Slots& slots, Reader& from, HostCall& call, std::index_sequence<I...>) {
        (std::get<I>(slots).read(from, call), ...);
        (bound<I>(slots), ...);
    }
    /// The number behind an array speaks of no more than there is.
    template <std::size_t I>
    static void bound(Slots& slots) {
        if constexpr (requires { std::get<I>(slots).count(); }) {
            auto& number = std::get<I + 1>(slots).kept;
            using Number = std::remove_reference_t<decltype(number)>;
            number = std::min(number, static_cast<Number>(std::get<I>(slots).count()));
        }
    }
    template <std::size_t... I>
    static void answer(Host& host, Slots& slots, HostCall& call, std::uint32_t sequence,
                       TSPI_RESULT result, std::index_sequence<I...>) {
        Writer message(MessageKind::Answer);
        message.number(sequence);
        message.number(result);
        const std::string words = host.services().takeExplanation();
        message.text(words.empty() ? nullptr : words.c_str());
        (std::get<I>(slots).write(message, call), ...);
        if (sequence != 0) {
            host.send(message, call.descriptor);
        }
        if (call.descriptor >= 0) {
            ::close(call.descriptor);  // the core has a duplicate now
        }
    }
    /// DRAIN: what the core gave is still on its way to the device.
    static bool deferred(Host& host, const Reader&, Slots& slots, std::uint32_t sequence) {
        if constexpr (F == Function::mediaStop) {
            const DRV_REQUESTID id = std::get<0>(slots).kept;
            const std::uint32_t direction = std::get<2>(slots).kept;
            if ((direction & TSPI_MEDIA_PLAY) == 0 ||
                std::get<3>(slots).kept != TSPI_MEDIASTOP_DRAIN) {
                return false;
            }
            for (const std::uint64_t token : hostTokens(host, ObjectKind::Media)) {
                const HostObject media = hostObject(token);
                if (media.driver == std::get<1>(slots).kept && !media.sound->empty()) {
                    host.deferStop(token, id, direction);
                    HostCall call{host};
                    answer(host, slots, call, sequence, static_cast<TSPI_RESULT>(id), kIndices);
                    return true;
                }
            }
        }
        return false;
    }
};

using CallFunction = bool (*)(Host&, std::uint32_t, Reader&);
constexpr CallFunction kCalls[] = {
#define TIPRING_ROW(name)                                                        \
    [](Host& host, std::uint32_t sequence, Reader& from) {                       \
        return HostFunction<Function::name, decltype(TspiProvider::name)>::call( \
            host, host.table().name, sequence, from);                            \
    },
    TIPRING_TSPI_FUNCTIONS(TIPRING_ROW)
#undef TIPRING_ROW
};

}  // namespace

bool callFunction(Host& host, Function function, std::uint32_t sequence, Reader& arguments) {
    if (static_cast<std::size_t>(function) >= kFunctions || host.session() == nullptr) {
        return false;
    }
    if (closesHandle(function)) {
        host.finishStops();
    }
    return kCalls[static_cast<std::size_t>(function)](host, sequence, arguments);
}

}  // namespace tipring::isolation
