// All state of one request and its response, from head to access log.
//
// One Exchange serves one request at a time and is reused by its worker: everything in its arena
// goes at once. The driver (proxy/exchange_driver.h) moves it through its phases; filters, router
// and access log read and change it. Thread: one worker.
// The exchange holds the snapshot it began with (through `http_config`, kept alive by the driver),
// so a revision change never alters the rules of a request under way.
#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/buffer/arena.h"
#include "dataplane/http/head.h"
#include "dataplane/net/address.h"
#include "dataplane/route/table.h"

namespace sluice::upstream {
class Endpoint;
}

namespace sluice::filter {

// Why a response is what it is, one bit each; printed in the access log as Envoy's letters.
enum ResponseFlag : uint32_t {
  kNoRouteFound = 1 << 0,              // NR
  kNoHealthyUpstream = 1 << 1,         // UH
  kUpstreamConnectionFailure = 1 << 2, // UF
  kUpstreamOverflow = 1 << 3,          // UO
  kUpstreamRequestTimeout = 1 << 4,    // UT
  kUpstreamConnectionTermination = 1 << 5,  // UC
  kUpstreamReset = 1 << 6,             // UR
  kDownstreamTermination = 1 << 7,     // DC
  kDownstreamProtocolError = 1 << 8,   // DPE
  kUpstreamProtocolError = 1 << 9,     // UPE
  kStreamIdleTimeout = 1 << 10,        // SI
  kLocalReset = 1 << 11,               // LR
  kNoClusterFound = 1 << 12,           // NC
  kUpstreamRetryLimitExceeded = 1 << 13,  // URX
  kDurationTimeout = 1 << 14,          // DT
};

class Exchange {
 public:
  explicit Exchange(buffer::BlockPool& pool)
      : arena(pool), request(arena), response(arena), request_trailers(arena),
        response_trailers(arena), informational(arena) {}

  buffer::Arena arena;
  http::Head request;             // as the upstream will see it once the router ran
  http::Head response;
  http::Head request_trailers;
  http::Head response_trailers;
  http::Head informational;

  // What the client sent, after normalisation and before any rewrite; for logs and redirects.
  std::string_view original_path;
  std::string_view original_authority;
  std::string_view request_id;

  route::Match route;             // {nullptr, nullptr} before routing and when nothing matched
  std::string_view cluster_name;  // of the forward action taken
  const upstream::Endpoint* endpoint = nullptr;

  // Addresses of the downstream connection: the peer as connected, and the client as the
  // X-Forwarded-For rules say. Borrowed from the connection and the arena.
  const net::Address* downstream_remote = nullptr;
  const net::Address* downstream_local = nullptr;
  std::string_view client_ip;

  // Moments; MonoTime{} where not reached.
  base::MonoTime start;                 // first byte of the head was read
  base::MonoTime request_complete;
  base::MonoTime upstream_start;        // the call was started
  base::MonoTime upstream_first_byte;   // response head received
  base::MonoTime response_head_sent;
  base::MonoTime end;

  uint64_t request_body_bytes = 0;      // without framing
  uint64_t response_body_bytes = 0;
  uint32_t attempts = 0;                // at the upstream: 0 when it was never called
  uint32_t flags = 0;                   // ResponseFlag bits
  std::string_view details;             // %RESPONSE_CODE_DETAILS%; a literal
  uint64_t random = 0;                  // one random number per request: splits, sampling

  // Continues a held chain; queued on the loop. Called by the filter that holds.
  virtual void Resume() = 0;

 protected:
  ~Exchange() = default;
  // Back to a fresh exchange; gives every block back.
  void ResetState();
};

}  // namespace sluice::filter
