// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/spandsp_caller_id.h"

#include <spandsp.h>

#include <algorithm>

namespace tipring::test {

namespace {

int numberOf(SpandspStandard standard) {
    switch (standard) {
    case SpandspStandard::Class: return ADSI_STANDARD_CLASS;
    case SpandspStandard::Clip: return ADSI_STANDARD_CLIP;
    case SpandspStandard::Aclip: return ADSI_STANDARD_ACLIP;
    case SpandspStandard::Jclip: return ADSI_STANDARD_JCLIP;
    case SpandspStandard::DtmfHash: break;
    }
    return ADSI_STANDARD_CLIP_DTMF;
}

class Spandsp : public FskSubject {
public:
    explicit Spandsp(SpandspStandard standard) : standard_(standard) { reset(); }
    ~Spandsp() override { adsi_rx_free(state_); }
    Spandsp(const Spandsp&) = delete;
    Spandsp& operator=(const Spandsp&) = delete;

    void reset() override {
        if (state_ != nullptr) {
            adsi_rx_free(state_);
        }
        state_ = adsi_rx_init(nullptr, numberOf(standard_), take, this);
    }
    std::vector<Message> feed(std::span<const std::int16_t> samples) override {
        heard_.clear();
        while (!samples.empty()) {
            const auto block = samples.first(std::min<std::size_t>(samples.size(), 160));
            adsi_rx(state_, block.data(), static_cast<int>(block.size()));
            samples = samples.subspan(block.size());
        }
        return heard_;
    }

private:
    static void take(void* self, const std::uint8_t* bytes, int size) {
        static_cast<Spandsp*>(self)->heard_.emplace_back(bytes, bytes + size);
    }

    SpandspStandard standard_;
    adsi_rx_state_t* state_ = nullptr;
    std::vector<Message> heard_;
};

}  // namespace

std::unique_ptr<FskSubject> spandspFsk(SpandspStandard standard) {
    return std::make_unique<Spandsp>(standard);
}

Samples spandspSends(SpandspStandard standard, const Message& message) {
    adsi_tx_state_t* state = adsi_tx_init(nullptr, numberOf(standard));
    adsi_tx_put_message(state, message.data(), static_cast<int>(message.size()));
    Samples samples(800);
    // Its DTMF sender goes on with silence for ever.
    for (int i = 0; i < 40000 / 160; ++i) {
        std::int16_t block[160] = {};
        const int count = adsi_tx(state, block, 160);
        samples.insert(samples.end(), block, block + count);
    }
    adsi_tx_free(state);
    samples.resize(samples.size() + 800);
    return samples;
}

}  // namespace tipring::test
