#include "dataplane/admin/pages.h"

#include <gtest/gtest.h>

#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(PagesTest, TheIndexListsEveryPage) {
  World world;
  const std::string index = BodyOf(world.Get("/"));
  for (const Page& page : AllPages()) EXPECT_HAS(index, page.path);
}

}  // namespace
}  // namespace sluice::admin
