#include "controlplane/discovery/endpoint_file.h"

#include <gtest/gtest.h>

#include "test/controlplane/discovery/endpoints.h"

namespace sluice::discovery {
namespace {

std::string Parsed(std::string_view text) {
  const absl::StatusOr<std::vector<Endpoint>> endpoints = ParseEndpointFile(text);
  return endpoints.ok() ? Text(*endpoints) : std::string(endpoints.status().message());
}

TEST(EndpointFileTest, ReadsYamlAndJson) {
  EXPECT_EQ(
      Parsed("endpoints:\n- {address: 10.0.0.1, port: 80, zone: a, weight: 3}\n- address: '::1'\n"
             "  port: 81\n"),
      "10.0.0.1:80@a [::1]:81");
  EXPECT_EQ(Parsed(R"({"endpoints": [{"address": "10.0.0.1", "port": 80}]})"), "10.0.0.1:80");
  EXPECT_EQ(Parsed("endpoints: []"), "");
}

TEST(EndpointFileTest, SaysWhereAndWhy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "line 1: must be a map with the one list `endpoints`"},
      {"endpoints:\n", "line 1: must be a map with the one list `endpoints`"},
      {"endpoints: []\nmore: 1\n", "line 1: must be a map with the one list `endpoints`"},
      {"endpoints:\n- 1\n", "line 2: endpoints[0]: must be a map"},
      {"endpoints:\n- address: 10.0.0.1\n  port: x\n",
       "line 3: endpoints[0].port: must be a whole number"},
      {"endpoints:\n- address: 10.0.0.1\n  prot: 80\n", "line 3: endpoints[0].prot: no such field"},
      {"endpoints:\n- {address: 10.0.0.1, port: 80}\n- {address: db, port: 80}\n",
       "line 3: endpoints[1].address: must be an IPv4 or IPv6 literal"},
      {"endpoints:\n- {address: 10.0.0.1", "line 2: end of map flow not found"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Parsed(text), expected) << text;
}

TEST(EndpointFileTest, RefusesHugeFilesUnread) {
  EXPECT_EQ(Parsed(std::string(kMaxEndpointFileBytes + 1, ' ')),
            "has 33554433 bytes, at most 33554432 are read");
}

}  // namespace
}  // namespace sluice::discovery
