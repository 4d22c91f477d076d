// Rules between fields, which the constraint table cannot say: what Envoy refuses when it builds an
// object of the message, and what would otherwise fail later, far from its cause. Internal to
// api/check; check_message.h applies them to every message it meets, packed ones included.
//
// Each overload looks at one kind of message. It takes single fields as right (the table judges
// them) and reports under `path`, that of the message.
#pragma once

#include "api/check/field_error.h"
#include "api/check/field_path.h"
#include "envoy/config/bootstrap/v3/bootstrap.pb.h"
#include "envoy/config/cluster/v3/circuit_breaker.pb.h"
#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/core/v3/address.pb.h"
#include "envoy/config/core/v3/backoff.pb.h"
#include "envoy/config/core/v3/config_source.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/config/route/v3/route.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/type/matcher/v3/regex.pb.h"

namespace sluice::api {

// Finds the overloads below by the type of the message; does not descend.
void CheckCrossRules(const google::protobuf::Message& message, const FieldPath& path,
                     ErrorList& errors);

// bootstrap_rules.cc
//
// Names and addresses of listeners and clusters are unique; servers of the control plane are static
// clusters of the file; `ads` needs ads_config.
void CrossCheck(const envoy::config::bootstrap::v3::Bootstrap& bootstrap, const FieldPath& path,
                ErrorList& errors);
// GRPC and DELTA_GRPC name at least one server.
void CrossCheck(const envoy::config::core::v3::ApiConfigSource& source, const FieldPath& path,
                ErrorList& errors);

// listener_rules.cc
//
// An address and filter chains that match different connections, or an api_listener.
void CrossCheck(const envoy::config::listener::v3::Listener& listener, const FieldPath& path,
                ErrorList& errors);
// The last network filter is a terminal one, and no other is.
void CrossCheck(const envoy::config::listener::v3::FilterChain& chain, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(
    const envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager&
        manager,
    const FieldPath& path, ErrorList& errors);
// An IP address and a prefix length of its family.
void CrossCheck(const envoy::config::core::v3::CidrRange& range, const FieldPath& path,
                ErrorList& errors);

// route_rules.cc
//
// A domain belongs to one virtual host; direct bodies keep max_direct_response_body_size_bytes.
void CrossCheck(const envoy::config::route::v3::RouteConfiguration& routes, const FieldPath& path,
                ErrorList& errors);
// One way to rewrite the path, one entry per upgrade.
void CrossCheck(const envoy::config::route::v3::RouteAction& action, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::config::route::v3::RouteAction::RequestMirrorPolicy& mirror,
                const FieldPath& path, ErrorList& errors);
void CrossCheck(const envoy::config::route::v3::RedirectAction& redirect, const FieldPath& path,
                ErrorList& errors);
// The weights add up to 1 to 2^32 - 1, and to total_weight if that is set.
void CrossCheck(const envoy::config::route::v3::WeightedCluster& weighted, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::config::route::v3::RetryPolicy::RetryBackOff& backoff,
                const FieldPath& path, ErrorList& errors);
// Valid RE2 of at most 16 KiB whose program fits 1 MiB; groups of a substitution exist.
void CrossCheck(const envoy::type::matcher::v3::RegexMatcher& regex, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::type::matcher::v3::RegexMatchAndSubstitute& rewrite,
                const FieldPath& path, ErrorList& errors);

// cluster_rules.cc
// Endpoints of STATIC clusters and of EDS: no name is ever looked up there.
void CheckAddressesAreIp(const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment,
                         const FieldPath& path, ErrorList& errors);
// Endpoints come from EDS or from load_assignment, as the type says.
void CrossCheck(const envoy::config::cluster::v3::Cluster& cluster, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::config::cluster::v3::Cluster::RefreshRate& rate, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::config::cluster::v3::CircuitBreakers& breakers, const FieldPath& path,
                ErrorList& errors);
void CrossCheck(const envoy::config::core::v3::BackoffStrategy& backoff, const FieldPath& path,
                ErrorList& errors);
// Every endpoint has an address; priorities have no gap; weights add up to at most 2^32 - 1.
void CrossCheck(const envoy::config::endpoint::v3::ClusterLoadAssignment& assignment,
                const FieldPath& path, ErrorList& errors);

}  // namespace sluice::api
