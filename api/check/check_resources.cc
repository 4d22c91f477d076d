#include "api/check/check_resources.h"

#include "api/check/check_message.h"
#include "api/check/cross_rules.h"
#include "api/check/field_path.h"

namespace sluice::api {
namespace {

// Listeners and route configurations inside a bootstrap may go without a name; sent on their own
// they are found by it, and the constraint table does not say so.
void CheckName(const std::string& name, std::string_view path, ErrorList& errors) {
  if (name.empty()) errors.Add(JoinPath(path, "name"), "must not be empty");
}

}  // namespace

void CheckBootstrap(const envoy::config::bootstrap::v3::Bootstrap& bootstrap, ErrorList& errors) {
  if (errors.empty()) return CheckMessage(bootstrap, "", errors);
  ErrorList later;
  CheckMessage(bootstrap, "", later);
  errors.AddUnrelated(later);
}

void CheckListener(const envoy::config::listener::v3::Listener& listener, ErrorList& errors,
                   std::string_view path) {
  CheckName(listener.name(), path, errors);
  CheckMessage(listener, path, errors);
}

void CheckCluster(const envoy::config::cluster::v3::Cluster& cluster, ErrorList& errors,
                  std::string_view path) {
  CheckMessage(cluster, path, errors);
}

void CheckRouteConfiguration(const envoy::config::route::v3::RouteConfiguration& routes,
                             ErrorList& errors, std::string_view path) {
  CheckName(routes.name(), path, errors);
  CheckMessage(routes, path, errors);
}

void CheckClusterLoadAssignment(
    const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment, ErrorList& errors,
    std::string_view path) {
  CheckMessage(assignment, path, errors);
  CheckAddressesAreIp(assignment, FieldPath(path), errors);
}

}  // namespace sluice::api
