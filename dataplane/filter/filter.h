// The filter contract: one concern of request handling, compiled from configuration.
//
// A Filter is immutable and shared by all workers; what it must remember about one request lives in
// the exchange's arena (`state`). It declares in `Traits` where it acts; a chain holds one flat
// array per hook, so a filter costs nothing where it does not act. Hooks run on the exchange's
// worker and never block.
//
// Verdicts: Continue - on to the next filter. Hold - stop here until `Exchange::Resume`; body that
// arrives meanwhile is kept up to the buffer limit, then the client is paused (or gets 413 when the
// filter wants the whole body). Reply - answer now; no later request hook runs, the response hooks
// of filters already passed do. Resume is queued on the loop and never runs inline.
// A filter that holds owns its wait: it must bound it, and its pending work (an upstream::Call in
// its state) ends when DestroyState runs, which happens exactly once, also after a reset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/codec.h"
#include "dataplane/http/head.h"

namespace sluice::filter {

class Exchange;

// What a filter does with the body of one direction.
enum class BodyInterest : uint8_t {
  kNone,    // never sees it
  kStream,  // sees each part as it passes, may change it
  kBuffer,  // sees it once, whole, up to Traits::buffer_limit (else 413, or 500 for a response)
};

struct Traits {
  bool request_head = false;
  BodyInterest request_body = BodyInterest::kNone;
  bool request_trailers = false;
  bool response_head = false;
  BodyInterest response_body = BodyInterest::kNone;
  bool response_trailers = false;
  bool done = false;
  size_t state_bytes = 0;     // size of `state`, aligned to 16; 0: no state
  size_t buffer_limit = 1 << 20;
};

// An answer that the gateway makes itself (proxy/local_reply.h formats it).
struct LocalReply {
  uint16_t status = 500;
  // Literal, [a-z_]+, also in the access log: %RESPONSE_CODE_DETAILS%.
  std::string_view details;
  // Text for the client; lives as long as the exchange. Empty: the status text.
  std::string_view body;
  // Configured content: `body` goes out as it is, in no error format.
  bool verbatim = false;
  // The Location field (RFC 9110 10.2.2), "" for none; lives as long as the exchange.
  std::string_view location = {};
};

class [[nodiscard]] Verdict {
 public:
  enum class Kind : uint8_t { kContinue, kHold, kReply };
  static Verdict Continue() { return Verdict(Kind::kContinue, {}); }
  static Verdict Hold() { return Verdict(Kind::kHold, {}); }
  static Verdict Reply(const LocalReply& reply) { return Verdict(Kind::kReply, reply); }
  Kind kind() const { return kind_; }
  const LocalReply& reply() const { return reply_; }

 private:
  Verdict(Kind kind, const LocalReply& reply) : kind_(kind), reply_(reply) {}
  Kind kind_;
  LocalReply reply_;
};

class Filter {
 public:
  virtual ~Filter() = default;
  virtual Traits traits() const = 0;
  // Name as in the configuration, for /config_dump and logs.
  virtual std::string_view name() const = 0;

  // Makes and ends the per-request state in `state` (Traits::state_bytes bytes).
  virtual void MakeState(void* /*state*/) const {}
  virtual void DestroyState(void* /*state*/) const {}

  // The heads are exchange.request and exchange.response; `end` says that no body follows.
  virtual Verdict OnRequestHead(Exchange&, void* /*state*/, http::EndStream /*end*/) const {
    return Verdict::Continue();
  }
  // `data` may be changed in place. A held filter keeps nothing itself: the exchange does.
  virtual Verdict OnRequestBody(Exchange&, void* /*state*/, buffer::Buffer& /*data*/,
                                http::EndStream /*end*/) const {
    return Verdict::Continue();
  }
  virtual Verdict OnRequestTrailers(Exchange&, void* /*state*/) const { return Verdict::Continue(); }
  // Responses run the chain in reverse order; they may not be held in this contract.
  virtual Verdict OnResponseHead(Exchange&, void* /*state*/, http::EndStream /*end*/) const {
    return Verdict::Continue();
  }
  virtual Verdict OnResponseBody(Exchange&, void* /*state*/, buffer::Buffer& /*data*/,
                                 http::EndStream /*end*/) const {
    return Verdict::Continue();
  }
  virtual Verdict OnResponseTrailers(Exchange&, void* /*state*/) const { return Verdict::Continue(); }
  // The exchange is over, before the access log is written.
  virtual void OnDone(Exchange&, void* /*state*/) const {}
};

}  // namespace sluice::filter
