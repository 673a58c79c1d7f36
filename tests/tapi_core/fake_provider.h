// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/tspi/host_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::test {

/// How a request is treated.
struct Behaviour {
    enum class How : std::uint8_t {
        Inside,  ///< completed before the function returns
        Later,   ///< after `delay` on the loop
        Thread,  ///< from another thread
        Never,
        Twice,
        Refuse,     ///< the function returns `result`
        WrongId,    ///< an id that nobody gave is completed
        WrongCode,  ///< the function returns the id plus 1000
    };
    How how = How::Inside;
    TSPI_RESULT result = 0;
    std::string cause = {};
    hal::Duration delay{};
};

/// A provider under the control of a test, as a plain C table. It may break every rule.
class FakeProvider {
public:
    struct Line {
        FakeProvider* provider = nullptr;
        std::string key;
        std::uint32_t id = 0;
        HTAPILINE handle = nullptr;
        HTAPILINE lastHandle = nullptr;
        LINEEVENT events = nullptr;
        std::uint32_t mediaDetection = 0;
        TspiLineStatus status{};
        unsigned opened = 0, closed = 0;
        std::vector<std::string> own;  ///< data of lineDevSpecific
        HDRVCALL ownCall = nullptr;    ///< that the last of it was for
    };
    struct Call {
        Line* line = nullptr;
        HTAPICALL handle = nullptr;
        std::string number;
        std::vector<std::string> dialled;
        TspiCallInfo info{};
        TspiCallStatus status{};
        unsigned closed = 0, drops = 0;
        std::uint32_t digitModes = 0;
        std::uint32_t endToEndId = 0;
        TspiCallParams params{};      ///< of lineMakeCall, lineSetCallParams
        std::uint32_t mediaMode = 0;  ///< of lineSetMediaMode
        std::uint32_t mediaModes = 0;
        std::vector<TspiMonitorTone> tones;
        struct Gather {
            std::uint32_t id, modes, maxDigits;
            std::string terminators;
            std::uint32_t first, inter;
        };
        std::vector<Gather> gathers;
    };
    struct Media {
        Call* call = nullptr;
        HTAPIMEDIA handle = nullptr;
        TspiMediaCallbacks callbacks{};
        std::uint32_t running = 0;
        std::uint64_t played = 0, recorded = 0;  ///< positions
        bool closed = false;
        unsigned afterClose = 0;  ///< calls that came when it was closed
    };

    explicit FakeProvider(std::vector<std::string> keys = {"one"}, const char* name = "fake");
    ~FakeProvider();
    FakeProvider(const FakeProvider&) = delete;
    FakeProvider& operator=(const FakeProvider&) = delete;

    /// The table, with every function; a test may set some to null.
    TspiProvider table{};
    TspiLineCaps caps{};
    /// Asked for each request by the name of its function.
    std::function<Behaviour(const std::string& function)> behave;
    /// Runs inside each asynchronous function, before it is treated.
    std::function<void(const std::string& function)> inside;
    TSPI_RESULT initResult = 0, openResult = 0;
    /// Of what listens; a provider that does not gather leaves it to the core.
    TSPI_RESULT monitorResult = 0, gatherResult = LINEERR_OPERATIONUNAVAIL;

    [[nodiscard]] Line& line(std::size_t index = 0) { return *lines_.at(index); }
    [[nodiscard]] std::size_t lineCount() const { return lines_.size(); }
    [[nodiscard]] Call& call(std::size_t index) { return *calls_.at(index); }
    [[nodiscard]] Call& lastCall() { return *calls_.back(); }
    [[nodiscard]] Media& media(std::size_t index) { return *media_.at(index); }
    [[nodiscard]] Media& lastMedia() { return *media_.back(); }
    [[nodiscard]] std::size_t callCount() const { return calls_.size(); }
    [[nodiscard]] std::size_t mediaCount() const { return media_.size(); }
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }
    [[nodiscard]] std::size_t count(const std::string& function) const;
    [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
    [[nodiscard]] const TspiInit& init() const { return init_; }
    [[nodiscard]] hal::EventLoop& loop() { return *loop_; }
    [[nodiscard]] bool running() const { return loop_ != nullptr; }

    /// A call that a request made: it has its handle already.
    Call& addCall(Line& line, HTAPICALL handle);
    /// An incoming call: LINE_NEWCALL only.
    Call& newCall(Line& line);
    /// LINE_NEWCALL and offering.
    Call& ring(Line& line, std::uint32_t mediaModes = LINEMEDIAMODE_INTERACTIVEVOICE);
    void state(Call& call, std::uint32_t state, std::uint32_t mode = 0,
               std::uint32_t mediaModes = 0);
    void event(Line& line, HTAPICALL call, std::uint32_t message, std::uintptr_t p1 = 0,
               std::uintptr_t p2 = 0, std::uintptr_t p3 = 0);
    void arrive(const std::string& key);
    void remove(Line& line);

    /// The device's clock: pulls `count` samples if it plays, pushes as many if it records.
    std::vector<std::int16_t> tick(Media& media, std::size_t count, std::int16_t value = 1000);

    /// The line gives `samples`, in blocks of 20 ms with `each` after each of them; nothing where
    /// the device does not record.
    void say(Media& media, std::span<const std::int16_t> samples,
             const std::function<void()>& each = {});

    /// Treats a request as `behave` says: for functions that other fakes add to the table.
    TSPI_RESULT treat(const char* function, DRV_REQUESTID id);
    /// Notes a call of a function in the log.
    void note(std::string function) { log_.push_back(std::move(function)); }

private:
    friend struct FakeTable;
    void completeLater(DRV_REQUESTID id, const Behaviour& behaviour);
    void completeFromThread(DRV_REQUESTID id, const Behaviour& behaviour);
    void work();
    void stopThread();

    TspiInit init_{};
    std::unique_ptr<tspi::HostLoop> loop_;
    std::vector<std::string> keys_;
    std::vector<std::unique_ptr<Line>> lines_;
    std::vector<std::unique_ptr<Call>> calls_;
    std::vector<std::unique_ptr<Media>> media_;
    std::list<hal::Timer> timers_;
    std::vector<std::string> log_;
    std::uint64_t accepted_ = 0;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::function<void()>> jobs_;  // guarded by mutex_
    bool stop_ = false;                        // guarded by mutex_
    std::thread thread_;
};

}  // namespace tipring::test
