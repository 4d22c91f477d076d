// Endpoints as every source hands them in: checked one by one, in one order, none twice.
//
// Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sluice/v1/service.pb.h"

namespace sluice::discovery {

using Endpoint = sluice::v1::Endpoint;

// INVALID_ARGUMENT beginning with the field: an address that is no IP literal, a port outside 1 to
// 65535, a weight above 128.
absl::Status CheckEndpoint(const Endpoint& endpoint);

// "10.0.0.1:8080" or "[::1]:8080": what makes an endpoint the same one.
std::string AddressOf(const Endpoint& endpoint);

// Sorted by address and port; of two with the same ones the first stays. A weight of 0 becomes the
// 1 that it means, so that equal lists are equal bytes.
std::vector<Endpoint> Normalized(std::vector<Endpoint> endpoints);

// Compares everything, in order: for normalised lists.
bool Same(const std::vector<Endpoint>& a, const std::vector<Endpoint>& b);
bool Same(const Endpoint& a, const Endpoint& b);

}  // namespace sluice::discovery
