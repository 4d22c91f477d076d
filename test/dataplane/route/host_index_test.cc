#include "dataplane/route/host_index.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::route {
namespace {

class HostIndexTest : public testing::Test {
 protected:
  // One virtual host for each domain, named like it.
  void Domains(std::vector<std::string> domains) {
    for (std::string& domain : domains) {
      hosts_.push_back(std::make_shared<const VirtualHost>(
          domain, std::vector{domain}, TlsRequirement::kNone, std::vector<Route>()));
    }
    index_.emplace(hosts_);
  }
  std::string Find(std::string_view authority, std::string_view scheme = "http") {
    const VirtualHost* host = index_->Find(authority, scheme);
    return host == nullptr ? "" : host->name();
  }

  std::vector<std::shared_ptr<const VirtualHost>> hosts_;
  std::optional<HostIndex> index_;
};

TEST_F(HostIndexTest, ExactThenLongestSuffixThenLongestPrefixThenAny) {
  Domains({"*", "a.*", "a.b.*", "*.com", "*.b.com", "a.b.com"});
  EXPECT_EQ(Find("a.b.com"), "a.b.com");
  EXPECT_EQ(Find("x.b.com"), "*.b.com");
  EXPECT_EQ(Find("a.x.com"), "*.com");
  EXPECT_EQ(Find("a.b.org"), "a.b.*");
  EXPECT_EQ(Find("a.org"), "a.*");
  EXPECT_EQ(Find("z.org"), "*");
}

TEST_F(HostIndexTest, AWildcardStandsForAtLeastOneByte) {
  Domains({"*.com", "a.*"});
  EXPECT_EQ(Find(".com"), "");
  EXPECT_EQ(Find("a."), "");
  EXPECT_EQ(Find("x.com"), "*.com");
}

TEST_F(HostIndexTest, WildcardsNeedNotEndAtALabel) {
  Domains({"*-b.com", "*.com"});
  EXPECT_EQ(Find("a-b.com"), "*-b.com");
  EXPECT_EQ(Find("ab.com"), "*.com");
}

TEST_F(HostIndexTest, PortsArePartOfTheName) {
  Domains({"a.com:8080", "[::1]:8080", "*:9090"});
  EXPECT_EQ(Find("a.com:8080"), "a.com:8080");
  EXPECT_EQ(Find("a.com"), "");
  EXPECT_EQ(Find("[::1]:8080"), "[::1]:8080");
  EXPECT_EQ(Find("[::1]"), "");
  EXPECT_EQ(Find("anything:9090"), "*:9090");
}

// The default port is dropped from requests before they come here.
TEST_F(HostIndexTest, ADomainWithTheDefaultPortIsFoundWithoutIt) {
  Domains({"a.com:80", "b.com:443", "c.com", "c.com:80", "[::1]:80"});
  EXPECT_EQ(Find("a.com", "http"), "a.com:80");
  EXPECT_EQ(Find("a.com", "https"), "");
  EXPECT_EQ(Find("b.com", "https"), "b.com:443");
  EXPECT_EQ(Find("b.com", "http"), "");
  EXPECT_EQ(Find("c.com", "http"), "c.com");
  EXPECT_EQ(Find("[::1]", "http"), "[::1]:80");
}

TEST_F(HostIndexTest, ARequestWithoutAuthorityFindsOnlyALoneCatchAll) {
  Domains({"*"});
  EXPECT_EQ(Find(""), "*");
  Domains({"a.com"});
  EXPECT_EQ(Find(""), "");
}

TEST_F(HostIndexTest, LongNamesAreNoTrouble) {
  Domains({"*.example.com", std::string(kMaxDomainBytes + 1, 'a')});
  EXPECT_EQ(Find(std::string(100'000, 'x') + ".example.com"), "*.example.com");
  EXPECT_EQ(Find(std::string(kMaxDomainBytes + 1, 'a')), "");
}

}  // namespace
}  // namespace sluice::route
