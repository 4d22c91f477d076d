#include "dataplane/proxy/request_rules.h"

#include <cstring>
#include <optional>
#include <span>

#include "dataplane/base/ascii.h"
#include "dataplane/http/path.h"
#include "dataplane/proxy/forged_fields.h"

namespace sluice::proxy {

namespace {

using filter::Exchange;
using filter::LocalReply;
using http::FieldId;
using http::Head;
using http::Method;

// Our own Via entry may come back this often before we call it a loop.
constexpr int kMaxOwnHops = 5;

// Fields that only a gateway in front of us may set; strangers' values never get past.
constexpr FieldId kForgeable[] = {
    FieldId::kXForwardedProto, FieldId::kXForwardedHost,     FieldId::kXForwardedPort,
    FieldId::kXForwardedPrefix, FieldId::kForwarded,         FieldId::kXRealIp,
};
constexpr http::FieldSet SetOf(std::span<const FieldId> fields) {
  http::FieldSet set = 0;
  for (FieldId id : fields) set |= http::FieldBit(id);
  return set;
}
constexpr http::FieldSet kForgeableSet = SetOf(kForgeable);

// Fields that end at this hop whatever they say (RFC 9110 7.6.1).
constexpr FieldId kHopByHop[] = {FieldId::kConnection, FieldId::kKeepAlive,
                                 FieldId::kProxyConnection, FieldId::kUpgrade,
                                 FieldId::kHttp2Settings, FieldId::kTransferEncoding};
constexpr http::FieldSet kHopByHopSet = SetOf(kHopByHop) | http::FieldBit(FieldId::kTe);

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// Calls f(member) for each non-empty member of a comma list (RFC 9110 5.6.1).
template <typename F>
void ForEachMember(std::string_view list, F&& f) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view member = Trim(list.substr(0, comma));
    if (!member.empty()) f(member);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

template <typename F>
void ForEachValue(const Head& head, FieldId id, F&& f) {
  for (uint32_t i = 0; i < head.size(); ++i) {
    if (head.at(i).id == id && !head.at(i).removed()) f(head.at(i).value());
  }
}

bool IsLoop(const Head& request, std::string_view own_name) {
  if (!request.Has(FieldId::kVia)) return false;
  int hops = 0;
  ForEachValue(request, FieldId::kVia, [&](std::string_view value) {
    ForEachMember(value, [&](std::string_view entry) {
      // received-protocol SP received-by [comment] (RFC 9110 7.6.3)
      const size_t space = entry.find(' ');
      if (space == std::string_view::npos) return;
      std::string_view by = Trim(entry.substr(space + 1));
      by = by.substr(0, by.find(' '));
      if (base::EqualsIgnoreCase(by, own_name)) ++hops;
    });
  });
  return hops >= kMaxOwnHops;
}

// The part of X-Forwarded-For that `hops` trusted proxies in front of us wrote: its last entries.
std::string_view TrustedTail(std::string_view list, uint32_t hops) {
  size_t begin = list.size();
  for (uint32_t i = 0; i < hops; ++i) {
    if (begin == 0) break;
    const size_t comma = list.rfind(',', begin - 1);
    if (comma == std::string_view::npos) return Trim(list);
    begin = comma;
  }
  return begin >= list.size() ? std::string_view() : Trim(list.substr(begin + 1));
}

void RewriteForwardedFor(Exchange& exchange, const config::HttpConfig& config) {
  Head& request = exchange.request;
  // The address is written where it stands in the line that most requests get.
  using IpText = char[46];
  constexpr std::string_view kName = "x-forwarded-for: ";
  char* const line = exchange.arena.NewArray<char>(kName.size() + sizeof(IpText) + 2);
  char* const text = line + kName.size();
  const std::string_view peer =
      exchange.downstream_remote->IpText(*reinterpret_cast<IpText*>(text));
  exchange.client_ip = peer;
  if (!config.use_remote_address) return;  // the peer is ours: its fields stand
  std::optional<std::string_view> received;
  if (request.Has(FieldId::kXForwardedFor)) received = request.Combined("x-forwarded-for");
  if (config.xff_num_trusted_hops == 0 && request.MayHave(kForgeableSet)) {
    for (FieldId id : kForgeable) request.Remove(id);
  }
  const std::string_view trusted =
      received ? TrustedTail(*received, config.xff_num_trusted_hops) : std::string_view();
  if (!trusted.empty()) {
    exchange.client_ip = Trim(trusted.substr(0, trusted.find(',')));
  }
  if (config.skip_xff_append) {
    if (trusted.empty()) request.Remove(FieldId::kXForwardedFor);
    return;
  }
  if (received) request.Remove(FieldId::kXForwardedFor);
  if (!trusted.empty() || peer.data() != text) {
    request.AppendBorrowed(FieldId::kXForwardedFor, "x-forwarded-for",
                           trusted.empty() ? peer : exchange.arena.Concat(trusted, ", ", peer));
    return;
  }
  std::memcpy(line, kName.data(), kName.size());
  std::memcpy(text + peer.size(), "\r\n", 2);
  request.AppendLine(FieldId::kXForwardedFor, {line, kName.size() + peer.size() + 2});
}

void SetForwardedProto(Head& request) {
  if (request.Has(FieldId::kXForwardedProto)) return;
  const std::string_view scheme = request.scheme;
  if (scheme.empty() || scheme == "http") {
    request.AppendLine(FieldId::kXForwardedProto, "x-forwarded-proto: http\r\n");
  } else if (scheme == "https") {
    request.AppendLine(FieldId::kXForwardedProto, "x-forwarded-proto: https\r\n");
  } else {
    request.AppendBorrowed(FieldId::kXForwardedProto, "x-forwarded-proto", scheme);
  }
}

void SetRequestId(Exchange& exchange, const config::HttpConfig& config,
                  std::string_view fresh_line) {
  const auto received = exchange.request.Get(FieldId::kXRequestId);
  const bool keep = received && !received->empty() &&
                    (config.preserve_external_request_id || !config.use_remote_address);
  if (keep) {
    exchange.request_id = *received;
    return;
  }
  if (!config.generate_request_id) return;
  if (received) exchange.request.Remove(FieldId::kXRequestId);
  exchange.request.AppendLine(FieldId::kXRequestId, fresh_line);
  exchange.request_id = *exchange.request.Get(FieldId::kXRequestId);
}

std::string_view StripPort(std::string_view authority, bool any, std::string_view scheme) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) {
    return authority;
  }
  const std::string_view port = authority.substr(colon + 1);
  if (!any && port != (scheme == "https" ? "443" : "80")) return authority;
  return authority.substr(0, colon);
}

}  // namespace

