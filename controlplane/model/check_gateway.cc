#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"
#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::model {
namespace {

using api::IndexPath;
using api::JoinPath;
using sluice::v1::Admission;
using sluice::v1::Gateway;
using sluice::v1::GatewayListener;

constexpr uint32_t kMaxTrustedHops = 32;

std::string AddressOf(const GatewayListener& listener) {
  return listener.address().empty() ? "0.0.0.0" : listener.address();
}

bool IsWildcard(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

void CheckListeners(const Gateway& gateway, Reporter& reporter) {
  if (gateway.listeners().empty()) reporter.Invalid("spec.listeners", "must have at least one");
  std::set<std::string> names;
  for (int i = 0; i < gateway.listeners_size(); ++i) {
    const GatewayListener& listener = gateway.listeners(i);
    const std::string at = IndexPath("spec.listeners", i);
    if (!listener.address().empty() && !IsIpLiteral(listener.address())) {
      reporter.Check(JoinPath(at, "address"), listener.address(), "must be an IPv4 or IPv6 literal");
    }
    if (listener.port() == 0 || listener.port() > 65535) {
      reporter.Invalid(JoinPath(at, "port"), "must be from 1 to 65535");
    }
    if (!GatewayListener::Protocol_IsValid(listener.protocol())) {
      reporter.Add(kNotImplemented, JoinPath(at, "protocol"),
                   fmt::format("protocol number {} is not known to this server",
                               static_cast<int>(listener.protocol())));
    }
    if (!names.insert(ListenerName(listener)).second) {
      reporter.Add(kConflict, at, fmt::format("{} is listed twice", ListenerName(listener)));
    }
  }
}

void CheckHosts(const Gateway& gateway, Reporter& reporter) {
  if (gateway.hosts().empty()) reporter.Invalid("spec.hosts", "must have at least one");
  std::set<std::string> seen;
  for (int i = 0; i < gateway.hosts_size(); ++i) {
    const std::string at = IndexPath("spec.hosts", i);
    reporter.Check(at, gateway.hosts(i), HostError(gateway.hosts(i)));
    if (!seen.insert(gateway.hosts(i)).second) {
      reporter.Add(kConflict, at, fmt::format("'{}' is listed twice", gateway.hosts(i)));
    }
  }
}

void CheckAdmission(const Admission& admission, const Gateway& gateway, const std::string& at,
                    Reporter& reporter) {
  if (admission.team() != "*" && !IsSegment(admission.team())) {
    reporter.Check(JoinPath(at, "team"), admission.team(), "must be a team or \"*\"");
  }
  reporter.Check(JoinPath(at, "base_path"), admission.base_path(),
                 BasePathError(admission.base_path()));
  for (int i = 0; i < admission.hosts_size(); ++i) {
    const std::string& host = admission.hosts(i);
    if (std::find(gateway.hosts().begin(), gateway.hosts().end(), host) == gateway.hosts().end()) {
      reporter.Check(IndexPath(JoinPath(at, "hosts"), i), host, "is not among the gateway's hosts");
    }
  }
}

bool IsIpv6(const std::string& address) { return address.find(':') != std::string::npos; }

// Two sockets of which one takes what is meant for the other.
bool Overlap(const std::string& a, const std::string& b) {
  return a != b && IsIpv6(a) == IsIpv6(b) && (IsWildcard(a) || IsWildcard(b));
}

// Whether two listeners of one port are one socket; adds what keeps them from it.
bool Merge(const ObjectKey& a_key, const GatewayListener& a, const GatewayListener& b,
           const std::string& at, Reporter& reporter) {
  if (a.port() != b.port()) return false;
  if (Overlap(AddressOf(a), AddressOf(b))) {
    reporter.Add(kConflict, at,
                 fmt::format("{} overlaps {} of {} on the same proxies", ListenerName(b),
                             ListenerName(a), Display(a_key)),
                 {a_key});
  }
  if (AddressOf(a) != AddressOf(b)) return false;
  if (a.protocol() != b.protocol()) {
    reporter.Add(kConflict, JoinPath(at, "protocol"),
                 fmt::format("{} is shared with {}, which speaks another protocol there",
                             ListenerName(b), Display(a_key)),
                 {a_key});
  }
  return true;
}

// What two Gateways that one proxy may run must not have in common. Reported on `b`, the later.
void CheckPair(const ObjectKey& a_key, const Gateway& a, const Gateway& b, Reporter& reporter) {
  bool merged = false;
  for (int i = 0; i < b.listeners_size(); ++i) {
    for (const GatewayListener& other : a.listeners()) {
      const bool one = Merge(a_key, other, b.listeners(i), IndexPath("spec.listeners", i), reporter);
      merged = merged || one;
    }
  }
  if (!merged) return;
  if (a.trusted_hops() != b.trusted_hops()) {
    reporter.Add(kConflict, "spec.trusted_hops",
                 fmt::format("is {}, but {} shares a listener with it and has {}", b.trusted_hops(),
                             Display(a_key), a.trusted_hops()),
                 {a_key});
  }
  for (int i = 0; i < b.hosts_size(); ++i) {
    if (std::find(a.hosts().begin(), a.hosts().end(), b.hosts(i)) == a.hosts().end()) continue;
    reporter.Add(kConflict, IndexPath("spec.hosts", i),
                 fmt::format("'{}' belongs to {}, which shares a listener and proxies with it",
                             b.hosts(i), Display(a_key)),
                 {a_key});
  }
}

}  // namespace

std::string ListenerName(const GatewayListener& listener) {
  const std::string address = AddressOf(listener);
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, listener.port())
                                                : fmt::format("[{}]:{}", address, listener.port());
}

bool SelectorsOverlap(const Gateway& a, const Gateway& b) {
  return std::all_of(a.proxy_selector().begin(), a.proxy_selector().end(), [&](const auto& label) {
    const auto other = b.proxy_selector().find(label.first);
    return other == b.proxy_selector().end() || other->second == label.second;
  });
}

void CheckGateway(const sluice::v1::Object& object, CheckContext& context) {
  const ObjectKey key = KeyOf(object);
  const Gateway& gateway = object.gateway();
  Reporter reporter = context.ReporterFor(key);
  CheckListeners(gateway, reporter);
  CheckHosts(gateway, reporter);
  for (int i = 0; i < gateway.admits_size(); ++i) {
    CheckAdmission(gateway.admits(i), gateway, IndexPath("spec.admits", i), reporter);
  }
  for (const auto& [label, value] : gateway.proxy_selector()) {
    if (label.empty()) reporter.Invalid("spec.proxy_selector", "a label must have a name");
  }
  if (gateway.trusted_hops() > kMaxTrustedHops) {
    reporter.Invalid("spec.trusted_hops", fmt::format("must be at most {}", kMaxTrustedHops));
  }
  for (const ObjectPtr& other : context.config().OfKind(kGateway)) {
    const ObjectKey other_key = KeyOf(*other);
    if (other_key == key || !other->has_gateway() || !SelectorsOverlap(gateway, other->gateway())) {
      continue;
    }
    const bool later = other_key < key;
    Reporter on = context.ReporterFor(later ? key : other_key);
    CheckPair(later ? other_key : key, later ? other->gateway() : gateway,
              later ? gateway : other->gateway(), on);
  }
}

}  // namespace sluice::model
