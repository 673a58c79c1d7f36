// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/conference_room.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "room_door.h"

namespace tipring::media {
namespace {

constexpr std::size_t kMostAnnouncements = 8;
constexpr std::size_t kMostComings = 2;  // tones of comings that may wait; more tell nobody more
constexpr std::chrono::nanoseconds kBlockTime = std::chrono::milliseconds(20);
constexpr int kMostDue = 50;

hal::Result<void> check(const RoomSettings& settings) {
    const auto digit = [](char key) { return key >= '0' && key <= '9'; };
    const std::string& pin = settings.pin;
    if (pin.size() > 16 || !std::all_of(pin.begin(), pin.end(), digit)) {
        return hal::fail(hal::ErrorCode::InvalParam, "a PIN is up to 16 digits, 0 to 9");
    }
    if (settings.pinAttempts < 1 || settings.pinAttempts > 10) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} attempts at a PIN are not 1 to 10", settings.pinAttempts));
    }
    if (settings.pinTime.count() < 1 || settings.pinTime.count() > 300) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} s for a key are not 1 to 300", settings.pinTime.count()));
    }
    for (const RoomSound sound :
         {RoomSound::AskPin, RoomSound::WrongPin, RoomSound::Join, RoomSound::Leave}) {
        if (auto made = makeRoomSound(settings, sound); !made) {
            return tl::unexpected(std::move(made.error()));
        }
    }
    return {};
}

hal::Result<void> noSeat(SeatId seat) {
    return hal::fail(hal::ErrorCode::InvalParam,
                     fmt::format("the room has no seat {}", seat.value));
}

struct Seat {
    SeatId id;
    std::string name;
    PartySettings settings;
    SeatState state = SeatState::Away;
    std::unique_ptr<RoomDoor> door;  ///< at the door
    PartyId party;                   ///< when present
    bool talking = false;
    std::string why;  ///< it has to end
};

}  // namespace

std::string_view roomEventName(RoomEventKind kind) noexcept {
    constexpr std::array<std::string_view, 9> kNames{
        "at the door", "wrong PIN",          "refused",        "joined", "left", "talking",
        "quiet",       "announcement ended", "recording ended"};
    return kNames[static_cast<std::size_t>(kind)];
}

struct ConferenceRoom::State {
    State(RoomSettings wanted, Mixer made) : settings(std::move(wanted)), mixer(std::move(made)) {}

    struct Announcement {
        std::unique_ptr<Terminal> terminal;
        bool told = false;  ///< its end is told
    };

    const RoomSettings settings;
    mutable std::mutex mutex;
    Mixer mixer;
    Listener listener;
    std::vector<std::unique_ptr<Seat>> seats;
    std::uint32_t lastSeat = 0;
    std::deque<Announcement> announcements;
    std::unique_ptr<Terminal> recording;
    std::string recordingText;
    std::optional<std::chrono::nanoseconds> due;

    [[nodiscard]] Seat* find(SeatId id) const;
    void tell(RoomEventKind kind, const Seat& seat, std::string text = {}) const;
    hal::Result<void> admit(Seat& seat);
    void dismiss(Seat& seat, const std::string& text);
    void tellComing(RoomSound sound);
    std::string hearAtDoor(Seat& seat, std::span<const std::int16_t> samples);
    std::size_t announcement(std::span<std::int16_t> samples);
    void endAnnouncement();
    void writeRecording();
    void tellTalkers();
    void tick();
};

Seat* ConferenceRoom::State::find(SeatId id) const {
    const auto found =
        std::find_if(seats.begin(), seats.end(), [&](const auto& seat) { return seat->id == id; });
    return found == seats.end() ? nullptr : found->get();
}

void ConferenceRoom::State::tell(RoomEventKind kind, const Seat& seat, std::string text) const {
    if (listener) {
        listener({kind, seat.id, seat.name, std::move(text)});
    }
}

