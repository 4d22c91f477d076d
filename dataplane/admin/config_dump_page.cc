#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "dataplane/admin/json.h"
#include "dataplane/admin/pages.h"
#include "dataplane/admin/redact.h"

namespace sluice::admin {

namespace {

// One kind of resources in the words of envoy.admin.v3.
struct Kind {
  config::ResourceType type;
  std::string_view dump;   // the message
  std::string_view list;   // its field
  std::string_view field;  // of the resource in an entry
};

constexpr Kind kKinds[] = {
    {config::ResourceType::kCluster, "ClustersConfigDump", "dynamic_active_clusters", "cluster"},
    {config::ResourceType::kListener, "ListenersConfigDump", "dynamic_listeners", "listener"},
    {config::ResourceType::kRoute, "RoutesConfigDump", "dynamic_route_configs", "route_config"},
};

// "" if it cannot be shown.
std::string JsonOf(const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> shown(message.New());
  shown->CopyFrom(message);
  Redact(*shown);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  return google::protobuf::util::MessageToJsonString(*shown, &json, options).ok() ? json : "";
}

std::string DumpOf(const Kind& kind, const config::ResourceMap& resources) {
  std::string json = fmt::format(",{{\"@type\":\"type.googleapis.com/envoy.admin.v3.{}\",\"{}\":[",
                                 kind.dump, kind.list);
  for (const auto& [name, resource] : resources) {
    if (json.back() != '[') json += ',';
    const std::string version = JsonString(resource->version);
    std::string entry = fmt::format("{{\"version_info\":{},\"{}\":{}}}", version, kind.field,
                                    JsonOf(*resource->message));
    // A listener is shown with the state it is in.
    const bool listener = kind.type == config::ResourceType::kListener;
    json += listener ? fmt::format("{{\"name\":{},\"active_state\":{}}}", JsonString(name), entry)
                     : entry;
  }
  return json + "]}";
}

}  // namespace

Answer ConfigDumpPage(const Sources& sources, base::MonoTime, const Request&) {
  if (sources.bootstrap == nullptr) return Response{503, "no bootstrap in this process\n"};
  const std::string bootstrap = JsonOf(*sources.bootstrap);
  if (bootstrap.empty()) return Response{500, "the bootstrap cannot be shown as JSON\n"};
  std::string json =
      "{\"configs\":[{\"@type\":\"type.googleapis.com/"
      "envoy.admin.v3.BootstrapConfigDump\",\"bootstrap\":" +
      bootstrap + "}";
  const Configuration configuration =
      sources.configuration ? sources.configuration() : Configuration();
  for (const Kind& kind : kKinds) {
    if (configuration.served == nullptr) break;
    const config::ResourceMap& resources = configuration.served->resources.of(kind.type);
    if (!resources.empty()) json += DumpOf(kind, resources);
  }
  return JsonResponse(json + "]}\n");
}

}  // namespace sluice::admin