std::optional<LocalReply> Canonicalise(Exchange& exchange, const config::HttpConfig& config) {
  Head& request = exchange.request;
  if (request.method == Method::kConnect) return std::nullopt;  // CheckMethod answers it
  const http::PathResult path = http::NormalizePath(request.path, config.path, exchange.arena);
  switch (path.error) {
    case http::PathError::kNone: break;
    case http::PathError::kEscapedSlash: return LocalReply{400, "path_escaped_slash", "escaped slash in path"};
    case http::PathError::kEscapedNul: return LocalReply{400, "path_escaped_nul", "escaped NUL in path"};
    case http::PathError::kBadEscape: return LocalReply{400, "path_bad_escape", "bad percent escape in path"};
    case http::PathError::kBadByte: return LocalReply{400, "path_bad_byte", "byte not allowed in path"};
    case http::PathError::kNotAbsolute: return LocalReply{400, "path_not_absolute", "path must begin with a slash"};
  }
  if (path.redirect) {
    return LocalReply{.status = 307, .details = "path_redirected", .body = {}, .location = path.path};
  }
  if (request.has_query && !http::IsValidQuery(request.query)) {
    return LocalReply{400, "query_bad_byte", "byte not allowed in query"};
  }
  request.path = path.path;
  exchange.original_path = path.path;
  if (request.authority.empty()) return std::nullopt;  // HTTP/1.0 without Host
  std::string_view text = request.authority;
  if (!request.authority_canonical) {
    const http::AuthorityResult authority =
        http::NormalizeAuthority(text, request.scheme, exchange.arena);
    if (!authority.parts.valid) return LocalReply{400, "bad_host", "the host is not valid"};
    text = authority.text;
  }
  if (config.strip_any_host_port || config.strip_matching_host_port) {
    text = StripPort(text, config.strip_any_host_port, request.scheme);
  }
  // One canonical form for route, cache, limits, log and upstream (case 58), and the target's
  // authority replaces a Host that says otherwise (RFC 9112 3.2.2).
  const auto host = request.Get(FieldId::kHost);
  if (!host || (host->data() != text.data() && *host != text) || host->size() != text.size()) {
    request.Set(FieldId::kHost, text);
  }
  request.authority = text;
  exchange.original_authority = text;
  return std::nullopt;
}

