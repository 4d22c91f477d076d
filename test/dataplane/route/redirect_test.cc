#include "dataplane/route/redirect.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

std::string LocationOf(const Redirect& redirect, Request&& request,
                       Route route = Prefix("", "/api")) {
  route.action = redirect;
  return std::string(RedirectLocation(route, request.head));
}

TEST(Redirect, KeepsWhatItDoesNotChange) {
  EXPECT_EQ(LocationOf({}, Request("/api/x?q=1", "a.com:8080")), "http://a.com:8080/api/x?q=1");
  EXPECT_EQ(LocationOf({}, Request("/api?", "a.com")), "http://a.com/api?");
}

TEST(Redirect, ToHttpsDropsOnlyTheDefaultPort) {
  Redirect redirect;
  redirect.scheme = "https";
  EXPECT_EQ(LocationOf(redirect, Request("/api", "a.com")), "https://a.com/api");
  EXPECT_EQ(LocationOf(redirect, Request("/api", "a.com:80")), "https://a.com/api");
  EXPECT_EQ(LocationOf(redirect, Request("/api", "a.com:8080")), "https://a.com:8080/api");
  EXPECT_EQ(LocationOf(redirect, Request("/api", "[::1]")), "https://[::1]/api");
  EXPECT_EQ(LocationOf(redirect, Request("/api", "[::1]:80")), "https://[::1]/api");
}

TEST(Redirect, APortReplacesTheRequests) {
  Redirect redirect;
  redirect.port = 8443;
  EXPECT_EQ(LocationOf(redirect, Request("/api", "a.com:80")), "http://a.com:8443/api");
  redirect.host = "b.com";
  redirect.scheme = "https";
  EXPECT_EQ(LocationOf(redirect, Request("/api", "a.com")), "https://b.com:8443/api");
}

TEST(Redirect, APathWithAQueryGoesOutAsItIs) {
  Redirect redirect;
  redirect.path = "/new";
  EXPECT_EQ(LocationOf(redirect, Request("/api/x?q=1", "a")), "http://a/new?q=1");
  redirect.strip_query = true;
  EXPECT_EQ(LocationOf(redirect, Request("/api/x?q=1", "a")), "http://a/new");
  redirect.path = "/new?own";
  redirect.path_has_query = true;
  EXPECT_EQ(LocationOf(redirect, Request("/api/x?q=1", "a")), "http://a/new?own");
}

TEST(Redirect, RewritesLikeForwarding) {
  Redirect redirect;
  redirect.rewrite.prefix = "/v2";
  EXPECT_EQ(LocationOf(redirect, Request("/api/x?q=1", "a")), "http://a/v2/x?q=1");
  redirect.rewrite = {"", RegexRewrite{MakeRegex("^/api/(.*)"), "/\\1"}};
  redirect.strip_query = true;
  EXPECT_EQ(LocationOf(redirect, Request("/api/x?q=1", "a")), "http://a/x");
}

}  // namespace
}  // namespace sluice::route
