// The JSON log whose cost is measured: twelve fields, as an operator would write it.
#pragma once

#include <string>

namespace sluice::proxy {

inline std::string TwelveFields() {
  const char* const kFields[][2] = {
      {"time", "%START_TIME%"},
      {"method", "%REQ(:METHOD)%"},
      {"path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"},
      {"authority", "%REQ(:AUTHORITY)%"},
      {"request_id", "%REQ(X-REQUEST-ID)%"},
      {"user_agent", "%REQ(USER-AGENT)%"},
      {"client", "%DOWNSTREAM_REMOTE_ADDRESS%"},
      {"status", "%RESPONSE_CODE%"},
      {"flags", "%RESPONSE_FLAGS%"},
      {"sent", "%BYTES_SENT%"},
      {"duration", "%DURATION%"},
      {"upstream", "%UPSTREAM_HOST%"},
  };
  std::string out = "json_format { ";
  for (const auto& [name, format] : kFields) {
    out += std::string("fields { key: '") + name + "' value { string_value: '" + format + "' } } ";
  }
  return out + "}";
}

}  // namespace sluice::proxy
