#include "dataplane/upstream/codec_choice.h"

#include "dataplane/base/check.h"
#include "dataplane/http1/client_codec.h"

namespace sluice::upstream {
namespace {

// Limits on responses are ours, not the operator's: xDS has no field for them.
constexpr http1::Limits kResponseLimits;

}  // namespace

std::unique_ptr<http::Codec> MakeClientCodec(const ClusterSpec& spec, buffer::BlockPool& blocks,
                                             http::ConnectionEvents& events) {
  base::Check(spec.protocol == Protocol::kHttp1, "the compiler refuses other protocols");
  return std::make_unique<http1::ClientCodec>(blocks, events, kResponseLimits);
}

}  // namespace sluice::upstream
