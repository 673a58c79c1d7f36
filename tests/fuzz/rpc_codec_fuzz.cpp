// SPDX-License-Identifier: Apache-2.0
// A message of a peer: whatever types and values it has, it is read or refused; what was read can
// be sent again and is read again. And paths: what is taken for one of ours is written the same.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "wire/paths.h"
#include "wire/records.h"
#include "wire/values.h"

namespace {

using namespace tipring;
using rpc::Message;

void require(bool held) {
    if (!held) {
        std::abort();
    }
}

/// A connection that nothing is sent on: messages belong to one.
sd_bus* connection() {
    static sd_bus* const kBus = [] {
        int ends[2] = {-1, -1};
        sd_bus* bus = nullptr;
        require(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && sd_bus_new(&bus) >= 0 &&
                sd_bus_set_fd(bus, ends[0], ends[0]) >= 0 && sd_bus_start(bus) >= 0);
        return bus;
    }();
    return kBus;
}

Message newMessage() {
    sd_bus_message* raw = nullptr;
    require(sd_bus_message_new_signal(connection(), &raw, "/fuzz", "org.tipring.Fuzz", "Any") >= 0);
    return Message(raw);
}

void makeReadable(const Message& message) {
    require(sd_bus_message_seal(message.get(), 1, 0) >= 0 &&
            sd_bus_message_rewind(message.get(), 1) >= 0);
}

/// Writes what the input says: each value is a letter of D-Bus and its bytes.
class Writer {
public:
    Writer(std::string_view input, sd_bus_message* message) : input_(input), message_(message) {}
    void all() {
        for (int i = 0; i < 64 && !input_.empty(); ++i) {
            value(take(), 0);
        }
    }

private:
    char take() {
        const char c = input_.empty() ? '\0' : input_.front();
        input_.remove_prefix(input_.empty() ? 0 : 1);
        return c;
    }
    std::string text() {
        const auto size = static_cast<unsigned char>(take());
        const std::string made(input_.substr(0, size));
        input_.remove_prefix(made.size());
        return made;
    }
    template <class T>
    void number(char letter) {
        T raw{};
        const std::size_t size = std::min(sizeof raw, input_.size());
        std::memcpy(&raw, input_.data(), size);
        input_.remove_prefix(size);
        (void)sd_bus_message_append_basic(message_, letter, &raw);
    }
    void value(char letter, int depth) {
        switch (letter) {
        case 'u': number<std::uint32_t>('u'); break;
        case 'i': number<std::int32_t>('i'); break;
        case 'q': number<std::uint16_t>('q'); break;
        case 'x': number<std::int64_t>('x'); break;
        case 't': number<std::uint64_t>('t'); break;
        case 'd': number<double>('d'); break;
        case 'b': number<int>('b'); break;
        case 's':
        case 'o': (void)sd_bus_message_append_basic(message_, letter, text().c_str()); break;
        case 'y': {
            const std::string bytes = text();
            (void)sd_bus_message_append_array(message_, 'y', bytes.data(), bytes.size());
            break;
        }
        case 'a': container('a', depth); break;
        case '(': container('r', depth); break;
        case '{': record(depth); break;
        default: break;
        }
    }
    void container(char kind, int depth) {
        const std::string contents = text();
        if (depth > 4 || sd_bus_message_open_container(message_, kind, contents.c_str()) < 0) {
            return;
        }
        for (char letter = take(); letter != ')' && letter != '\0'; letter = take()) {
            value(letter, depth + 1);
        }
        (void)sd_bus_message_close_container(message_);
    }
    void record(int depth) {
        if (depth > 4 || sd_bus_message_open_container(message_, 'a', "{sv}") < 0) {
            return;
        }
        while (!input_.empty() && take() == '=') {
            (void)sd_bus_message_open_container(message_, 'e', "sv");
            (void)sd_bus_message_append_basic(message_, 's', text().c_str());
            const std::string type = text();
            if (sd_bus_message_open_container(message_, 'v', type.c_str()) >= 0) {
                value(take(), depth + 1);
                (void)sd_bus_message_close_container(message_);
            }
            (void)sd_bus_message_close_container(message_);
        }
        (void)sd_bus_message_close_container(message_);
    }

    std::string_view input_;
    sd_bus_message* message_;
};

template <class T>
void readAs(sd_bus_message* message) {
    T value{};
    if (sd_bus_message_rewind(message, 1) < 0 || rpc::get(message, value) < 0) {
        return;
    }
    const Message again = newMessage();
    require(rpc::put(again.get(), value) >= 0);
    makeReadable(again);
    T reread{};
    require(rpc::get(again.get(), reread) >= 0);
}

using Read = void (*)(sd_bus_message*);
constexpr Read kReads[] = {
    readAs<tapi::CallParams>,
    readAs<tapi::CallInfo>,
    readAs<tapi::CallStatus>,
    readAs<tapi::MediaStatus>,
    readAs<tapi::MemberSettings>,
    readAs<tapi::AddressCapabilities>,
    readAs<tapi::AddressStatus>,
    readAs<tapi::PhoneCapabilities>,
    readAs<tapi::PhoneStatus>,
    readAs<tapi::Location>,
    readAs<tapi::CallingCard>,
    readAs<tapi::Translation>,
    readAs<tapi::TranslateOptions>,
    readAs<std::vector<tapi::GeneratedTone>>,
    readAs<std::vector<tapi::MonitoredTone>>,
    readAs<std::vector<tapi::Forwarding>>,
    readAs<std::vector<tapi::HangUpReason>>,
    readAs<std::vector<rpc::WireInterface>>,
    readAs<std::vector<std::byte>>,
    readAs<std::string>,
    readAs<std::vector<rpc::ObjectPath>>,
};

void readValues(sd_bus_message* message) {
    std::vector<tapi::Value> values;
    if (sd_bus_message_rewind(message, 1) >= 0 && rpc::getValues(message, values) >= 0) {
        require(rpc::putValues(newMessage().get(), values) >= 0);
    }
}

void readPath(std::string_view path) {
    std::uint32_t id = 0;
    std::uint64_t callId = 0;
    require(!rpc::parseAddress(path, id) || rpc::addressPath(id) == path);
    require(!rpc::parsePhone(path, id) || rpc::phonePath(id) == path);
    require(!rpc::parseCall(path, callId) || rpc::callPath(callId) == path);
    require(!rpc::parseHub(path, callId) || rpc::hubPath(callId) == path);
    require(!rpc::parseTerminal(path, callId, id) ||
            rpc::terminalPath(callId, tapi::TerminalId{id}) == path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    readPath(input);
    const Message message = newMessage();
    Writer(input, message.get()).all();
    // A message that was left half written is none that a bus would bring.
    if (sd_bus_message_seal(message.get(), 1, 0) < 0) {
        return 0;
    }
    for (const Read read : kReads) {
        read(message.get());
    }
    readValues(message.get());
    return 0;
}
