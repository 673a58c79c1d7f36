// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include "completion.h"
#include "console.h"
#include "sound_options.h"
#include "tipring/hal/sim/country.h"
#include "tipring/hal/sim/personality.h"
#include "tipring/hal/sim/usb_catalog.h"

namespace tipring::tools {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no such port, line or file, 4 in use,\n"
    "5 the far end did not take the call (busy, no answer, no dial tone), 6 no permission,\n"
    "130 interrupted. Trouble is told on standard error, results on standard output.\n\n"
    "Try first: tipring demo        (needs no hardware)";

/// What stands for the value of an option in the help.
constexpr std::array<std::pair<std::string_view, const char*>, 33> kValueNames{{
    {"log", "LEVELS"},       {"port", "PORT"},      {"country", "CC"},     {"profile", "NAME"},
    {"config", "FILE"},      {"call-log", "FILE"},  {"count", "N"},        {"play", "FILE"},
    {"digits", "KEYS"},      {"record", "FILE"},    {"seconds", "N"},      {"rings", "N"},
    {"greeting", "FILE"},    {"recording", "FILE"}, {"limit", "SECONDS"},  {"dial", "NUMBER"},
    {"modem", "KIND"},       {"pty", "LINK"},       {"control", "SOCKET"}, {"number", "NUMBER"},
    {"directory", "FOLDER"}, {"location", "NAME"},  {"card", "NAME"},      {"use", "NAME"},
    {"dial-rules", "FILE"},  {"provider", "FILE"},  {"set", "KEY=VALUE"},  {"events", "SECONDS"},
    {"only", "NAME"},        {"pin", "DIGITS"},     {"announce", "FILE"},  {"most", "N"},
}};

/// Everything that options are stored in while CLI11 reads them.
struct Parsed {
    CommonOptions common;
    DialOptions dial;
    DialerOptions dialer;
    AnswerOptions answer;
    RecordOptions record;
    RoomOptions room;
    SimulateOptions simulate;
    DemoOptions demo;
    DecodeOptions decode;
    ConformanceOptions conformance;
    DoctorOptions doctor;
    ListenOptions listen;
    SynthOptions synth;
    SynthSettings synthSettings;
    ProviderOptions providers;
    CallInterfaceOptions callInterface;
    TranslateCommand translate;
    LocationsCommand locations;
    std::uint32_t calls = 20;
    std::string shell;
};

std::vector<std::string> modemNames() {
    std::vector<std::string> names;
    for (const sim::Personality& personality : sim::personalities()) {
        names.emplace_back(personality.name);
    }
    return names;
}

std::vector<std::string> usbModelNames() {
    std::vector<std::string> names;
    for (const sim::UsbModelKind& kind : sim::usbModelKinds()) {
        names.emplace_back(kind.name);
    }
    return names;
}

std::vector<std::string> countryCodes() {
    std::vector<std::string> codes;
    for (const sim::Country& country : sim::countries()) {
        codes.emplace_back(country.code);
    }
    return codes;
}

/// A range that shows in the error, not in the help.
CLI::Validator range(int low, int high) {
    CLI::Validator validator = CLI::Range(low, high);
    return validator.description("");
}

class Tree {
public:
    Tree()
        : app_("Tipring: calls on analog telephone lines, through voice modems and USB adapters.",
               "tipring") {
        app_.set_help_flag("-h,--help", "Show this help");
        // Before or after the command: both are natural.
        addTelling(app_);
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "tipring " TIPRING_VERSION, "Show the version");
        app_.footer(kFooter);
        app_.get_formatter()->column_width(34);
        addLook();
        addCalls();
        addDialRules();
        addTools();
        addSounds();
        addInterfaces();
        nameValues();
    }

    /// CLI11 says only that a subcommand is required.
    [[nodiscard]] std::string wrongCommand(int argc, const char* const* argv) const {
        if (argc < 2) {
            return "no command given; `tipring demo` shows what it does";
        }
        const std::string word = argv[1];
        const auto commands = app_.get_subcommands({});
        const bool known = word.starts_with("-") ||
                           std::any_of(commands.begin(), commands.end(), [&](const auto* command) {
                               return command->get_name() == word;
                           });
        return known ? std::string() : "there is no command " + word;
    }

    CLI::App& app() { return app_; }
    Parsed& parsed() { return parsed_; }
    std::function<ExitCode(Console&)> chosen() { return run_; }

