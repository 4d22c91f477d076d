#include "dataplane/filter/exchange.h"

#include <gtest/gtest.h>

namespace sluice::filter {
namespace {

class One final : public Exchange {
 public:
  explicit One(buffer::BlockPool& pool) : Exchange(pool) {}
  void Resume() override {}
  void Reset() { ResetState(); }
};

TEST(ExchangeTest, NothingOfARequestIsLeftForTheNext) {
  buffer::BlockPool pool;
  One exchange(pool);
  exchange.request.Append("Authorization", "secret");
  exchange.response.Append("Set-Cookie", "secret");
  exchange.request.HoldBytes(buffer::Slice::Copy(pool, "secret"));
  exchange.original_path = exchange.arena.Copy("/secret");
  exchange.client_ip = "192.0.2.1";
  exchange.details = "x";
  exchange.flags = kNoRouteFound;
  exchange.request_body_bytes = 7;
  exchange.Reset();
  EXPECT_EQ(exchange.request.size(), 0u);
  EXPECT_FALSE(exchange.request.Find("authorization"));
  EXPECT_FALSE(exchange.response.Find("set-cookie"));
  EXPECT_TRUE(exchange.original_path.empty());
  EXPECT_TRUE(exchange.client_ip.empty());
  EXPECT_TRUE(exchange.details.empty());
  EXPECT_EQ(exchange.flags, 0u);
  EXPECT_EQ(exchange.request_body_bytes, 0u);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace
}  // namespace sluice::filter
