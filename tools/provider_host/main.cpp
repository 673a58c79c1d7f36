// SPDX-License-Identifier: Apache-2.0
// A provider in a process of its own: started by the core with the socket as descriptor 3.
#include <cstdio>

#include "tipring/tapi_core/isolation/provider_host.h"

int main(int argc, char** argv) {
    constexpr int kSocket = 3;
    if (argc != 2) {
        std::fputs("tipring-provider-host LIBRARY\nStarted by tipringd and tipring, not by hand.\n",
                   stderr);
        return 2;
    }
    return tipring::isolation::runProviderHost(kSocket, argv[1]);
}