    std::vector<CommandShape> shapes() const {
        std::vector<CommandShape> shapes;
        for (const CLI::App* command : app_.get_subcommands({})) {
            shapes.push_back(shapeOf(*command));
        }
        return shapes;
    }

private:
    using Run = std::function<ExitCode(Console&)>;

    CLI::App* add(const char* name, const char* description, const char* footer, Run run) {
        CLI::App* command = app_.add_subcommand(name, description);
        command->footer(footer);
        command->callback([this, run = std::move(run)] { run_ = run; });
        addTelling(*command);
        return command;
    }

    void addTelling(CLI::App& app) {
        app.add_flag("--json", parsed_.common.json, "One JSON object a line, for programs");
        app.add_flag("-q,--quiet", parsed_.common.quiet, "Results and trouble only");
        app.add_option("--log", parsed_.common.log,
                       "Diagnostic log on standard error: info, debug, traffic=trace, ...");
    }

    void addLineOptions(CLI::App* command, bool log = true) {
        command
            ->add_option("-p,--port", parsed_.common.ports,
                         "Modem or adapter: /dev/ttyACM0, serial:usb:VID:PID, "
                         "usb:VID:PID:SERIAL[/LINE], or sim:NAME (may be repeated)")
            ->allow_extra_args(false);
        addCountry(command);
        command->add_option("--profile", parsed_.common.profile,
                            "Modem profile instead of the one found by asking the modem");
        command->add_option("--config", parsed_.common.config,
                            "Configuration file instead of ~/.config/tipring/tipring.toml");
        if (log) {
            command->add_option("--call-log", parsed_.common.callLog,
                                "SQLite file of the call log");
            command->add_flag("--no-call-log", parsed_.common.noCallLog, "Keep no call log");
        }
    }

    /// Where lines may be those of a service.
    void addBus(CLI::App* command) {
        command
            ->add_flag("--bus{system}", parsed_.common.bus,
                       "[=ADDRESS] Lines of tipringd, --port then names one: the system bus, "
                       "session, or unix:path=FILE; direct:unix:path=FILE without a bus")
            ->type_name("");
    }

    static void addRules(CLI::App* command, std::string& file) {
        command->add_option("--dial-rules", file,
                            "TOML file of locations and cards instead of "
                            "~/.config/tipring/dial-rules.toml");
    }
    static void addPlace(CLI::App* command, DialPlace& place) {
        command->add_option("--location", place.location, "Name or id of where to dial");
        command->add_option("--card", place.card, "Name or id of a calling card; 0: none");
        addRules(command, place.rules);
    }
    void addCountry(CLI::App* command) {
        command->add_option("--country", parsed_.common.country,
                            "Country of the line (ISO code, as US): caller ID and tones depend on "
                            "it");
    }

    void addLook();
    void addCalls();
    void addDialRules();
    void addTools();
    void addConformance();
    void addSounds();
    void addInterfaces();
    void addProviderOptions(CLI::App* command);
    void nameValues();

    static CommandShape shapeOf(const CLI::App& command);
    static CommandShape::Option optionShape(const CLI::Option& option);

    CLI::App app_;
    Parsed parsed_;
    Run run_;
};

