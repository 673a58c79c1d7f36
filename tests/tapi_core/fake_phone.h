// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tapi_core/fake_provider.h"

namespace tipring::test {

/// Phones of a FakeProvider: fills the phone functions of its table. Dies after the line manager.
class FakePhones {
public:
    struct Phone {
        FakePhones* phones = nullptr;
        std::string key;
        std::uint32_t id = 0;
        HTAPIPHONE handle = nullptr;  ///< the last one, also after close
        PHONEEVENT events = nullptr;
        TspiPhoneStatus status{};
        std::uint32_t lampMode = PHONELAMPMODE_OFF;
        std::uint32_t states = 0, buttonModes = 0, buttonStates = 0;  ///< as asked for
        std::uint32_t extVersion = 0;
        bool open = false;
        unsigned opened = 0, closed = 0;
        std::vector<std::string> calls;  ///< "phoneSetVolume 2 100"
    };

    explicit FakePhones(FakeProvider& provider, std::vector<std::string> keys = {"set"});
    ~FakePhones();
    FakePhones(const FakePhones&) = delete;
    FakePhones& operator=(const FakePhones&) = delete;

    /// A telephone with everything: all hook switch devices, 3 ring modes, 16 buttons.
    TspiPhoneCaps caps{};
    TSPI_RESULT openResult = 0, statusResult = 0;
    std::uint32_t extension = 0;        ///< first word of the extension id
    std::uint32_t chosenExtension = 0;  ///< 0: the highest that was asked for
    std::uint32_t version = TSPI_VERSION;

    [[nodiscard]] Phone& phone(std::size_t index = 0) { return *phones_.at(index); }
    [[nodiscard]] std::size_t count() const { return phones_.size(); }
    void event(Phone& phone, std::uint32_t message, std::uintptr_t p1 = 0, std::uintptr_t p2 = 0,
               std::uintptr_t p3 = 0);
    void arrive(const std::string& key);
    void remove(Phone& phone);

private:
    friend struct FakePhoneTable;
    FakeProvider& provider_;
    std::vector<std::string> keys_;
    std::vector<std::unique_ptr<Phone>> phones_;
};

}  // namespace tipring::test
