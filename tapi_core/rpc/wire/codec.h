// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemd/sd-bus.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/api/types.h"

/// C++ values as D-Bus values. `signatureOf<T>()` is known to the compiler, so that a call that
/// does not fit the interface definition does not compile. put() and get() return what sd-bus
/// returns: negative on failure.
namespace tipring::rpc {

struct ObjectPath {
    std::string text;
    bool operator==(const ObjectPath&) const = default;
};

/// Text of any bytes as the bus takes it: what is not UTF-8, and NUL, becomes U+FFFD.
[[nodiscard]] std::string validUtf8(std::string_view text);
[[nodiscard]] bool isValidUtf8(std::string_view text) noexcept;

/// A type that travels as a{sv}: its specialisation has
///     template <class R, class V> static void members(R& record, V&& visit)
/// which calls visit("Name", record.member) for each. Unknown names are ignored, missing ones keep
/// their value.
template <class T>
struct Record;
/// A type that travels as a structure: `static auto fields(auto& value)` returns std::tie(...).
template <class T>
struct Structure;

template <class T>
concept IsRecord = requires {
    sizeof(Record<T>);
};
template <class T>
concept IsStructure = requires {
    sizeof(Structure<T>);
};

/// Signature text that the compiler can join.
template <std::size_t N>
struct Signature {
    char text[N + 1] = {};
    [[nodiscard]] constexpr std::string_view view() const { return {text, N}; }
};
template <std::size_t N, std::size_t M>
constexpr Signature<N + M> operator+(const Signature<N>& a, const Signature<M>& b) {
    Signature<N + M> joined;
    for (std::size_t i = 0; i < N; ++i) {
        joined.text[i] = a.text[i];
    }
    for (std::size_t i = 0; i < M; ++i) {
        joined.text[N + i] = b.text[i];
    }
    return joined;
}
template <std::size_t N>
constexpr Signature<N - 1> signatureText(const char (&text)[N]) {
    Signature<N - 1> made;
    for (std::size_t i = 0; i + 1 < N; ++i) {
        made.text[i] = text[i];
    }
    return made;
}

template <class T>
struct Codec;

template <class... T>
constexpr auto signatureOf() {
    return (signatureText("") + ... + Codec<T>::signature());
}

template <class T>
int put(sd_bus_message* message, const T& value) {
    return Codec<T>::put(message, value);
}
template <class T>
int get(sd_bus_message* message, T& value) {
    return Codec<T>::get(message, value);
}
template <class... T>
int putAll([[maybe_unused]] sd_bus_message* message, const T&... values) {
    int result = 0;
    (void)(((result = rpc::put(message, values)) >= 0) && ...);
    return result;
}
template <class... T>
int getAll([[maybe_unused]] sd_bus_message* message, T&... values) {
    int result = 0;
    (void)(((result = rpc::get(message, values)) >= 0) && ...);
    return result;
}

/// A basic type that sd-bus keeps as `Raw`.
template <class T, class Raw, char Letter>
struct BasicCodec {
    static constexpr auto signature() { return Signature<1>{{Letter, 0}}; }
    static int put(sd_bus_message* message, const T& value) {
        const Raw raw = static_cast<Raw>(value);
        return sd_bus_message_append_basic(message, Letter, &raw);
    }
    static int get(sd_bus_message* message, T& value) {
        Raw raw{};
        const int result = sd_bus_message_read_basic(message, Letter, &raw);
        value = static_cast<T>(raw);
        return result;
    }
};
template <>
struct Codec<bool> : BasicCodec<bool, int, 'b'> {};
template <>
struct Codec<std::uint8_t> : BasicCodec<std::uint8_t, std::uint32_t, 'u'> {};
template <>
struct Codec<std::uint16_t> : BasicCodec<std::uint16_t, std::uint16_t, 'q'> {};
template <>
struct Codec<std::int32_t> : BasicCodec<std::int32_t, std::int32_t, 'i'> {};
template <>
struct Codec<std::uint32_t> : BasicCodec<std::uint32_t, std::uint32_t, 'u'> {};
template <>
struct Codec<std::int64_t> : BasicCodec<std::int64_t, std::int64_t, 'x'> {};
template <>
struct Codec<std::uint64_t> : BasicCodec<std::uint64_t, std::uint64_t, 't'> {};
template <>
struct Codec<double> : BasicCodec<double, double, 'd'> {};
template <>
struct Codec<float> : BasicCodec<float, double, 'd'> {};
/// The values that a small enumeration has; a peer's value outside of them is refused. Of an
/// enumeration without limits whoever takes it checks the value.
template <class E>
struct EnumLimits {
    static constexpr std::uint32_t kFirst = 0, kLast = 0xFFFFFFFF;
};
template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
    static constexpr auto signature() { return signatureText("u"); }
    static int put(sd_bus_message* message, const E& value) {
        return rpc::put(message, static_cast<std::uint32_t>(value));
    }
    static int get(sd_bus_message* message, E& value) {
        std::uint32_t raw = 0;
        const int result = rpc::get(message, raw);
        value = static_cast<E>(raw);
        return result >= 0 && (raw < EnumLimits<E>::kFirst || raw > EnumLimits<E>::kLast) ? -ERANGE
                                                                                          : result;
    }
};
template <class E>
struct Codec<tapi::Flags<E>> {
    static constexpr auto signature() { return signatureText("u"); }
    static int put(sd_bus_message* message, const tapi::Flags<E>& value) {
        return rpc::put(message, value.bits());
    }
    static int get(sd_bus_message* message, tapi::Flags<E>& value) {
        std::uint32_t bits = 0;
        const int result = rpc::get(message, bits);
        value = tapi::Flags<E>::fromBits(bits);
        return result;
    }
};
template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static constexpr auto signature() { return signatureText("x"); }
    static int put(sd_bus_message* message, const Duration& value) {
        return rpc::put(message, static_cast<std::int64_t>(value.count()));
    }
    static int get(sd_bus_message* message, Duration& value) {
        std::int64_t count = 0;
        const int result = rpc::get(message, count);
        // A century is for ever, and no sum of two overflows.
        constexpr std::int64_t kLimit = std::int64_t{100} * 366 * 86400 * 1000;
        value = Duration(static_cast<Rep>(count > kLimit ? kLimit : count < 0 ? 0 : count));
        return result;
    }
};
template <>
struct Codec<hal::WallTime> {
    static constexpr auto signature() { return signatureText("x"); }
    static int put(sd_bus_message* message, const hal::WallTime& value) {
        return rpc::put(message, static_cast<std::int64_t>(value.time_since_epoch().count()));
    }
    static int get(sd_bus_message* message, hal::WallTime& value) {
        std::int64_t count = 0;
        const int result = rpc::get(message, count);
        value = hal::WallTime(std::chrono::nanoseconds(count));
        return result;
    }
};