void Tree::addLook() {
    add("devices", "List serial ports and adapters: what they are, and who holds them",
        "Sends nothing to any of them. Says why a port cannot be used, and what to do about it.",
        [](Console& console) { return runDevices(console); });

    auto* doctor =
        add("doctor", "Tell what is wrong with modems and adapters, and what to do about it",
            "Looks for missing permissions, other programs, ModemManager, udev rules that are\n"
            "missing or old, wrong USB configurations, and asks what is free whether it answers.\n"
            "Exit code 1 when something is wrong; with --json one object a check and finding.\n"
            "Example: tipring doctor --json | jq 'select(.ok == false) | .remedy'",
            [this](Console& c) { return runDoctor(c, parsed_.common, parsed_.doctor); });
    doctor
        ->add_option("-p,--port", parsed_.common.ports,
                     "Look at this port too, and ask it (may be repeated)")
        ->allow_extra_args(false);
    doctor->add_option("--config", parsed_.common.config,
                       "Configuration file instead of ~/.config/tipring/tipring.toml");
    doctor->add_flag("--quick", parsed_.doctor.quick, "Look only, open and ask nothing");
    doctor
        ->add_option("--root", parsed_.doctor.root,
                     "Look for udev's files and processes below this folder")
        ->group("");  // for tests

    auto* lines =
        add("lines", "Ask the device at each port what it can do",
            "Opens the configured ports, or those given with --port, else the only device.\n"
            "Example: tipring lines --port /dev/ttyACM0",
            [this](Console& console) { return runLines(console, parsed_.common); });
    addLineOptions(lines, false);
    addBus(lines);

    auto* monitor = add("monitor", "Show calls as they come: rings, caller, answer, end",
                        "Never answers. Runs until Ctrl-C, and writes the call log meanwhile.\n"
                        "Telephones on adapters are shown too: hook and keys.\n"
                        "Example: tipring monitor --port /dev/ttyACM0 --json | jq .number\n"
                        "         tipring monitor --port sim:open-usb-fxs",
                        [this](Console& console) { return runMonitor(console, parsed_.common); });
    addLineOptions(monitor);
    addBus(monitor);

    auto* calls =
        add("calls", "Show the call log", "Times are local; with --json UTC.",
            [this](Console& console) { return runCalls(console, parsed_.common, parsed_.calls); });
    calls->add_option("-n,--count", parsed_.calls, "How many of the newest calls")
        ->capture_default_str()
        ->check(range(1, 1'000'000));
    calls->add_option("--call-log", parsed_.common.callLog, "SQLite file of the call log");
    calls->add_option("--config", parsed_.common.config,
                      "Configuration file instead of ~/.config/tipring/tipring.toml");
}

