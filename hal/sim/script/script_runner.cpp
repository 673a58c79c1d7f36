// SPDX-License-Identifier: Apache-2.0
// The engine: begins a step, then asks whether it is over each time that something happened.
#include "tipring/hal/sim/script_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "script/script_ear.h"
#include "script/script_tones.h"
#include "sound_file.h"

namespace tipring::sim {

namespace {

using Verb = Step::Verb;
using Until = Step::Until;

constexpr unsigned kMostAtOnce = 1000;
constexpr unsigned kMostInAll = 100000;
constexpr float kSpeechLevel = -16, kKeyLevel = -10;

std::size_t samplesOf(std::chrono::milliseconds time) {
    return static_cast<std::size_t>(time.count()) * 8;
}

std::string_view callName(ScriptActor::State state) {
    switch (state) {
    case ScriptActor::State::Idle: return "idle";
    case ScriptActor::State::Calling: return "calling";
    case ScriptActor::State::Called: return "called";
    case ScriptActor::State::Connected: return "connected";
    }
    return "idle";
}

bool takesCall(const Step& step) {
    return step.verb == Verb::Answer || (step.verb == Verb::Wait && step.until == Until::Call);
}

/// A file as something to say.
class FileSource final : public SoundSource {
public:
    explicit FileSource(SoundReader reader) : reader_(std::move(reader)) {}
    std::size_t read(std::span<std::int16_t> samples) override { return reader_.read(samples); }

private:
    SoundReader reader_;
};

}  // namespace

std::string_view scriptStateName(ScriptRunner::State state) {
    switch (state) {
    case ScriptRunner::State::Idle: return "idle";
    case ScriptRunner::State::Running: return "running";
    case ScriptRunner::State::Done: return "done";
    case ScriptRunner::State::HungUp: return "hung-up";
    case ScriptRunner::State::Failed: return "failed";
    }
    return "idle";
}

struct ScriptRunner::Impl {
    enum class Verdict : std::uint8_t { Pending, Next, Otherwise, Jump };

    Impl(hal::EventLoop& ownLoop, ScriptActor& ownActor, Script ownScript, ScriptSetting ownSetting)
        : loop(ownLoop),
          actor(ownActor),
          script(std::move(ownScript)),
          setting(std::move(ownSetting)),
          ear(script, setting.country, [this](std::string_view what) { tell("heard", what); }),
          timer(loop, [this] { onTimer(); }),
          again(loop, [this] { rewind(); }),
          rounds(script.steps.size()) {
        ScriptActor::Listener listener;
        listener.onState = [this](ScriptActor::State next) { onState(next); };
        listener.onRing = [this](unsigned count) {
            rings = count;
            ringing = true;
            advance();
        };
        listener.onPlayed = [this] { advance(); };
        if (!ear.idle() || wants(Verb::Echo) || wants(Verb::Record)) {
            listener.onSound = [this](HeardBlock block) { onSound(block); };
        }
        actor.setListener(std::move(listener));
    }
    ~Impl() {
        actor.setListener({});
        actor.hangUp();
    }

    [[nodiscard]] bool wants(Verb verb) const {
        for (const Step& each : script.steps) {
            if (each.verb == verb) {
                return true;
            }
        }
        return false;
    }

    /// At the step by which a script that serves waits for a call; without limit.
    [[nodiscard]] bool isServing() const {
        const auto begin = script.steps.begin();
        return script.serves() && at < script.steps.size() && takesCall(script.steps[at]) &&
               std::none_of(begin, begin + static_cast<std::ptrdiff_t>(at), takesCall);
    }

    void tell(std::string_view what, std::string_view detail) {
        if (events) {
            events(what, detail);
        }
    }

    // what happens
    void onState(ScriptActor::State next) {
        tell("call", callName(next));
        if (next == ScriptActor::State::Called || next == ScriptActor::State::Calling) {
            rings = 0;
            ringing = false;
            ear.reset();
        }
        if (next == ScriptActor::State::Idle) {
            tape.reset();
        }
        advance();
    }
    void onSound(HeardBlock block) {
        echo->hear(block);
        if (tape) {
            tape->write(block);
        }
        ear.hear(block);
        advance();
    }
    void onTimer() {
        timeOver = true;
        advance();
    }

