#include "test/tools/sluicectl/cli.h"

namespace sluice::ctl {
namespace {

class RevisionsTest : public CliTest {
 protected:
  RevisionsTest() {
    Run({"apply", "-f", ServiceFile(), "--reason", "first"});
    Run({"apply", "-f",
         File("s.yaml",
              "kind: Service\nname: shop/cart\nspec:\n  static:\n"
              "    endpoints:\n    - {address: 10.0.0.2, port: 8080}\n")});
  }
};

TEST_F(RevisionsTest, HistoryIsNewestFirst) {
  EXPECT_EQ(Run({"history"}).out,
            "REVISION  TIME                  AUTHOR            CHANGES            REASON\n"
            "2         2023-11-14T22:13:20Z  ann (unverified)  Service shop/cart\n"
            "1         2023-11-14T22:13:20Z  ann (unverified)  Service shop/cart  first\n");
  const Result one = Run({"history", "--limit", "1", "--before", "2"});
  EXPECT_NE(one.out.find("\n1 "), std::string::npos);
  EXPECT_EQ(one.out.find("\n2 "), std::string::npos);
}

TEST_F(RevisionsTest, DiffShowsLines) {
  EXPECT_EQ(Run({"diff", "1", "2"}).out,
            "# Service shop/cart\n kind: Service\n name: shop/cart\n spec:\n   static:\n"
            "     endpoints:\n-      - address: 10.0.0.1\n+      - address: 10.0.0.2\n"
            "         port: 8080\n");
  EXPECT_EQ(Run({"diff", "1"}).out, Run({"diff", "1", "2"}).out);
  const Result none = Run({"diff", "2", "2"});
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "no difference\n");
}

TEST_F(RevisionsTest, RollbackMakesANewRevisionWithOldContent) {
  control_.proxies = {{"p1", "zone-a"}};
  const Result result = Run({"rollback", "1", "--reason", "broken", "--wait"});
  EXPECT_EQ(result.code, ExitCode::kDone);
  EXPECT_EQ(
      result.out,
      "updated  Service shop/cart  spec\nrevision 3\nrevision 3 is served by all 1 proxies\n");
  EXPECT_EQ(Run({"diff", "1", "3"}).out, "");
  EXPECT_NE(Run({"history"}).out.find("rollback to 1"), std::string::npos);
}

TEST_F(RevisionsTest, ARevisionThatIsNotThereIsOne) {
  EXPECT_EQ(Run({"rollback", "9"}).code, ExitCode::kRefused);
  EXPECT_EQ(Run({"diff", "9"}).code, ExitCode::kRefused);
}

}  // namespace
}  // namespace sluice::ctl