void Tree::addCalls() {
    auto* dial = add("dial", "Place a call",
                     "Exit code 5 when the far end is busy, does not answer or cannot be reached.\n"
                     "A tel: URI is handed to `tipring dialer`, wherever that runs.\n"
                     "Examples: tipring dial 5551234 --play message.wav\n"
                     "          tipring dial 9,5551234 --digits 42# --record answer.wav",
                     [this](Console& c) { return runDial(c, parsed_.common, parsed_.dial); });
    addLineOptions(dial);
    addBus(dial);
    dial->add_option("NUMBER", parsed_.dial.number,
                     "Digits, * #, and `,` pause, `W` dial tone, `!` flash, `;` back to command; "
                     "+ a canonical number, dialled by the dial rules; or a tel: URI")
        ->required();
    addPlace(dial, parsed_.dial.place);
    dial->add_option("--play", parsed_.dial.play, "Play this sound file, then hang up")
        ->check(CLI::Validator(CLI::ExistingFile).description(""));
    dial->add_option("--digits", parsed_.dial.digits, "Keys to send once connected");
    dial->add_option("--record", parsed_.dial.record, "Record the far end to this new WAV file");
    dial->add_option("--seconds", parsed_.dial.seconds, "Hang up so long after the connection")
        ->check(range(1, 86'400));
    dial->add_flag("--data", parsed_.dial.data, "A data call (carrier), not a voice call");

    auto* dialer = add(
        "dialer", "Make the calls that other programs ask for",
        "Takes requests of `tipring dial tel:+...`, one after the other: dials, and leaves the\n"
        "call to the telephone on the line. Runs until Ctrl-C.\n"
        "Example: tipring dialer --port /dev/ttyACM0 &\n"
        "         tipring dial tel:+1-202-555-0123",
        [this](Console& c) { return runDialer(c, parsed_.common, parsed_.dialer); });
    addLineOptions(dialer);
    addBus(dialer);
    dialer
        ->add_option("--seconds", parsed_.dialer.seconds,
                     "The modem leaves the call so long after dialling")
        ->capture_default_str()
        ->check(range(1, 3600));
    addPlace(dialer, parsed_.dialer.place);

    auto* answer =
        add("answer", "Answering machine: greeting, beep, recording",
            "Takes the next call, or with --all every call until Ctrl-C. The recording ends when\n"
            "the caller hangs up, is silent, presses #, or at the limit.\n"
            "Example: tipring answer --port /dev/ttyACM0 --rings 4 --greeting hello.wav --all",
            [this](Console& c) { return runAnswer(c, parsed_.common, parsed_.answer); });
    addLineOptions(answer);
    addBus(answer);
    answer->add_option("--rings", parsed_.answer.rings, "Answer at this ring (default 2)")
        ->check(range(1, 20));
    answer->add_option("--greeting", parsed_.answer.greeting,
                       "Sound file to play (default: a built-in chord)");
    answer->add_flag("--no-greeting", parsed_.answer.noGreeting, "The beep alone");
    answer->add_option("--recording", parsed_.answer.recording,
                       "New WAV file (default: named after time and caller)");
    answer->add_option("--limit", parsed_.answer.limitSeconds, "Longest recording in seconds")
        ->check(range(1, 3600));
    answer->add_flag("--keep-on-silence", parsed_.answer.keepOnSilence,
                     "Silence does not end the recording");
    answer->add_flag("--all", parsed_.answer.all, "Every call, not just the next one");

    auto* room = add("room", "Conference room: every call of every line comes into one mix",
                     "Until Ctrl-C. Lines that cannot listen while they speak stay out.\n"
                     "Example: tipring room --port sim:sangoma-u100 --pin 4711 --record all.wav",
                     [this](Console& c) { return runRoom(c, parsed_.common, parsed_.room); });
    addLineOptions(room);
    room->add_option("--pin", parsed_.room.pin, "Digits that callers have to key, then # or not");
    room->add_option("--record", parsed_.room.record, "New file for everybody's sound");
    room->add_option("--announce", parsed_.room.announce,
                     "Sound file that all hear when somebody joins");
    room->add_option("--rings", parsed_.room.rings, "Answer at this ring (default 2)")
        ->check(range(1, 20));
    room->add_option("--most", parsed_.room.most, "Most callers at once (default 32)")
        ->check(range(2, 256));

    auto* record =
        add("record", "Pick up the next call and record it",
            "No greeting, no beep: what the line says, until it hangs up, the limit, or Ctrl-C.\n"
            "With --dial it calls instead of waiting. Recording people may need their consent.\n"
            "Example: tipring record --port /dev/ttyACM0 call.wav",
            [this](Console& c) { return runRecord(c, parsed_.common, parsed_.record); });
    addLineOptions(record);
    addBus(record);
    record->add_option("FILE", parsed_.record.file, "WAV file to make; must not exist")->required();
    record->add_option("--rings", parsed_.record.rings, "Answer at this ring")
        ->capture_default_str()
        ->check(range(1, 20));
    record->add_option("--limit", parsed_.record.limitSeconds, "Longest recording in seconds")
        ->capture_default_str()
        ->check(range(1, 86'400));
    record->add_option("--dial", parsed_.record.dial, "Call this number and record what it says");
}

void Tree::addDialRules() {
    auto* translate =
        add("translate", "Tell what is dialled for a number from here",
            "A canonical number such as \"+44 (20) 7946 0958\" becomes what a telephone dials at\n"
            "the location; other numbers pass as they are. See docs/guides/dial-rules.md.\n"
            "Example: tipring translate \"+1 (212) 736-3100\" --location Office\n"
            "         tipring translate --caller-id 03023125000",
            [this](Console& c) { return runTranslate(c, parsed_.common, parsed_.translate); });
    TranslateCommand& options = parsed_.translate;
    translate->add_option("NUMBER", options.number, "A number, in quotes")->required();
    addPlace(translate, options.place);
    translate->add_flag("--no-call-waiting", options.noCallWaiting, "Cancel call waiting");
    auto* local = translate->add_flag("--force-local", options.local, "As a local call");
    translate->add_flag("--force-long-distance", options.longDistance, "As a long-distance call")
        ->excludes(local);
    translate->add_flag("--caller-id", options.callerId,
                        "The number was received: tell its canonical form");
    translate->add_flag("--reveal", options.reveal,
                        "Show what is dialled with a card's digits too");
    addCountry(translate);

    auto* locations =
        add("locations", "List the places to dial from, or choose the current one",
            "`*` marks the current one. Locations, cards and rules stand in dial-rules.toml; see\n"
            "docs/guides/dial-rules.md.\n"
            "Example: tipring locations --use Office",
            [this](Console& c) { return runLocations(c, parsed_.common, parsed_.locations); });
    locations->add_option("LOCATION", parsed_.locations.location,
                          "Show all of this one: name or id");
    locations->add_option("--use", parsed_.locations.use, "Make this one the current: name or id");
    addRules(locations, parsed_.locations.rules);
    addCountry(locations);
}

void Tree::addTools() {
    auto* simulate = add(
        "simulate", "A telephone exchange with modems on PTYs: one line, or a whole network",
        "Any program can open a PTY as its modem. Commands come from standard input and the\n"
        "control socket, one a line, each answered by one line; `help` lists them.\n"
        "Numbers that need no plan: 5559001 busy, 5559020 an answering machine, 5559021 a fax,\n"
        "5559022 a modem, 5559023 an echo, 5559031 a robocaller that calls back, ...\n"
        "With --usbip a Linux kernel has its USB devices as real ones (usbip attach).\n"
        "A scenario file has lines, people with scripts, and calls; see docs/guides/simulator.md\n"
        "and examples/scenarios.\n"
        "Example: tipring simulate --modem usr --pty /tmp/modem\n"
        "         > call number=5551234 name=\"J DOE\"\n"
        "         tipring simulate --usbip --usb cx93010 --modem usr\n"
        "         tipring simulate office.toml --watch\n"
        "         tipring simulate office.toml --fast --trace t.json --record 5550100=a.wav",
        [this](Console& c) { return runSimulate(c, parsed_.common, parsed_.simulate); });
    simulate->add_option("--modem", parsed_.simulate.modem, "Kind of modem (see --list)")
        ->capture_default_str()
        ->check(CLI::IsMember(modemNames()).description(""));
    simulate->add_option("--pty", parsed_.simulate.pty, "Symbolic link to make to the PTY");
    simulate->add_option("--control", parsed_.simulate.control, "Unix socket for commands");
    simulate->add_option("--country", parsed_.common.country, "Country of the exchange")
        ->check(CLI::IsMember(countryCodes(), CLI::ignore_case).description(""));
    simulate->add_option("--number", parsed_.simulate.number, "Number of the line")
        ->capture_default_str();
    simulate->add_option("SCENARIO", parsed_.simulate.scenario, "Scenario file (TOML)");
    simulate->add_flag("--watch", parsed_.simulate.watch,
                       "Show lines, states and levels as they change");
    simulate
        ->add_option("--record", parsed_.simulate.records,
                     "NUMBER=FILE.wav: what is said on a line, both ways in stereo")
        ->allow_extra_args(false);
    simulate->add_option("--trace", parsed_.simulate.trace,
                         "Write what happens to a file, one JSON object a line");
    simulate->add_flag("--fast", parsed_.simulate.fast,
                       "Simulated time, to the end of the scenario; without PTYs");
    simulate
        ->add_flag("--usbip{:}", parsed_.simulate.usbip,
                   "[=ADDRESS:PORT] Speak USB/IP there; 127.0.0.1:3240 unless said")
        ->type_name("");
    simulate
        ->add_option("--usb", parsed_.simulate.usb,
                     "A USB device behind --usbip (see --list); more than once")
        ->allow_extra_args(false)
        ->check(CLI::IsMember(usbModelNames()).description(""));
    simulate->add_flag("--list", parsed_.simulate.list,
                       "List the kinds of modem and of USB device, and leave");

    auto* demo =
        add("demo", "Show a whole call: ring, name, greeting, recording, call log",
            "Without --port on a simulated line, in about 20 s. With --port on a real modem: it\n"
            "waits for you to call.",
            [this](Console& c) { return runDemo(c, parsed_.common, parsed_.demo); });
    addLineOptions(demo);
    demo->add_option("--modem", parsed_.demo.modem, "Kind of simulated modem")
        ->capture_default_str()
        ->check(CLI::IsMember(modemNames()).description(""));
    demo->add_option("--directory", parsed_.demo.directory,
                     "Where recording and call log go (default ~/.local/share/tipring/demo)");
    demo->add_flag("--fast", parsed_.demo.fast, "Simulated time: the whole call in a moment");

    auto* decode = add(
        "decode", "Tell what the driver makes of the bytes that a modem sent",
        "With --json one object per call: rings, number, numberStatus, name, nameStatus, date,\n"
        "time, callerIdBeforeRing, called, redirecting, messageWaiting, checksumValid; what is\n"
        "not known is left out.\n"
        "Example: tipring decode --json capture.bin\n"
        "         printf '\\x04\\x12...' | tipring decode --frame",
        [this](Console& c) { return runDecode(c, parsed_.decode); });
    decode->add_option("FILE", parsed_.decode.file, "Captured bytes; - or nothing: standard input");
    decode->add_option("--profile", parsed_.common.profile,
                       "Profile of the modem that sent them; today all are read alike");
    decode->add_option("--country", parsed_.common.country,
                       "Country of the line (ISO code); today all are read alike");
    decode->add_flag("--frame", parsed_.decode.frame,
                     "The bytes are one raw SDMF or MDMF caller-ID message");

    addConformance();

    CLI::App* completion =
        app_.add_subcommand("completion", "Print the completion script of a shell");
    completion->footer("Example: source <(tipring completion bash)");
    completion->add_option("SHELL", parsed_.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
    completion->callback([this] {
        run_ = [this](Console& console) {
            console.result(completionScript(parsed_.shell, shapes()));
            return ExitCode::Ok;
        };
    });
}

void Tree::addConformance() {
    auto* conformance =
        add("conformance", "Check a provider against the contract",
            "Loads the library as the core does, and compares what it claims with what happens.\n"
            "Calls dial --number. Without --stimulus nobody rings: those checks are skipped.\n"
            "Example: tipring conformance --provider ./libmy_tsp.so --config port=/dev/ttyUSB0",
            [this](Console& c) { return runConformance(c, parsed_.common, parsed_.conformance); });
    auto& options = parsed_.conformance;
    conformance->add_option("--provider", options.provider, "Shared library of the provider");
    conformance->add_option("--config", options.config, "Setting of the provider (may be repeated)")
        ->allow_extra_args(false);
    conformance->add_option("--number", options.number, "What outgoing calls dial")
        ->capture_default_str();
    conformance->add_flag("--stimulus", options.stimulus,
                          "Its lineDevSpecific takes `ring` and `hangup` for the far end");
    conformance->add_flag("--virtual", options.virtualTime,
                          "Simulated time, for a provider that lives by the host's timers alone");
    conformance->add_flag("--isolate", options.isolate,
                          "Run the provider in a process of its own, on real time");
    conformance->add_option("--only", options.only, "Only the checks whose name begins so");
    conformance->add_flag("--list", options.list, "List the checks and leave");
}

void Tree::addSounds() {
    auto* listen =
        add("listen", "Tell what is heard in a sound: keys, tones, caller ID, fax, voice",
            "With --json one object for each: at (seconds), event, and what belongs to it; see\n"
            "docs/guides/tipring-command.md.\n"
            "Example: tipring listen call.wav --country DE --plot call.png\n"
            "         arecord -t raw -f S16_LE -r 8000 | tipring listen - --live",
            [this](Console& c) { return runListen(c, parsed_.common, parsed_.listen); });
    addListenOptions(*listen, parsed_.listen);
    addCountry(listen);

    auto* synth = add("synth", "Write the sounds of a telephone line: keys, tones, caller ID, fax",
                      "Levels in dBm0, of which 3.14 is a sine at full scale. 8 kHz, 16 bit.\n"
                      "Example: tipring synth busy.wav --tone busy --country DE --noise -50\n"
                      "         tipring synth - --caller-id 'number=5551234,name=\"J DOE\"' | "
                      "tipring listen -",
                      [this](Console& c) {
                          return runSynth(c, parsed_.common, parsed_.synthSettings, parsed_.synth);
                      });
    addSynthOptions(*synth, parsed_.synth, parsed_.synthSettings);
    addCountry(synth);
}

void Tree::addProviderOptions(CLI::App* command) {
    addLineOptions(command, false);
    command
        ->add_option("--provider", parsed_.providers.libraries,
                     "Load this provider too (may be repeated)")
        ->allow_extra_args(false);
    command
        ->add_option("--set", parsed_.providers.settings,
                     "A setting for the loaded providers (may be repeated)")
        ->allow_extra_args(false);
    command->add_flag("--isolate", parsed_.providers.isolate,
                      "Run each loaded provider in a process of its own");
}

void Tree::addInterfaces() {
    auto* list = add(
        "interfaces", "List what providers have beyond telephone lines",
        "Names, methods, events and their types. Types are letters of D-Bus: b boolean, i u x t\n"
        "whole numbers, d number, s text, ay bytes.\n"
        "Example: tipring interfaces --provider ./libmy_tsp.so",
        [this](Console& c) { return runInterfaces(c, parsed_.common, parsed_.providers); });
    addProviderOptions(list);

    auto* call = add("call-interface", "Call a method of a provider's own interface",
                     "LINE is a number, name or port of a line; - for the provider itself.\n"
                     "Values: true or false, numbers, text, bytes as hexadecimal digits.\n"
                     "Example: tipring call-interface 0 org.tipring.AtModem Command I3 --port "
                     "/dev/ttyACM0",
                     [this](Console& c) {
                         return runCallInterface(c, parsed_.common, parsed_.providers,
                                                 parsed_.callInterface);
                     });
    addProviderOptions(call);
    call->add_option("LINE", parsed_.callInterface.line, "The line, or -")->required();
    call->add_option("NAME", parsed_.callInterface.name, "Name of the interface")->required();
    call->add_option("METHOD", parsed_.callInterface.method, "Name of the method")->required();
    call->add_option("VALUE", parsed_.callInterface.arguments, "What the method takes");
    call->add_option("--events", parsed_.callInterface.events,
                     "Then show the interfaces' events for so long")
        ->check(range(1, 86'400));
}

void Tree::nameValues() {
    auto commands = app_.get_subcommands({});
    commands.push_back(&app_);
    for (CLI::App* command : commands) {
        for (CLI::Option* option : command->get_options()) {
            if (option->get_positional()) {
                option->type_name("");
            }
            for (const auto& [name, value] : kValueNames) {
                if (option->check_lname(std::string(name)) &&
                    option->get_items_expected_max() > 0) {
                    option->type_name(value);
                }
            }
            if (command->get_name() == "conformance" && option->check_lname("config")) {
                option->type_name("KEY=VALUE");
            }
        }
    }
}

CommandShape::Option Tree::optionShape(const CLI::Option& option) {
    CommandShape::Option shape;
    shape.name = option.get_lnames().empty() ? "-" + option.get_snames().front()
                                             : "--" + option.get_lnames().front();
    shape.description = option.get_description();
    shape.takesValue = option.get_items_expected_max() > 0;
    shape.takesFile =
        shape.name == "--port" || shape.name == "--config" || shape.name == "--greeting" ||
        shape.name == "--play" || shape.name == "--record" || shape.name == "--recording" ||
        shape.name == "--call-log" || shape.name == "--pty" || shape.name == "--control" ||
        shape.name == "--directory" || shape.name == "--plot" || shape.name == "--dial-rules" ||
        shape.name == "--provider";
    if (shape.name == "--modem") {
        shape.values = modemNames();
    } else if (shape.name == "--country") {
        shape.values = countryCodes();
    }
    return shape;
}

CommandShape Tree::shapeOf(const CLI::App& command) {
    CommandShape shape;
    shape.name = command.get_name();
    shape.description = command.get_description();
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_positional()) {
            shape.options.push_back(optionShape(*option));
            shape.options.back().takesFile &= option->get_type_name() != "KEY=VALUE";
        } else if (option->get_name() == "FILE") {
            shape.operandIsFile = true;
        } else if (option->get_name() == "SHELL") {
            shape.operandValues = {"bash", "zsh", "fish"};
        }
    }
    return shape;
}

}  // namespace

Invocation parseCommandLine(int argc, const char* const* argv) {
    Invocation invocation;
    // The chosen subcommand refers to the options in here.
    auto tree = std::make_shared<Tree>();
    if (const std::string complaint = tree->wrongCommand(argc, argv); !complaint.empty()) {
        std::cerr << "tipring: " << complaint << "\nTry: tipring --help\n";
        invocation.code = ExitCode::Usage;
        return invocation;
    }
    try {
        tree->app().parse(argc, argv);
    } catch (const CLI::Success& wish) {
        tree->app().exit(wish, std::cout, std::cerr);  // --help, --version
        return invocation;
    } catch (const CLI::ParseError& error) {
        std::cerr << "tipring: " << error.what() << "\n";
        const auto chosen = tree->app().get_subcommands();
        std::cerr << "Try: tipring " << (chosen.empty() ? "" : chosen.front()->get_name() + " ")
                  << "--help\n";
        invocation.code = ExitCode::Usage;
        return invocation;
    }
    invocation.common = tree->parsed().common;
    invocation.run = [tree, run = tree->chosen()](Console& console) { return run(console); };
    return invocation;
}

}  // namespace tipring::tools
