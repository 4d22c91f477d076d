#include "api/check/field_path.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

TEST(FieldPath, WritesFieldsItemsAndEntriesFromTheRootOn) {
  const FieldPath root("static_resources");
  const FieldPath listener = root.Field("listeners", 2);
  const FieldPath options = listener.Entry("options", "a.b");
  EXPECT_EQ(root.ToString(), "static_resources");
  EXPECT_EQ(listener.ToString(), "static_resources.listeners[2]");
  EXPECT_EQ(options.Field("name").ToString(),
            "static_resources.listeners[2].options[\"a.b\"].name");
}

TEST(FieldPath, StartsWithoutADotAtAnEmptyRoot) {
  const FieldPath root("");
  EXPECT_EQ(root.ToString(), "");
  EXPECT_EQ(root.Field("name").ToString(), "name");
  EXPECT_EQ(root.Field("routes", 0).ToString(), "routes[0]");
}

}  // namespace
}  // namespace sluice::api
