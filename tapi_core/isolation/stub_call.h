// SPDX-License-Identifier: Apache-2.0
// A function of the stub's table: its arguments into a message, the answer back into them.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "stub.h"

namespace tipring::isolation {

/// One call under way.
struct StubCall {
    StubCall(Stub& made, Function function) : stub(made), sequence(made.nextSequence()) {
        message.number(sequence);
        message.number(static_cast<std::uint16_t>(function));
    }
    Stub& stub;
    std::uint32_t sequence;
    Writer message{MessageKind::Call};
    /// Made for the core's handles, in order; each is taken by the next handle that is filled.
    std::array<Object*, 2> fresh{};
    std::size_t begun = 0, taken = 0;
    Object* of = nullptr;  ///< the first handle

    void drop(Object*& object) {
        if (object != nullptr) {
            stub.forget(*object);
            object = nullptr;
        }
    }
    void dropFresh() {
        std::for_each(fresh.begin(), fresh.end(), [this](Object*& o) { drop(o); });
    }
};

inline std::uint64_t tokenOf(const void* handle) {
    return handle == nullptr ? 0 : static_cast<const Object*>(handle)->token;
}

template <std::size_t I, class... Args>
void putArgument(StubCall& call, const std::tuple<Args...>& arguments) {
    using T = std::tuple_element_t<I, std::tuple<Args...>>;
    const T value = std::get<I>(arguments);
    Writer& to = call.message;
    if constexpr (kIsNumber<T>) {
        to.number(value);
    } else if constexpr (kIsDriverHandle<T>) {
        to.number(tokenOf(value));
    } else if constexpr (kIsCoreHandle<T>) {
        Object& made =
            call.stub.addObject(HandleKind<T>::kind, reinterpret_cast<std::uintptr_t>(value));
        made.parent = call.of;
        call.fresh[call.begun++] = &made;
        to.number(made.token);
    } else if constexpr (std::is_same_v<T, LINEEVENT>) {
        call.fresh[0]->lineEvent = value;
    } else if constexpr (std::is_same_v<T, PHONEEVENT>) {
        call.fresh[0]->phoneEvent = value;
    } else if constexpr (std::is_same_v<T, const TspiMediaCallbacks*>) {
        std::memcpy(&call.fresh[0]->media, value,
                    std::min<std::size_t>(value->size, sizeof *value));
    } else if constexpr (std::is_same_v<T, const char*>) {
        to.text(value);
    } else if constexpr (std::is_same_v<T, const void*>) {
        to.bytes(value, value == nullptr ? 0 : std::get<I + 1>(arguments));
    } else if constexpr (std::is_same_v<T, const TspiValue*>) {
        putValues(to, value, value == nullptr ? 0 : std::get<I + 1>(arguments));
    } else if constexpr (std::is_same_v<T, const TspiInterfaceTarget*>) {
        to.number(value->object);
        to.number(tokenOf(value->line));
        to.number(tokenOf(value->call));
    } else if constexpr (kIsInStruct<T>) {
        to.bytes(value, value == nullptr ? 0 : sizeof *value);
    } else if constexpr (kIsInArray<T>) {
        const std::size_t count = value == nullptr ? 0 : std::get<I + 1>(arguments);
        to.bytes(value, count * sizeof *value);
    } else if constexpr (kIsOutStruct<T>) {
        to.raw(value, sizeof *value);
    }
}

template <std::size_t I, class... Args>
void takeArgument(StubCall& call, Reader& from, const std::tuple<Args...>& arguments) {
    using T = std::tuple_element_t<I, std::tuple<Args...>>;
    const T value = std::get<I>(arguments);
    if constexpr (kIsOutStruct<T>) {
        from.raw(value, sizeof *value);
    } else if constexpr (std::is_same_v<T, std::uint32_t*>) {
        *value = from.number<std::uint32_t>();
    } else if constexpr (std::is_same_v<T, int*>) {
        const auto given = from.number<std::uint8_t>();
        *value = given != 0 ? call.stub.takeDescriptor().release() : -1;
    } else if constexpr (std::is_same_v<T, char*>) {
        const std::string_view text = from.text().value;
        const std::size_t capacity = std::get<I + 1>(arguments);
        if (capacity > 0) {
            const std::size_t length = std::min(text.size(), capacity - 1);
            std::memcpy(value, text.data(), length);
            value[length] = '\0';
        }
    } else if constexpr (kIsFilledHandle<T>) {
        Object*& made = call.fresh[call.taken++];
        if (from.number<std::uint8_t>() == 0 || value == nullptr) {
            call.drop(made);
        } else if (made != nullptr) {
            *value = reinterpret_cast<std::remove_pointer_t<T>>(made);
            made = nullptr;  // the core's from here on
        }
    }
}

/// Which stub a function is for, and whether what it is for is still there.
struct StubTarget {
    Stub* stub = nullptr;
    Object* first = nullptr;
    bool dead = false;

