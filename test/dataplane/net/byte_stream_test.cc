// The contract of ByteStream, run over a plain socket and over a stream that behaves like TLS.
#include "dataplane/net/byte_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "dataplane/net/socket_stream.h"
#include "test/dataplane/net/stream_probe.h"
#include "test/support/holding_stream.h"
#include "test/support/manual_clock.h"

namespace sluice::net {
namespace {

using StreamPair = std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>>;

StreamPair SocketPair(event::Loop& loop, buffer::BlockPool& pool) {
  int fds[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
  return {SocketStream::Adopt(loop, pool, fds[0], Address(), event::IoPass::kDownstream),
          SocketStream::Adopt(loop, pool, fds[1], Address(), event::IoPass::kUpstream)};
}

StreamPair HoldingPair(event::Loop& loop, buffer::BlockPool&) {
  auto pair = test::HoldingStream::MakePair(loop);
  return {std::move(pair.first), std::move(pair.second)};
}

struct Kind {
  const char* name;
  StreamPair (*make)(event::Loop&, buffer::BlockPool&);
};

class ByteStreamTest : public testing::TestWithParam<Kind> {
 protected:
  ByteStreamTest() {
    StreamPair pair = GetParam().make(loop_, pool_);
    near_ = std::move(pair.first);
    far_ = std::move(pair.second);
    near_probe_ = std::make_unique<StreamProbe>(*near_, pool_);
    far_probe_ = std::make_unique<StreamProbe>(*far_, pool_);
    loop_.RunUntilIdle();
  }

  test::ManualClock clock_;
  event::Loop loop_{clock_};
  buffer::BlockPool pool_;
  std::unique_ptr<ByteStream> near_, far_;
  std::unique_ptr<StreamProbe> near_probe_, far_probe_;
};

TEST_P(ByteStreamTest, CarriesBytesBothWays) {
  near_probe_->Send("ping");
  far_probe_->Send("pong");
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received, "ping");
  EXPECT_EQ(near_probe_->received, "pong");
}

TEST_P(ByteStreamTest, NothingIsReadableBeforeSomethingWasSent) {
  EXPECT_EQ(near_probe_->readable_calls, 0);
  const IoResult result = near_probe_->ReadOnce();
  EXPECT_EQ(result.status, IoStatus::kBlocked);
  EXPECT_EQ(result.bytes, 0u);
}

TEST_P(ByteStreamTest, CallsAgainWhileAReadStopsForItsMaximum) {
  far_probe_->read_size = 10;
  const std::string text = Pattern(1000);
  near_probe_->Send(text);
  loop_.RunUntilIdle();  // one edge at most: the stream itself must go on calling
  EXPECT_EQ(far_probe_->received, text);
  EXPECT_EQ(far_probe_->largest_read, 10u);
  EXPECT_GE(far_probe_->readable_calls, 100);
}

TEST_P(ByteStreamTest, CallsAtMostOncePerTurn) {
  far_probe_->read_size = 10;
  uint64_t last_turn = 0;
  far_probe_->on_readable = [&] {
    EXPECT_GT(loop_.turns(), last_turn);
    last_turn = loop_.turns();
  };
  near_probe_->Send(Pattern(100));
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received.size(), 100u);
}

TEST_P(ByteStreamTest, AnOwnerThatDoesNotReadIsNotAskedInACircle) {
  near_probe_->Send(Pattern(100));
  far_probe_->read_size = 10;
  far_probe_->reading = false;
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->readable_calls, 1);  // an owner that does not read is not asked again
  EXPECT_EQ(far_probe_->ReadOnce().status, IoStatus::kOk);
  const uint64_t turns = loop_.turns();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->readable_calls, 2);  // once after each Read that returned kOk
  EXPECT_LT(loop_.turns() - turns, 5u);
}

TEST_P(ByteStreamTest, AnOwnerThatPausedFindsEverythingWhenItReadsAgain) {
  far_probe_->reading = false;
  near_probe_->Send("before ");
  loop_.RunUntilIdle();
  near_probe_->Send("after");
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received, "");
  far_probe_->reading = true;
  static_cast<void>(far_probe_->ReadOnce());
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received, "before after");
}

TEST_P(ByteStreamTest, WritesBlockUntilThePeerReadsAndThenGoOn) {
  const std::string text = Pattern(8 << 20);
  far_probe_->reading = false;
  near_probe_->Send(text);
  loop_.RunUntilIdle();
  EXPECT_EQ(near_probe_->last_write, IoStatus::kBlocked);
  EXPECT_FALSE(near_probe_->unsent.empty());
  EXPECT_EQ(near_probe_->writable_calls, 0);
  far_probe_->reading = true;
  static_cast<void>(far_probe_->ReadOnce());
  loop_.RunUntilIdle();
  EXPECT_GT(near_probe_->writable_calls, 0);
  EXPECT_TRUE(near_probe_->unsent.empty());
  EXPECT_TRUE(far_probe_->received == text);
  const int calls = near_probe_->writable_calls;
  far_probe_->Send("an edge for reading, which shows writability too");
  loop_.RunUntilIdle();
  EXPECT_EQ(near_probe_->writable_calls, calls);
}

