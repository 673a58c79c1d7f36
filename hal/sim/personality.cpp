// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/personality.h"

#include <algorithm>

namespace tipring::sim {

namespace {

using dsp::SampleFormat;

// V.253 10.2.6: compression 0, 1, 4 and 5 of the standard; 128 and up are the makers' own.
constexpr VoiceFormat kV253Formats[] = {
    {0, SampleFormat::Signed8, {8000}, R"(0,"SIGNED PCM",8,0,8000,0,0)"},
    {1, SampleFormat::Unsigned8, {8000}, R"(1,"UNSIGNED PCM",8,0,8000,0,0)"},
    {4, SampleFormat::MuLaw, {8000}, R"(4,"G.711U",8,0,8000,0,0)"},
    {5, SampleFormat::ALaw, {8000}, R"(5,"G.711A",8,0,8000,0,0)"},
    {128, SampleFormat::Unsigned8, {8000, 7200, 11025}, R"(128,"8-BIT LINEAR",(7200,8000,11025))"},
    {129, SampleFormat::Linear16, {8000, 7200, 11025}, R"(129,"16-BIT LINEAR",(7200,8000,11025))"},
    {130, SampleFormat::ALaw, {8000}, R"(130,"8-BIT ALAW",(8000))"},
    {131, SampleFormat::MuLaw, {8000}, R"(131,"8-BIT ULAW",(8000))"},
    {132, SampleFormat::ImaAdpcm4, {8000, 7200, 11025}, R"(132,"IMA ADPCM",(7200,8000,11025))"},
};
constexpr std::span<const VoiceFormat> kMakerFormats = std::span{kV253Formats}.subspan(4);
constexpr VoiceFormat kConexantFormats[] = {
    {0, SampleFormat::Signed8, {8000}, R"(0,"SIGNED PCM",8,0,8000,0,0)"},
    {1, SampleFormat::Unsigned8, {8000}, R"(1,"UNSIGNED PCM",8,0,8000,0,0)"},
    {129, SampleFormat::ImaAdpcm4, {8000}, R"(129,"IMA ADPCM",4,0,8000,0,0)"},
    {130, SampleFormat::Unsigned8, {8000}, R"(130,"UNSIGNED PCM",8,0,8000,0,0)"},
    {131, SampleFormat::MuLaw, {8000}, R"(131,"Mu-Law",8,0,8000,0,0)"},
    {132, SampleFormat::ALaw, {8000}, R"(132,"A-Law",8,0,8000,0,0)"},
};
constexpr VoiceFormat kSilabsFormats[] = {
    {0, SampleFormat::Signed8, {8000}, R"(0,"SIGNED PCM",8,0,8000,0,0)"},
    {1, SampleFormat::Unsigned8, {8000}, R"(1,"UNSIGNED PCM",8,0,8000,0,0)"},
    {4, SampleFormat::MuLaw, {8000}, R"(4,"G.711U",8,0,8000,0,0)"},
    {5, SampleFormat::ALaw, {8000}, R"(5,"G.711A",8,0,8000,0,0)"},
};
// #VBS: bits for a sample, 4 by default (1048P).
constexpr VoiceFormat kRockwellFormats[] = {
    {4, SampleFormat::RockwellAdpcm4, {7200}, ""},
    {2, SampleFormat::RockwellAdpcm2, {7200}, ""},
    {8, SampleFormat::Unsigned8, {7200, 11025}, ""},
};

constexpr std::string_view kFaxSpeeds = "24,48,72,73,74,96,97,98,121,122,145,146";

constexpr FixedAnswer kDataAnswers[] = {
    {"I0", "33600"},       {"I3", "Tipring V.34 Data Modem"},
    {"I4", "simulated"},   {"+GMI", "TIPRING"},
    {"+GMM", "V.34 DATA"}, {"+GMR", "1.0"},
    {"+GSN", "000000"},    {"+GCAP", "+GCAP: +MS"},
};
constexpr FixedAnswer kV253Answers[] = {
    {"I0", "TIPRING V253"},
    {"I3", "Tipring V.253 Voice Modem"},
    {"I4", "simulated"},
    {"+GMI", "TIPRING"},
    {"+GMM", "V253 VOICE"},
    {"+GMR", "1.0"},
    {"+GSN", "000000"},
    {"+FMI", "TIPRING"},
    {"+FMM", "V253 VOICE"},
    {"+FMR", "1.0"},
    {"+GCAP", "+GCAP: +FCLASS,+V"},
    {"+FTM=?", kFaxSpeeds},
    {"+FRM=?", kFaxSpeeds},
    {"+FTH=?", "3"},
    {"+FRH=?", "3"},
};
constexpr FixedAnswer kRockwellAnswers[] = {
    {"I0", "33600"},
    {"I3", "V2.061 US001-V34_ACF_DP1"},
    {"I4", "a007880284C6002F"},
    {"I6", "RCV336DPFSP Rev 44BC"},
    {"#MFR?", "ROCKWELL"},
    {"#MDL?", "RCV336"},
    {"#REV?", "V2.061"},
    {"+FMI", "ROCKWELL"},
    {"+FMM", "RCV336"},
    {"+FMR", "V2.061"},
    {"#VCI?", "ROCKWELL;ADPCM;2,4;007200"},
    {"#VBQ?", "256"},
    {"+FTM=?", kFaxSpeeds},
    {"+FRM=?", kFaxSpeeds},
    {"+FTH=?", "3"},
    {"+FRH=?", "3"},
};
constexpr FixedAnswer kConexantAnswers[] = {
    {"I0", "56000"},
    {"I3", "CX93001-EIS_V0.2013-V92"},
    {"+GMI", "+GMI: CONEXANT"},
    {"+GMM", "+GMM: V90"},
    {"+GMR", "+GMR: CX93001-EIS_V0.2013-V92"},
    {"+GMI9", "CONEXANT ACF"},
    {"+FMI", "CONEXANT"},
    {"+FMM", "ACF"},
    {"+FMR", "CX93001"},
    {"-PV", "F10574"},
    {"+GCAP", "+GCAP: +FCLASS,+MS,+ES,+DS"},
    {"+FTM=?", kFaxSpeeds},
    {"+FRM=?", kFaxSpeeds},
    {"+FTH=?", "3"},
    {"+FRH=?", "3"},
};
constexpr FixedAnswer kUsrAnswers[] = {
    {"I0", "5601"},
    {"I3", "U.S. Robotics 56K FAX USB V1.2.23"},
    {"I4", "U.S. Robotics 56K FAX USB Settings..."},
    {"I7", "Configuration Profile..."},
    {"I9", R"((1.0USR9100\\Modem\PNPC107\U.S. Robotics 56K Message)FF)"},
    {"+GMI", "U.S. Robotics"},
    {"+GMM", "56K FAX USB"},
    {"+GMR", "1.2.23"},
    {"+FMI", "U.S. Robotics"},
    {"+FMM", "56K FAX USB"},
    {"+FMR", "1.2.23"},
    {"+GCAP", "+GCAP: +FCLASS,+V"},
    {"+FTM=?", kFaxSpeeds},
    {"+FRM=?", kFaxSpeeds},
};
constexpr FixedAnswer kSilabsAnswers[] = {
    {"I0", "Si2457"},
    {"I1", "C"},
    {"I3", "Si2457 Rev D"},
    {"I6", "2457"},
    {"+GMI", "SILICON LABS"},
    {"+GMM", "Si2457"},
    {"+GMR", "D"},
    {"+FMI", "SILICON LABS"},
    {"+FMM", "Si2457"},
    {"+FMR", "D"},
    {"+VCIDR?", "NO DATA"},
    {"+GCAP", "+GCAP: +FCLASS,+ES,+V"},
};
constexpr FixedAnswer kLucentAnswers[] = {
    {"I3", "LT V.90 Data+Fax+Voice Modem Version 5.99"},
    {"I9", "LT V.90 5.99"},
    {"+GMI", "LUCENT"},
    {"+GMM", "LT V.90"},
    {"+GMR", "5.99"},
    {"+FMI", "LUCENT"},
    {"+FMM", "LT V.90"},
    {"+FMR", "5.99"},
    {"+GCAP", "+GCAP: +FCLASS,+V"},
    {"+FTM=?", kFaxSpeeds},
    {"+FRM=?", kFaxSpeeds},
};

Personality base(std::string_view name, std::string_view description,
                 std::span<const FixedAnswer> answers, std::string_view classes) {
    Personality p;
    p.name = name;
    p.description = description;
    p.answers = answers;
    p.classes = classes;
    return p;
}

Personality dataModem() {
    Personality p = base("data", "V.250 data modem without voice", kDataAnswers, "0");
    p.family = "generic-v250";
    p.nationalSet = true;
    return p;
}

Personality v253() {
    Personality p =
        base("v253", "voice modem by ITU-T V.253 and TIA/IS-101", kV253Answers, "0,1,8");
    p.family = "v253-voice";
    p.plusVoice = true;
    p.formats = kV253Formats;
    p.loopBreakEvent = true;
    p.nationalSet = true;
    return p;
}

Personality rockwell() {
    Personality p =
        base("rockwell", "Rockwell RCV336 with the # voice commands", kRockwellAnswers, "0,1,2,8");
    p.family = "rockwell";
    p.rockwellVoice = true;
    p.formats = kRockwellFormats;
    p.voiceResult = "VCON";
    p.lineSelectVcon = true;
    p.anyByteEndsReceive = true;
    p.digits = Personality::Digits::Single;
    p.callerIdRaw = Personality::CallerIdRaw::BareHex;
    p.plusCallerId = false;
    p.hashCallerId = true;
    p.reportsUnderrun = false;
    p.toneUnit = 100;
    return p;
}

Personality conexant() {
    Personality p =
        base("conexant", "Conexant CX93001 USB voice modem", kConexantAnswers, "0,1,1.0,8");
    p.family = "conexant-cx930xx";
    p.plusVoice = true;
    p.formats = kConexantFormats;
    p.ringAsDle = true;
    p.loopBreakEvent = true;
    p.lineVoltageEvents = true;
    p.ignoresSilence = true;
    p.serialCallerId = true;
    p.nationalSet = true;
    return p;
}

Personality usr() {
    Personality p = base("usr", "U.S. Robotics 5637 USB voice modem", kUsrAnswers, "0,1,2,8");
    p.family = "usr-56xx";
    p.plusVoice = true;
    p.formats = kMakerFormats;
    p.hookEventOnLineSelect = true;
    p.tonesInPairs = true;
    p.callerIdText = Personality::CallerIdText::Compact;
    p.hashCallerId = true;
    p.noDialTone = "NO DIAL TONE";
    return p;
}

Personality si24xx() {
    Personality p = base("si24xx", "Silicon Labs Si2457 ISOmodem", kSilabsAnswers, "0,1,8,256");
    p.family = "silabs-si24xx";
    p.plusVoice = true;
    p.formats = kSilabsFormats;
    p.callerIdFrame = true;
    p.ringAsDle = true;
    p.nationalSet = true;
    p.noDialTone = "NO DIALTONE";
    return p;
}

Personality lucent() {
    Personality p = base("lucent", "Lucent/Agere LT controller modem", kLucentAnswers, "0,1,2,8");
    p.family = "agere-lucent";
    p.plusVoice = true;
    p.formats = kMakerFormats;
    p.ringAsDle = true;
    p.hangUpLeavesVoice = true;
    p.silenceIsOneCode = true;
    p.nationalSet = true;
    return p;
}

}  // namespace

std::span<const Personality> personalities() noexcept {
    static const Personality kAll[] = {dataModem(), v253(),   rockwell(), conexant(),
                                       usr(),       si24xx(), lucent()};
    return kAll;
}

const Personality* findPersonality(std::string_view name) noexcept {
    const auto all = personalities();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Personality& p) {
        return p.name == name || p.family == name;
    });
    return at == all.end() ? nullptr : &*at;
}

}  // namespace tipring::sim
