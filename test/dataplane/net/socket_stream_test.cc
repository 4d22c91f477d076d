#include "dataplane/net/socket_stream.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "dataplane/net/socket.h"
#include "test/dataplane/net/stream_probe.h"
#include "test/support/allocation_counter.h"
#include "test/support/manual_clock.h"

namespace sluice::net {
namespace {

// A blocking TCP peer on loopback, and a SocketStream connected to it.
class SocketStreamTest : public testing::Test {
 protected:
  SocketStreamTest() {
    FdResult listener =
        BindSocket(*Address::FromIp("127.0.0.1", 0), PortSharing::kExclusive, false);
    EXPECT_TRUE(listener.fd.valid());
    EXPECT_EQ(listen(listener.fd.get(), 8), 0);
    listener_ = std::move(listener.fd);
  }

  void Connect() {
    stream_ = SocketStream::Connect(loop_, pool_, LocalAddress(listener_.get()),
                                    event::IoPass::kUpstream);
    probe_ = std::make_unique<StreamProbe>(*stream_, pool_);
    EXPECT_EQ(probe_->connected_calls, 0);
    Turn([&] { return probe_->connected_calls > 0; });
    ASSERT_TRUE(probe_->connected);
    peer_.Reset(accept(listener_.get(), nullptr, nullptr));
    ASSERT_TRUE(peer_.valid());
  }

  // Real sockets: turns until `done`, or gives up after five seconds of waiting.
  template <typename F>
  void Turn(F done) {
    const base::SystemClock real;
    const base::MonoTime give_up = real.Now() + std::chrono::seconds(5);
    while (!done()) {
      ASSERT_LT(real.Now(), give_up) << "nothing happened";
      loop_.RunOnce(std::chrono::milliseconds(20));
    }
  }

