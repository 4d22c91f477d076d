// Which codec speaks to the endpoints of a cluster. Pure; any thread that owns `blocks`.
#pragma once

#include <memory>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/http/codec.h"
#include "dataplane/upstream/cluster_spec.h"

namespace sluice::upstream {

// By ClusterSpec.protocol. `blocks` and `events` outlive the codec.
std::unique_ptr<http::Codec> MakeClientCodec(const ClusterSpec& spec, buffer::BlockPool& blocks,
                                             http::ConnectionEvents& events);

}  // namespace sluice::upstream
