#include "dataplane/config/compile_bootstrap.h"

#include <gtest/gtest.h>

#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "test/dataplane/config/listener_text.h"

namespace sluice::config {
namespace {

using envoy::config::bootstrap::v3::Bootstrap;

class CompileBootstrapTest : public testing::Test {
 protected:
  std::shared_ptr<const Snapshot> Compile(const std::string& text) {
    return CompileBootstrap(FromText<Bootstrap>(text), stats, registry, errors);
  }
  static std::string Cluster(const std::string& name) {
    return "clusters { name: '" + name + "' type: STATIC load_assignment { cluster_name: '" + name +
           "' endpoints { lb_endpoints { endpoint { address { socket_address { "
           "address: '127.0.0.1' port_value: 9000 } } } } } } } ";
  }

  stats::HttpStatsRegistry stats{1};
  upstream::Registry registry{{.workers = 1, .share_idle = true}};
  ErrorList errors;
};

TEST_F(CompileBootstrapTest, MakesOneSnapshotOfListenersAndClusters) {
  const auto snapshot =
      Compile("static_resources { listeners { " + ListenerText("") + " } " + Cluster("b") + " }");
  ASSERT_NE(snapshot, nullptr) << errors.ToStatus();
  EXPECT_EQ(snapshot->listeners.size(), 1u);
  ASSERT_EQ(snapshot->clusters.size(), 1u);
  EXPECT_EQ(snapshot->FindCluster("b"), snapshot->clusters[0].cluster->id());
  EXPECT_FALSE(snapshot->FindCluster("other").valid());
  EXPECT_EQ(snapshot->clusters[0].cluster->endpoints()->endpoints().size(), 1u);
}

TEST_F(CompileBootstrapTest, RefusesTakenNamesAndForeignParts) {
  EXPECT_EQ(Compile("static_resources { listeners { " + ListenerText("") + " } listeners { " +
                    ListenerText("") + " } " + Cluster("b") + Cluster("b") +
                    " } cluster_manager { local_cluster_name: 'b' }"),
            nullptr);
  std::string all;
  for (const std::string& line : Lines(errors)) all += line + "\n";
  EXPECT_NE(all.find("cluster_manager: not implemented yet"), std::string::npos) << all;
  EXPECT_NE(all.find("static_resources.listeners[1].name: 'web' is taken"), std::string::npos) << all;
  EXPECT_NE(all.find("static_resources.clusters[1].name: 'b' is taken"), std::string::npos) << all;
}

TEST_F(CompileBootstrapTest, TheAdminAddressIsOptional) {
  EXPECT_FALSE(AdminAddress(Bootstrap(), errors).is_ip());
  const auto with = FromText<Bootstrap>(
      "admin { address { socket_address { address: '127.0.0.1' port_value: 9901 } } }");
  EXPECT_EQ(AdminAddress(with, errors).ToString(), "127.0.0.1:9901");
  EXPECT_TRUE(errors.empty());
  const auto bad = FromText<Bootstrap>(
      "admin { address { socket_address { address: 'here' port_value: 9901 } } }");
  EXPECT_FALSE(AdminAddress(bad, errors).is_ip());
  EXPECT_EQ(errors.errors()[0].field_path, "admin.address.socket_address.address");
}

}  // namespace
}  // namespace sluice::config
