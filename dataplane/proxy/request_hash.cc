#include "dataplane/proxy/request_hash.h"

#include <string>

namespace sluice::proxy {

route::RequestHash HashRequest(filter::Exchange& exchange, const route::HashPolicy& policy,
                               const balance::Balancing& balancing) {
  if (policy.empty() || !balancing.uses_hash()) return {};
  route::HashClient client;
  client.ip = exchange.client_ip;
  std::string connection;  // on the heap only where a cookie may have to be made
  if (policy.may_make_cookie() && exchange.downstream_remote != nullptr &&
      exchange.downstream_local != nullptr) {
    connection = exchange.downstream_remote->ToString() + exchange.downstream_local->ToString();
    client.connection = connection;
  }
  return policy.Of(exchange.request, client, exchange.arena);
}

}  // namespace sluice::proxy
