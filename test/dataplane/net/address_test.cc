#include "dataplane/net/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>
#include <type_traits>

namespace sluice::net {
namespace {

static_assert(std::is_trivially_copyable_v<Address>);
static_assert(sizeof(Address) <= 40);

TEST(AddressTest, ParsesAndPrintsTheSameText) {
  for (const char* text : {"127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:443",
                           "[2001:db8::17]:8080", "[::]:0", "[::ffff:10.0.0.1]:1"}) {
    const absl::StatusOr<Address> address = Address::Parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->ToString(), text);
  }
}

TEST(AddressTest, RefusesWhatIsNoAddressAndSaysSo) {
  for (const char* text : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                           "127.0.0.1:8x", "127.0.0.1: 80", "127.1:80", "example.com:80", "::1:80",
                           "[127.0.0.1]:80", "[::1]", "[::1:80", "::1]:80", "[]:80", "[::1%eth0]:1",
                           "1.2.3.4.5:80", "01.2.3.4:80"}) {
    const absl::StatusOr<Address> address = Address::Parse(text);
    EXPECT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(Address::FromIp(std::string_view("127.0.0.1\0x", 11), 80).ok());
  EXPECT_FALSE(Address::FromIp(std::string(1000, '1'), 80).ok());
  EXPECT_NE(Address::FromIp("web", 1).status().message().find("'web'"), std::string_view::npos);
}

TEST(AddressTest, KnowsItsKind) {
  EXPECT_TRUE(Address::FromIp("127.9.9.9", 1)->is_loopback());
  EXPECT_TRUE(Address::FromIp("::1", 1)->is_loopback());
  EXPECT_TRUE(Address::FromIp("::ffff:127.0.0.1", 1)->is_loopback());
  EXPECT_FALSE(Address::FromIp("128.0.0.1", 1)->is_loopback());
  EXPECT_FALSE(Address::FromIp("::ffff:10.0.0.1", 1)->is_loopback());
  EXPECT_TRUE(Address::FromIp("0.0.0.0", 1)->is_any());
  EXPECT_TRUE(Address::FromIp("::", 1)->is_any());
  EXPECT_FALSE(Address::FromIp("::1", 1)->is_any());
  EXPECT_FALSE(Address().is_ip());
  EXPECT_EQ(Address().sockaddr_size(), 0u);
  EXPECT_EQ(Address().ToString(), "unspecified");
}

TEST(AddressTest, ComparesFamilyHostAndPort) {
  const Address a = *Address::FromIp("10.0.0.1", 80);
  EXPECT_EQ(a, *Address::Parse("10.0.0.1:80"));
  EXPECT_EQ(a.Hash(), Address::Parse("10.0.0.1:80")->Hash());
  EXPECT_FALSE(a == a.WithPort(81));
  EXPECT_EQ(a.WithPort(81).WithPort(80), a);
  EXPECT_FALSE(a == *Address::FromIp("::ffff:10.0.0.1", 80));
  EXPECT_EQ(Address::FromIp("::ffff:10.0.0.1", 80)->Unmapped(), a);
  EXPECT_EQ(Address::FromIp("::1", 80)->Unmapped(), *Address::FromIp("::1", 80));
}

TEST(AddressTest, GoesThroughTheKernelsFormUnchanged) {
  for (const char* text : {"10.1.2.3:4", "[2001:db8::1]:5"}) {
    const Address address = *Address::Parse(text);
    EXPECT_EQ(Address::FromSockaddr(address.sockaddr_ptr(), address.sockaddr_size()), address);
  }
  sockaddr_in dirty;
  std::memset(&dirty, 0xff, sizeof(dirty));
  dirty.sin_family = AF_INET;
  dirty.sin_port = htons(4);
  inet_pton(AF_INET, "10.1.2.3", &dirty.sin_addr);
  EXPECT_EQ(Address::FromSockaddr(reinterpret_cast<sockaddr*>(&dirty), sizeof(dirty)),
            *Address::Parse("10.1.2.3:4"));
  EXPECT_EQ(Address::FromSockaddr(reinterpret_cast<sockaddr*>(&dirty), 3).family(), AF_UNSPEC);
}

TEST(AddressTest, IpTextIsTheHostAlone) {
  char text[46];
  EXPECT_EQ(Address::FromIp("2001:db8::1", 443)->IpText(text), "2001:db8::1");
  EXPECT_EQ(Address::FromIp("1.2.3.4", 443)->IpText(text), "1.2.3.4");
  EXPECT_EQ(Address::FromUnixPath("/run/x")->IpText(text), "");
}

TEST(AddressTest, UnixPathsAreAbsoluteOrAbstract) {
  const Address file = *Address::FromUnixPath("/run/sluice.sock");
  EXPECT_EQ(file.ToString(), "unix:/run/sluice.sock");
  EXPECT_EQ(file, *Address::FromUnixPath("/run/sluice.sock"));
  EXPECT_EQ(file.port(), 0);
  const Address abstract = *Address::FromUnixPath("@sluice");
  EXPECT_EQ(abstract.ToString(), "unix:@sluice");
  EXPECT_EQ(abstract.sockaddr_size(), offsetof(sockaddr_un, sun_path) + 7);
  EXPECT_FALSE(file == abstract);
  for (const std::string& bad : {std::string(), std::string("relative"), std::string("/"),
                                 "/" + std::string(107, 'x'), std::string("/a\0b", 4)}) {
    EXPECT_FALSE(Address::FromUnixPath(bad).ok()) << bad;
  }
  EXPECT_TRUE(Address::FromUnixPath("/" + std::string(106, 'x')).ok());
}

}  // namespace
}  // namespace sluice::net