    void start() {
        finishQuietly();
        rewind();
    }
    /// Begins anew; a call that rings already is kept.
    void rewind() {
        at = 0;
        began = false;
        inAll = atOnce = 0;
        lastKey = 0;
        spoken = 0;
        std::fill(rounds.begin(), rounds.end(), 0U);
        reason.clear();
        state = State::Running;
        advance();
    }
    void finishQuietly() {
        again.cancel();
        timer.cancel();
        state = State::Idle;
        actor.quiet();
        actor.hangUp();
        tape.reset();
    }
    void end(State how, std::string why = {}) {
        state = how;
        reason = std::move(why);
        timer.cancel();
        actor.quiet();
        actor.hangUp();
        tape.reset();
        tell(scriptStateName(how), reason);
        if (how != State::Failed && script.serves()) {
            again.arm(hal::Duration{0});
        }
    }

    /// Goes on as far as it can. What happens meanwhile is seen by the loop here.
    void advance() {
        if (busy || state != State::Running) {
            return;
        }
        busy = true;
        while (state == State::Running && stepOnce()) {
        }
        busy = false;
    }

    /// False when the present step is not over.
    bool stepOnce() {
        if (at >= script.steps.size()) {
            end(State::Done);
            return false;
        }
        const Step& step = script.steps[at];
        if (!began && !begin(step)) {
            return state == State::Running;
        }
        const Verdict verdict = callIsOver(step) ? lost(step) : judge(step);
        if (verdict == Verdict::Pending || state != State::Running) {
            return false;
        }
        if (step.verb == Verb::Wait) {
            ear.forget();
        }
        if (verdict == Verdict::Otherwise) {
            otherwise(step, fmt::format("\"{}\" did not come about in time", step.source));
        } else {
            go(verdict == Verdict::Jump ? step.target : at + 1);
        }
        return state == State::Running;
    }

    void go(std::size_t next) {
        timer.cancel();
        at = next;
        began = false;
    }
    void otherwise(const Step& step, std::string why) {
        if (step.elseTarget != Step::kNowhere) {
            go(step.elseTarget);
        } else {
            end(State::Failed, std::move(why));
        }
    }

    [[nodiscard]] bool inCall() const { return actor.state() != ScriptActor::State::Idle; }
    [[nodiscard]] bool connected() const { return actor.state() == ScriptActor::State::Connected; }
    /// The call that was there when the step began is over, and the step does not wait for that.
    [[nodiscard]] bool callIsOver(const Step& step) const {
        return hadCall && !inCall() && step.verb != Verb::HangUp &&
               !(step.verb == Verb::Wait && step.until == Until::HangUp);
    }
    Verdict lost(const Step& step) {
        if (step.elseTarget != Step::kNowhere) {
            return Verdict::Otherwise;
        }
        end(State::HungUp);
        return Verdict::Pending;
    }

    bool begin(const Step& step) {
        const hal::TimePoint now = loop.now();
        atOnce = now == lastBegan ? atOnce + 1 : 1;
        lastBegan = now;
        if (++inAll > kMostInAll || atOnce > kMostAtOnce) {
            end(State::Failed,
                inAll > kMostInAll
                    ? fmt::format("over {} steps; the script has no end", kMostInAll)
                    : fmt::format("{} steps at one instant; put a wait into the loop",
                                  kMostAtOnce));
            return false;
        }
        began = true;
        timeOver = false;
        hadCall = inCall();
        tell("step", step.source);
        if (auto done = enter(step); !done) {
            if (endedBefore) {
                endedBefore = false;
                end(State::HungUp);
            } else {
                otherwise(step, done.error().cause);
            }
            return false;
        }
        return state == State::Running;
    }

    // each verb: how it begins
    hal::Result<void> enter(const Step& step);
    hal::Result<void> enterDial(const Step& step);
    hal::Result<void> enterWait(const Step& step);
    hal::Result<void> enterAnswer(const Step& step);
    hal::Result<void> enterSpeak(const Step& step);
    hal::Result<void> enterRecord(const Step& step);
    hal::Result<std::unique_ptr<SoundSource>> soundOf(const Step& step);
    // and when it is over
    Verdict judge(const Step& step);
    Verdict judgeWait(const Step& step);
    Verdict judgeGoto(const Step& step);
    [[nodiscard]] bool cameAbout(const Step& step);
    [[nodiscard]] std::string pathOf(const std::string& file) const {
        return setting.folder.empty() || file.starts_with('/') ? file : setting.folder + "/" + file;
    }