int putText(sd_bus_message* message, char letter, std::string_view text);
int getText(sd_bus_message* message, char letter, std::string& text);
template <>
struct Codec<std::string> {
    static constexpr auto signature() { return signatureText("s"); }
    static int put(sd_bus_message* message, const std::string& value) {
        return putText(message, 's', value);
    }
    static int get(sd_bus_message* message, std::string& value) {
        return getText(message, 's', value);
    }
};
template <>
struct Codec<std::string_view> {
    static constexpr auto signature() { return signatureText("s"); }
    static int put(sd_bus_message* message, std::string_view value) {
        return putText(message, 's', value);
    }
};
template <>
struct Codec<char> {
    static constexpr auto signature() { return signatureText("s"); }
    static int put(sd_bus_message* message, char value) {
        return putText(message, 's', {&value, 1});
    }
    static int get(sd_bus_message* message, char& value);
};
template <>
struct Codec<ObjectPath> {
    static constexpr auto signature() { return signatureText("o"); }
    static int put(sd_bus_message* message, const ObjectPath& value) {
        return putText(message, 'o', value.text);
    }
    static int get(sd_bus_message* message, ObjectPath& value) {
        return getText(message, 'o', value.text);
    }
};
/// put() lends it, get() makes a duplicate.
template <>
struct Codec<hal::FileDescriptor> {
    static constexpr auto signature() { return signatureText("h"); }
    static int put(sd_bus_message* message, const hal::FileDescriptor& value);
    static int get(sd_bus_message* message, hal::FileDescriptor& value);
};
template <>
struct Codec<std::vector<std::byte>> {
    static constexpr auto signature() { return signatureText("ay"); }
    static int put(sd_bus_message* message, const std::vector<std::byte>& value);
    static int get(sd_bus_message* message, std::vector<std::byte>& value);
};
template <class T>
struct Codec<std::vector<T>> {
    static constexpr auto signature() { return signatureText("a") + Codec<T>::signature(); }
    static int put(sd_bus_message* message, const std::vector<T>& value) {
        static constexpr auto kContents = Codec<T>::signature();
        int result = sd_bus_message_open_container(message, 'a', kContents.text);
        for (std::size_t i = 0; result >= 0 && i < value.size(); ++i) {
            result = rpc::put(message, static_cast<const T&>(value[i]));
        }
        return result < 0 ? result : sd_bus_message_close_container(message);
    }
    static int get(sd_bus_message* message, std::vector<T>& value) {
        static constexpr auto kContents = Codec<T>::signature();
        int result = sd_bus_message_enter_container(message, 'a', kContents.text);
        while (result >= 0) {
            result = sd_bus_message_at_end(message, 0);
            if (result != 0) {
                break;
            }
            T one{};
            result = rpc::get(message, one);
            if (result >= 0) {
                value.push_back(std::move(one));
            }
        }
        return result < 0 ? result : sd_bus_message_exit_container(message);
    }
};
template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
    static constexpr auto signature() { return signatureText("a") + Codec<T>::signature(); }
    static int put(sd_bus_message* message, const std::array<T, N>& value) {
        return rpc::put(message, std::vector<T>(value.begin(), value.end()));
    }
    static int get(sd_bus_message* message, std::array<T, N>& value) {
        std::vector<T> all;
        const int result = rpc::get(message, all);
        for (std::size_t i = 0; i < N && i < all.size(); ++i) {
            value[i] = all[i];
        }
        return result;
    }
};
template <class... T>
struct Codec<std::tuple<T...>> {
    static constexpr auto contents() {
        return (signatureText("") + ... + Codec<std::remove_cvref_t<T>>::signature());
    }
    static constexpr auto signature() {
        return signatureText("(") + contents() + signatureText(")");
    }
    static int put(sd_bus_message* message, const std::tuple<T...>& value) {
        static constexpr auto kContents = contents();
        int result = sd_bus_message_open_container(message, 'r', kContents.text);
        if (result >= 0) {
            result = std::apply([&](const auto&... one) { return putAll(message, one...); }, value);
        }
        return result < 0 ? result : sd_bus_message_close_container(message);
    }
    static int get(sd_bus_message* message, std::tuple<T...>& value) {
        static constexpr auto kContents = contents();
        int result = sd_bus_message_enter_container(message, 'r', kContents.text);
        if (result >= 0) {
            result = std::apply([&](auto&... one) { return getAll(message, one...); }, value);
        }
        return result < 0 ? result : sd_bus_message_exit_container(message);
    }
};
template <class T>
requires IsStructure<T>
struct Codec<T> {
    using Fields = decltype(Structure<T>::fields(std::declval<T&>()));
    static constexpr auto signature() { return Codec<Fields>::signature(); }
    static int put(sd_bus_message* message, const T& value) {
        // Only read: the tie is of references to what is not const, as get() wants them.
        return Codec<Fields>::put(message, Structure<T>::fields(const_cast<T&>(value)));
    }
    static int get(sd_bus_message* message, T& value) {
        auto fields = Structure<T>::fields(value);
        return Codec<Fields>::get(message, fields);
    }
};

