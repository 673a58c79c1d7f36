// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exit_code.h"

namespace tipring::tools {

class Console;
struct SynthSettings;

/// Options that every subcommand takes. What is given here wins over the configuration file.
struct CommonOptions {
    std::vector<std::string> ports;
    std::string bus;  ///< "system", "session", an address; empty: lines of this process
    std::string profile, country, log, config, callLog;
    bool noCallLog = false;
    bool json = false, quiet = false;
};

/// Where a canonical number is dialled from, and how; empty: what the dial rules have.
struct DialPlace {
    std::string rules;           ///< a file
    std::string location, card;  ///< by name or id
};
struct DialOptions {
    DialPlace place;
    std::string number, play, digits, record;
    std::uint32_t seconds = 0;  ///< hang up so long after the connection; 0: stay
    bool data = false;
};
struct DialerOptions {
    std::uint32_t seconds = 20;  ///< after dialling, until the modem leaves the call
    DialPlace place;
};
struct AnswerOptions {
    std::optional<std::uint32_t> rings, limitSeconds;
    std::string greeting, recording;
    bool noGreeting = false, all = false, keepOnSilence = false;
};
struct RecordOptions {
    std::string file, dial;
    std::uint32_t rings = 1, limitSeconds = 3600;
};
struct RoomOptions {
    std::string pin, record, announce;
    std::uint32_t rings = 2, most = 32;
};
struct SimulateOptions {
    std::string modem = "v253", pty, control, country = "US", number = "5550100";
    std::string scenario, trace;
    std::vector<std::string> records;  ///< NUMBER=FILE
    std::string usbip;                 ///< ADDRESS:PORT, or a part of it; empty: not spoken
    std::vector<std::string> usb;      ///< models
    bool list = false, watch = false, fast = false;
};
struct DemoOptions {
    std::string modem = "v253", directory;
    bool fast = false;
};
struct TranslateCommand {
    std::string number;
    DialPlace place;
    bool callerId = false, noCallWaiting = false, local = false, longDistance = false;
    bool reveal = false;
};
struct LocationsCommand {
    std::string rules, location, use;
};
struct DecodeOptions {
    std::string file = "-";
    bool frame = false;
};
struct ListenOptions {
    std::string file, device;  ///< one of them
    std::string standard, plot;
    bool raw = false, live = false;
};
struct SynthOptions {
    std::string file;
    bool list = false;
};
/// Providers besides that of the modems.
struct ProviderOptions {
    std::vector<std::string> libraries;  ///< "./libmy_tsp.so"
    std::vector<std::string> settings;   ///< "KEY=VALUE", for all of them
    bool isolate = false;                ///< each in a process of its own
};
struct CallInterfaceOptions {
    std::string line;  ///< number, name or port; "-": the provider itself
    std::string name, method;
    std::vector<std::string> arguments;
    std::uint32_t events = 0;  ///< tell events so many seconds
};

struct DoctorOptions {
    bool quick = false;  ///< opens nothing
    std::string root;    ///< in front of /etc, /lib and /proc
};

struct ConformanceOptions {
    std::string provider, number = "1", only;
    std::vector<std::string> config;  ///< KEY=VALUE
    bool stimulus = false, virtualTime = false, list = false, isolate = false;
};

/// Each runs its subcommand to the end, on a loop of its own, and never throws.
ExitCode runDevices(Console& console);
ExitCode runDoctor(Console& console, const CommonOptions& common, const DoctorOptions& options);
ExitCode runLines(Console& console, const CommonOptions& common);
ExitCode runMonitor(Console& console, const CommonOptions& common);
ExitCode runDial(Console& console, const CommonOptions& common, const DialOptions& options);
/// `tel:` URI: asks whoever runs `tipring dialer`.
ExitCode askForCall(Console& console, const std::string& uri);
ExitCode runDialer(Console& console, const CommonOptions& common, const DialerOptions& options);
ExitCode runAnswer(Console& console, const CommonOptions& common, const AnswerOptions& options);
ExitCode runRecord(Console& console, const CommonOptions& common, const RecordOptions& options);
ExitCode runRoom(Console& console, const CommonOptions& common, const RoomOptions& options);
ExitCode runSimulate(Console& console, const CommonOptions& common, const SimulateOptions& options);
ExitCode runDemo(Console& console, const CommonOptions& common, const DemoOptions& options);
ExitCode runDecode(Console& console, const DecodeOptions& options);
ExitCode runConformance(Console& console, const CommonOptions& common,
                        const ConformanceOptions& options);
ExitCode runListen(Console& console, const CommonOptions& common, const ListenOptions& options);
ExitCode runSynth(Console& console, const CommonOptions& common, SynthSettings settings,
                  const SynthOptions& options);
ExitCode runInterfaces(Console& console, const CommonOptions& common,
                       const ProviderOptions& options);
ExitCode runCallInterface(Console& console, const CommonOptions& common,
                          const ProviderOptions& options, const CallInterfaceOptions& call);
ExitCode runTranslate(Console& console, const CommonOptions& common,
                      const TranslateCommand& command);
ExitCode runLocations(Console& console, const CommonOptions& common,
                      const LocationsCommand& command);
ExitCode runCalls(Console& console, const CommonOptions& common, std::uint32_t count);

}  // namespace tipring::tools
