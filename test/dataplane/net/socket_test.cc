#include "dataplane/net/socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::net {
namespace {

const Address kAnyLoopbackPort = *Address::FromIp("127.0.0.1", 0);

Fd Listening(PortSharing sharing = PortSharing::kExclusive) {
  FdResult bound = BindSocket(kAnyLoopbackPort, sharing, false);
  EXPECT_TRUE(bound.fd.valid());
  EXPECT_EQ(listen(bound.fd.get(), 8), 0);
  return std::move(bound.fd);
}

int Option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  EXPECT_EQ(getsockopt(fd, level, name, &value, &size), 0);
  return value;
}

void WaitFor(int fd, short events) {
  pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
  ASSERT_EQ(poll(&poll_fd, 1, 5000), 1);
}

TEST(FdTest, ClosesWhatItOwnsOnce) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  Fd write_end(fds[1]);
  {
    Fd read_end(fds[0]);
    Fd moved(std::move(read_end));
    EXPECT_FALSE(read_end.valid());
    moved = std::move(write_end);  // closes the read end
    EXPECT_EQ(fcntl(fds[0], F_GETFD), -1);
    EXPECT_EQ(moved.Release(), fds[1]);
  }
  EXPECT_NE(fcntl(fds[1], F_GETFD), -1);
  close(fds[1]);
}

TEST(SocketTest, ErrorsHaveTextAndName) {
  EXPECT_EQ(ErrnoText(EADDRINUSE), "Address already in use (EADDRINUSE)");
  EXPECT_EQ(ErrnoText(99999), "error 99999");
}

TEST(SocketTest, ConnectsAndAcceptsNonBlockingWithoutDelay) {
  const Fd listener = Listening();
  EXPECT_EQ(Accept(listener.get()).error, EAGAIN);
  const FdResult started = StartConnect(LocalAddress(listener.get()), std::nullopt);
  ASSERT_TRUE(started.fd.valid());
  WaitFor(listener.get(), POLLIN);
  const Accepted accepted = Accept(listener.get());
  ASSERT_TRUE(accepted.fd.valid());
  EXPECT_EQ(accepted.peer, LocalAddress(started.fd.get()));
  EXPECT_EQ(PeerAddress(started.fd.get()), LocalAddress(accepted.fd.get()));
  for (const int fd : {started.fd.get(), accepted.fd.get()}) {
    EXPECT_EQ(Option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
}

TEST(SocketTest, TheErrorOfARefusedConnectionIsTakenOnce) {
  Fd listener = Listening();
  const Address nobody = LocalAddress(listener.get());
  listener.Reset();
  const FdResult started = StartConnect(nobody, std::nullopt);
  ASSERT_TRUE(started.fd.valid());
  WaitFor(started.fd.get(), POLLOUT);
  EXPECT_EQ(TakeError(started.fd.get()), ECONNREFUSED);
  EXPECT_EQ(TakeError(started.fd.get()), 0);
}

TEST(SocketTest, ConnectsOverUnixSockets) {
  const Address path = *Address::FromUnixPath("@sluice-socket-test-" + std::to_string(getpid()));
  const FdResult bound = BindSocket(path, PortSharing::kExclusive, false);
  ASSERT_TRUE(bound.fd.valid());
  ASSERT_EQ(listen(bound.fd.get(), 1), 0);
  const FdResult started = StartConnect(path, std::nullopt);
  ASSERT_TRUE(started.fd.valid());
  const Accepted accepted = Accept(bound.fd.get());
  EXPECT_TRUE(accepted.fd.valid());
  EXPECT_EQ(accepted.peer.family(), AF_UNIX);
}

TEST(SocketTest, AnExclusivePortIsRefusedWhileSomebodyListens) {
  const Fd listener = Listening(PortSharing::kPerWorker);
  const Address taken = LocalAddress(listener.get());
  EXPECT_EQ(BindSocket(taken, PortSharing::kExclusive, false).error, EADDRINUSE);
  EXPECT_TRUE(BindSocket(taken, PortSharing::kPerWorker, false).fd.valid());
}

TEST(SocketTest, TimeWaitDoesNotHinderARestart) {
  Fd listener = Listening();
  const Address address = LocalAddress(listener.get());
  const FdResult client = StartConnect(address, std::nullopt);
  WaitFor(listener.get(), POLLIN);
  Accepted accepted = Accept(listener.get());
  accepted.fd.Reset();  // the side that closes first goes to TIME_WAIT
  WaitFor(client.fd.get(), POLLIN);
  char byte;
  EXPECT_EQ(read(client.fd.get(), &byte, 1), 0);
  listener.Reset();
  EXPECT_TRUE(BindSocket(address, PortSharing::kExclusive, false).fd.valid());
}

TEST(SocketTest, AnIpv6WildcardLeavesIpv4AloneUnlessTold) {
  const Address any = *Address::FromIp("::", 0);
  const FdResult alone = BindSocket(any, PortSharing::kExclusive, false);
  if (alone.error == EAFNOSUPPORT) GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(Option(alone.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY), 1);
  const FdResult both = BindSocket(any, PortSharing::kExclusive, true);
  EXPECT_EQ(Option(both.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY), 0);
}

TEST(SocketTest, ResetOnCloseShowsThePeerAReset) {
  const Fd listener = Listening();
  FdResult client = StartConnect(LocalAddress(listener.get()), std::nullopt);
  WaitFor(listener.get(), POLLIN);
  const Accepted accepted = Accept(listener.get());
  ResetOnClose(client.fd.get());
  client.fd.Reset();
  WaitFor(accepted.fd.get(), POLLIN);
  char byte;
  EXPECT_EQ(read(accepted.fd.get(), &byte, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

}  // namespace
}  // namespace sluice::net
