// register: an instance by hand, once or for as long as the command runs.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/scalars.h"

namespace sluice::ctl {
namespace {

// "10.0.0.1:80" or "[::1]:80"; false if it is neither.
bool ParseAddress(const std::string& word, sluice::v1::Endpoint& endpoint) {
  const size_t colon = word.rfind(':');
  if (colon == std::string::npos) return false;
  std::string address = word.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return false;  // an IPv6 address without brackets: where would the port begin?
  }
  const std::optional<uint64_t> port = ToUnsigned(word.substr(colon + 1));
  if (address.empty() || !port || *port == 0 || *port > 65535) return false;
  endpoint.set_address(address);
  endpoint.set_port(static_cast<uint32_t>(*port));
  return true;
}

// Of one call while the instance is kept: the user's signal is looked at between calls only.
constexpr absl::Duration kCall = absl::Seconds(10);

// Renews the lease, or registers anew when it was lost.
grpc::Status Beat(Context& context, const sluice::v1::RegisterRequest& request,
                  sluice::v1::RegisterResponse& grant) {
  sluice::v1::HeartbeatRequest beat;
  beat.add_leases(grant.lease());
  sluice::v1::HeartbeatResponse answer;
  const auto call = context.client.Context(kCall);
  const grpc::Status status = context.client.registry().Heartbeat(call.get(), beat, &answer);
  if (!status.ok() || answer.unknown().empty()) return status;
  context.console.err << "the lease was lost, registering again\n";
  const auto again = context.client.Context(kCall);
  return context.client.registry().Register(again.get(), request, &grant);
}

// Beats three times in a TTL until the user ends it.
ExitCode Keep(Context& context, const sluice::v1::RegisterRequest& request,
              sluice::v1::RegisterResponse grant) {
  const std::chrono::milliseconds pause(
      std::max<int64_t>(100, (grant.ttl().seconds() * 1000 + grant.ttl().nanos() / 1'000'000) / 3));
  while (context.console.sleep(pause)) {
    const grpc::Status status = Beat(context, request, grant);
    // A control plane that restarts is no reason to go: the lease outlives it.
    if (!status.ok() && status.error_code() != grpc::StatusCode::UNAVAILABLE &&
        status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
      return Report(context, status);
    }
  }
  sluice::v1::DeregisterRequest end;
  end.set_lease(grant.lease());
  sluice::v1::DeregisterResponse answer;
  const auto call = context.client.Context(kCall);
  const grpc::Status status = context.client.registry().Deregister(call.get(), end, &answer);
  return status.ok() ? ExitCode::kDone : Report(context, status);
}

}  // namespace

ExitCode RunRegister(Context& context) {
  sluice::v1::RegisterRequest request;
  request.set_service(context.arguments.words()[0]);
  request.set_instance(context.arguments.Get("instance"));
  sluice::v1::Endpoint& endpoint = *request.mutable_endpoint();
  if (!ParseAddress(context.arguments.words()[1], endpoint)) {
    return Misused(context, fmt::format("'{}' is not ADDRESS:PORT", context.arguments.words()[1]));
  }
  std::string error;
  const std::optional<uint64_t> weight = context.arguments.Number("weight", 0, error);
  if (!weight || *weight > 128) {
    return Misused(context, error.empty() ? "--weight is at most 128" : error);
  }
  endpoint.set_weight(static_cast<uint32_t>(*weight));
  endpoint.set_zone(context.arguments.Get("zone"));
  sluice::v1::RegisterResponse response;
  const auto call = context.client.Context();
  const grpc::Status status = context.client.registry().Register(call.get(), request, &response);
  if (!status.ok()) return Report(context, status);
  const sluice::v1::LogPosition& position = response.position();
  context.console.out << fmt::format("lease {}, valid for {} without a heartbeat\n{}/{}:{}\n",
                                     response.lease(), FromDuration(response.ttl()), position.log(),
                                     position.epoch(), position.seq())
                      << std::flush;
  return context.arguments.Has("keep") ? Keep(context, request, response) : ExitCode::kDone;
}

}  // namespace sluice::ctl
