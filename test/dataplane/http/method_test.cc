#include "dataplane/http/method.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(MethodTest, KnowsTheRegisteredMethodsByTheirExactText) {
  for (Method method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kDelete,
                        Method::kConnect, Method::kOptions, Method::kTrace, Method::kPatch}) {
    EXPECT_FALSE(MethodText(method).empty());
    EXPECT_EQ(LookupMethod(MethodText(method)), method);
  }
}

TEST(MethodTest, NeverReadsAnotherTokenAsAMethod) {
  for (const char* text : {"", "G", "GE", "get", "Get", "GETS", "PO", "POSTT", "PUTT", "PUSH",
                           "PATCHY", "HEA", "FOO", "TRACER", "DELET", "CONNECTED", "OPTION"}) {
    EXPECT_EQ(LookupMethod(text), Method::kUnknown) << text;
  }
  EXPECT_EQ(MethodText(Method::kUnknown), "");
}

TEST(MethodTest, RepeatsOnlyIdempotentMethods) {
  for (Method method : {Method::kGet, Method::kHead, Method::kPut, Method::kDelete,
                        Method::kOptions, Method::kTrace}) {
    EXPECT_TRUE(IsIdempotent(method));
  }
  for (Method method : {Method::kUnknown, Method::kPost, Method::kPatch, Method::kConnect}) {
    EXPECT_FALSE(IsIdempotent(method));
  }
}

}  // namespace
}  // namespace sluice::http
