#include <gtest/gtest.h>

#include "controlplane/model/validate.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

TEST(CheckApiTest, EveryFieldIsChecked) {
  EXPECT_EQ(ProblemsWith("Api", "shop/x", R"(api {
              gateways: "web" gateways: "web" gateways: "no" hosts: "no.test" base_path: "/shop/x/"
              versions { name: "V1" } versions { name: "v2" date: "soon" successor: "v2" }
              versions { name: "v2" state: DEPRECATED } default_version: "v9" })"),
            (Strings{"Api shop/x spec.base_path invalid", "Api shop/x spec.default_version unknown_reference",
                     "Api shop/x spec.gateways[0] invalid", "Api shop/x spec.gateways[1] conflict",
                     "Api shop/x spec.gateways[2] unknown_reference",
                     "Api shop/x spec.version_by invalid", "Api shop/x spec.versions[0].name invalid",
                     "Api shop/x spec.versions[1].date invalid",
                     "Api shop/x spec.versions[1].successor unknown_reference",
                     "Api shop/x spec.versions[2].date invalid",
                     "Api shop/x spec.versions[2].name conflict"}));
}

TEST(CheckApiTest, VersionByAndVersionsNeedEachOther) {
  EXPECT_EQ(ProblemsWith("Api", "shop/x", "api { gateways: 'web' base_path: '/shop/x' version_by { header: 'v' } }"),
            Strings{"Api shop/x spec.version_by invalid"});
  EXPECT_EQ(ProblemsWith("Api", "shop/x", "api { gateways: 'web' base_path: '/shop/x' versions { name: 'v1' } "
                                          "version_by { path_template: '/x' } }"),
            Strings{"Api shop/x spec.version_by.path_template invalid"});
}

TEST(CheckApiTest, ATeamPublishesOnlyWhereItIsAdmitted) {
  EXPECT_EQ(ProblemsWith("Api", "shop/x", "api { gateways: 'web' base_path: '/other' }"),
            Strings({"Api shop/x spec.base_path not_admitted", "Api shop/x spec.base_path not_admitted"}));
  EXPECT_EQ(ProblemsWith("Api", "evil/x", "api { gateways: 'web' base_path: '/shop/x' }"),
            (Strings{"Api evil/x spec.base_path not_admitted", "Api evil/x spec.gateways[0] not_admitted"}));
  EXPECT_EQ(ProblemsWith("Api", "pay/x", "api { gateways: 'web' base_path: '/pay/x' }"), Strings{});
}

TEST(CheckApiTest, ABasePathBelongsToOneApiOfAGateway) {
  EXPECT_EQ(ProblemsWith("Api", "shop/z", "api { gateways: 'web' base_path: '/shop' }"),
            Strings{"Api shop/z spec.base_path conflict"});
  // On another host it may be used again, and the own team may nest.
  EXPECT_EQ(ProblemsOf(ShopConfigWith(
                {Obj("Api", "shop/api", "api { gateways: 'web' base_path: '/shop' hosts: 'shop.example.com' }"),
                 Obj("Api", "shop/y", "api { gateways: 'web' base_path: '/shop' hosts: '*.example.org' }"),
                 Obj("Api", "shop/z", "api { gateways: 'web' base_path: '/shop/z' }")})),
            Strings{});
}

TEST(CheckApiTest, AnotherTeamInsideNeedsAnAdmissionOfItsOwn) {
  const auto gateway = [](const std::string& admits) {
    return Obj("Gateway", "web", "gateway { listeners { port: 8080 } hosts: 'shop.example.com' "
                                 "admits { team: 'shop' base_path: '/shop' } " + admits + " }");
  };
  const ObjectPtr inner = Obj("Api", "pay/x", "api { gateways: 'web' base_path: '/shop/pay' }");
  EXPECT_EQ(ProblemsOf(ShopConfigWith({gateway("admits { team: '*' }"), inner})),
            Strings{"Api pay/x spec.base_path not_admitted"});
  EXPECT_EQ(ProblemsOf(ShopConfigWith({gateway("admits { team: 'pay' base_path: '/shop' }"), inner})),
            Strings{"Api pay/x spec.base_path not_admitted"});
  EXPECT_EQ(ProblemsOf(ShopConfigWith({gateway("admits { team: 'pay' base_path: '/shop/pay' }"), inner})),
            Strings{});
}

TEST(CheckApiTest, NeedsAHostOfEachGateway) {
  EXPECT_EQ(ProblemsOf(ShopConfigWith(
                {Obj("Gateway", "second", "gateway { listeners { port: 81 } hosts: 'b.test' admits { team: '*' } }"),
                 Obj("Api", "shop/x", "api { gateways: 'web' gateways: 'second' base_path: '/shop/x' "
                                      "hosts: 'shop.example.com' }")})),
            Strings{"Api shop/x spec.gateways[1] invalid"});
}

}  // namespace
}  // namespace sluice::model
