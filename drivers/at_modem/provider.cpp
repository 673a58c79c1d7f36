// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/at_modem/provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

#include "country_code.h"
#include "dial_string.h"
#include "modem_line.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/serial/port_list.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};
using std::chrono::milliseconds;
constexpr std::uint32_t kToneFrequencies = 1;  // together: +VTS and its like take one

void readSeconds(const tspi::Session& session, const char* key, unsigned low, unsigned high,
                 bool zero, milliseconds& value) {
    const auto text = session.config(key);
    if (!text) {
        return;
    }
    unsigned seconds = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), seconds);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text->data() + text->size();
    if (!whole || ((seconds < low || seconds > high) && !(zero && seconds == 0))) {
        kLog.warning("{} = \"{}\" is not a number of seconds from {} to {}; {} stands", key, *text,
                     low, high, value.count() / 1000);
        return;
    }
    value = std::chrono::seconds{seconds};
}

/// One of two words; true for the second.
bool readChoice(const tspi::Session& session, const char* key, std::string_view first,
                std::string_view second) {
    const auto text = session.config(key);
    if (text && *text != first && *text != second) {
        kLog.warning("{} = \"{}\" is neither \"{}\" nor \"{}\"; {} stands", key, *text, first,
                     second, first);
    }
    return text == second;
}

/// What a hook flash does: as configured, else as usual in the country.
analog::FlashKind readFlash(const tspi::Session& session, const LineOptions& options) {
    const analog::FlashKind usual = analog::flashKindOf(countryOfCode(options.country));
    const auto text = session.config("hookFlash");
    if (!text || text->empty()) {
        return usual;
    }
    if (const auto kind = analog::flashKindNamed(*text)) {
        return *kind;
    }
    kLog.warning("hookFlash = \"{}\" is unknown; \"{}\" stands", *text,
                 analog::flashServices(usual).name);
    return usual;
}

LineOptions readOptions(const tspi::Session& session, const ProfileStore& profiles) {
    LineOptions options;
    options.profile = session.config("profile").value_or("");
    if (!options.profile.empty() && profiles.find(options.profile) == nullptr) {
        kLog.warning("there is no profile \"{}\"; known are: {}", options.profile,
                     fmt::join(profiles.names(), ", "));
        options.profile.clear();
    }
    if (const auto country = session.config("country"); country && !country->empty()) {
        options.country = countryCode(*country);
        if (options.country.empty()) {
            kLog.warning("country = \"{}\" is neither a known country nor a T.35 code", *country);
        }
    }
    readSeconds(session, "ringTimeout", 7, 60, false, options.ringTimeout);
    readSeconds(session, "noAnswerTimeout", 5, 300, false, options.noAnswer);
    readSeconds(session, "heartbeat", 10, 86'400, true, options.heartbeat);
    readSeconds(session, "reopen", 1, 3600, false, options.reopen);
    options.waitForDialTone = readChoice(session, "dialTone", "blind", "wait");
    options.pulse = readChoice(session, "dialMode", "tone", "pulse");
    options.flash = readFlash(session, options);
    const std::string monitor = session.config("lineMonitor").value_or("off");
    options.lineMonitor = monitor == "off" ? std::string() : monitor;
    options.callerIdStandard = countryOfCode(options.country);
    return options;
}

std::vector<std::string> linesOf(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) {
            line.remove_suffix(1);
        }
        if (!line.empty()) {
            lines.emplace_back(line);
        }
    }
    return lines;
}

/// The device's identity, where the system knows one: it survives a re-plug at another path.
void identify(ModemDevice& device, const std::vector<hal::PortInfo>& ports) {
    device.permanentId = device.portName;
    device.reopenName = device.portName;
    const auto found = std::find_if(ports.begin(), ports.end(), [&](const hal::PortInfo& port) {
        return port.name == device.portName || port.path == device.portName;
    });
    if (found == ports.end() || !found->usb) {
        return;
    }
    const hal::PortInfo::Usb& usb = *found->usb;
    device.facts.usb = fmt::format("{:04x}:{:04x}", usb.vendor, usb.product);
    device.usbName =
        fmt::format("usb:{}{}{}", device.facts.usb, usb.serial.empty() ? "" : ":", usb.serial);
    if (!usb.serial.empty()) {
        device.permanentId = fmt::format("{}:{}", device.facts.usb, usb.serial);
        device.reopenName = fmt::format("serial:usb:{}", device.permanentId);
        return;
    }
    // Many modems have no serial number: their kind must do where there is one of it only.
    const auto alike = std::count_if(ports.begin(), ports.end(), [&](const hal::PortInfo& port) {
        return port.usb && port.usb->vendor == usb.vendor && port.usb->product == usb.product;
    });
    if (alike == 1) {
        device.reopenName = fmt::format("serial:usb:{}", device.facts.usb);
    }
}

