// From HeaderValueOption lists and remove lists to route::HeaderMutation. Pure, build thread.
// Names become lower case. An empty value adds nothing unless keep_empty_value is set (xDS).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dataplane/config/error_list.h"
#include "dataplane/route/header_mutation.h"
#include "envoy/config/core/v3/base.pb.h"

namespace sluice::config {

using HeaderAdditions =
    google::protobuf::RepeatedPtrField<envoy::config::core::v3::HeaderValueOption>;
using HeaderRemovals = google::protobuf::RepeatedPtrField<std::string>;

// One direction. `path` is the message that has the two lists, `direction` is "request" or
// "response". Refused: the start line and Host, fields that frame the message or end at this hop,
// values that name a format operator ("%...%" other than "%%"; those come with the access log's).
void CompileFieldMutation(const HeaderAdditions& add, const HeaderRemovals& remove,
                          std::string_view direction, const std::string& path,
                          route::FieldMutation& out, ErrorList& errors);

// The four lists of a message that has them all: RouteConfiguration, VirtualHost, Route,
// WeightedCluster.ClusterWeight. Null if there is nothing to do.
template <typename Message>
std::shared_ptr<const route::HeaderMutation> CompileHeaderMutation(const Message& message,
                                                                   const std::string& path,
                                                                   ErrorList& errors) {
  auto mutation = std::make_shared<route::HeaderMutation>();
  CompileFieldMutation(message.request_headers_to_add(), message.request_headers_to_remove(),
                       "request", path, mutation->request, errors);
  CompileFieldMutation(message.response_headers_to_add(), message.response_headers_to_remove(),
                       "response", path, mutation->response, errors);
  if (mutation->empty()) return nullptr;
  return mutation;
}

}  // namespace sluice::config
