// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tipring::test {

using Samples = std::vector<std::int16_t>;

/// Random numbers that are the same on every machine (xorshift64, Marsaglia 2003).
class Random {
public:
    explicit Random(std::uint64_t seed = 88172645463325252ULL) : state_(seed) {}
    std::uint64_t next();
    double uniform();  ///< 0 to below 1
    double normal();   ///< mean 0, deviation 1
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

private:
    std::uint64_t state_;
};

std::int16_t clipped(double value);

/// One DTMF digit and what may be wrong with it.
struct Digit {
    char key = '1';
    double low = -10, high = -10;          ///< dBm0
    double on = 50, off = 50;              ///< ms
    double lowOffset = 0, highOffset = 0;  ///< per cent off the nominal frequency
    double phase = 0;
};
void addDigit(Samples& to, const Digit& digit);
void addDigits(Samples& to, const std::string& keys, Digit like);

/// Gaussian noise; its power is that of a sine of this level. Flat to 4 kHz.
void addNoise(Samples& to, double dbm0, Random& random);
void addTone(Samples& to, double hertz, double dbm0, double phase = 0);
void addSilence(Samples& to, double milliseconds);

/// There and back through G.711.
void throughMuLaw(Samples& samples);
void throughALaw(Samples& samples);

/// A vowel that imitates DTMF: a gliding pulse train through two sharp formants, one in each group
/// of frequencies, which is how speech comes to imitate digits; then a short silence.
void addHostileVowel(Samples& to, Random& random);

/// 16-bit mono WAV at 8 kHz; empty when it is anything else.
Samples readWav(const std::string& path);

}  // namespace tipring::test