namespace detail {
template <class T>
int putEntry(sd_bus_message* message, const char* name, const T& value) {
    static constexpr auto kType = Codec<T>::signature();
    int result = sd_bus_message_open_container(message, 'e', "sv");
    result = result < 0 ? result : sd_bus_message_append_basic(message, 's', name);
    result = result < 0 ? result : sd_bus_message_open_container(message, 'v', kType.text);
    result = result < 0 ? result : rpc::put(message, value);
    result = result < 0 ? result : sd_bus_message_close_container(message);
    return result < 0 ? result : sd_bus_message_close_container(message);
}
template <class T>
int putEntry(sd_bus_message* message, const char* name, const std::optional<T>& value) {
    return value ? putEntry(message, name, *value) : 0;
}
template <class T>
int getEntry(sd_bus_message* message, T& value) {
    static constexpr auto kType = Codec<T>::signature();
    int result = sd_bus_message_enter_container(message, 'v', kType.text);
    result = result < 0 ? result : rpc::get(message, value);
    return result < 0 ? result : sd_bus_message_exit_container(message);
}
template <class T>
int getEntry(sd_bus_message* message, std::optional<T>& value) {
    return getEntry(message, value.emplace());
}
}  // namespace detail

template <class T>
requires IsRecord<T>
struct Codec<T> {
    static constexpr auto signature() { return signatureText("a{sv}"); }
    static int put(sd_bus_message* message, const T& value) {
        int result = sd_bus_message_open_container(message, 'a', "{sv}");
        Record<T>::members(value, [&](const char* name, const auto& member) {
            result = result < 0 ? result : detail::putEntry(message, name, member);
        });
        return result < 0 ? result : sd_bus_message_close_container(message);
    }
    static int get(sd_bus_message* message, T& value) {
        int result = sd_bus_message_enter_container(message, 'a', "{sv}");
        while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
            result = getMember(message, value);
            result = result < 0 ? result : sd_bus_message_exit_container(message);
        }
        return result < 0 ? result : sd_bus_message_exit_container(message);
    }

private:
    static int getMember(sd_bus_message* message, T& value) {
        const char* key = nullptr;
        int result = sd_bus_message_read_basic(message, 's', &key);
        if (result < 0) {
            return result;
        }
        bool known = false;
        Record<T>::members(value, [&](const char* name, auto& member) {
            if (!known && std::string_view(name) == key) {
                known = true;
                result = detail::getEntry(message, member);
            }
        });
        return known ? result : sd_bus_message_skip(message, "v");
    }
};

}  // namespace tipring::rpc
