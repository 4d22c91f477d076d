#include "tools/sluicectl/object_writer.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "tools/sluicectl/documents.h"

namespace sluice::ctl {
namespace {

constexpr std::string_view kGateway = R"(kind: Gateway
name: edge
labels:
  tier: "1"
spec:
  listeners:
    - port: 80
  hosts:
    - shop.example.com
    - "*"
  proxy_selector:
    a: "true"
    b: plain
  trusted_hops: 1
)";

constexpr std::string_view kRoute = R"(kind: Route
name: shop/cart
spec:
  api: shop/shop
  match:
    headers:
      - name: x-a
        present: true
  respond:
    status: 200
    body: "two\nlines"
  rewrite:
    strip: BASE_PATH
  timeout: 1.5s
)";

sluice::v1::Object ObjectOf(std::string_view text) {
  Documents documents;
  documents.LoadText(text, "f");
  EXPECT_TRUE(documents.complaints().empty()) << Text(documents.complaints().at(0));
  return documents.documents().at(0).object;
}

TEST(ObjectWriterTest, YamlComesBackAsItWas) {
  EXPECT_EQ(ToYaml(ObjectOf(kGateway)), kGateway);
  EXPECT_EQ(ToYaml(ObjectOf(kRoute)), kRoute);
  EXPECT_EQ(ToYaml(ObjectOf("kind: Service\nname: a/b\nspec:\n  registered: {}\n")),
            "kind: Service\nname: a/b\nspec:\n  registered: {}\n");
}

TEST(ObjectWriterTest, JsonIsReadBackTheSame) {
  for (const std::string_view text : {kGateway, kRoute}) {
    const sluice::v1::Object object = ObjectOf(text);
    EXPECT_TRUE(
        google::protobuf::util::MessageDifferencer::Equals(object, ObjectOf(ToJson(object))))
        << ToJson(object);
  }
}

TEST(ObjectWriterTest, JsonHasTheSystemsPartsToo) {
  sluice::v1::Object object = ObjectOf("kind: Service\nname: a/b\nspec: {dns: {port: 1}}\n");
  object.set_etag("e\"1");
  object.mutable_status()->set_revision(7);
  EXPECT_EQ(ToJson(object), R"({"kind":"Service","name":"a/b","labels":{},"etag":"e\"1",)"
                            R"("spec":{"dns":{"port":1}},"status":{"revision":"7"}})");
  EXPECT_EQ(ToYaml(object), "kind: Service\nname: a/b\nspec:\n  dns:\n    port: 1\n");
}

}  // namespace
}  // namespace sluice::ctl