    template <class T>
    void look(T argument) {
        if constexpr (std::is_same_v<T, HPROVIDER>) {
            stub = reinterpret_cast<Stub*>(argument);
        } else if constexpr (kIsDriverHandle<T>) {
            auto* object = reinterpret_cast<Object*>(argument);
            if (object != nullptr) {
                stub = &object->stub;
                dead = dead || object->dead;
                first = first == nullptr ? object : first;
            }
        }
    }
};

template <Function F, class Pointer>
struct StubFunction;

template <Function F, class... Args>
struct StubFunction<F, TSPI_RESULT (*)(Args...)> {
    using Tuple = std::tuple<Args...>;
    static constexpr bool kAsync = std::is_same_v<std::tuple_element_t<0, Tuple>, DRV_REQUESTID>;

    static TSPI_RESULT call(Args... args) {
        StubTarget target;
        (target.look(args), ...);
        if (target.stub == nullptr) {
            return static_cast<TSPI_RESULT>(LINEERR_INVALPARAM);
        }
        if (target.dead || !target.stub->running()) {
            return gone(target, Tuple(args...));
        }
        return pass(target, Tuple(args...), std::index_sequence_for<Args...>());
    }

private:
    /// What closes has nothing left to do; lines there are none until a host runs again.
    static TSPI_RESULT gone(const StubTarget& target, [[maybe_unused]] const Tuple& arguments) {
        if constexpr (closesHandle(F)) {
            target.stub->forget(*target.first);
            return 0;
        } else if constexpr (F == Function::providerEnumDevices ||
                             F == Function::providerEnumPhones) {
            *std::get<1>(arguments) = 0;
            return 0;
        } else {
            target.stub->explain(target.stub->lastCause());
            return static_cast<TSPI_RESULT>(LINEERR_OPERATIONFAILED);
        }
    }

    template <std::size_t... I>
    static TSPI_RESULT pass(const StubTarget& target, const Tuple& arguments,
                            std::index_sequence<I...>) {
        Stub& stub = *target.stub;
        StubCall call(stub, F);
        call.of = target.first;
        (putArgument<I>(call, arguments), ...);
        if (!call.message.fits()) {
            call.dropFresh();
            stub.explain("the arguments are longer than a message to the provider's host");
            return static_cast<TSPI_RESULT>(LINEERR_INVALPARAM);
        }
        DRV_REQUESTID own = 0;
        if constexpr (kAsync) {
            own = std::get<0>(arguments);
            stub.addPending(own);
        }
        auto answer = stub.transact(F, call.sequence, call.message, own);
        if (!answer) {
            return died(call, target, arguments);
        }
        const Reader::Text words = answer->rest.text();
        (takeArgument<I>(call, answer->rest, arguments), ...);
        call.dropFresh();
        if (!answer->rest.complete()) {
            stub.refuseAnswer(F);
            return died(call, target, arguments);
        }
        finish(target, arguments, answer->result);
        if (words.there) {
            stub.explain(words.value);
        }
        return answer->result;
    }

    static TSPI_RESULT died(StubCall& call, const StubTarget& target, const Tuple& arguments) {
        for (Object*& made : call.fresh) {
            call.drop(made);
        }
        if constexpr (kAsync) {
            const DRV_REQUESTID id = std::get<0>(arguments);
            if (!target.stub->removePending(id)) {
                return static_cast<TSPI_RESULT>(id);  // it was completed before the host died
            }
        }
        return gone(target, arguments);
    }

    static void finish(const StubTarget& target, const Tuple& arguments, TSPI_RESULT result) {
        if constexpr (kAsync) {
            if (result <= 0) {
                target.stub->removePending(std::get<0>(arguments));
            }
        } else if constexpr (closesHandle(F)) {
            target.stub->forget(*target.first);
        } else if constexpr (F == Function::providerCreateLineDevice ||
                             F == Function::providerCreatePhoneDevice) {
            if (result == 0) {
                target.stub->created(F, std::get<2>(arguments));
            }
        }
    }
};

}  // namespace tipring::isolation
