#include "controlplane/compile/sections.h"

#include "controlplane/model/paths.h"
#include "controlplane/model/syntax.h"

namespace sluice::compile {
namespace {

using sluice::v1::Api;
using sluice::v1::ApiVersion;

Section OfVersion(const Api& api, int index) {
  const ApiVersion& version = api.versions(index);
  Section section;
  section.base = std::string(model::NormalBasePath(api.base_path()));
  section.version = version.name();
  section.version_index = index;
  section.retired = version.state() == ApiVersion::RETIRED;
  section.successor = version.successor();
  if (version.state() == ApiVersion::DEPRECATED) {
    section.deprecated_since = model::ParseDate(version.date());
  }
  return section;
}

}  // namespace

std::vector<Section> SectionsOf(const Api& api) {
  std::vector<Section> sections;
  std::optional<Section> fallback;
  const bool in_path = !api.version_by().path_template().empty();
  for (int i = 0; i < api.versions_size(); ++i) {
    Section section = OfVersion(api, i);
    if (section.version == api.default_version()) fallback = section;
    if (in_path) {
      section.version_path = model::VersionPath(api.version_by().path_template(), section.version);
      section.closed = !api.default_version().empty();
    } else {
      section.header = api.version_by().header();
    }
    sections.push_back(std::move(section));
  }
  if (fallback) {
    if (!in_path) fallback->unknown_header = api.version_by().header();
    sections.push_back(*std::move(fallback));
  }
  if (api.versions().empty()) {
    sections.emplace_back().base = std::string(model::NormalBasePath(api.base_path()));
  }
  return sections;
}

}  // namespace sluice::compile
