// The contract of a codec: bytes in, events out; messages in, bytes out; no socket, no clock.
//
// Implementations: http1::ServerCodec and http1::ClientCodec (RFC 9112), http2::ClientCodec
// (RFC 9113 on nghttp2; its server follows with downstream HTTP/2). A codec serves one connection
// and knows streams by number; HTTP/1 has one stream at a time and numbers them 1, 2, 3...
//
// Receiving: the connection calls Feed with what it read; the codec calls StreamEvents from inside
// Feed, in order: OnHead, OnBody*, OnTrailers?, OnEnd - or OnReset, after which nothing follows.
// An event handler may call any other method of the codec except Feed, and may destroy its own
// stream object by DestroyLater, not at once.
// Sending: Send* append to an internal output that the connection takes with TakeOutput, at the
// latest at the end of the turn. In HTTP/1 all output is there at once; in HTTP/2 body bytes wait
// for the peer's windows, so QueuedBytes says how much a stream still holds, and OnSendable is
// called when it falls to half of the high mark.
// Errors: Feed returns one; connection-wide errors end all streams by OnReset first. The codec
// never throws and must not be fed again after an error.
// HTTP/3 note: nothing here assumes that streams share one byte stream.
#pragma once

#include <cstdint>

#include "dataplane/buffer/buffer.h"
#include "dataplane/http/head.h"

namespace sluice::http {

using StreamId = uint32_t;

enum class EndStream : bool { kNo, kYes };

// Why a message or a stream failed. One enum for all codecs, so that one table (proxy/local_reply)
// maps it to a status, a details code and a counter.
enum class StreamError : uint8_t {
  kNone,
  // Malformed input (400 from a client, 502 from an upstream).
  kBadStartLine, kBadVersion, kBadTarget, kBadFieldName, kBadFieldValue, kObsFold, kBareLf,
  kBadContentLength, kLengthAndEncoding, kBadTransferEncoding, kUnknownTransferCoding, kBadChunk,
  kBadHost, kMissingHost, kBadConnectionOption, kUnderscoreName, kBadStatus, kUnexpectedBytes,
  kProtocol,             // HTTP/2 PROTOCOL_ERROR and the like
  // Limits.
  kTargetTooLong,        // 414
  kHeadTooLarge,         // 431
  kTooManyFields,        // 431
  kTrailersTooLarge,     // 431
  kTooManyInformational, // 1xx without end
  // Expectation (417).
  kBadExpectation,
  // Ends.
  kEarlyEnd,             // the peer ended inside a message
  kPeerReset,            // RST_STREAM, or connection reset
  kRefused,              // REFUSED_STREAM or GOAWAY above: not processed, safe to retry
  kCancelled,            // we reset it
  kConnectionLost,       // the connection failed for another reason
};

// Name for logs and counters, e.g. "bad_chunk".
std::string_view StreamErrorName(StreamError error);

// The receiving side of one stream: an exchange (server codecs) or an upstream call (clients).
class StreamEvents {
 public:
  // Where the codec writes the next head: the message's own, an informational one (clients), or
  // trailers. The object lives until the stream ended; it is empty when returned here.
  enum class HeadKind : uint8_t { kMain, kInformational, kTrailers };
  virtual Head& NewHead(HeadKind kind) = 0;
  // The head returned for kMain is complete. kYes: no body follows and OnEnd is called next.
  virtual void OnHead(EndStream end) = 0;
  // Clients: a 1xx response (not 101) is complete in the head of kInformational.
  virtual void OnInformational() {}
  // Body bytes, without framing. The callee takes all of `data`.
  virtual void OnBody(buffer::Buffer& data) = 0;
  virtual void OnTrailers() = 0;
  // The message is complete.
  virtual void OnEnd() = 0;
  // The stream failed; nothing follows. Not called for resets we asked for.
  virtual void OnReset(StreamError error) = 0;
  // Output held for this stream fell to half of the high mark, after it had been above.
  virtual void OnSendable() {}

 protected:
  ~StreamEvents() = default;
};

// What a whole connection hears, besides its streams.
class ConnectionEvents {
 public:
  // Servers: a message begins. nullptr refuses it (HTTP/2: REFUSED_STREAM; HTTP/1: never).
  virtual StreamEvents* OnStream(StreamId id) = 0;
  // HTTP/2: the peer said GOAWAY: no new streams. HTTP/1: this message is the connection's last.
  virtual void OnLastStream() = 0;
  // There is output to take although no Send* was called (acknowledgements, window updates).
  virtual void OnOutput() = 0;

 protected:
  ~ConnectionEvents() = default;
};

struct [[nodiscard]] FeedResult {
  StreamError error = StreamError::kNone;
  // Input may be left in the buffer without an error: HTTP/1 stops behind a complete message until
  // the exchange is over, and whenever receiving is paused.
};

class Codec {
 public:
  virtual ~Codec() = default;

  // Consumes from `in` what it can use now.
  virtual FeedResult Feed(buffer::Buffer& in) = 0;
  // The peer ended its side of the connection. Streams that are not complete get OnReset, except
  // a response body framed by the end of the connection, which gets OnEnd.
  virtual FeedResult FeedEnd() = 0;

  // Clients: opens a stream whose response goes to `events`. 0 if no stream can be opened now.
  virtual StreamId OpenStream(StreamEvents& events) = 0;
  // Streams that could be opened now.
  virtual uint32_t AvailableStreams() const = 0;

  // A request head (clients), or a final or informational response head (servers). Hop-by-hop
  // fields and framing are the codec's: it writes Content-Length, Transfer-Encoding and Connection
  // itself from `head.framing`, and skips those lines of `head`.
  virtual void SendHead(StreamId id, const Head& head, EndStream end) = 0;
  // Takes all of `data`.
  virtual void SendBody(StreamId id, buffer::Buffer& data, EndStream end) = 0;
  // Ends the message with trailers.
  virtual void SendTrailers(StreamId id, const Head& trailers) = 0;
  // Bytes of this stream that are not yet in the output taken by the connection.
  virtual size_t QueuedBytes(StreamId id) const = 0;

  // Ends the stream at once: HTTP/2 RST_STREAM; HTTP/1 makes the connection unusable.
  virtual void ResetStream(StreamId id) = 0;
  // Stops or resumes body events of one stream. HTTP/1: `wants_input()` turns false; HTTP/2: the
  // stream's window is no longer refilled.
  virtual void PauseReceiving(StreamId id, bool paused) = 0;

  // Moves finished bytes to `out`.
  virtual void TakeOutput(buffer::Buffer& out) = 0;
  // False: do not read from the socket now (paused, or behind a complete message).
  virtual bool wants_input() const = 0;
  // No stream is open and nothing is half received: the connection is idle.
  virtual bool idle() const = 0;
  // May be used for another stream after the current ones (keep-alive, no GOAWAY).
  virtual bool reusable() const = 0;
};

}  // namespace sluice::http