  void PeerSend(std::string_view text) {
    EXPECT_EQ(send(peer_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  std::string PeerReceive(size_t size) {
    std::string text(size, '\0');
    EXPECT_EQ(recv(peer_.get(), text.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
    return text;
  }
  // Bytes that wait in the stream's socket.
  int Waiting() {
    int bytes = 0;
    EXPECT_EQ(ioctl(stream_->plain_fd(), FIONREAD, &bytes), 0);
    return bytes;
  }

  test::ManualClock clock_;
  event::Loop loop_{clock_};
  buffer::BlockPool pool_;
  Fd listener_, peer_;
  std::unique_ptr<SocketStream> stream_;
  std::unique_ptr<StreamProbe> probe_;
};

TEST_F(SocketStreamTest, ConnectsAndKnowsBothAddresses) {
  Connect();
  EXPECT_EQ(stream_->peer(), LocalAddress(listener_.get()));
  EXPECT_EQ(stream_->local(), PeerAddress(peer_.get()));
  EXPECT_EQ(probe_->connected_calls, 1);
}

TEST_F(SocketStreamTest, AWriteBeforeTheConnectionIsThereWaitsForIt) {
  stream_ = SocketStream::Connect(loop_, pool_, LocalAddress(listener_.get()),
                                  event::IoPass::kUpstream);
  probe_ = std::make_unique<StreamProbe>(*stream_, pool_);
  probe_->Send("early");
  EXPECT_EQ(probe_->last_write, IoStatus::kBlocked);
  Turn([&] { return probe_->unsent.empty(); });
  peer_.Reset(accept(listener_.get(), nullptr, nullptr));
  EXPECT_EQ(PeerReceive(5), "early");
}

TEST_F(SocketStreamTest, ARefusedConnectionIsReportedOnceAndLater) {
  const Address nobody = LocalAddress(listener_.get());
  listener_.Reset();
  stream_ = SocketStream::Connect(loop_, pool_, nobody, event::IoPass::kUpstream);
  probe_ = std::make_unique<StreamProbe>(*stream_, pool_);
  EXPECT_EQ(probe_->connected_calls, 0);
  Turn([&] { return probe_->connected_calls > 0; });
  loop_.RunUntilIdle();
  EXPECT_EQ(probe_->connected_calls, 1);
  EXPECT_FALSE(probe_->connected);
  EXPECT_EQ(stream_->error(), ECONNREFUSED);
  EXPECT_EQ(probe_->ReadOnce().status, IoStatus::kError);
  EXPECT_EQ(probe_->readable_calls, 0);
}

TEST_F(SocketStreamTest, AConnectionThatCannotEvenBeginFailsLaterToo) {
  // An address that is not ours to bind.
  stream_ = SocketStream::Connect(loop_, pool_, LocalAddress(listener_.get()),
                                  event::IoPass::kUpstream, *Address::FromIp("192.0.2.1", 0));
  probe_ = std::make_unique<StreamProbe>(*stream_, pool_);
  EXPECT_EQ(probe_->connected_calls, 0);
  loop_.RunUntilIdle();
  EXPECT_EQ(probe_->connected_calls, 1);
  EXPECT_FALSE(probe_->connected);
  EXPECT_EQ(stream_->error(), EADDRNOTAVAIL);
}

TEST_F(SocketStreamTest, BindsTheSourceAddress) {
  stream_ = SocketStream::Connect(loop_, pool_, LocalAddress(listener_.get()),
                                  event::IoPass::kUpstream, *Address::FromIp("127.0.0.9", 0));
  probe_ = std::make_unique<StreamProbe>(*stream_, pool_);
  Turn([&] { return probe_->connected; });
  char text[46];
  EXPECT_EQ(stream_->local().IpText(text), "127.0.0.9");
}

TEST_F(SocketStreamTest, AShortReadNeedsNoSecondCallToKnowThatItIsDone) {
  Connect();
  probe_->reading = false;
  PeerSend("hello");
  Turn([&] { return probe_->readable_calls > 0; });
  EXPECT_EQ(probe_->ReadOnce().status, IoStatus::kBlocked);
  EXPECT_EQ(probe_->received, "hello");
  // The next bytes lie in the socket, yet no edge was seen: Read believes its bit.
  PeerSend("more");
  pollfd fd{.fd = stream_->plain_fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(poll(&fd, 1, 5000), 1);
  EXPECT_EQ(probe_->ReadOnce().bytes, 0u);
  loop_.RunUntilIdle();
  EXPECT_EQ(probe_->ReadOnce().bytes, 4u);
}

TEST_F(SocketStreamTest, TakesAtMostItsSharePerTurnHoweverOftenItIsAsked) {
  Connect();
  probe_->reading = false;
  const int room = 400'000;  // the kernel starts with 64 KiB, our share of a turn
  ASSERT_EQ(setsockopt(stream_->plain_fd(), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)), 0);
  PeerSend(Pattern(400'000));
  Turn([&] { return probe_->readable_calls > 0 && Waiting() > 100'000; });
  const uint64_t turn = loop_.turns();
  size_t in_this_turn = 0;
  for (int i = 0; i < 10; ++i) in_this_turn += probe_->ReadOnce().bytes;
  EXPECT_EQ(loop_.turns(), turn);
  EXPECT_EQ(in_this_turn, SocketStream::kMaxReadPerTurn);
  const int calls = probe_->readable_calls;
  loop_.RunOnce(base::Duration::zero());
  loop_.RunOnce(base::Duration::zero());
  EXPECT_GT(probe_->readable_calls, calls);  // the callback it promised by kBlocked
  probe_->reading = true;
  static_cast<void>(probe_->ReadOnce());
  Turn([&] { return probe_->received.size() == 400'000; });
  EXPECT_TRUE(probe_->received == Pattern(400'000));
  EXPECT_LE(probe_->largest_read, SocketStream::kMaxReadPerTurn);
}

TEST_F(SocketStreamTest, SingleBytesShareABlock) {
  Connect();
  buffer::Buffer into;
  probe_->reading = false;
  for (int i = 0; i < 200; ++i) {
    const int calls = probe_->readable_calls;
    PeerSend("x");
    Turn([&] { return probe_->readable_calls > calls; });
    EXPECT_EQ(stream_->Read(into, 4096).bytes, 1u);
  }
  EXPECT_EQ(into.size(), 200u);
  EXPECT_EQ(pool_.bytes_in_use(), 4096u);
}

TEST_F(SocketStreamTest, BytesAndEndInOneEdgeAreBothFound) {
  Connect();
  PeerSend("bye");
  shutdown(peer_.get(), SHUT_WR);
  // Both are there before the loop looks: it sees a single edge.
  pollfd fd{.fd = stream_->plain_fd(), .events = POLLRDHUP, .revents = 0};
  ASSERT_EQ(poll(&fd, 1, 5000), 1);
  Turn([&] { return probe_->end != IoStatus::kOk; });
  EXPECT_EQ(probe_->received, "bye");
  EXPECT_EQ(probe_->end, IoStatus::kEnd);
}

TEST_F(SocketStreamTest, HalfCloseLetsTheAnswerThrough) {
  Connect();
  probe_->Send("request");
  stream_->ShutdownWrite();
  EXPECT_EQ(PeerReceive(7), "request");
  char byte;
  EXPECT_EQ(recv(peer_.get(), &byte, 1, 0), 0);
  PeerSend("answer");
  Turn([&] { return probe_->received == "answer"; });
  EXPECT_EQ(probe_->end, IoStatus::kOk);
}

TEST_F(SocketStreamTest, AResetIsAnErrorAfterTheBytesBeforeIt) {
  Connect();
  probe_->reading = false;
  PeerSend("partial");
  Turn([&] { return probe_->readable_calls > 0; });
  ResetOnClose(peer_.get());
  peer_.Reset();
  loop_.RunUntilIdle();
  probe_->reading = true;
  static_cast<void>(probe_->ReadOnce());
  Turn([&] { return probe_->end != IoStatus::kOk; });
  EXPECT_EQ(probe_->received, "partial");
  EXPECT_EQ(probe_->end, IoStatus::kError);
  EXPECT_EQ(stream_->error(), ECONNRESET);
}

TEST_F(SocketStreamTest, AbortSendsAResetAndCloseAnEnd) {
  Connect();
  stream_->Abort();
  char byte;
  EXPECT_EQ(recv(peer_.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  Connect();
  stream_->Close();
  EXPECT_EQ(recv(peer_.get(), &byte, 1, 0), 0);
}

TEST_F(SocketStreamTest, ALargeWriteArrivesWholeWhileThePeerReads) {
  Connect();
  const std::string text = Pattern(16 << 20);
  std::string got;
  std::thread reader([&] { got = PeerReceive(text.size()); });
  // More slices than one sendmsg takes.
  for (size_t at = 0; at < text.size(); at += 10'000) {
    probe_->unsent.Append(buffer::Slice::Static(std::string_view(text).substr(at, 10'000)));
  }
  probe_->Flush();
  Turn([&] { return probe_->unsent.empty(); });
  reader.join();
  EXPECT_TRUE(got == text);
}

TEST_F(SocketStreamTest, AReleasedDescriptorLivesOnInAnotherStream) {
  Connect();
  const int fd = stream_->Release();
  EXPECT_TRUE(stream_->closed());
  PeerSend("hello");
  loop_.RunUntilIdle();
  EXPECT_EQ(probe_->readable_calls, 0);
  event::Loop other(clock_);
  const auto adopted =
      SocketStream::Adopt(other, pool_, fd, PeerAddress(fd), event::IoPass::kUpstream);
  StreamProbe probe(*adopted, pool_);
  other.RunUntilIdle();
  EXPECT_EQ(probe.received, "hello");
  probe.Send("back");
  EXPECT_EQ(PeerReceive(4), "back");
}

TEST_F(SocketStreamTest, ADisownedStreamLeavesTheDescriptorToItsTaker) {
  Connect();
  const int fd = stream_->plain_fd();
  ASSERT_EQ(epoll_ctl(stream_->epoll_fd(), EPOLL_CTL_DEL, fd, nullptr), 0);
  stream_->Disown();
  stream_.reset();
  PeerSend("x");
  char byte;
  EXPECT_EQ(recv(fd, &byte, 1, 0), 1);
  close(fd);
}

TEST_F(SocketStreamTest, AWarmConnectionAllocatesNothing) {
  Connect();
  buffer::Buffer in, out;
  probe_->reading = false;
  const auto echo = [&] {
    const int calls = probe_->readable_calls;
    PeerSend("0123456789");
    while (probe_->readable_calls == calls) loop_.RunOnce(std::chrono::seconds(5));
    static_cast<void>(stream_->Read(in, 4096));
    out.Append(in);
    static_cast<void>(stream_->Write(out));
    char bytes[10];
    ASSERT_EQ(recv(peer_.get(), bytes, sizeof(bytes), MSG_WAITALL), 10);
  };
  echo();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 500; ++i) echo();
  EXPECT_EQ(test::AllocationCount(), before);
}

}  // namespace
}  // namespace sluice::net