    hal::EventLoop& loop;
    ScriptActor& actor;
    Script script;
    ScriptSetting setting;
    Events events;
    ScriptEar ear;
    std::shared_ptr<EchoBuffer> echo = std::make_shared<EchoBuffer>();
    std::optional<SoundWriter> tape;
    hal::Timer timer, again;
    std::vector<unsigned> rounds;  ///< of each goto and repeat

    State state = State::Idle;
    std::string reason;
    std::size_t at = 0;
    bool began = false, busy = false, timeOver = false, hadCall = false, ringing = false;
    bool endedBefore = false;
    unsigned inAll = 0, atOnce = 0, rings = 0, spoken = 0;
    hal::TimePoint lastBegan{};
    char lastKey = 0;
};

hal::Result<void> ScriptRunner::Impl::enter(const Step& step) {
    switch (step.verb) {
    case Verb::Dial: return enterDial(step);
    case Verb::Answer: return enterAnswer(step);
    case Verb::Wait: return enterWait(step);
    case Verb::Play:
    case Verb::Speech:
    case Verb::Keys:
    case Verb::Tone:
    case Verb::Echo: return enterSpeak(step);
    case Verb::Record: return enterRecord(step);
    case Verb::Modem: return actor.setModem(step.count != 0, step.text);
    case Verb::HangUp:
        actor.quiet();
        actor.hangUp();
        return {};
    case Verb::Quiet: actor.quiet(); return {};
    case Verb::Stop: end(State::Done); return {};
    case Verb::Label:
    case Verb::Goto:
    case Verb::Repeat:
    case Verb::End:
    case Verb::Note: break;
    }
    return {};
}

hal::Result<void> ScriptRunner::Impl::enterDial(const Step& step) {
    std::string number = step.text;
    if (number == "line") {
        number = setting.line;
    } else if (number == "caller") {
        number = actor.caller();
    }
    if (number.empty()) {
        return hal::fail(hal::ErrorCode::InvalAddress,
                         fmt::format("nobody is known as {}; dial a number", step.text));
    }
    CallerId id;
    id.number = setting.number;
    id.name = step.name;
    auto dialled = actor.dial(number, id, step.count);
    hadCall = false;  // the one that begins here is not lost while it is judged
    return dialled;
}

hal::Result<void> ScriptRunner::Impl::enterAnswer(const Step& step) {
    if (actor.state() == ScriptActor::State::Calling || connected()) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "answer: it is in a call already; hang up first");
    }
    if (!isServing()) {
        timer.arm(step.within);
    }
    hadCall = false;
    return {};
}

hal::Result<void> ScriptRunner::Impl::enterWait(const Step& step) {
    if (step.until == Until::Time) {
        timer.arm(step.time);
    } else if (!isServing()) {
        timer.arm(step.within);
    }
    hadCall = hadCall && step.until != Until::Call;
    ear.beginSilence();
    return {};
}

hal::Result<std::unique_ptr<SoundSource>> ScriptRunner::Impl::soundOf(const Step& step) {
    const std::size_t length = samplesOf(step.time);
    switch (step.verb) {
    case Verb::Speech:
        return makeSpeech(setting.seed + spoken++, length, step.level.value_or(kSpeechLevel));
    case Verb::Keys:
        return makeKeys(step.text, samplesOf(step.on), samplesOf(step.off),
                        step.level.value_or(kKeyLevel));
    case Verb::Echo: return makeEcho(echo, length);
    case Verb::Play: {
        auto reader = SoundReader::open(pathOf(step.text));
        if (!reader) {
            return tl::unexpected(reader.error());
        }
        return std::make_unique<FileSource>(std::move(*reader));
    }
    default: break;
    }
    auto tone = makeTone(step.text, setting.country, length, step.level);
    if (tone == nullptr) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} has no tone {}", setting.country, step.text));
    }
    return tone;
}

