#include "dataplane/admin/page.h"

#include <gtest/gtest.h>

namespace sluice::admin {
namespace {

TEST(RequestTest, ParametersAreFoundByTheirWholeName) {
  const Request request{"/", "a=1&bb&c=x=y&a=2"};
  EXPECT_EQ(request.Parameter("a"), "1");
  EXPECT_EQ(request.Parameter("bb"), "");
  EXPECT_EQ(request.Parameter("c"), "x=y");
  EXPECT_EQ(request.Parameter("b"), std::nullopt);
}

}  // namespace
}  // namespace sluice::admin