hal::Result<void> ConferenceRoom::State::admit(Seat& seat) {
    auto party = mixer.join(seat.settings);
    if (!party) {
        return tl::unexpected(std::move(party.error()));
    }
    seat.door.reset();
    seat.party = *party;
    seat.state = SeatState::Present;
    tell(RoomEventKind::Joined, seat);
    tellComing(RoomSound::Join);
    return {};
}

void ConferenceRoom::State::dismiss(Seat& seat, const std::string& text) {
    const SeatState before = std::exchange(seat.state, SeatState::Away);
    seat.door.reset();
    if (before != SeatState::Present) {
        return;
    }
    static_cast<void>(mixer.leave(seat.party));
    if (std::exchange(seat.talking, false)) {
        tell(RoomEventKind::Quiet, seat);
    }
    tell(RoomEventKind::Left, seat, text);
    tellComing(RoomSound::Leave);
}

void ConferenceRoom::State::tellComing(RoomSound sound) {
    if (!settings.tellComings || mixer.parties() == 0 || announcements.size() >= kMostComings) {
        return;
    }
    // It could be played when the room was made; a file that has gone since leaves silence.
    if (auto made = makeRoomSound(settings, sound); made && (*made)->start()) {
        announcements.push_back({std::move(*made), false});
    }
}

std::string ConferenceRoom::State::hearAtDoor(Seat& seat, std::span<const std::int16_t> samples) {
    switch (seat.door->receive(samples)) {
    case RoomDoor::Verdict::Waiting: return {};
    case RoomDoor::Verdict::Wrong: tell(RoomEventKind::WrongPin, seat); return {};
    case RoomDoor::Verdict::Open:
        if (auto admitted = admit(seat); !admitted) {
            seat.why = admitted.error().text();
        }
        return seat.why;
    case RoomDoor::Verdict::TooManyWrong:
        seat.why = fmt::format("refused: {} wrong PINs", settings.pinAttempts);
        break;
    case RoomDoor::Verdict::TooLate:
        seat.why = fmt::format("refused: no PIN within {} s", settings.pinTime.count());
        break;
    }
    tell(RoomEventKind::Refused, seat, seat.why);
    return seat.why;
}

/// Returns how many samples there are.
std::size_t ConferenceRoom::State::announcement(std::span<std::int16_t> samples) {
    std::size_t done = 0;
    while (done < samples.size() && !announcements.empty()) {
        Terminal& terminal = *announcements.front().terminal;
        const std::size_t count = terminal.capture(samples.subspan(done));
        done += count;
        if (terminal.state() != TerminalState::Idle) {
            break;  // a live one may have less than that
        }
        endAnnouncement();
    }
    return done;
}

void ConferenceRoom::State::endAnnouncement() {
    const Announcement& ended = announcements.front();
    if (ended.told && listener) {
        listener({RoomEventKind::AnnouncementEnded, {}, ended.terminal->name(), {}});
    }
    announcements.pop_front();
}

void ConferenceRoom::State::writeRecording() {
    if (!recording) {
        return;
    }
    recording->render(mixer.everybody());
    if (recording->state() == TerminalState::Idle) {
        if (listener) {
            listener({RoomEventKind::RecordingEnded, {}, recording->name(), recordingText});
        }
        recording.reset();
    }
}

void ConferenceRoom::State::tellTalkers() {
    for (const auto& seat : seats) {
        const bool talking = seat->state == SeatState::Present && mixer.talking(seat->party);
        if (talking != std::exchange(seat->talking, talking)) {
            tell(talking ? RoomEventKind::Talking : RoomEventKind::Quiet, *seat);
        }
    }
}

void ConferenceRoom::State::tick() {
    Mixer::Block block{};
    mixer.tick(std::span{block}.first(announcement(block)));
    writeRecording();
    tellTalkers();
}

