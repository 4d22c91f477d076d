#include "dataplane/route/virtual_host.h"

#include <gtest/gtest.h>

#include "test/dataplane/route/request.h"
#include "test/dataplane/route/rules.h"

namespace sluice::route {
namespace {

TEST(VirtualHost, NumbersItsRoutes) {
  const VirtualHost host("h", {"*"}, TlsRequirement::kNone,
                         RoutesOf(Prefix("a", "/a"), Prefix("b", "/")));
  EXPECT_EQ(host.routes()[1].order, 1u);
  EXPECT_EQ(host.Find("/b", Request("/b").head, 0), &host.routes()[1]);
}

TEST(VirtualHost, ConnectAndEmptyPathsMatchNothing) {
  const VirtualHost host("h", {"*"}, TlsRequirement::kNone, RoutesOf(Prefix("all", "")));
  EXPECT_EQ(host.Find("", Request().head, 0), nullptr);
  Request connect;
  EXPECT_EQ(host.Find("/", connect.Method("CONNECT").head, 0), nullptr);
  EXPECT_NE(host.Find("*", Request("*").head, 0), nullptr) << "OPTIONS *";
}

TEST(VirtualHost, TheTlsRedirectIsPermanent) {
  const VirtualHost host("h", {"*"}, TlsRequirement::kAll, {});
  EXPECT_EQ(host.tls_redirect().redirect()->status, 301);
  EXPECT_EQ(host.tls_redirect().redirect()->scheme, "https");
}

}  // namespace
}  // namespace sluice::route
