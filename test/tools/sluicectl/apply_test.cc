// apply and delete against a control plane.
#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

class ApplyTest : public CliTest {
 protected:
  std::string RouteFile(const std::string& service) {
    return File("route.yaml",
                "kind: Route\nname: shop/cart\nspec:\n  api: shop/shop\n  forward:\n" +
                    ("    service: " + service + "\n"));
  }
};

TEST_F(ApplyTest, WritesAllDocumentsInOneStep) {
  const Result result =
      Run({"apply", "-f", ServiceFile(), "-f", RouteFile("shop/cart"), "--reason", "first"});
  EXPECT_EQ(result.code, ExitCode::kDone) << result.err;
  EXPECT_EQ(result.out, "created  Route shop/cart\ncreated  Service shop/cart\nrevision 1\n");
  EXPECT_EQ(control_.last().author(), "ann");
  EXPECT_EQ(control_.last().reason(), "first");
  EXPECT_EQ(control_.last().upserts_size(), 2);
}

TEST_F(ApplyTest, ReadsAFolderInTheOrderOfNamesAndStandardInput) {
  File("b.yml", "kind: Service\nname: a/b\nspec: {dns: {name: b, port: 1}}\n");
  File("a.json",
       R"({"kind": "Service", "name": "a/a", "spec": {"dns": {"name": "a", "port": 1}}})");
  File("notes.txt", "not for us");
  EXPECT_EQ(Run({"apply", "-f", folder_}).code, ExitCode::kDone);
  ASSERT_EQ(control_.last().upserts_size(), 2);
  EXPECT_EQ(control_.last().upserts(0).name(), "a/a");
  input_ = "kind: Service\nname: a/c\nspec: {dns: {name: b, port: 1}}\n";
  EXPECT_EQ(Run({"apply", "-f", "-"}).code, ExitCode::kDone);
  EXPECT_EQ(control_.head(), 2u);
}

TEST_F(ApplyTest, NothingIsSentIfAFileIsWrongAndAllIsSaid) {
  const std::string path =
      File("bad.yaml",
           "kind: Service\nname: a/b\nspec:\n  dns: {prot: 80}\n  zones: NEAR\n"
           "---\nkind: Planet\nname: x\nspec: {}\n");
  const Result result = Run({"apply", "-f", ServiceFile(), "-f", path});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_EQ(result.err,
            path + ":4:9: Service a/b: spec.dns.prot: no such field, did you mean 'port'?\n" +
                path +
                ":5:10: Service a/b: spec.zones: must be one of PREFER_OWN, STRICT, IGNORE\n" +
                path + ":7:1: Planet x: kind: must be one of Gateway, Api, Route, Service\n" +
                "sluicectl: 3 problems, nothing was sent\n");
  EXPECT_EQ(control_.last().upserts_size(), 0);
}

TEST_F(ApplyTest, TheServersRefusalPointsIntoTheFile) {
  const std::string path = RouteFile("shop/none");
  const Result result = Run({"apply", "-f", path});
  EXPECT_EQ(result.code, ExitCode::kRefused);
  EXPECT_EQ(result.err, path +
                            ":6:5: Route shop/cart: spec.forward.service: there is no Service "
                            "shop/none\nsluicectl: refused, nothing was stored\n");
  EXPECT_EQ(control_.head(), 0u);
}

TEST_F(ApplyTest, APlanStoresNothing) {
  const Result result = Run({"apply", "-f", ServiceFile(), "--plan", "--wait"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "created  Service shop/cart\na plan on revision 0; nothing was stored\n");
  EXPECT_EQ(control_.head(), 0u);
}

TEST_F(ApplyTest, SaysWhenNothingChangesAndWhatDoes) {
  Run({"apply", "-f", ServiceFile()});
  EXPECT_EQ(Run({"apply", "-f", ServiceFile()}).out, "nothing changes, revision 1 has it all\n");
  const std::string path =
      File("service.yaml", "kind: Service\nname: shop/cart\nspec: {static: {endpoints: []}}\n");
  const Result result = Run({"apply", "-f", path});
  EXPECT_EQ(result.out, "updated  Service shop/cart  spec\nrevision 2\n");
  EXPECT_EQ(result.err, path +
                            ":3:17: Service shop/cart: spec.static.endpoints: warning: has no "
                            "endpoint\n");
}

TEST_F(ApplyTest, FollowsTheRevisionToTheProxies) {
  control_.proxies = {{"p1", "zone-a"}, {"p2", "zone-b"}};
  const Result result = Run({"apply", "-f", ServiceFile(), "--wait"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.err,
            "prepared 2/2 · zone-a 0/1, zone-b 0/1\n"
            "prepared 2/2 · zone-a 1/1, zone-b 0/1\n"
            "prepared 2/2 · zone-a 1/1, zone-b 1/1\n");
  EXPECT_EQ(result.out,
            "created  Service shop/cart\nrevision 1\nrevision 1 is served by all 2 proxies\n");
}

TEST_F(ApplyTest, FilesThatCannotBeUsedAreTwo) {
  EXPECT_EQ(Run({"apply"}).err, "sluicectl: apply needs -f FILE or -f DIR\n");
  const Result missing = Run({"apply", "-f", folder_ + "/none.yaml"});
  EXPECT_EQ(missing.code, ExitCode::kUsage);
  EXPECT_EQ(missing.err, "sluicectl: " + folder_ + "/none.yaml: No such file or directory\n");
  EXPECT_EQ(Run({"apply", "-f", folder_}).code, ExitCode::kUsage) << "an empty folder";
  EXPECT_EQ(Run({"apply", "-f", File("empty.yaml", "# nothing\n")}).code, ExitCode::kUsage);
}

TEST_F(ApplyTest, AServerThatCannotJudgeIsThree) {
  control_.judge_is_away = true;
  const Result result = Run({"apply", "-f", ServiceFile()});
  EXPECT_EQ(result.code, ExitCode::kUnreachable);
  EXPECT_NE(result.err.find("cannot do it now: the judge did not answer"), std::string::npos);
}

TEST_F(ApplyTest, TheAuthorComesFromFlagOrEnvironment) {
  Run({"apply", "-f", ServiceFile(), "--author", "bob"});
  EXPECT_EQ(control_.last().author(), "bob");
  environment_["SLUICE_AUTHOR"] = "ci";
  Run({"apply", "-f", ServiceFile(), "--base", "1"});
  EXPECT_EQ(control_.last().author(), "ci");
  EXPECT_EQ(control_.last().base_revision(), 1u);
}

TEST_F(ApplyTest, DeletesSeveralInOneStep) {
  Run({"apply", "-f", ServiceFile()});
  EXPECT_EQ(Run({"delete", "service", "shop/cart", "shop/none"}).code, ExitCode::kRefused);
  EXPECT_EQ(control_.head(), 1u);
  const Result result = Run({"delete", "services", "shop/cart"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(result.out, "deleted  Service shop/cart\nrevision 2\n");
}

TEST_F(ApplyTest, ColoursAreForTerminals) {
  terminal_ = true;
  EXPECT_EQ(Run({"apply", "-f", ServiceFile()}).out,
            "\033[32mcreated\033[0m  Service shop/cart\nrevision 1\n");
  environment_["NO_COLOR"] = "1";
  EXPECT_EQ(Run({"delete", "service", "shop/cart"}).out,
            "deleted  Service shop/cart\nrevision 2\n");
}

}  // namespace
}  // namespace sluice::ctl
