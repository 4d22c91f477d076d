#include "dataplane/route/table.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

std::shared_ptr<const VirtualHost> Host(std::string domain, std::vector<Route> routes,
                                        TlsRequirement tls = TlsRequirement::kNone) {
  return std::make_shared<const VirtualHost>(domain, std::vector{domain}, tls, std::move(routes));
}

TEST(Table, FindsTheHostThenTheRoute) {
  const Table table(
      {}, {Host("a.com", RoutesOf(Prefix("a", "/x"))), Host("*", RoutesOf(Prefix("any", "/")))},
      {});
  const Match hit = table.Find(Request("/x/1", "a.com").head, 0);
  EXPECT_EQ(NameOf(hit.route), "a");
  EXPECT_EQ(hit.host->name(), "a.com");
  const Match miss = table.Find(Request("/y", "a.com").head, 0);
  EXPECT_EQ(miss.route, nullptr) << "no falling back to another host";
  EXPECT_EQ(miss.host->name(), "a.com");
}

TEST(Table, NoHostNoMatch) {
  const Table table({}, {Host("a.com", {})}, {});
  const Match match = table.Find(Request("/", "b.com").head, 0);
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.host, nullptr);
}

TEST(Table, ThePortCountsUnlessItIsIgnored) {
  auto host = Host("a.com", RoutesOf(Prefix("a", "/")));
  EXPECT_EQ(Table({}, {host}, {}).Find(Request("/", "a.com:8080").head, 0).route, nullptr);
  TableOptions options;
  options.ignore_port = true;
  const Table table(options, {host, Host("[::1]", RoutesOf(Prefix("six", "/")))}, {});
  EXPECT_EQ(NameOf(table.Find(Request("/", "a.com:8080").head, 0).route), "a");
  EXPECT_EQ(NameOf(table.Find(Request("/", "[::1]:8080").head, 0).route), "six");
  EXPECT_EQ(NameOf(table.Find(Request("/", "[::1]").head, 0).route), "six");
}

TEST(Table, ParametersCanBeIgnoredPerSegment) {
  TableOptions options;
  options.ignore_path_parameters = true;
  auto host = Host(
      "*", RoutesOf(Exact("abc", "/a/b/c"), Matching("regex", "/x/[^;]*"), Prefix("rest", "/")));
  const Table table(options, {host}, {});
  EXPECT_EQ(NameOf(table.Find(Request("/a;v=1/b;x;y/c").head, 0).route), "abc");
  EXPECT_EQ(NameOf(table.Find(Request("/x/1;a").head, 0).route), "regex");
  EXPECT_EQ(NameOf(Table({}, {host}, {}).Find(Request("/a;v=1/b/c").head, 0).route), "rest");
}

TEST(Table, PlainRequestsAreRedirectedWhereTlsIsRequired) {
  const Table table({},
                    {Host("all", RoutesOf(Prefix("r", "/")), TlsRequirement::kAll),
                     Host("external", RoutesOf(Prefix("r", "/")), TlsRequirement::kExternal)},
                    {});
  auto find = [&](Request&& request) { return NameOf(table.Find(request.head, 0).route); };
  EXPECT_EQ(find(Request("/", "all")), "require_tls");
  EXPECT_EQ(find(std::move(Request("/", "all").With("x-envoy-internal", "true"))), "require_tls");
  EXPECT_EQ(find(std::move(Request("/", "all").Scheme("https"))), "r");
  EXPECT_EQ(find(std::move(Request("/", "all").With("x-forwarded-proto", "https"))), "r");
  EXPECT_EQ(find(std::move(Request("/", "all").Scheme("https").With("x-forwarded-proto", "http"))),
            "require_tls");
  EXPECT_EQ(find(Request("/", "external")), "require_tls");
  EXPECT_EQ(find(std::move(Request("/", "external").With("x-envoy-internal", "true"))), "r");
}

TEST(Table, HostsAreSharedByTables) {
  auto host = Host("*", RoutesOf(Prefix("a", "/")));
  const Table first({}, {host}, {});
  const Table second({}, {host}, {});
  EXPECT_EQ(first.Find(Request("/").head, 0).route, second.Find(Request("/").head, 0).route);
}

}  // namespace
}  // namespace sluice::route