hal::Result<std::shared_ptr<ConferenceRoom>> ConferenceRoom::create(RoomSettings settings) {
    if (auto good = check(settings); !good) {
        return tl::unexpected(std::move(good.error()));
    }
    auto mixer = Mixer::create({settings.mostParties, settings.clock});
    if (!mixer) {
        return tl::unexpected(std::move(mixer.error()));
    }
    auto state = std::make_unique<State>(std::move(settings), std::move(*mixer));
    return std::shared_ptr<ConferenceRoom>(new ConferenceRoom(std::move(state)));
}

ConferenceRoom::ConferenceRoom(std::unique_ptr<State> state) : state_(std::move(state)) {}
ConferenceRoom::~ConferenceRoom() = default;

void ConferenceRoom::listen(Listener listener) {
    const std::lock_guard lock(state_->mutex);
    state_->listener = std::move(listener);
}

hal::Result<std::unique_ptr<RoomTerminal>> ConferenceRoom::seat(std::string name,
                                                                const PartySettings& settings) {
    const std::lock_guard lock(state_->mutex);
    if (state_->seats.size() >= state_->settings.mostParties) {
        return hal::fail(hal::ErrorCode::ConferenceFull,
                         fmt::format("all {} seats of the room {} are taken",
                                     state_->settings.mostParties, state_->settings.name));
    }
    if (auto good = Mixer::check(settings); !good) {
        return tl::unexpected(std::move(good.error()));
    }
    auto made = std::make_unique<Seat>();
    made->id = SeatId{++state_->lastSeat};
    made->name = std::move(name);
    made->settings = settings;
    const std::string title = fmt::format("room {}", state_->settings.name);
    std::unique_ptr<RoomTerminal> terminal(new RoomTerminal(shared_from_this(), made->id, title));
    state_->seats.push_back(std::move(made));
    return terminal;
}

hal::Result<void> ConferenceRoom::remove(SeatId seat) {
    const std::lock_guard lock(state_->mutex);
    Seat* found = state_->find(seat);
    if (found == nullptr) {
        return noSeat(seat);
    }
    if (found->state != SeatState::Away) {
        found->why = "removed from the room";
        state_->dismiss(*found, found->why);
    }
    return {};
}

hal::Result<void> ConferenceRoom::setMuted(SeatId seat, bool muted) {
    const std::lock_guard lock(state_->mutex);
    Seat* found = state_->find(seat);
    if (found == nullptr) {
        return noSeat(seat);
    }
    found->settings.muted = muted;
    return found->state == SeatState::Present ? state_->mixer.setMuted(found->party, muted)
                                              : hal::Result<void>{};
}

hal::Result<void> ConferenceRoom::setGain(SeatId seat, float decibels) {
    const std::lock_guard lock(state_->mutex);
    Seat* found = state_->find(seat);
    if (found == nullptr) {
        return noSeat(seat);
    }
    PartySettings wanted = found->settings;
    wanted.gain = decibels;
    if (auto good = Mixer::check(wanted); !good) {
        return good;
    }
    found->settings = wanted;
    return found->state == SeatState::Present ? state_->mixer.setGain(found->party, decibels)
                                              : hal::Result<void>{};
}

std::vector<SeatReport> ConferenceRoom::seats() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<SeatReport> reports;
    for (const auto& seat : state_->seats) {
        reports.push_back({seat->id, seat->name, seat->state, {}});
        if (seat->state == SeatState::Present) {
            reports.back().sound = state_->mixer.report(seat->party).value_or(PartyReport{});
        }
    }
    return reports;
}

bool ConferenceRoom::occupied() const {
    const std::lock_guard lock(state_->mutex);
    return std::any_of(state_->seats.begin(), state_->seats.end(),
                       [](const auto& seat) { return seat->state != SeatState::Away; });
}

hal::Result<void> ConferenceRoom::announce(std::unique_ptr<Terminal> terminal) {
    const std::lock_guard lock(state_->mutex);
    if (!terminal || !terminal->captures()) {
        return hal::fail(hal::ErrorCode::InvalParam, "an announcement has to give sound");
    }
    if (state_->announcements.size() >= kMostAnnouncements) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("{} announcements are waiting", kMostAnnouncements));
    }
    if (auto started = terminal->start(); !started) {
        return started;
    }
    state_->announcements.push_back({std::move(terminal), true});
    return {};
}