class ModemProvider final : public tspi::Provider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session) {
        return std::unique_ptr<tspi::Provider>(std::make_unique<ModemProvider>(session));
    }

    explicit ModemProvider(tspi::Session& session) : session_(session) {
        if (const auto directory = session.config("profileDirectory"); directory) {
            for (const hal::Error& error : profiles_.addDirectory(*directory)) {
                kLog.error("profile left out: {}", error.cause);
            }
        }
        options_ = readOptions(session, profiles_);
        addPorts(session.config("ports").value_or(""));
    }

    std::vector<std::string> deviceKeys() override {
        std::vector<std::string> keys;
        for (const auto& device : devices_) {
            keys.push_back(device->permanentId);
        }
        return keys;
    }

    hal::Result<void> createLineDevice(std::string_view deviceKey, std::uint32_t id) override {
        for (const auto& device : devices_) {
            if (device->permanentId == deviceKey) {
                device->deviceId = id;
                byId_[id] = device.get();
                return {};
            }
        }
        return hal::fail(hal::ErrorCode::NoDevice, fmt::format("there is no modem {}", deviceKey));
    }

    hal::Result<void> lineCaps(std::uint32_t id, TspiLineCaps& caps) override;
    hal::Result<void> addressCaps(std::uint32_t id, std::uint32_t addressId,
                                  TspiAddressCaps& caps) override;

    hal::Result<std::unique_ptr<tspi::Line>> openLine(std::uint32_t id,
                                                      const tspi::LineEvents& events) override {
        ModemDevice* device = find(id);
        if (device == nullptr) {
            return unknown(id);
        }
        if (device->inUse) {
            return hal::fail(hal::ErrorCode::Allocated, "the line is open already");
        }
        return std::unique_ptr<tspi::Line>(
            std::make_unique<ModemLine>(session_.loop(), profiles_, *device, options_, events));
    }

    std::span<const TspiInterface> interfaces() override { return {&kModemInterface, 1}; }

    hal::Result<void> callInterface(tspi::Request&& request, const tspi::InterfaceTarget& target,
                                    std::uint32_t, std::uint32_t method,
                                    std::span<const TspiValue> arguments) override {
        return static_cast<ModemLine*>(target.line)
            ->callInterface(session_, std::move(request), method, arguments);
    }

private:
    void addPorts(std::string_view text) {
        const std::vector<std::string> names = linesOf(text);
        if (names.empty()) {
            return;
        }
        const auto ports = hal::listSerialPorts();
        for (const std::string& name : names) {
            auto device = std::make_unique<ModemDevice>();
            device->portName = name;
            identify(*device, ports ? *ports : std::vector<hal::PortInfo>{});
            const auto same = [&](const auto& other) {
                return other->permanentId == device->permanentId;
            };
            if (std::any_of(devices_.begin(), devices_.end(), same)) {
                kLog.warning("port {} is configured twice", name);
                continue;
            }
            devices_.push_back(std::move(device));
        }
    }

    [[nodiscard]] ModemDevice* find(std::uint32_t id) const {
        const auto found = byId_.find(id);
        return found == byId_.end() ? nullptr : found->second;
    }
    static tl::unexpected<hal::Error> unknown(std::uint32_t id) {
        return hal::fail(hal::ErrorCode::BadDeviceId, fmt::format("line {} is no modem", id));
    }

    tspi::Session& session_;
    ProfileStore profiles_;
    LineOptions options_;
    std::vector<std::unique_ptr<ModemDevice>> devices_;
    std::map<std::uint32_t, ModemDevice*> byId_;
};

