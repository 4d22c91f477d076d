#include "dataplane/upstream/codec_choice.h"

#include "dataplane/http1/client_codec.h"
#include "dataplane/http2/client_codec.h"

namespace sluice::upstream {
namespace {

// Limits on responses are ours, not the operator's: xDS has no field for them.
constexpr http1::Limits kResponseLimits;

}  // namespace

http2::ClientOptions Http2OptionsOf(const ClusterSpec& spec) {
  http2::ClientOptions options;
  options.streams = spec.max_concurrent_streams;
  options.stream_window = spec.initial_stream_window;
  options.connection_window = spec.initial_connection_window;
  return options;
}

std::unique_ptr<http::Codec> MakeClientCodec(const ClusterSpec& spec,
                                             const http2::ClientOptions& http2,
                                             buffer::BlockPool& blocks,
                                             http::ConnectionEvents& events) {
  if (spec.protocol == Protocol::kHttp2) {
    return std::make_unique<http2::ClientCodec>(blocks, events, http2);
  }
  return std::make_unique<http1::ClientCodec>(blocks, events, kResponseLimits);
}

}  // namespace sluice::upstream
