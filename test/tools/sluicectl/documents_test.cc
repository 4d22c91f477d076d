#include "tools/sluicectl/documents.h"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

std::string Complaints(const Documents& documents) {
  std::string all;
  for (const Complaint& complaint : documents.complaints()) all += Text(complaint) + "\n";
  return all;
}

sluice::v1::Problem ProblemAt(const std::string& path) {
  sluice::v1::Problem problem;
  problem.mutable_object()->set_kind("Route");
  problem.mutable_object()->set_name("shop/cart");
  problem.set_field_path(path);
  problem.set_text("is wrong");
  return problem;
}

constexpr std::string_view kRoute = R"(kind: Route
name: shop/cart
labels: {team: shop}
spec:
  api: shop/shop
  match:
    prefix: /cart
    headers:
    - name: x-a
      exact: b
  forward: {service: shop/cart}
)";

TEST(DocumentsTest, ReadsTheEnvelope) {
  Documents documents;
  documents.LoadText(kRoute, "f.yaml");
  EXPECT_EQ(Complaints(documents), "");
  const sluice::v1::Object& object = documents.documents().at(0).object;
  EXPECT_EQ(object.kind(), "Route");
  EXPECT_EQ(object.labels().at("team"), "shop");
  EXPECT_EQ(object.route().forward().service(), "shop/cart");
}

TEST(DocumentsTest, SaysWhatIsWrongWithEnvelopes) {
  Documents documents;
  documents.LoadText(R"(kind: Rout
name: a/b
spec: {}
---
kind: Route
metadata: {}
---
- a list
---
kind: Service
name: a/b
spec: {dns: {}}
lables: {}
---
kind: Service
name: a/b
spec: {dns: {}}
)",
                     "f.yaml");
  EXPECT_EQ(Complaints(documents),
            "f.yaml:1:1: Rout a/b: kind: must be one of Gateway, Api, Route, Service\n"
            "f.yaml:6:1: Route : metadata: no such field\n"
            "f.yaml:5:1: Route : spec: must be there\n"
            "f.yaml:5:1: Route : name: must be there\n"
            "f.yaml:8:1: must be a map, not a list\n"
            "f.yaml:13:1: Service a/b: lables: no such field, did you mean 'labels'?\n"
            "f.yaml:15:1: Service a/b: is there twice, first at f.yaml:10\n");
}

TEST(DocumentsTest, ABrokenTextIsNamedBesideWhatCouldBeRead) {
  Documents documents;
  documents.LoadText("kind: Rout\nname: a/b\nspec: {}\n---\n[", "f.yaml");
  EXPECT_EQ(documents.complaints().size(), 2u);
  EXPECT_EQ(documents.complaints()[1].place.line, 6);
}

TEST(DocumentsTest, TheServersProblemsHaveAPlace) {
  Documents documents;
  documents.LoadText(kRoute, "f.yaml");
  const auto place = [&](const std::string& path) {
    return Text(documents.Locate(ProblemAt(path)));
  };
  EXPECT_EQ(place("spec.match.prefix"), "f.yaml:7:5: Route shop/cart: spec.match.prefix: is wrong");
  EXPECT_EQ(place("spec.match.headers[0].exact"),
            "f.yaml:10:7: Route shop/cart: spec.match.headers[0].exact: is wrong");
  EXPECT_EQ(place("spec.match.path.prefix").substr(0, 11), "f.yaml:7:5:") << "the oneof's name";
  EXPECT_EQ(place("spec.match.queries[2].name").substr(0, 11), "f.yaml:6:3:") << "not written";
  EXPECT_EQ(place("spec.timeout").substr(0, 11), "f.yaml:4:1:");
  EXPECT_EQ(place("labels[team]").substr(0, 12), "f.yaml:3:10:");
  EXPECT_EQ(place("").substr(0, 11), "f.yaml:1:1:");
}

TEST(DocumentsTest, ProblemsOfOtherObjectsHaveNone) {
  Documents documents;
  EXPECT_EQ(Text(documents.Locate(ProblemAt("spec"))), "Route shop/cart: spec: is wrong");
  EXPECT_EQ(Text(documents.Locate(sluice::v1::Problem())), "");
}

}  // namespace
}  // namespace sluice::ctl
