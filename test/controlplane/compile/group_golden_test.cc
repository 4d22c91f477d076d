// testdata/<feature>/in.textproto (objects) against out.textproto (every resource of a group that
// runs all Gateways). Each output also passes the checks that proxies make.
#include <fmt/format.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "api/check/check_resources.h"
#include "controlplane/compile/group.h"
#include "controlplane/model/validate.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/service/discovery/v3/discovery.pb.h"
#include "sluice/v1/config_service.pb.h"
#include "sluice/xds/v1/limits.pb.h"

namespace sluice::compile {
namespace {

namespace fs = std::filesystem;
using google::protobuf::TextFormat;

constexpr char kFolder[] = "test/controlplane/compile/testdata";

bool IsUpdate() {
  const std::vector<std::string> args = testing::internal::GetArgvs();
  return std::find(args.begin(), args.end(), "--update") != args.end();
}

fs::path Folder() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return IsUpdate() && workspace != nullptr ? fs::path(workspace) / kFolder : fs::path(kFolder);
}

std::string Read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

model::Config ReadConfig(const fs::path& path) {
  sluice::v1::ListResponse list;
  EXPECT_TRUE(TextFormat::ParseFromString(Read(path), &list)) << path;
  std::vector<model::ObjectPtr> objects;
  for (const auto& object : list.objects()) {
    objects.push_back(std::make_shared<sluice::v1::Object>(object));
  }
  return model::Config().With(objects, {});
}

template <typename Message>
Message Parse(const Resource& resource) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(resource.bytes)) << resource.name;
  return message;
}

std::string Checked(const GroupResources& resources) {
  api::ErrorList errors;
  for (const auto& [name, resource] : resources.listeners) {
    api::CheckListener(Parse<envoy::config::listener::v3::Listener>(*resource), errors, name);
  }
  for (const auto& [name, resource] : resources.clusters) {
    api::CheckCluster(Parse<envoy::config::cluster::v3::Cluster>(*resource), errors, name);
  }
  for (const auto& [name, resource] : resources.routes) {
    api::CheckRouteConfiguration(Parse<envoy::config::route::v3::RouteConfiguration>(*resource),
                                 errors, name);
  }
  return errors.empty() ? "" : std::string(errors.ToStatus().message());
}

std::string Print(const GroupResources& resources) {
  envoy::service::discovery::v3::DiscoveryResponse all;
  for (const ResourceMap* map : {&resources.listeners, &resources.routes, &resources.clusters}) {
    for (const auto& [name, resource] : *map) {
      auto& any = *all.add_resources();
      any.set_type_url(std::string(resource->type));
      any.set_value(resource->bytes);
    }
  }
  TextFormat::Printer printer;
  printer.SetExpandAny(true);
  std::string text;
  EXPECT_TRUE(printer.PrintToString(all, &text));
  return text;
}

GroupKey AllGateways(const model::Config& config) {
  GroupKey key;
  for (const auto& gateway : config.OfKind(model::kGateway)) key.gateways.push_back(gateway->name());
  return key;
}

TEST(GroupGoldenTest, EveryFeatureCompilesToWhatWasAgreedOn) {
  // Their types must be known to print what is packed.
  EXPECT_NE(envoy::extensions::filters::http::router::v3::Router::descriptor(), nullptr);
  EXPECT_NE(sluice::xds::v1::RetryBudget::descriptor(), nullptr);
  int features = 0;
  for (const auto& feature : fs::directory_iterator(Folder())) {
    SCOPED_TRACE(feature.path().filename());
    const model::Config config = ReadConfig(feature.path() / "in.textproto");
    for (const auto& problem : model::Validate(config).problems) {
      ADD_FAILURE() << problem.ShortDebugString();
    }
    const auto group = CompiledGroup::Compile(config, AllGateways(config), nullptr);
    EXPECT_EQ(Checked(group->resources()), "");
    const std::string text = Print(group->resources());
    if (IsUpdate()) std::ofstream(feature.path() / "out.textproto") << text;
    EXPECT_EQ(text, Read(feature.path() / "out.textproto"));
    ++features;
  }
  EXPECT_GE(features, 20);
}

}  // namespace
}  // namespace sluice::compile