std::optional<LocalReply> CheckMethod(Exchange& exchange) {
  Head& request = exchange.request;
  switch (request.method) {
    case Method::kTrace:
      // RFC 9110 9.3.8: a client must not send content with TRACE.
      if (request.framing != http::BodyFraming::kNone) return LocalReply{400, "trace_with_body", {}};
      return LocalReply{405, "trace_not_allowed", "TRACE is not allowed here"};
    case Method::kConnect:
      return LocalReply{405, "connect_not_allowed", "CONNECT is not enabled here"};
    case Method::kOptions: {
      if (request.path == "*") return LocalReply{204, "options_answered", {}};
      const auto hops = request.Get(FieldId::kMaxForwards);
      if (!hops) break;
      if (*hops == "0") return LocalReply{204, "max_forwards_reached", {}};
      uint64_t n = 0;
      for (char c : *hops) {
        if (c < '0' || c > '9' || n > 1'000'000) return LocalReply{400, "bad_max_forwards", {}};
        n = n * 10 + static_cast<uint64_t>(c - '0');
      }
      char text[8];
      size_t at = sizeof text;
      for (--n; at == sizeof text || n > 0; n /= 10) text[--at] = static_cast<char>('0' + n % 10);
      request.Set(FieldId::kMaxForwards, exchange.arena.Copy({text + at, sizeof text - at}));
      break;
    }
    default:
      break;
  }
  if (request.has_upgrade) {
    // h2c over Upgrade was withdrawn by RFC 9113 3.1: the field is dropped and the request served.
    const auto protocol = request.Get(FieldId::kUpgrade);
    if (protocol && !base::EqualsIgnoreCase(*protocol, "h2c")) {
      return LocalReply{403, "upgrade_not_enabled", "protocol upgrades are not enabled on this route"};
    }
  }
  return std::nullopt;
}

void RemoveHopByHop(Head& head) {
  if (!head.MayHave(kHopByHopSet)) return;
  ForEachValue(head, FieldId::kConnection, [&head](std::string_view list) {
    ForEachMember(list, [&head](std::string_view name) {
      const FieldId id = http::LookupField(name);
      // The codec refused names of end-to-end fields (case 19); close and keep-alive are options.
      if (id != FieldId::kUnknown) head.Remove(id);
      else if (!base::EqualsIgnoreCase(name, "close")) head.Remove(name);
    });
  });
  for (FieldId id : kHopByHop) head.Remove(id);
  // TE is hop-by-hop; "trailers" is what we can promise for our own hop and pass on.
  if (const auto te = head.Get(FieldId::kTe); te && !base::EqualsIgnoreCase(*te, "trailers")) {
    head.Remove(FieldId::kTe);
  }
}

std::optional<LocalReply> RewriteHopFields(Exchange& exchange, const config::HttpConfig& config,
                                           std::string_view new_request_id) {
  Head& request = exchange.request;
  if (IsLoop(request, config.via)) {
    return LocalReply{508, "loop_detected", "the request passed this gateway too often"};
  }
  RemoveHopByHop(request);
  if (request.Has(FieldId::kExpect)) request.Remove(FieldId::kExpect);  // answered by this hop
  RemovePrivateFields(request);
  RemoveLookAlikes(request);
  RewriteForwardedFor(exchange, config);
  SetForwardedProto(request);
  SetRequestId(exchange, config, new_request_id);
  request.AppendLine(FieldId::kVia, config.via_line);
  return std::nullopt;
}

void RewriteResponseFields(Exchange& exchange, const config::HttpConfig& config,
                           std::string_view date_line) {
  Head& response = exchange.response;
  RemoveHopByHop(response);
  using Policy = config::HttpConfig::ServerHeader;
  const bool has_server = response.Has(FieldId::kServer);
  if (config.server_header == Policy::kOverwrite && has_server) response.Remove(FieldId::kServer);
  if (config.server_header == Policy::kOverwrite ||
      (config.server_header == Policy::kAppendIfAbsent && !has_server)) {
    response.AppendLine(FieldId::kServer, config.server_line);
  }
  // RFC 9110 6.6.1: a recipient with a clock adds a missing Date when it forwards.
  if (!response.Has(FieldId::kDate)) response.AppendLine(FieldId::kDate, date_line);
  if (config.always_set_request_id_in_response && !exchange.request_id.empty()) {
    response.Set(FieldId::kXRequestId, exchange.request_id);
  }
}

}  // namespace sluice::proxy
