#include <google/protobuf/util/json_util.h>

#include "dataplane/admin/pages.h"
#include "dataplane/admin/redact.h"

namespace sluice::admin {

Answer ConfigDumpPage(const Sources& sources, base::MonoTime, const Request&) {
  if (sources.bootstrap == nullptr) return Response{503, "no bootstrap in this process\n"};
  auto bootstrap = *sources.bootstrap;
  Redact(bootstrap);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(bootstrap, &json, options);
  if (!status.ok()) return Response{500, "the bootstrap cannot be shown as JSON\n"};
  return JsonResponse(
      "{\"configs\":[{\"@type\":\"type.googleapis.com/"
      "envoy.admin.v3.BootstrapConfigDump\",\"bootstrap\":" +
      json + "}]}\n");
}

}  // namespace sluice::admin
