#include "dataplane/filter/exchange.h"

namespace sluice::filter {

void Exchange::ResetState() {
  for (http::Head* head : {&request, &response, &request_trailers, &response_trailers, &informational}) {
    head->Clear();
  }
  arena.Reset();
  original_path = original_authority = request_id = cluster_name = client_ip = details = {};
  route = {};
  endpoint = nullptr;
  downstream_remote = downstream_local = nullptr;
  start = request_complete = upstream_start = upstream_first_byte = {};
  response_head_sent = end = {};
  request_body_bytes = response_body_bytes = 0;
  flags = 0;
  attempts = 0;
  random = 0;
}

}  // namespace sluice::filter
