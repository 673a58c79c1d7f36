// SPDX-License-Identifier: Apache-2.0
// What the types of the table's functions mean, for both halves.
#pragma once

#include <cstdint>
#include <type_traits>

#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::isolation {

/// What a token stands for: one number for the core's handle and the provider's.
enum class ObjectKind : std::uint8_t { Line, Call, Media, Phone };

template <class T>
struct HandleKind {
    static constexpr bool core = false, driver = false, filled = false;
};
template <ObjectKind K, bool Core, bool Driver, bool Filled>
struct IsHandle {
    static constexpr ObjectKind kind = K;
    static constexpr bool core = Core, driver = Driver, filled = Filled;
};
// clang-format off
template <> struct HandleKind<HTAPILINE> : IsHandle<ObjectKind::Line, true, false, false> {};
template <> struct HandleKind<HTAPICALL> : IsHandle<ObjectKind::Call, true, false, false> {};
template <> struct HandleKind<HTAPIMEDIA> : IsHandle<ObjectKind::Media, true, false, false> {};
template <> struct HandleKind<HTAPIPHONE> : IsHandle<ObjectKind::Phone, true, false, false> {};
template <> struct HandleKind<HDRVLINE> : IsHandle<ObjectKind::Line, false, true, false> {};
template <> struct HandleKind<HDRVCALL> : IsHandle<ObjectKind::Call, false, true, false> {};
template <> struct HandleKind<HDRVMEDIA> : IsHandle<ObjectKind::Media, false, true, false> {};
template <> struct HandleKind<HDRVPHONE> : IsHandle<ObjectKind::Phone, false, true, false> {};
template <> struct HandleKind<HDRVLINE*> : IsHandle<ObjectKind::Line, false, false, true> {};
template <> struct HandleKind<HDRVCALL*> : IsHandle<ObjectKind::Call, false, false, true> {};
template <> struct HandleKind<HDRVMEDIA*> : IsHandle<ObjectKind::Media, false, false, true> {};
template <> struct HandleKind<HDRVPHONE*> : IsHandle<ObjectKind::Phone, false, false, true> {};
// clang-format on
/// The core's handle of something that the call makes.
template <class T>
inline constexpr bool kIsCoreHandle = HandleKind<T>::core;
template <class T>
inline constexpr bool kIsDriverHandle = HandleKind<T>::driver;
/// Where the provider puts its handle of that.
template <class T>
inline constexpr bool kIsFilledHandle = HandleKind<T>::filled;

template <class T, class... List>
inline constexpr bool kIsOneOf = (std::is_same_v<T, List> || ...);

/// One struct, or null.
template <class T>
inline constexpr bool kIsInStruct =
    kIsOneOf<T, const TspiCallParams*, const TspiDialParams*, const TspiButtonInfo*>;
/// As many as the argument behind it says.
template <class T>
inline constexpr bool kIsInArray =
    kIsOneOf<T, const TspiForward*, const TspiGenerateTone*, const TspiMonitorTone*>;
/// A struct to be filled.
template <class T>
inline constexpr bool kIsOutStruct =
    kIsOneOf<T, TspiExtensionId*, TspiLineCaps*, TspiAddressCaps*, TspiLineStatus*,
             TspiAddressStatus*, TspiCallInfo*, TspiCallStatus*, TspiMediaCaps*, TspiPhoneCaps*,
             TspiPhoneStatus*, TspiButtonInfo*>;
template <class T>
inline constexpr bool kIsNumber = kIsOneOf<T, std::uint32_t, std::size_t>;
/// Nothing of it goes over the socket.
template <class T>
inline constexpr bool kIsLocal =
    kIsOneOf<T, HPROVIDER, LINEEVENT, PHONEEVENT, const TspiMediaCallbacks*>;

/// The most bytes of a text that a function fills, and entries of an array.
inline constexpr std::size_t kMaxFilledText = 4096;
inline constexpr std::size_t kMaxEntries = 64;

}  // namespace tipring::isolation