/// What the modem has codes for.
std::uint32_t detectionsOf(const Profile& profile) {
    const auto tells = [&profile](EventMeaning meaning) {
        return std::find(profile.events.begin(), profile.events.end(), meaning) !=
               profile.events.end();
    };
    const bool silence = tells(EventMeaning::Silence) || tells(EventMeaning::Quiet);
    return (silence ? TSPI_DETECT_SILENCE : 0U) |
           (tells(EventMeaning::FaxCalling) ? TSPI_DETECT_MEDIA : 0U);
}

void addVoiceCaps(const ModemDevice& device, TspiLineCaps& caps) {
    const Profile& profile = *device.profile;
    const VoiceFormatChoice& format = profile.formats[*device.format];
    caps.mediaModes |=
        LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;
    caps.generateDigitModes = profile.sequence(Sequence::Digit).empty() ? 0 : LINEDIGITMODE_DTMF;
    caps.generateToneModes =
        profile.sequence(Sequence::Tone).empty() ? 0 : LINETONEMODE_CUSTOM | LINETONEMODE_BEEP;
    caps.generateToneMaxFrequencies = caps.generateToneModes == 0 ? 0 : kToneFrequencies;
    caps.monitorDigitModes = profile.reportsDigits ? LINEDIGITMODE_DTMF : 0;
    caps.devCapFlags |= LINEDEVCAPFLAGS_MSP;
    caps.detections = TSPI_DETECT_PROGRESS | detectionsOf(profile);
    caps.media.directions = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    caps.media.fullDuplex = 0;
    caps.media.deviceRate = format.rate;
    caps.media.bits = dsp::bitsPerSample(format.codec);
}

void addProfileCaps(const ModemDevice& device, TspiLineCaps& caps) {
    const Profile& profile = *device.profile;
    caps.devCapFlags |= (profile.dialBilling ? LINEDEVCAPFLAGS_DIALBILLING : 0U) |
                        (profile.dialQuiet ? LINEDEVCAPFLAGS_DIALQUIET : 0U) |
                        (profile.dialDialTone ? LINEDEVCAPFLAGS_DIALDIALTONE : 0U);
    if (device.callerIdWay) {
        caps.callerIdFlags = LINECALLPARTYID_BLOCKED | LINECALLPARTYID_OUTOFAREA |
                             LINECALLPARTYID_NAME | LINECALLPARTYID_ADDRESS |
                             LINECALLPARTYID_PARTIAL | LINECALLPARTYID_UNKNOWN;
    }
    if (device.voice) {
        addVoiceCaps(device, caps);
    }
}

/// Before the modem was asked: what most of them have, as a claim. An application that wants voice
/// can open the line then; CAPSCHANGE tells what is true.
void addClaimedCaps(TspiLineCaps& caps) {
    caps.mediaModes |=
        LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;
    caps.generateDigitModes = LINEDIGITMODE_DTMF;
    caps.generateToneModes = LINETONEMODE_CUSTOM | LINETONEMODE_BEEP;
    caps.generateToneMaxFrequencies = kToneFrequencies;
    caps.monitorDigitModes = LINEDIGITMODE_DTMF;
    caps.devCapFlags |= LINEDEVCAPFLAGS_MSP;
    caps.detections = TSPI_DETECT_PROGRESS | TSPI_DETECT_MEDIA;
    caps.callerIdFlags = LINECALLPARTYID_UNKNOWN;
    caps.media.directions = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    caps.media.deviceRate = 8000;
    caps.media.bits = 8;
}

