#include "controlplane/model/content.h"

#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

constexpr char kHeaders[] = "route { request_headers { set { key: 'a' value: '1' } set { key: 'b' value: '2' } "
                            "set { key: 'c' value: '3' } } }";
constexpr char kReversed[] = "route { request_headers { set { key: 'c' value: '3' } set { key: 'b' value: '2' } "
                             "set { key: 'a' value: '1' } } }";

TEST(ContentTest, DoesNotDependOnTheOrderOfMaps) {
  EXPECT_EQ(ContentOf(*Obj("Route", "a/b", kHeaders)), ContentOf(*Obj("Route", "a/b", kReversed)));
}

TEST(ContentTest, LeavesOutWhatTheSystemWrites) {
  auto object = std::make_shared<sluice::v1::Object>(*Obj("Route", "a/b", kHeaders));
  const auto digest = ContentDigest(*object);
  object->set_etag("x");
  object->mutable_status()->set_revision(7);
  EXPECT_EQ(ContentDigest(*object), digest);
  object->set_name("a/c");
  EXPECT_NE(ContentDigest(*object), digest);
}

TEST(ContentTest, EtagIsShortAndFollowsTheContent) {
  const std::string etag = EtagOf(*Obj("Route", "a/b", kHeaders));
  EXPECT_EQ(etag.size(), 16u);
  EXPECT_EQ(etag, EtagOf(*Obj("Route", "a/b", kReversed)));
  EXPECT_NE(etag, EtagOf(*Obj("Route", "a/b", "route {}")));
}

}  // namespace
}  // namespace sluice::model