void ConferenceRoom::stopAnnouncements() {
    const std::lock_guard lock(state_->mutex);
    while (!state_->announcements.empty()) {
        static_cast<void>(state_->announcements.front().terminal->stop());
        state_->endAnnouncement();
    }
}

hal::Result<void> ConferenceRoom::record(std::unique_ptr<Terminal> terminal) {
    const std::lock_guard lock(state_->mutex);
    if (!terminal || !terminal->renders()) {
        return hal::fail(hal::ErrorCode::InvalParam, "a recording has to take sound");
    }
    if (state_->recording) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("the room is recorded by {}", state_->recording->name()));
    }
    State* state = state_.get();
    terminal->listen([state](const TerminalEvent& event) { state->recordingText = event.text; });
    if (auto started = terminal->start(); !started) {
        return started;
    }
    state_->recording = std::move(terminal);
    return {};
}

hal::Result<void> ConferenceRoom::stopRecording() {
    const std::lock_guard lock(state_->mutex);
    if (!state_->recording) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the room is not recorded");
    }
    auto stopped = state_->recording->stop();
    if (state_->listener) {
        state_->listener({RoomEventKind::RecordingEnded,
                          {},
                          state_->recording->name(),
                          stopped ? std::string{} : stopped.error().text()});
    }
    state_->recording.reset();
    return stopped;
}

void ConferenceRoom::tick() {
    const std::lock_guard lock(state_->mutex);
    state_->tick();
}

std::size_t ConferenceRoom::run(std::chrono::nanoseconds now) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->due || now - *state_->due > kBlockTime * kMostDue) {
        state_->due = now;
    }
    std::size_t count = 0;
    for (; *state_->due <= now; *state_->due += kBlockTime, ++count) {
        state_->tick();
    }
    return count;
}

hal::Result<void> ConferenceRoom::enter(SeatId seat) {
    const std::lock_guard lock(state_->mutex);
    Seat* found = state_->find(seat);
    found->why.clear();
    if (state_->settings.pin.empty()) {
        return state_->admit(*found);
    }
    auto door = RoomDoor::open(state_->settings);
    if (!door) {
        return tl::unexpected(std::move(door.error()));
    }
    found->door = std::move(*door);
    found->state = SeatState::AtDoor;
    state_->tell(RoomEventKind::AtDoor, *found);
    return {};
}

void ConferenceRoom::exit(SeatId seat) {
    const std::lock_guard lock(state_->mutex);
    state_->dismiss(*state_->find(seat), {});
}

void ConferenceRoom::giveUp(SeatId seat) {
    const std::lock_guard lock(state_->mutex);
    const auto found = std::find_if(state_->seats.begin(), state_->seats.end(),
                                    [&](const auto& one) { return one->id == seat; });
    state_->dismiss(**found, {});
    state_->seats.erase(found);
}

std::string ConferenceRoom::receive(SeatId seat, std::uint64_t position,
                                    std::span<const std::int16_t> samples) {
    const std::lock_guard lock(state_->mutex);
    Seat& found = *state_->find(seat);
    if (found.state == SeatState::AtDoor) {
        return state_->hearAtDoor(found, samples);
    }
    if (found.state == SeatState::Present) {
        state_->mixer.receive(found.party, position, samples);
    }
    return found.why;
}

std::string ConferenceRoom::send(SeatId seat, std::span<std::int16_t> samples) {
    const std::lock_guard lock(state_->mutex);
    Seat& found = *state_->find(seat);
    if (found.state == SeatState::Present) {
        state_->mixer.send(found.party, samples);
        return found.why;
    }
    const std::size_t count =
        found.state == SeatState::AtDoor ? found.door->send(samples) : std::size_t{0};
    std::fill(samples.begin() + static_cast<std::ptrdiff_t>(count), samples.end(), std::int16_t{0});
    return found.why;
}

}  // namespace tipring::media
