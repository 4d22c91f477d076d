#include "dataplane/route/forward.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

FieldRef Ref(std::string name) { return {http::LookupField(name), name}; }

WeightedCluster Share(std::string name, uint64_t end) {
  WeightedCluster share;
  share.cluster = std::move(name);
  share.weight_end = end;
  return share;
}

std::shared_ptr<const HeaderMutation> Adds(std::string value) {
  auto mutation = std::make_shared<HeaderMutation>();
  mutation->request.add.push_back(
      {http::FieldId::kUnknown, AppendAction::kOverwriteIfExistsOrAdd, "x-level", value});
  mutation->response.add = mutation->request.add;
  return mutation;
}

Route Forwarding(Forward forward, std::string_view prefix = "/") {
  Route route = Prefix("r", prefix);
  route.action = std::move(forward);
  return route;
}

TEST(PickCluster, FixedOrNamedByAField) {
  Forward fixed;
  fixed.cluster = "c";
  EXPECT_EQ(PickCluster(fixed, Request().head, 5).name, "c");
  Forward by_field;
  by_field.cluster_header = Ref("x-cluster");
  Request request;
  EXPECT_EQ(PickCluster(by_field, request.head, 5).name, "");
  EXPECT_EQ(PickCluster(by_field, request.With("X-Cluster", "d").head, 5).name, "d");
}

TEST(PickCluster, SharesAreTakenByWeight) {
  Forward forward;
  forward.weighted = {Share("none", 0), Share("a", 10), Share("nothing", 10), Share("b", 100)};
  forward.total_weight = 100;
  const Request request;
  std::map<std::string_view, int> taken;
  for (uint64_t random = 0; random < 1000; ++random)
    ++taken[PickCluster(forward, request.head, random).name];
  EXPECT_EQ(taken, (std::map<std::string_view, int>{{"a", 100}, {"b", 900}}));
  EXPECT_EQ(PickCluster(forward, request.head, UINT64_MAX).weighted, &forward.weighted[3]);
}

TEST(PickCluster, TheRequestMayBringTheNumber) {
  Forward forward;
  forward.weighted = {Share("a", 10), Share("b", 100)};
  forward.total_weight = 100;
  forward.weight_header = Ref("x-share");
  Request request;
  EXPECT_EQ(PickCluster(forward, request.With("x-share", "103").head, 50).name, "a");
  EXPECT_EQ(PickCluster(forward, Request().With("x-share", "3x").head, 50).name, "b")
      << "no number: random";
}

TEST(FinalizeRequest, AppliesTheShareThenEachLevel) {
  Forward forward;
  forward.weighted = {Share("a", 1)};
  forward.total_weight = 1;
  forward.weighted[0].mutation = Adds("share");
  forward.weighted[0].host_rewrite = "share.example";
  Route route = Forwarding(std::move(forward));
  Request request;
  const ClusterPick pick = PickCluster(*route.forward(), request.head, 0);
  FinalizeRequest(route, pick, OriginalPath::kDrop, request.head);
  EXPECT_EQ(request.head.Find("x-level"), "share");
  EXPECT_EQ(request.head.authority, "share.example");
  route.mutations = {Adds("route"), Adds("host")};
  FinalizeRequest(route, pick, OriginalPath::kDrop, request.head);
  EXPECT_EQ(request.head.Find("x-level"), "host");
  FinalizeResponse(route, pick, request.head);
  EXPECT_EQ(request.head.Find("x-level"), "host");
}

TEST(FinalizeRequest, RewritesThePathAndKeepsTheQuery) {
  Forward forward;
  forward.path_rewrite.prefix = "/v2";
  const Route route = Forwarding(forward, "/api");
  Request request("/api/x?q=1");
  FinalizeRequest(route, {}, OriginalPath::kInsert, request.head);
  EXPECT_EQ(request.head.path, "/v2/x");
  EXPECT_EQ(request.head.query, "q=1");
  EXPECT_EQ(request.head.Get(http::FieldId::kXEnvoyOriginalPath), "/api/x?q=1");
  Request quiet("/api/x");
  FinalizeRequest(route, {}, OriginalPath::kDrop, quiet.head);
  EXPECT_FALSE(quiet.head.Has(http::FieldId::kXEnvoyOriginalPath));
  EXPECT_EQ(RewritePath(route, "/api/y", quiet.arena), "/v2/y");
}

TEST(FinalizeRequest, RewritesTheHostInItsFieldToo) {
  Forward forward;
  forward.host_rewrite.kind = HostRewrite::Kind::kLiteral;
  forward.host_rewrite.literal = "internal:8080";
  forward.append_x_forwarded_host = true;
  const Route route = Forwarding(forward);
  Request request("/", "shop.example");
  request.With("host", "shop.example").With("x-forwarded-host", "edge.example");
  FinalizeRequest(route, {}, OriginalPath::kDrop, request.head);
  EXPECT_EQ(request.head.authority, "internal:8080");
  EXPECT_EQ(request.head.Get(http::FieldId::kHost), "internal:8080");
  EXPECT_EQ(request.head.Get(http::FieldId::kXForwardedHost), "edge.example,shop.example");
}

TEST(FinalizeRequest, AHostFromTheClientMustBeOne) {
  Forward forward;
  forward.host_rewrite.kind = HostRewrite::Kind::kHeader;
  forward.host_rewrite.header = Ref("x-host");
  const Route route = Forwarding(forward);
  auto host = [&](std::string_view value) {
    Request request("/", "before");
    request.With("x-host", value);
    FinalizeRequest(route, {}, OriginalPath::kDrop, request.head);
    return std::string(request.head.authority);
  };
  EXPECT_EQ(host("a.example:81"), "a.example:81");
  EXPECT_EQ(host("a.example/../x"), "before");
  EXPECT_EQ(host("user@a.example"), "before");
  EXPECT_EQ(host(""), "before");
}

TEST(FinalizeRequest, TheHostCanComeFromThePath) {
  Forward forward;
  forward.path_rewrite.prefix = "/";
  forward.host_rewrite.kind = HostRewrite::Kind::kPathRegex;
  forward.host_rewrite.path = RegexRewrite{MakeRegex("^/(.+)/.+$"), "\\1"};
  Request request("/a.example/x", "before");
  FinalizeRequest(Forwarding(forward, "/a.example/"), {}, OriginalPath::kDrop, request.head);
  EXPECT_EQ(request.head.authority, "a.example");
  EXPECT_EQ(request.head.path, "/x") << "the host is read before the path is rewritten";
}

}  // namespace
}  // namespace sluice::route
