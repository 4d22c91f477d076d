#include "dataplane/net/listen_sockets.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace sluice::net {
namespace {

using Options = ListenSockets::Options;
using SocketOptions = ListenSockets::SocketOptions;
using Entry = ListenSockets::Entry;

const Address kLoopback = *Address::FromIp("127.0.0.1", 0);

std::unique_ptr<ListenSockets> Make(Options options = {}) {
  return *ListenSockets::Create(std::move(options));
}

const Entry& MustBind(ListenSockets& sockets, std::string_view listener, const Address& address) {
  const absl::StatusOr<const Entry*> entry = sockets.Bind(listener, address, SocketOptions{});
  EXPECT_TRUE(entry.ok()) << entry.status();
  return **entry;
}

bool CanConnect(const Address& address) {
  const FdResult started = StartConnect(address, std::nullopt);
  if (!started.fd.valid()) return false;
  pollfd fd{.fd = started.fd.get(), .events = POLLOUT, .revents = 0};
  return poll(&fd, 1, 5000) == 1 && TakeError(started.fd.get()) == 0;
}

// Connections that wait in the backlog of `fd`.
int AcceptAll(int fd) {
  int count = 0;
  while (Accept(fd).fd.valid()) ++count;
  return count;
}

TEST(ListenSocketsTest, BindsWithoutListeningAndListensLater) {
  const auto sockets = Make();
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  EXPECT_FALSE(entry.listening());
  EXPECT_FALSE(CanConnect(entry.bound()));
  ASSERT_TRUE(sockets->Listen(entry).ok());
  EXPECT_TRUE(entry.listening());
  EXPECT_TRUE(CanConnect(entry.bound()));
  EXPECT_TRUE(sockets->Listen(entry).ok());
}

// The most that may wait to be accepted on `fd`.
uint32_t BacklogOf(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  EXPECT_EQ(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  return info.tcpi_sacked;  // so it is, for a listening socket
}

TEST(ListenSocketsTest, AnotherBacklogKeepsTheSocketsAndWhatWaitsInThem) {
  const auto sockets = Make({.workers = 2});
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  ASSERT_TRUE(sockets->Listen(entry, 128).ok());
  EXPECT_EQ(BacklogOf(entry.fd(1)), 128u);
  const int before = entry.fd(0);
  ASSERT_TRUE(CanConnect(entry.bound()));
  EXPECT_EQ(&MustBind(*sockets, "web", kLoopback), &entry);
  ASSERT_TRUE(sockets->Listen(entry, 64).ok());
  EXPECT_EQ(entry.fd(0), before);
  for (size_t worker = 0; worker < 2; ++worker) EXPECT_EQ(BacklogOf(entry.fd(worker)), 64u);
  EXPECT_EQ(AcceptAll(entry.fd(0)) + AcceptAll(entry.fd(1)), 1);
}

TEST(ListenSocketsTest, PortZeroBecomesOneRealPortForAllWorkers) {
  const auto sockets = Make({.workers = 4});
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  EXPECT_EQ(entry.wanted().port(), 0);
  EXPECT_NE(entry.bound().port(), 0);
  std::set<int> fds;
  for (size_t worker = 0; worker < 4; ++worker) {
    fds.insert(entry.fd(worker));
    EXPECT_EQ(LocalAddress(entry.fd(worker)), entry.bound());
  }
  EXPECT_EQ(fds.size(), 4u);
}

TEST(ListenSocketsTest, EveryWorkerGetsConnections) {
  const auto sockets = Make({.workers = 2});
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  ASSERT_TRUE(sockets->Listen(entry).ok());
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(CanConnect(entry.bound()));
  const int first = AcceptAll(entry.fd(0)), second = AcceptAll(entry.fd(1));
  EXPECT_EQ(first + second, 64);
  EXPECT_GT(first, 0);
  EXPECT_GT(second, 0);
}

TEST(ListenSocketsTest, ATakenPortIsRefusedNamingListenerAndAddress) {
  const auto other_process = Make();
  const Entry& theirs = MustBind(*other_process, "theirs", kLoopback);
  ASSERT_TRUE(other_process->Listen(theirs).ok());
  const auto sockets = Make();
  const auto refused = sockets->Bind("web", theirs.bound(), SocketOptions{});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(refused.status().message(),
            "listener 'web': cannot bind " + theirs.bound().ToString() +
                ": Address already in use (EADDRINUSE)");
  EXPECT_EQ(sockets->Find("web", theirs.bound()), nullptr);
}

TEST(ListenSocketsTest, OfTwoThatBoundOneMayListen) {
  const auto one = Make(), two = Make();
  const Entry& first = MustBind(*one, "a", kLoopback);
  const Entry& second = MustBind(*two, "b", first.bound());
  ASSERT_TRUE(one->Listen(first).ok());
  const absl::Status refused = two->Listen(second);
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_NE(refused.message().find("listener 'b': cannot listen on"), std::string_view::npos);
  EXPECT_FALSE(second.listening());
  one->Close(first);
  EXPECT_TRUE(two->Listen(second).ok());
}

TEST(ListenSocketsTest, TheSameAddressIsTheSameEntry) {
  const auto sockets = Make();
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  EXPECT_EQ(&MustBind(*sockets, "web", kLoopback), &entry);
  EXPECT_NE(&MustBind(*sockets, "other", kLoopback), &entry);  // port 0: a port of its own
  EXPECT_NE(MustBind(*sockets, "other", kLoopback).bound(), entry.bound());
  EXPECT_EQ(sockets->Find("web", kLoopback), &entry);
  const auto unequal = sockets->Bind("web", kLoopback, SocketOptions{.ipv4_too = true});
  EXPECT_EQ(unequal.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ListenSocketsTest, BindHostReplacesWildcardsOnly) {
  const auto sockets = Make({.workers = 1, .bind_host = "127.0.0.7"});
  char text[46];
  for (const char* wildcard : {"0.0.0.0", "::"}) {
    const Entry& entry = MustBind(*sockets, wildcard, *Address::FromIp(wildcard, 0));
    EXPECT_EQ(entry.bound().IpText(text), "127.0.0.7");
    EXPECT_TRUE(entry.wanted().is_any());
  }
  EXPECT_EQ(MustBind(*sockets, "own", kLoopback).bound().IpText(text), "127.0.0.1");
  EXPECT_FALSE(ListenSockets::Create({.workers = 1, .bind_host = "not-an-ip"}).ok());
}

TEST(ListenSocketsTest, AnAddressThatIsNotOursIsTheAuthorsMistake) {
  const auto refused = Make()->Bind("web", *Address::FromIp("192.0.2.1", 80), SocketOptions{});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(refused.status().message().find("EADDRNOTAVAIL"), std::string_view::npos);
}

TEST(ListenSocketsTest, AClosedAddressCanBeBoundAgain) {
  const auto sockets = Make({.workers = 2});
  const Entry& entry = MustBind(*sockets, "web", kLoopback);
  const Address address = entry.bound();
  ASSERT_TRUE(sockets->Listen(entry).ok());
  sockets->Close(entry);
  EXPECT_EQ(sockets->Find("web", kLoopback), nullptr);
  EXPECT_FALSE(CanConnect(address));
  const Entry& again = MustBind(*sockets, "web", address);
  EXPECT_TRUE(sockets->Listen(again).ok());
}

TEST(ListenSocketsTest, AStaleSocketFileIsReplacedAndALiveOneIsNot) {
  const auto directory = std::filesystem::temp_directory_path() /
                         ("sluice-listen-" + std::to_string(getpid()));
  std::filesystem::create_directory(directory);
  const Address path = *Address::FromUnixPath((directory / "socket").string());
  {
    const FdResult killed = BindSocket(path, PortSharing::kExclusive, false);
    ASSERT_TRUE(killed.fd.valid());
  }
  ASSERT_TRUE(std::filesystem::exists(directory / "socket"));
  const auto sockets = Make({.workers = 2});
  const Entry& entry = MustBind(*sockets, "local", path);
  ASSERT_TRUE(sockets->Listen(entry).ok());
  EXPECT_EQ(entry.fd(0), entry.fd(1));
  EXPECT_TRUE(CanConnect(path));
  EXPECT_EQ(Make()->Bind("second", path, SocketOptions{}).status().code(),
            absl::StatusCode::kAlreadyExists);
  sockets->Close(entry);
  EXPECT_FALSE(std::filesystem::exists(directory / "socket"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace sluice::net
