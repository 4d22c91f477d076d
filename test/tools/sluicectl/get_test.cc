#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

class GetTest : public CliTest {
 protected:
  GetTest() {
    Run({"apply", "-f", ServiceFile()});
    input_ =
        "kind: Service\nname: auth/login\nlabels: {tier: '1', b: c}\nspec: {dns: {name: l, port: "
        "1}}\n";
    Run({"apply", "-f", "-"});
  }
};

TEST_F(GetTest, ListsAsATable) {
  EXPECT_EQ(Run({"get", "services"}).out,
            "KIND     NAME        REVISION  LABELS\n"
            "Service  auth/login  2         b=c,tier=1\n"
            "Service  shop/cart   1\n");
  EXPECT_EQ(Run({"get", "Service", "shop/"}).out,
            "KIND     NAME       REVISION  LABELS\nService  shop/cart  1\n");
  EXPECT_EQ(Run({"get", "routes"}).out, "KIND  NAME  REVISION  LABELS\n");
}

TEST_F(GetTest, OneObjectIsYaml) {
  EXPECT_EQ(Run({"get", "service", "shop/cart"}).out,
            "kind: Service\nname: shop/cart\nspec:\n  static:\n    endpoints:\n"
            "      - address: 10.0.0.1\n        port: 8080\n");
}

TEST_F(GetTest, TheYamlOfAllCanBeAppliedAgain) {
  const std::string all = Run({"get", "all", "-o", "yaml"}).out;
  EXPECT_NE(all.find("\n---\n"), std::string::npos);
  input_ = all;
  EXPECT_EQ(Run({"apply", "-f", "-"}).out, "nothing changes, revision 2 has it all\n");
}

TEST_F(GetTest, JsonIsAnObjectOrAnArray) {
  const std::string one = Run({"get", "service", "shop/cart", "-o", "json"}).out;
  EXPECT_EQ(one, R"({"kind":"Service","name":"shop/cart","labels":{},"etag":"",)"
                 R"("spec":{"static":{"endpoints":[{"address":"10.0.0.1","port":8080}]}},)"
                 R"("status":{"revision":"1"}})"
                 "\n");
  EXPECT_EQ(Run({"get", "services", "shop/", "-o", "json"}).out,
            "[" + one.substr(0, one.size() - 1) + "]\n");
}

TEST_F(GetTest, ReadsOldRevisions) {
  EXPECT_EQ(Run({"get", "services", "--revision", "1"}).out,
            "KIND     NAME       REVISION  LABELS\nService  shop/cart  1\n");
}

TEST_F(GetTest, WhatDoesNotExistIsOne) {
  const Result result = Run({"get", "route", "a/b"});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_EQ(result.err, "sluicectl: there is no Route a/b\n");
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace sluice::ctl
