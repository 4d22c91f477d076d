// Which codec speaks to the endpoints of a cluster. Pure; any thread that owns `blocks`.
#pragma once

#include <memory>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/http/codec.h"
#include "dataplane/http2/options.h"
#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

http2::ClientOptions Http2OptionsOf(const ClusterSpec& spec);

// By ClusterSpec.protocol. `http2` (for that protocol), `blocks` and `events` outlive the codec.
std::unique_ptr<http::Codec> MakeClientCodec(const ClusterSpec& spec,
                                             const http2::ClientOptions& http2,
                                             buffer::BlockPool& blocks,
                                             http::ConnectionEvents& events);

}  // namespace sluice::upstream
