#include <gtest/gtest.h>

#include "controlplane/model/validate.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

TEST(CheckEnvelopeTest, KindsWithoutCodeAreRefusedByName) {
  const Findings findings = Validate(Config().With({Obj("Policy", "shop/p", ""), Obj("Nonsense", "x", "")}, {}));
  EXPECT_EQ(Lines(findings.problems),
            (Strings{"Nonsense x kind not_implemented", "Policy shop/p kind not_implemented"}));
  EXPECT_EQ(findings.problems[1].text(), "kind 'Policy' is not implemented yet");
}

TEST(CheckEnvelopeTest, TheSpecMustBeThatOfTheKind) {
  EXPECT_EQ(ProblemsWith("Route", "shop/r", "api {}"), Strings{"Route shop/r spec invalid"});
  EXPECT_EQ(ProblemsWith("Route", "shop/r", ""), Strings{"Route shop/r spec invalid"});
}

TEST(CheckEnvelopeTest, NamesAndLabelsFollowTheirRules) {
  EXPECT_EQ(ProblemsWith("Service", "backend", "service { registered {} }"),
            Strings{"Service backend name invalid"});
  EXPECT_EQ(ProblemsWith("Service", "shop/s", "labels { key: 'A' value: 'x' } service { registered {} }"),
            Strings{"Service shop/s labels[\"A\"] invalid"});
}

TEST(CheckEnvelopeTest, FieldsOfANewerClientAreNotIgnored) {
  auto object = std::make_shared<sluice::v1::Object>(*Obj("Service", "shop/s", "service { static { endpoints { "
                                                          "address: '10.0.0.1' port: 80 } } }"));
  auto* endpoint = object->mutable_service()->mutable_static_()->mutable_endpoints(0);
  endpoint->GetReflection()->MutableUnknownFields(endpoint)->AddVarint(77, 1);
  EXPECT_EQ(ProblemsOf(ShopConfigWith({object})),
            Strings{"Service shop/s spec.static.endpoints[0] not_implemented"});
}

}  // namespace
}  // namespace sluice::model
