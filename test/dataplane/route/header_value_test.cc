#include "dataplane/route/header_value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/dataplane/route/request.h"

namespace sluice::route {
namespace {

std::vector<std::string> ValuesOf(const Request& request, std::string_view name) {
  std::vector<std::string> values;
  TestField(request.head, HeaderName::Of(name), [&](std::string_view value) {
    values.emplace_back(value);
    return false;
  });
  return values;
}

using Values = std::vector<std::string>;

TEST(HeaderValue, EachLineIsAValue) {
  Request request;
  request.With("X-Role", "user")
      .With("other", "x")
      .With("x-role", "admin")
      .With("cookie", "a=1")
      .With("cookie", "b=2");
  EXPECT_EQ(ValuesOf(request, "x-role"), (Values{"user", "admin"}));
  EXPECT_EQ(ValuesOf(request, "Cookie"), (Values{"a=1", "b=2"}));
  EXPECT_EQ(ValuesOf(request, "x-none"), Values());
}

TEST(HeaderValue, StopsAtTheFirstThatHolds) {
  Request request;
  request.With("x-a", "1").With("x-a", "2");
  int calls = 0;
  const FieldTest test = TestField(request.head, HeaderName::Of("x-a"),
                                   [&](std::string_view) { return ++calls == 1; });
  EXPECT_TRUE(test.present);
  EXPECT_TRUE(test.held);
  EXPECT_EQ(calls, 1);
}

TEST(HeaderValue, SomeFieldsAreOneValue) {
  Request request;
  request.With("accept", "text/html")
      .With("Accept", "text/plain")
      .With("x-forwarded-for", "10.0.0.1");
  EXPECT_EQ(ValuesOf(request, "accept"), Values{"text/html,text/plain"});
  EXPECT_EQ(ValuesOf(request, "x-forwarded-for"), Values{"10.0.0.1"});
}

TEST(HeaderValue, LongListsAreJoinedWhole) {
  Request request;
  const std::string part(700, 'x');
  for (int i = 0; i < 5; ++i) request.With("via", part);
  EXPECT_EQ(ValuesOf(request, "via").at(0),
            part + "," + part + "," + part + "," + part + "," + part);
}

TEST(HeaderValue, RemovedLinesAreNotSeen) {
  Request request;
  request.With("x-a", "1").With("accept", "2");
  request.head.Remove("x-a");
  request.head.Remove("accept");
  EXPECT_EQ(ValuesOf(request, "x-a"), Values());
  EXPECT_EQ(ValuesOf(request, "accept"), Values());
}

TEST(HeaderValue, ReadsTheStartLine) {
  Request request("/a/b?c=d", "shop.example");
  request.Method("PUT").Scheme("https");
  EXPECT_EQ(ValuesOf(request, ":path"), Values{"/a/b?c=d"});
  EXPECT_EQ(ValuesOf(request, ":METHOD"), Values{"PUT"});
  EXPECT_EQ(ValuesOf(request, ":authority"), Values{"shop.example"});
  EXPECT_EQ(ValuesOf(request, "Host"), Values{"shop.example"});
  EXPECT_EQ(ValuesOf(request, ":scheme"), Values{"https"});
  EXPECT_EQ(ValuesOf(request, ":protocol"), Values());
  EXPECT_EQ(ValuesOf(Request("/a?"), ":path"), Values{"/a?"});
  EXPECT_EQ(ValuesOf(Request("/a"), ":path"), Values{"/a"});
}

}  // namespace
}  // namespace sluice::route
