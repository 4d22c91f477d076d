// An Api seen as the stretches of a virtual host in which its routes stand: one for each version,
// tried in order. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sluice/v1/api.pb.h"

namespace sluice::compile {

struct Section {
  std::string base;          // the base path in normal form
  std::string version_path;  // what stands between it and the routes' paths: "/v2", or ""
  std::string version;       // "" if the Api has none
  int version_index = -1;    // in Api.versions
  std::string header;        // that must name the version; "" if none must
  bool retired = false;      // everything in it is answered 410
  std::string successor;     // of a retired version
  std::optional<int64_t> deprecated_since;  // seconds since 1970
  // Closed by an own 404, so that what the version does not have is not looked for behind it.
  bool closed = false;
  // Before this one, requests that name any version in `unknown_header` are answered 404: all known
  // ones were tried.
  std::string unknown_header;

  std::string Prefix() const { return base + version_path; }
};

// In the order in which they are tried. The Api has no problems.
std::vector<Section> SectionsOf(const sluice::v1::Api& api);

}  // namespace sluice::compile
