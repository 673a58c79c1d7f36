// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What the interface definitions (xml/) say of each member. The constants are generated.
namespace tipring::rpc::def {

struct Method {
    const char* interface;
    const char* name;
    const char* in;         ///< signature
    const char* out;        ///< signature
    const char* arguments;  ///< names, each ended by NUL
    bool request;           ///< replies when it is finished
};

enum class Changes : std::uint8_t { Const, Emits, Invalidates, None };

struct Property {
    const char* interface;
    const char* name;
    const char* type;
    Changes changes;
};

struct Signal {
    const char* interface;
    const char* name;
    const char* in;
    const char* arguments;
};

}  // namespace tipring::rpc::def
