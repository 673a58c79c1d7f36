// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "host_session.h"

/// What the C functions of a C++ provider share: handles to objects, results to codes.
namespace tipring::tspi {

inline HostSession& sessionOf(HPROVIDER provider) {
    return *reinterpret_cast<HostSession*>(provider);
}
inline Line& lineOf(HDRVLINE line) {
    return *reinterpret_cast<Line*>(line);
}
inline Call& callOf(HDRVCALL call) {
    return *reinterpret_cast<Call*>(call);
}
inline Phone& phoneOf(HDRVPHONE phone) {
    return *reinterpret_cast<Phone*>(phone);
}
inline MediaStream& mediaOf(HDRVMEDIA media) {
    return *reinterpret_cast<MediaStream*>(media);
}
inline std::string_view textOf(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

template <class Object, class Function>
TSPI_RESULT callSync(Object& object, Function&& function) {
    HostSession& session = HostSession::of(object);
    return session.guarded([&] { return session.codeOf(function(object)); });
}

template <class Object, class Function>
TSPI_RESULT callAsync(DRV_REQUESTID id, Object& object, Function&& function) {
    return HostSession::of(object).request(
        id, [&](Request&& request) { return function(object, std::move(request)); });
}

/// A synchronous method with a result, which goes to `out`.
template <class Object, class Out, class Function>
TSPI_RESULT fetch(Object& object, Out* out, Function&& function) {
    HostSession& session = HostSession::of(object);
    return session.guarded([&] {
        auto result = function(object);
        if (!result) {
            return session.refuse(result.error());
        }
        *out = std::move(*result);
        return TSPI_RESULT{0};
    });
}

/// An asynchronous method that makes a call, whose handle goes to `made` (which may be null).
template <class Object, class Function>
TSPI_RESULT makeCall(DRV_REQUESTID id, Object& object, HDRVCALL* made, Function&& function) {
    HostSession& session = HostSession::of(object);
    return session.request(id, [&](Request&& request) -> hal::Result<void> {
        auto call = function(object, std::move(request));
        if (!call) {
            return tl::unexpected(std::move(call.error()));
        }
        if (*call != nullptr && made != nullptr) {
            session.adopt(**call);
            *made = (*call)->handle();
        }
        return {};
    });
}

inline TSPI_RESULT copyOut(HostSession& session, std::string_view text, char* field,
                           std::size_t capacity) {
    if (text.size() >= capacity) {
        return session.refuse({hal::ErrorCode::StructureTooSmall,
                               fmt::format("\"{}\" does not fit into {} bytes", text, capacity)});
    }
    copyText(field, capacity, text);
    return 0;
}

template <class Object, class Function>
TSPI_RESULT fetchText(Object& object, char* field, std::size_t capacity, Function&& function) {
    HostSession& session = HostSession::of(object);
    return session.guarded([&] {
        auto text = function(object);
        return text ? copyOut(session, *text, field, capacity) : session.refuse(text.error());
    });
}

/// One version of the contract is spoken: it must lie between low and high.
TSPI_RESULT negotiateVersion(HostSession& session, std::uint32_t low, std::uint32_t high,
                             std::uint32_t* version);

void addCallFunctions(TspiProvider& table);
void addPhoneFunctions(TspiProvider& table);

}  // namespace tipring::tspi
