// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/spandsp_dtmf.h"

#include <spandsp.h>

#include <algorithm>
#include <array>

namespace tipring::test {

namespace {

struct FreeReceiver {
    void operator()(dtmf_rx_state_t* state) const { dtmf_rx_free(state); }
};
struct FreeSender {
    void operator()(dtmf_tx_state_t* state) const { dtmf_tx_free(state); }
};

class SpandspDtmf final : public DtmfSubject {
public:
    SpandspDtmf() { SpandspDtmf::reset(); }
    void reset() override { state_.reset(dtmf_rx_init(nullptr, nullptr, nullptr)); }
    std::string feed(std::span<const std::int16_t> samples) override {
        std::string keys;
        std::array<char, 129> buffer{};
        while (!samples.empty()) {
            const std::size_t count = std::min<std::size_t>(160, samples.size());
            dtmf_rx(state_.get(), samples.data(), static_cast<int>(count));
            keys.append(buffer.data(), dtmf_rx_get(state_.get(), buffer.data(), 128));
            samples = samples.subspan(count);
        }
        return keys;
    }

private:
    std::unique_ptr<dtmf_rx_state_t, FreeReceiver> state_;
};

}  // namespace

std::unique_ptr<DtmfSubject> spandspDtmf() {
    return std::make_unique<SpandspDtmf>();
}

Samples spandspDigits(const std::string& keys) {
    const std::unique_ptr<dtmf_tx_state_t, FreeSender> sender(dtmf_tx_init(nullptr));
    dtmf_tx_put(sender.get(), keys.data(), static_cast<int>(keys.size()));
    Samples samples(800, 0);
    std::array<std::int16_t, 160> block{};
    for (int count = 1; count > 0;) {
        count = dtmf_tx(sender.get(), block.data(), static_cast<int>(block.size()));
        samples.insert(samples.end(), block.begin(), block.begin() + std::max(count, 0));
    }
    samples.resize(samples.size() + 800);
    return samples;
}

}  // namespace tipring::test
