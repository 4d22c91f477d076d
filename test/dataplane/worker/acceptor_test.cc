#include "dataplane/worker/acceptor.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <vector>

#include "test/support/manual_clock.h"

namespace sluice::worker {
namespace {

class AcceptorTest : public testing::Test, protected Acceptor::Sink {
 protected:
  AcceptorTest() : loop(clock) {
    auto bound = net::BindSocket(*net::Address::FromIp("127.0.0.1", 0), net::PortSharing::kExclusive, false);
    listener = std::move(bound.fd);
    EXPECT_EQ(listen(listener.get(), 64), 0);
  }
  void OnAccepted(net::Fd fd, const net::Address& peer, Acceptor&) override {
    EXPECT_TRUE(peer.is_loopback());
    accepted.push_back(std::move(fd));
  }
  net::Fd Connect() {
    const net::Address to = net::LocalAddress(listener.get());
    net::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(fd.get(), to.sockaddr_ptr(), to.sockaddr_size()), 0);
    return fd;
  }

  test::ManualClock clock;
  event::Loop loop;
  net::Fd listener;
  std::vector<net::Fd> accepted;
};

TEST_F(AcceptorTest, AcceptsAFewPerTurnAndAllInTheEnd) {
  Acceptor acceptor(loop, listener.get(), *this);
  std::vector<net::Fd> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(Connect());
  loop.RunOnce(base::Duration::zero());
  EXPECT_EQ(accepted.size(), static_cast<size_t>(Acceptor::kPerEvent));
  loop.RunUntilIdle();
  EXPECT_EQ(accepted.size(), 10u);
}

TEST_F(AcceptorTest, AcceptRestEmptiesTheBacklog) {
  std::vector<net::Fd> clients;
  Acceptor acceptor(loop, listener.get(), *this);
  for (int i = 0; i < 10; ++i) clients.push_back(Connect());
  acceptor.AcceptRest();
  EXPECT_EQ(accepted.size(), 10u);
}

TEST_F(AcceptorTest, PausesWithoutDescriptorsAndGoesOnAfterwards) {
  Acceptor acceptor(loop, listener.get(), *this);
  net::Fd client = Connect();
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit none = old;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  loop.RunUntilIdle();  // would never be idle if it spun
  EXPECT_TRUE(accepted.empty());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
  clock.Advance(Acceptor::kPause + std::chrono::milliseconds(20));
  loop.RunUntilIdle();  // the timer watches the socket again
  loop.RunUntilIdle();
  EXPECT_EQ(accepted.size(), 1u);
}

}  // namespace
}  // namespace sluice::worker