hal::Result<void> ScriptRunner::Impl::enterSpeak(const Step& step) {
    if (!connected()) {
        endedBefore = !inCall() && step.elseTarget == Step::kNowhere;
        return hal::fail(
            hal::ErrorCode::InvalCallState,
            fmt::format("\"{}\" needs a call that was answered; wait answer first", step.source));
    }
    auto sound = soundOf(step);
    if (!sound) {
        return tl::unexpected(sound.error());
    }
    actor.say(std::move(*sound));
    return {};
}

hal::Result<void> ScriptRunner::Impl::enterRecord(const Step& step) {
    tape.reset();
    if (step.text == "off") {
        return {};
    }
    auto writer = SoundWriter::create(pathOf(step.text));
    if (!writer) {
        return tl::unexpected(writer.error());
    }
    tape.emplace(std::move(*writer));
    return {};
}

ScriptRunner::Impl::Verdict ScriptRunner::Impl::judge(const Step& step) {
    switch (step.verb) {
    case Verb::Answer:
        if (ringing && actor.state() == ScriptActor::State::Called && rings >= step.count) {
            static_cast<void>(actor.answer());
        }
        if (connected()) {
            return Verdict::Next;
        }
        return timeOver ? Verdict::Otherwise : Verdict::Pending;
    case Verb::Wait: return judgeWait(step);
    case Verb::Play:
    case Verb::Speech:
    case Verb::Keys:
    case Verb::Tone:
    case Verb::Echo:
        return step.meanwhile || !actor.isSpeaking() ? Verdict::Next : Verdict::Pending;
    case Verb::Goto: return judgeGoto(step);
    case Verb::Repeat: rounds[at] = 1; return Verdict::Next;
    case Verb::End:
        if (rounds[step.target]++ < script.steps[step.target].count) {
            at = step.target;  // its begin is not run again
        }
        return Verdict::Next;
    default: return Verdict::Next;
    }
}

ScriptRunner::Impl::Verdict ScriptRunner::Impl::judgeGoto(const Step& step) {
    if (step.key != 0 && step.key != lastKey) {
        return Verdict::Next;
    }
    if (rounds[at]++ < step.count) {
        return Verdict::Jump;
    }
    rounds[at] = 0;
    return Verdict::Next;
}

ScriptRunner::Impl::Verdict ScriptRunner::Impl::judgeWait(const Step& step) {
    if (step.until == Until::Time) {
        return timeOver ? Verdict::Next : Verdict::Pending;
    }
    if (cameAbout(step)) {
        return Verdict::Next;
    }
    return timeOver ? Verdict::Otherwise : Verdict::Pending;
}

bool ScriptRunner::Impl::cameAbout(const Step& step) {
    switch (step.until) {
    case Until::Call: return actor.state() == ScriptActor::State::Called;
    case Until::Rings: return rings >= step.count || connected();
    case Until::Answer: return connected();
    case Until::Key: {
        const char key = ear.takeKey(step.key);
        lastKey = key != 0 ? key : lastKey;
        return key != 0;
    }
    case Until::Tone: return ear.take(step.text);
    case Until::Beep: return ear.take("beep");
    case Until::Speech: return ear.speech();
    case Until::Silence: return ear.silence() >= samplesOf(step.time);
    case Until::HangUp: return !inCall();
    case Until::Time: break;
    }
    return false;
}

ScriptRunner::ScriptRunner(hal::EventLoop& loop, ScriptActor& actor, Script script,
                           ScriptSetting setting)
    : impl_(std::make_unique<Impl>(loop, actor, std::move(script), std::move(setting))) {}
ScriptRunner::~ScriptRunner() = default;

void ScriptRunner::onEvent(Events events) {
    impl_->events = std::move(events);
}
void ScriptRunner::start() {
    impl_->start();
}
void ScriptRunner::stop() {
    impl_->finishQuietly();
}
ScriptRunner::State ScriptRunner::state() const {
    return impl_->state;
}
bool ScriptRunner::isFree() const {
    return impl_->state == State::Running && impl_->isServing() && !impl_->inCall();
}
const std::string& ScriptRunner::reason() const {
    return impl_->reason;
}
std::size_t ScriptRunner::step() const {
    return impl_->at;
}

}  // namespace tipring::sim
