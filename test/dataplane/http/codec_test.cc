#include "dataplane/http/codec.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice::http {
namespace {

TEST(CodecTest, EveryStreamErrorHasANameOfItsOwn) {
  std::set<std::string> names;
  const int last = static_cast<int>(StreamError::kConnectionLost);
  for (int i = 0; i <= last; ++i) {
    const std::string name(StreamErrorName(static_cast<StreamError>(i)));
    EXPECT_NE(name, "unknown") << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace sluice::http
