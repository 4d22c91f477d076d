#include "dataplane/grpc/request_head.h"

#include <gtest/gtest.h>

namespace sluice::grpc {
namespace {

using namespace std::chrono_literals;

TEST(RequestHeadTest, IsAPostThatAcceptsTrailers) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head head(arena);
  SetRequestHead("/a.B/C", "control:443", 1500ms, head);
  EXPECT_EQ(head.method_text, "POST");
  EXPECT_EQ(head.path, "/a.B/C");
  EXPECT_EQ(head.authority, "control:443");
  EXPECT_EQ(head.framing, http::BodyFraming::kStream);
  EXPECT_EQ(head.Find("te"), "trailers");
  EXPECT_EQ(head.Find("content-type"), "application/grpc");
  EXPECT_EQ(head.Find("grpc-timeout"), "1500000u");
}

TEST(RequestHeadTest, HasNoTimeoutUnlessAsked) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  http::Head head(arena);
  SetRequestHead("/a.B/C", "up", std::nullopt, head);
  EXPECT_FALSE(head.Has(http::FieldId::kGrpcTimeout));
}

}  // namespace
}  // namespace sluice::grpc
