// SPDX-License-Identifier: Apache-2.0
// The simulated modem takes any bytes in any state. The first byte chooses the personality; after
// that, 0xFF makes time pass, 0xFE lets somebody call, 0xFD makes the far end hang up, 0xFC drops
// and raises DTR; everything else is written to the modem.
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/far_end.h"

namespace {

using namespace tipring;

struct Sink final : sim::ModemOutlet {
    bool toDte(std::span<const std::byte> bytes) override {
        total += bytes.size();
        return total % 7 != 0;  // now and then nobody reads
    }
    void onReady() override {}
    void onLines(sim::DceLines) override {}
    void vanish() override {}
    std::size_t total = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = hal::configureLog("off").has_value();
    if (!quiet || size == 0 || size > 4096) {
        return 0;
    }
    hal::VirtualLoop loop;
    Sink sink;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("100");
    const auto models = sim::personalities();
    sim::AtModem modem{loop, line, models[data[0] % models.size()]};
    sim::FarEnd farEnd{exchange};
    farEnd.setModem((data[0] & 0x80) != 0, "login: ");
    exchange.setDefaultRoute({sim::Route::Outcome::Answer, 0, &farEnd});
    modem.setOutlet(&sink);
    unsigned waits = 0;
    for (const std::uint8_t byte : std::span{data + 1, size - 1}) {
        switch (byte) {
        case 0xFF:
            if (++waits <= 16) {
                loop.advance(std::chrono::milliseconds{700});
            }
            break;
        case 0xFE: static_cast<void>(farEnd.call("100", {"5551234", "NAME"})); break;
        case 0xFD: farEnd.hangUp(); break;
        case 0xFC:
            modem.setDtr(false);
            modem.setDtr(true);
            break;
        default: {
            const std::byte one{byte};
            static_cast<void>(modem.receive({&one, 1}));
        }
        }
    }
    loop.advance(std::chrono::seconds{2});
    return 0;
}
