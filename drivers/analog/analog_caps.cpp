// SPDX-License-Identifier: Apache-2.0
#include "analog_caps.h"

#include "fxs_tapi_phone.h"
#include "media_tap.h"
#include "tipring/drivers/analog/call_group.h"
#include "tipring/tapi_core/tspi/provider.h"
#include "tone_player.h"

namespace tipring::analog {
namespace {

constexpr std::uint32_t kCommonStates =
    LINECALLSTATE_IDLE | LINECALLSTATE_DIALTONE | LINECALLSTATE_DIALING | LINECALLSTATE_PROCEEDING |
    LINECALLSTATE_RINGBACK | LINECALLSTATE_BUSY | LINECALLSTATE_SPECIALINFO |
    LINECALLSTATE_CONNECTED | LINECALLSTATE_DISCONNECTED;
constexpr std::uint32_t kLineStates = LINEDEVSTATE_RINGING | LINEDEVSTATE_CONNECTED |
                                      LINEDEVSTATE_DISCONNECTED | LINEDEVSTATE_INSERVICE |
                                      LINEDEVSTATE_OUTOFSERVICE | LINEDEVSTATE_CAPSCHANGE;

void describeFxo(const PortInfo& port, const AnalogOptions& options, TspiLineCaps& caps) {
    const LineProfile& profile = *options.profile;
    const FxoAbilities able = port.fxo->abilities();
    caps.callStates = kCommonStates | LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED |
                      flashStates(flashServices(able.sound ? options.flash : FlashKind::None));
    caps.disconnectModes =
        LINEDISCONNECTMODE_NORMAL | LINEDISCONNECTMODE_UNKNOWN | LINEDISCONNECTMODE_REJECT |
        LINEDISCONNECTMODE_BUSY | LINEDISCONNECTMODE_NOANSWER | LINEDISCONNECTMODE_CONGESTION |
        LINEDISCONNECTMODE_UNREACHABLE | LINEDISCONNECTMODE_UNAVAIL | LINEDISCONNECTMODE_NODIALTONE;
    caps.disconnectModes |= able.volts ? LINEDISCONNECTMODE_PICKUP : 0U;
    caps.disconnectModes |=
        able.battery || able.current ? std::uint32_t{LINEDISCONNECTMODE_OUTOFORDER} : 0U;
    caps.connectedModes = LINECONNECTEDMODE_ACTIVE |
                          (able.polarity ? std::uint32_t{LINECONNECTEDMODE_CONFIRMED} : 0U);
    caps.callerIdFlags = LINECALLPARTYID_UNAVAIL;
    if (able.onHookSound && !profile.callerId.empty()) {
        caps.callerIdFlags = LINECALLPARTYID_BLOCKED | LINECALLPARTYID_OUTOFAREA |
                             LINECALLPARTYID_NAME | LINECALLPARTYID_ADDRESS |
                             LINECALLPARTYID_UNKNOWN;
        caps.lineStates |= LINEDEVSTATE_MSGWAITON | LINEDEVSTATE_MSGWAITOFF;
    }
    caps.devCapFlags |= LINEDEVCAPFLAGS_DIALDIALTONE;
    if (able.sound && !flashServices(options.flash).takeWaiting.empty()) {
        caps.callStates |= LINECALLSTATE_ONHOLD;
        caps.answerMode = LINEANSWERMODE_HOLD;
    }
    caps.generateDigitModes =
        LINEDIGITMODE_PULSE | (able.sound ? std::uint32_t{LINEDIGITMODE_DTMF} : 0U);
    if (!able.sound) {
        caps.devCapFlags &= ~std::uint32_t{LINEDEVCAPFLAGS_MSP};
        caps.generateToneModes = caps.generateToneMaxFrequencies = 0;
        caps.media.directions = caps.media.fullDuplex = caps.media.deviceRate = 0;
    }
    caps.ringModes = kRingModes;
    caps.defaultDialParams = {2000, profile.toneOff, profile.toneOn, 8000};
    caps.minDialParams = caps.maxDialParams = caps.defaultDialParams;
}

void describeFxs(const LineProfile& profile, TspiLineCaps& caps) {
    caps.callStates = kCommonStates;
    caps.disconnectModes = LINEDISCONNECTMODE_NORMAL | LINEDISCONNECTMODE_UNKNOWN |
                           LINEDISCONNECTMODE_NOANSWER | LINEDISCONNECTMODE_OUTOFORDER;
    caps.connectedModes = LINECONNECTEDMODE_ACTIVE | LINECONNECTEDMODE_CONFIRMED;
    caps.callerIdFlags = LINECALLPARTYID_UNAVAIL;
    caps.generateDigitModes = LINEDIGITMODE_DTMF;
    caps.monitorDigitModes = LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE;
    caps.lineStates |= LINEDEVSTATE_MSGWAITON | LINEDEVSTATE_MSGWAITOFF;
    caps.defaultDialParams = {2000, profile.toneOff, profile.toneOn, 0};
    caps.minDialParams = caps.maxDialParams = caps.defaultDialParams;
}

}  // namespace

void describeLine(const PortInfo& port, const AnalogOptions& options, TspiLineCaps& caps) {
    tspi::copyText(caps.permanentId, port.key);
    tspi::copyText(caps.name, port.name);
    tspi::copyText(caps.providerInfo, port.adapter);
    caps.addressCount = 1;
    caps.bearerModes = LINEBEARERMODE_VOICE;
    caps.mediaModes =
        LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;
    caps.devCapFlags = LINEDEVCAPFLAGS_CLOSEDROP | LINEDEVCAPFLAGS_MSP;
    caps.generateToneModes = TonePlayer::kModes;
    caps.generateToneMaxFrequencies = TonePlayer::kFrequencies;
    caps.maxDialString = kMostKeys;
    caps.maxActiveCalls = 1;
    caps.answerMode = LINEANSWERMODE_NONE;
    caps.lineStates = kLineStates;
    caps.lineFeatures = LINEFEATURE_MAKECALL;
    MediaTap::describe(caps.media);
    if (port.fxo != nullptr) {
        describeFxo(port, options, caps);
    } else if (port.fxs != nullptr) {
        describeFxs(*options.profile, caps);
    }
}

constexpr std::uint32_t kOfSound = LINECALLFEATURE_MONITORTONES | LINECALLFEATURE_MONITORMEDIA |
                                   LINECALLFEATURE_GENERATETONE | LINECALLFEATURE_MONITORDIGITS |
                                   LINECALLFEATURE_GATHERDIGITS;

void describeAddress(const TspiLineCaps& line, FlashKind flash, TspiAddressCaps& caps) {
    const auto when = [](bool able, std::uint32_t features) { return able ? features : 0U; };
    caps.sharing = LINEADDRESSSHARING_PRIVATE;
    caps.callInfoStates = LINECALLINFOSTATE_CALLERID | LINECALLINFOSTATE_CALLEDID;
    caps.callerIdFlags = line.callerIdFlags;
    caps.calledIdFlags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_UNKNOWN;
    caps.connectedIdFlags = caps.redirectionIdFlags = LINECALLPARTYID_UNAVAIL;
    caps.redirectingIdFlags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_UNKNOWN;
    caps.callStates = line.callStates;
    caps.disconnectModes = line.disconnectModes;
    caps.connectedModes = line.connectedModes;
    caps.maxActiveCalls = 1;
    caps.addressFeatures = LINEADDRFEATURE_MAKECALL;
    caps.addressCapFlags = LINEADDRCAPFLAGS_DIALED | LINEADDRCAPFLAGS_PARTIALDIAL;
    caps.callFeatures = LINECALLFEATURE_DROP | LINECALLFEATURE_DIAL | LINECALLFEATURE_SETCALLDATA |
                        LINECALLFEATURE_GENERATEDIGITS |
                        when(line.media.directions != 0, kOfSound) |
                        when((line.callStates & LINECALLSTATE_OFFERING) != 0,
                             LINECALLFEATURE_ACCEPT | LINECALLFEATURE_ANSWER);
    caps.maxNoAnswerTimeout = 3600;
    const bool offers = (line.callStates & LINECALLSTATE_OFFERING) != 0;
    caps.offeringModes = when(offers, LINEOFFERINGMODE_ACTIVE);
    addFlashCaps(flashServices(flash), caps);
    if (!flashServices(flash).takeWaiting.empty()) {
        caps.callFeatures |= LINECALLFEATURE_SWAPHOLD;
        // A call that waits is heard of by its sound.
        caps.offeringModes |= when(offers && line.media.directions != 0, LINEOFFERINGMODE_INACTIVE);
    }
}

void describePhone(const PortInfo& port, std::uint32_t lineDeviceId, TspiPhoneCaps& caps) {
    tspi::copyText(caps.permanentId, port.key);
    tspi::copyText(caps.name, port.name);
    tspi::copyText(caps.providerInfo, port.adapter);
    caps.lineDeviceId = lineDeviceId;
    caps.hookSwitchDevices = PHONEHOOKSWITCHDEV_HANDSET;
    caps.monitoredHookSwitchModes[TSPI_HANDSET] =
        PHONEHOOKSWITCHMODE_ONHOOK | PHONEHOOKSWITCHMODE_MICSPEAKER;
    caps.ringModes = kRingModes;
    caps.settableRing = 1;
    caps.buttonCount = kButtons;
    caps.phoneStates = PHONESTATE_CONNECTED | PHONESTATE_DISCONNECTED | PHONESTATE_LAMP |
                       PHONESTATE_RINGMODE | PHONESTATE_HANDSETHOOKSWITCH;
    caps.features = PHONEFEATURE_GETHOOKSWITCHHANDSET | PHONEFEATURE_GETRING |
                    PHONEFEATURE_SETRING | PHONEFEATURE_GETBUTTONINFO | PHONEFEATURE_GETLAMP |
                    PHONEFEATURE_SETLAMP;
}

}  // namespace tipring::analog