hal::Result<void> ModemProvider::addressCaps(std::uint32_t id, std::uint32_t addressId,
                                             TspiAddressCaps& caps) {
    const ModemDevice* device = find(id);
    if (device == nullptr) {
        return unknown(id);
    }
    if (addressId != 0) {
        return hal::fail(hal::ErrorCode::InvalAddressId, "a modem has the address 0 alone");
    }
    TspiLineCaps line{};
    line.size = sizeof line;
    if (auto told = lineCaps(id, line); !told) {
        return told;
    }
    caps.sharing = LINEADDRESSSHARING_PRIVATE;
    caps.callInfoStates = LINECALLINFOSTATE_MEDIAMODE | LINECALLINFOSTATE_CALLERID;
    caps.callerIdFlags = line.callerIdFlags;
    caps.calledIdFlags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_UNKNOWN;
    caps.connectedIdFlags = caps.redirectionIdFlags = caps.redirectingIdFlags =
        LINECALLPARTYID_UNAVAIL;
    caps.callStates = line.callStates;
    caps.disconnectModes = line.disconnectModes;
    caps.connectedModes = line.connectedModes;
    caps.maxActiveCalls = 1;
    caps.addressFeatures = LINEADDRFEATURE_MAKECALL;
    caps.addressCapFlags = LINEADDRCAPFLAGS_DIALED | LINEADDRCAPFLAGS_PARTIALDIAL;
    const auto when = [](bool able, std::uint32_t features) { return able ? features : 0U; };
    caps.callFeatures = LINECALLFEATURE_ACCEPT | LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP |
                        LINECALLFEATURE_DIAL | LINECALLFEATURE_MONITORMEDIA |
                        LINECALLFEATURE_SETCALLPARAMS | LINECALLFEATURE_SETCALLDATA |
                        LINECALLFEATURE_MONITORTONES |
                        when(line.generateDigitModes != 0, LINECALLFEATURE_GENERATEDIGITS) |
                        when(line.generateToneModes != 0, LINECALLFEATURE_GENERATETONE) |
                        when(line.monitorDigitModes != 0,
                             LINECALLFEATURE_MONITORDIGITS | LINECALLFEATURE_GATHERDIGITS);
    caps.maxNoAnswerTimeout = 3600;
    analog::addFlashCaps(flashServicesOf(*device, options_), caps);
    return {};
}

hal::Result<void> ModemProvider::lineCaps(std::uint32_t id, TspiLineCaps& caps) {
    const ModemDevice* device = find(id);
    if (device == nullptr) {
        return unknown(id);
    }
    tspi::copyText(caps.permanentId, device->permanentId);
    tspi::copyText(caps.name, device->title());
    tspi::copyText(caps.providerInfo,
                   device->profile != nullptr
                       ? fmt::format("AT modem, profile {}", device->profile->name)
                       : "AT modem, not identified yet: abilities are claimed");
    caps.addressCount = 1;
    caps.bearerModes =
        LINEBEARERMODE_VOICE | (device->lends ? unsigned{LINEBEARERMODE_PASSTHROUGH} : 0U);
    caps.mediaModes = LINEMEDIAMODE_DATAMODEM;
    caps.devCapFlags = LINEDEVCAPFLAGS_CLOSEDROP;
    caps.callStates = LINECALLSTATE_IDLE | LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED |
                      LINECALLSTATE_DIALTONE | LINECALLSTATE_DIALING | LINECALLSTATE_PROCEEDING |
                      LINECALLSTATE_RINGBACK | LINECALLSTATE_BUSY | LINECALLSTATE_SPECIALINFO |
                      LINECALLSTATE_CONNECTED | LINECALLSTATE_DISCONNECTED |
                      analog::flashStates(flashServicesOf(*device, options_));
    caps.disconnectModes = LINEDISCONNECTMODE_NORMAL | LINEDISCONNECTMODE_UNKNOWN |
                           LINEDISCONNECTMODE_REJECT | LINEDISCONNECTMODE_PICKUP |
                           LINEDISCONNECTMODE_BUSY | LINEDISCONNECTMODE_NOANSWER |
                           LINEDISCONNECTMODE_INCOMPATIBLE | LINEDISCONNECTMODE_UNAVAIL |
                           LINEDISCONNECTMODE_NODIALTONE | LINEDISCONNECTMODE_OUTOFORDER |
                           LINEDISCONNECTMODE_TEMPFAILURE | LINEDISCONNECTMODE_BLOCKED;
    caps.connectedModes = LINECONNECTEDMODE_ACTIVE | LINECONNECTEDMODE_CONFIRMED;
    caps.callerIdFlags = LINECALLPARTYID_UNAVAIL;
    caps.maxDialString = kMaxDialString;
    caps.ringModes = 5;
    if (device->profile != nullptr) {
        addProfileCaps(*device, caps);
    } else {
        addClaimedCaps(caps);
    }
    return {};
}

}  // namespace
}  // namespace tipring::at_modem

extern "C" const TspiProvider* tipring_at_modem_provider(void) {
    return tipring::tspi::providerTable<tipring::at_modem::ModemProvider>("at_modem");
}
