// A real HTTP/2 server in memory: an nghttp2 server session with its own idea of windows and stream
// limits, told by the test what to answer. It judges what it receives as nghttp2 does, so a client
// that breaks a rule is seen by connection_error() or in a request's reset code.
// Thread: the test's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace sluice::test {

using H2Fields = std::vector<std::pair<std::string, std::string>>;

class H2Peer final {
 public:
  struct Options {
    uint32_t stream_window = 65535;
    uint32_t max_streams = 100;
    // False: windows are refilled only by Consume.
    bool refill_windows = true;
  };
  struct Request {
    H2Fields fields;
    H2Fields trailers;
    std::string body;
    bool ended = false;
    std::optional<uint32_t> reset;  // the code of the client's RST_STREAM
    // The value of the only field of that name; "" if there is none, "(many)" if several.
    std::string Get(std::string_view name) const;
  };

  H2Peer() : H2Peer(Options()) {}
  explicit H2Peer(const Options& options);
  ~H2Peer();
  H2Peer(const H2Peer&) = delete;
  H2Peer& operator=(const H2Peer&) = delete;

  // Bytes of the client.
  void Receive(std::string_view bytes);
  // Bytes for the client.
  std::string TakeOutput();

  // By stream number: 1, 3, 5...
  std::map<int32_t, Request> requests;
  std::optional<uint32_t> client_goaway;  // its code
  bool connection_error = false;          // the session refused what it received
  uint32_t acks = 0;                      // of PING and SETTINGS
  uint32_t pings = 0;                     // from the client
  // The client's settings by number (RFC 9113 6.5.2), and the window it opened for the connection.
  std::map<uint32_t, uint32_t> settings;
  uint32_t connection_window_added = 0;

  // Answers. Without `end` more follows.
  void SendHead(int32_t stream, const H2Fields& fields, bool end = false);
  void SendBody(int32_t stream, std::string_view bytes, bool end = false);
  void SendTrailers(int32_t stream, const H2Fields& trailers);
  // ":status" and fields, body and the end.
  void Respond(int32_t stream, std::string_view status, std::string_view body,
               const H2Fields& fields = {});
  void Reset(int32_t stream, uint32_t code);
  void GoAway(int32_t last_stream, uint32_t code = 0);
  void Ping();
  void SetMaxStreams(uint32_t max_streams);
  // Lets the client send `bytes` more on the stream and the connection.
  void Consume(int32_t stream, size_t bytes);
  // Bytes given to SendBody that the client's windows hold back.
  size_t held_back(int32_t stream) const;

 private:
  friend struct H2PeerCallbacks;
  struct Sending {
    std::string body;
    H2Fields trailers;
    bool end = false;
    bool started = false;
    bool deferred = false;
  };
  void Wake(int32_t stream);

  nghttp2_session* session_ = nullptr;
  std::map<int32_t, Sending> sending_;
};

}  // namespace sluice::test
