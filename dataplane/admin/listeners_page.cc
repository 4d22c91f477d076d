#include <fmt/format.h>

#include <iterator>

#include "dataplane/admin/json.h"
#include "dataplane/admin/pages.h"
#include "dataplane/config/access_log_escape.h"

namespace sluice::admin {

namespace {

Response ListenersJson(const std::vector<BoundListener>& listeners) {
  std::string body = "{\"listener_statuses\":[";
  for (const BoundListener& listener : listeners) {
    char ip[46];
    if (body.back() != '[') body += ',';
    fmt::format_to(std::back_inserter(body),
                   "{{\"name\":{},\"local_address\":{{\"socket_address\":{{\"address\":{},\"port_"
                   "value\":{}}}}}}}",
                   JsonString(listener.name), JsonString(listener.address.IpText(ip)),
                   listener.address.port());
  }
  return JsonResponse(body + "]}\n");
}

}  // namespace

Answer ListenersPage(const Sources& sources, base::MonoTime, const Request& request) {
  const auto listeners = sources.listeners ? sources.listeners() : std::vector<BoundListener>();
  if (request.Parameter("format") == "json") return ListenersJson(listeners);
  Response response;
  for (const BoundListener& listener : listeners) {
    config::AppendTextEscaped(listener.name, response.body);
    fmt::format_to(std::back_inserter(response.body), "::{}\n", listener.address.ToString());
  }
  return response;
}

}  // namespace sluice::admin