TEST_P(ByteStreamTest, OnWritableIsOnlyForAWriteThatBlocked) {
  for (int i = 0; i < 10; ++i) {
    near_probe_->Send("x");
    far_probe_->Send("y");
    loop_.RunUntilIdle();
  }
  EXPECT_EQ(near_probe_->writable_calls, 0);
}

TEST_P(ByteStreamTest, BytesBeforeTheEndComeFirstAndTheEndComesAlone) {
  near_probe_->Send("last words");
  near_->ShutdownWrite();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received, "last words");
  EXPECT_EQ(far_probe_->end, IoStatus::kEnd);
  EXPECT_EQ(far_probe_->ReadOnce().status, IoStatus::kEnd);  // sticky
}

TEST_P(ByteStreamTest, AfterTheEndOfOneDirectionTheOtherStillWorks) {
  near_->ShutdownWrite();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->end, IoStatus::kEnd);
  far_probe_->Send("answer");
  loop_.RunUntilIdle();
  EXPECT_EQ(near_probe_->received, "answer");
  EXPECT_EQ(near_probe_->end, IoStatus::kOk);
  far_->Close();
  loop_.RunUntilIdle();
  EXPECT_EQ(near_probe_->end, IoStatus::kEnd);
}

TEST_P(ByteStreamTest, TheEndIsFoundWithSmallReadsToo) {
  far_probe_->read_size = 3;
  near_probe_->Send("nine char");
  near_->ShutdownWrite();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received, "nine char");
  EXPECT_EQ(far_probe_->end, IoStatus::kEnd);
}

TEST_P(ByteStreamTest, WritingToAPeerThatWentIsAnError) {
  far_->Close();
  loop_.RunUntilIdle();
  for (int i = 0; i < 3 && near_probe_->last_write != IoStatus::kError; ++i) {
    near_probe_->Send("x");
    loop_.RunUntilIdle();
  }
  EXPECT_EQ(near_probe_->last_write, IoStatus::kError);
}

TEST_P(ByteStreamTest, NoCallbackFollowsClose) {
  near_probe_->Send(Pattern(1000));
  far_probe_->read_size = 10;
  far_probe_->on_readable = [this] {
    if (far_probe_->received.size() == 50) far_->Close();
  };
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received.size(), 50u);
  EXPECT_EQ(far_probe_->readable_calls, 5);
  EXPECT_TRUE(far_->closed());
  EXPECT_EQ(far_->plain_fd(), -1);
  far_->Close();
  far_->Abort();
  EXPECT_EQ(far_probe_->ReadOnce().status, IoStatus::kError);
}

TEST_P(ByteStreamTest, ADestroyedStreamCallsNobody) {
  near_probe_->Send("x");
  near_->ShutdownWrite();
  far_.reset();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->readable_calls, 0);
}

TEST_P(ByteStreamTest, WithoutAnOwnerEventsAreDropped) {
  far_->SetEvents(nullptr);
  near_probe_->Send("x");
  near_->ShutdownWrite();
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->ReadOnce().bytes, 1u);
}

TEST_P(ByteStreamTest, AllBlocksComeHome) {
  near_probe_->Send(Pattern(100'000));
  loop_.RunUntilIdle();
  EXPECT_EQ(far_probe_->received.size(), 100'000u);
  near_probe_->unsent.Clear();
  EXPECT_EQ(pool_.bytes_in_use(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ByteStreamTest,
                         testing::Values(Kind{"Socket", &SocketPair},
                                         Kind{"Holding", &HoldingPair}),
                         [](const auto& info) { return info.param.name; });

TEST(HoldingStreamTest, AHeldWriteGoesOnOnceSomethingArrived) {
  test::ManualClock clock;
  event::Loop loop(clock);
  buffer::BlockPool pool;
  auto [near, far] = test::HoldingStream::MakePair(loop);
  StreamProbe near_probe(*near, pool), far_probe(*far, pool);
  near->HoldWrites();
  near_probe.Send("request");
  loop.RunUntilIdle();
  EXPECT_EQ(near_probe.last_write, IoStatus::kBlocked);
  EXPECT_EQ(far_probe.received, "");
  far_probe.Send("handshake");
  loop.RunUntilIdle();
  EXPECT_EQ(near_probe.writable_calls, 1);
  EXPECT_EQ(far_probe.received, "request");
}

}  // namespace
}  // namespace sluice::net
