// SPDX-License-Identifier: Apache-2.0
// Bytes from the other side, on both sides: whatever comes, the reader stays inside its message.
#include "wire.h"

#include <random>

#include "channel.h"
#include "interface_wire.h"
#include "tapi_core/manager_fixture.h"
#include "wire_peer.h"

namespace tipring::test {
namespace {

using isolation::MessageKind;
using isolation::Reader;
using isolation::Writer;

TEST(Wire, ReadsWhatWasWritten) {
    Writer writer(MessageKind::Log);
    writer.number(std::uint32_t{7});
    writer.text("words");
    writer.text(static_cast<const char*>(nullptr));
    writer.text("");
    Reader reader(writer.message());
    EXPECT_EQ(reader.number<MessageKind>(), MessageKind::Log);
    EXPECT_EQ(reader.number<std::uint32_t>(), 7u);
    EXPECT_EQ(reader.text().value, "words");
    EXPECT_FALSE(reader.text().there);
    EXPECT_TRUE(reader.text().there);
    EXPECT_TRUE(reader.complete());
}

TEST(Wire, ATextLongerThanItsMessageIsNone) {
    Writer writer(MessageKind::Log);
    writer.number(std::uint32_t{1000});
    Reader reader(writer.message().subspan(1));
    EXPECT_FALSE(reader.text().there);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.number<std::uint64_t>(), 0u);
}

TEST(Wire, AMessageThatIsTooLongIsNotSent) {
    Writer writer(MessageKind::Log);
    writer.text(std::string(isolation::kMaxMessage, 'x'));
    EXPECT_FALSE(writer.fits());
    EXPECT_LE(writer.message().size(), isolation::kMaxMessage);
}

TEST(Wire, ValuesAreCopiedWholeOrRefused) {
    TspiValue values[2]{};
    values[0].type = TSPI_TYPE_STRING;
    values[0].as.data = "abc";
    values[0].size = 3;
    values[1].type = TSPI_TYPE_DOUBLE;
    values[1].as.real = 2.5;
    Writer writer(MessageKind::InterfaceResult);
    putValues(writer, values, 2);
    const auto whole = writer.message().subspan(1);
    Reader reader(whole);
    const auto read = isolation::takeValues(reader);
    ASSERT_TRUE(reader.complete());
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(std::string_view(static_cast<const char*>(read[0].as.data), read[0].size), "abc");
    EXPECT_EQ(read[1].as.real, 2.5);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        Reader part(whole.first(cut));
        static_cast<void>(isolation::takeValues(part));
        EXPECT_FALSE(part.complete()) << cut;
    }
}

/// Says what a test tells it, after a hello that is a real one.
class LiarPeer final : public SocketPeer {
public:
    explicit LiarPeer(hal::EventLoop& loop, const TspiProvider& table, LiarPeer*& self)
        : self_(self) {
        self = this;
        other_.reset(::dup(far_.get()));
        host_ = std::make_unique<isolation::ProviderHost>(loop, std::move(far_), table);
    }
    ~LiarPeer() override { self_ = nullptr; }
    void turn() override { host_->turn(); }
    void say(std::span<const std::byte> bytes) {
        static_cast<void>(isolation::sendMessage(other_.get(), bytes));
    }

private:
    LiarPeer*& self_;
    hal::FileDescriptor other_;
    std::unique_ptr<isolation::ProviderHost> host_;
};

class RubbishTest : public ManagerFixture {
protected:
    RubbishTest() {
        isolated = *isolation::IsolatedProvider::create(
            [this]() -> hal::Result<std::unique_ptr<isolation::Peer>> {
                return std::make_unique<LiarPeer>(loop, fake.table, liar);
            },
            {});
        manager = std::make_unique<core::LineManager>(loop);
        EXPECT_TRUE(manager->addProvider(isolated->table(), {}));
    }
    ~RubbishTest() override { manager.reset(); }
    LiarPeer* liar = nullptr;
    std::unique_ptr<isolation::IsolatedProvider> isolated;
};

TEST_F(RubbishTest, EachKindThatIsCutShortKillsTheHost) {
    std::uint32_t deaths = 0;
    for (std::size_t kind = 0; kind < isolation::kMessageKinds; ++kind) {
        const std::byte bytes[] = {static_cast<std::byte>(kind)};
        ASSERT_NE(liar, nullptr);
        liar->say(bytes);
        settle();
        EXPECT_EQ(isolated->status().deaths, ++deaths) << kind;
        loop.advance(61s);  // back again, and good for a minute
        loop.advance(61s);
    }
}

TEST_F(RubbishTest, RandomBytesNeverGetFurtherThanTheStub) {
    Application application(*manager, "test");
    application.watch();
    std::mt19937 random(20261125);
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::byte> bytes(1 + random() % 80);
        for (std::byte& each : bytes) {
            each = static_cast<std::byte>(random() % 4 == 0 ? random() : random() % 24);
        }
        if (liar != nullptr) {
            liar->say(bytes);
        }
        loop.advance(2s);
    }
    loop.advance(200s);
    EXPECT_GT(isolated->status().deaths, 10u);
    EXPECT_EQ(isolated->status().state, isolation::HostState::Running);
    EXPECT_EQ(application.address()->state(), tapi::AddressState::InService);
}

TEST_F(RubbishTest, AnEventForAnotherProvidersLineIsNotPassedOn) {
    Application application(*manager, "test");
    application.watch();
    Writer writer(MessageKind::LineEvent);
    for (const std::uint64_t token : {std::uint64_t{0x7777}, std::uint64_t{0}}) {
        writer.number(token);
    }
    writer.number(std::uint32_t{LINE_CLOSE});
    for (int i = 0; i < 3; ++i) {
        writer.number(std::uint64_t{0});
    }
    writer.text(static_cast<const char*>(nullptr));
    liar->say(writer.message());
    settle();
    EXPECT_EQ(logged("for something that is closed or never was"), 1u);
    EXPECT_EQ(application.address()->state(), tapi::AddressState::InService);
    EXPECT_EQ(isolated->status().deaths, 0u);
}

}  // namespace
}  // namespace tipring::test
