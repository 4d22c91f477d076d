#include "dataplane/proxy/forged_fields.h"

#include <gtest/gtest.h>

namespace sluice::proxy {
namespace {

class ForgedFieldsTest : public testing::Test {
 protected:
  // As a codec adds it: with its id.
  void Receive(std::string_view name) {
    head.AddReceived(name, "forged", http::LookupField(name), 0);
  }
  bool Has(std::string_view name) { return head.Find(name).has_value(); }

  buffer::BlockPool pool;
  buffer::Arena arena{pool};
  http::Head head{arena};
};

TEST_F(ForgedFieldsTest, RemovesPrivateFieldsInAnyCase) {
  const char* names[] = {"X-Envoy-Internal", "x-envoy-retry-on", "X-ENVOY-UPSTREAM-RQ-TIMEOUT-MS",
                         "x-envoy-original-path", "X-HTTP-Method", "x-method-override",
                         "X-Original-Path", "X-Original-URL", "x-rewrite-url",
                         "X-HTTP-Method-Override", "X-Forwarded-Client-Cert"};
  for (const char* name : names) Receive(name);
  Receive("x-environment");
  Receive("accept");
  RemovePrivateFields(head);
  for (const char* name : names) EXPECT_FALSE(Has(name)) << name;
  EXPECT_TRUE(Has("x-environment"));
  EXPECT_TRUE(Has("accept"));
}

TEST_F(ForgedFieldsTest, RemovesLookAlikesOfOurFieldsOnly) {
  for (const char* name : {"X.Forwarded-For", "x-request.id", "X_Real_IP"}) Receive(name);
  Receive("x.custom");
  Receive("x-forwarded-for");
  RemoveLookAlikes(head);
  for (const char* name : {"X.Forwarded-For", "x-request.id", "X_Real_IP"}) EXPECT_FALSE(Has(name)) << name;
  EXPECT_TRUE(Has("x.custom"));
  EXPECT_TRUE(Has("x-forwarded-for"));
}

}  // namespace
}  // namespace sluice::proxy
