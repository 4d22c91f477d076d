#include "dataplane/admin/pages.h"

namespace sluice::admin {

// This build terminates no TLS, so no certificate is in use.
Answer CertsPage(const Sources&, base::MonoTime, const Request&) {
  return JsonResponse("{\"certificates\":[]}\n");
}

}  // namespace sluice::admin
