#include "api/check/cross_rules.h"

#include <google/protobuf/message.h>

#include "absl/container/flat_hash_map.h"

namespace sluice::api {
namespace {

using Checker = void (*)(const google::protobuf::Message&, const FieldPath&, ErrorList&);
using CheckerMap = absl::flat_hash_map<const google::protobuf::Descriptor*, Checker>;

template <typename... Messages>
CheckerMap MakeMap() {
  CheckerMap map;
  (map.emplace(
       Messages::descriptor(),
       [](const google::protobuf::Message& message, const FieldPath& path, ErrorList& errors) {
         // Not the generated class but a dynamic one of the same type: nothing to look at.
         const auto* typed = google::protobuf::DynamicCastToGenerated<Messages>(&message);
         if (typed != nullptr) CrossCheck(*typed, path, errors);
       }),
   ...);
  return map;
}

const CheckerMap& Checkers() {
  namespace core = envoy::config::core::v3;
  namespace cluster = envoy::config::cluster::v3;
  namespace listener = envoy::config::listener::v3;
  namespace route = envoy::config::route::v3;
  namespace matcher = envoy::type::matcher::v3;
  // Never destroyed: other threads may still check while the process ends.
  static const CheckerMap& map = *new CheckerMap(
      MakeMap<
          envoy::config::bootstrap::v3::Bootstrap, core::ApiConfigSource, listener::Listener,
          listener::FilterChain,
          envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager,
          core::CidrRange, route::RouteConfiguration, route::RouteAction,
          route::RouteAction::RequestMirrorPolicy, route::RedirectAction, route::WeightedCluster,
          route::RetryPolicy::RetryBackOff, matcher::RegexMatcher, matcher::RegexMatchAndSubstitute,
          cluster::Cluster, cluster::Cluster::RefreshRate, cluster::CircuitBreakers,
          core::BackoffStrategy, envoy::config::endpoint::v3::ClusterLoadAssignment>());
  return map;
}

}  // namespace

void CheckCrossRules(const google::protobuf::Message& message, const FieldPath& path,
                     ErrorList& errors) {
  const auto it = Checkers().find(message.GetDescriptor());
  if (it != Checkers().end()) it->second(message, path, errors);
}

}  // namespace sluice::api
