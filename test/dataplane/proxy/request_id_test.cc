#include "dataplane/proxy/request_id.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace sluice::proxy {
namespace {

TEST(RequestIdTest, IsARandomVersion4Uuid) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  base::Random random(1);
  const std::regex form(
      "x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id(NewRequestIdLine(random, arena));
    EXPECT_TRUE(std::regex_match(id, form)) << id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace sluice::proxy
