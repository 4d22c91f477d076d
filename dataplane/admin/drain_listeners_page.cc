#include "dataplane/admin/pages.h"

namespace sluice::admin {

Answer DrainListenersPage(const Sources& sources, base::MonoTime, const Request&) {
  if (!sources.drain_listeners) return Response{503, "no listeners in this process\n"};
  sources.drain_listeners();
  return Response{200, "OK\n"};
}

}  // namespace sluice::admin
