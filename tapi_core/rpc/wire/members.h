// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tipring/tapi_core/rpc/rights.h"

/// What the interface definitions (xml/) say of each member. The constants are generated.
namespace tipring::rpc::def {

struct Method {
    const char* interface;
    const char* name;
    const char* in;         ///< signature
    const char* out;        ///< signature
    const char* arguments;  ///< names, each ended by NUL
    bool request;           ///< replies when it is finished
    Right right;            ///< that its caller needs
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
