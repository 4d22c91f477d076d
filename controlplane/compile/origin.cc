#include "controlplane/compile/origin.h"

#include <google/protobuf/message.h>

#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"

namespace sluice::compile {
namespace {

using envoy::config::core::v3::Metadata;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What follows the message with the origin, and which field of the object it stands for. The first
// that fits.
constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kFields = {{
    {"match", "spec.match"},
    {"route.timeout", "spec.timeout"},
    {"route.weighted_clusters", "spec.split"},
    {"route.cluster", "spec.forward"},
    {"route.prefix_rewrite", "spec.rewrite"},
    {"route.regex_rewrite", "spec.rewrite"},
    {"route.host_rewrite_literal", "spec.rewrite.host"},
    {"redirect", "spec.redirect"},
    {"direct_response", "spec.respond"},
    {"request_headers_to_", "spec.request_headers"},
    {"response_headers_to_", "spec.response_headers"},
    {"connect_timeout", "spec.connect_timeout"},
    {"common_lb_config.healthy_panic_threshold", "spec.balancing.panic_percent"},
    {"common_lb_config", "spec.zones"},
    {"lb_policy", "spec.balancing"},
    {"least_request_lb_config", "spec.balancing"},
    {"round_robin_lb_config", "spec.balancing"},
    {"health_checks", "spec.health_check"},
    {"outlier_detection", "spec.ejection"},
    {"circuit_breakers", "spec.limits"},
    {"metadata.typed_filter_metadata", "spec.limits.retries"},
    {"domains", "spec.hosts"},
    {"address", "spec.listeners"},
}};

std::unique_ptr<Message> Parse(const Resource& resource) {
  std::unique_ptr<Message> message;
  if (resource.type == kListenerType) {
    message = std::make_unique<envoy::config::listener::v3::Listener>();
  } else if (resource.type == kRouteType) {
    message = std::make_unique<envoy::config::route::v3::RouteConfiguration>();
  } else if (resource.type == kClusterType) {
    message = std::make_unique<envoy::config::cluster::v3::Cluster>();
  }
  if (message == nullptr || !message->ParseFromString(resource.bytes)) return nullptr;
  return message;
}

std::optional<Origin> OriginIn(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("metadata");
  if (field == nullptr || field->message_type() != Metadata::descriptor()) return std::nullopt;
  const auto& metadata =
      static_cast<const Metadata&>(message.GetReflection()->GetMessage(message, field));
  const auto found = metadata.filter_metadata().find(std::string(kOriginMetadata));
  if (found == metadata.filter_metadata().end()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto at = found->second.fields().find(key);
    return at == found->second.fields().end() ? std::string() : at->second.string_value();
  };
  return Origin{{text("kind"), text("name")}, text("field_path")};
}

// The message that the first part of `path` names, and what is left of the path; nullptr if it
// names none.
const Message* Step(const Message& message, std::string_view path, std::string_view& rest) {
  const size_t dot = path.find('.');
  std::string_view part = path.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  int index = -1;
  if (const size_t bracket = part.find('['); bracket != std::string_view::npos) {
    std::from_chars(part.data() + bracket + 1, part.data() + part.size(), index);
    part = part.substr(0, bracket);
  }
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(part));
  if (field == nullptr || field->is_map() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return nullptr;
  }
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) return &reflection->GetMessage(message, field);
  if (index < 0 || index >= reflection->FieldSize(message, field)) return nullptr;
  return &reflection->GetRepeatedMessage(message, field, index);
}

// Origins made from a whole object say "spec"; the path inside the resource says more.
std::string Refine(const Origin& origin, std::string_view rest) {
  if (origin.field_path != "spec") return origin.field_path;
  for (const auto& [inside, field] : kFields) {
    if (rest.starts_with(inside)) return std::string(field);
  }
  return origin.field_path;
}

}  // namespace

void SetOrigin(const Origin& origin, Metadata& metadata) {
  auto& fields = *(*metadata.mutable_filter_metadata())[std::string(kOriginMetadata)].mutable_fields();
  fields["kind"].set_string_value(origin.object.kind);
  fields["name"].set_string_value(origin.object.name);
  fields["field_path"].set_string_value(origin.field_path);
}

std::optional<Origin> OriginOf(const Resource& resource, std::string_view field_path) {
  const std::unique_ptr<Message> root = Parse(resource);
  std::optional<Origin> nearest;
  std::string_view inside = field_path;
  for (const Message* at = root.get(); at != nullptr;) {
    if (auto origin = OriginIn(*at)) {
      nearest = std::move(origin);
      inside = field_path;
    }
    if (field_path.empty()) break;
    std::string_view rest;
    at = Step(*at, field_path, rest);
    field_path = rest;
  }
  if (nearest) nearest->field_path = Refine(*nearest, inside);
  return nearest;
}

}  // namespace sluice::compile
