#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/check/field_error.h"
#include "controlplane/model/checks.h"

namespace sluice::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sluice::v1::Object;

// Kinds of the design that have no code yet.
constexpr std::array<std::string_view, 6> kPlanned = {"Policy", "Consumer", "Subscription",
                                                      "Plan",   "Identity", "Secret"};

bool CheckKind(const Object& object, Reporter& reporter) {
  const std::string& kind = object.kind();
  const bool planned = std::find(kPlanned.begin(), kPlanned.end(), kind) != kPlanned.end();
  if (planned || (kind != kGateway && !IsTeamKind(kind))) {
    reporter.Add(kNotImplemented, "kind",
                 planned ? fmt::format("kind '{}' is not implemented yet", kind)
                         : fmt::format("there is no kind '{}'; Gateway, Api, Route and Service are", kind));
    return false;
  }
  const bool agrees = (kind == kGateway && object.has_gateway()) ||
                      (kind == kApi && object.has_api()) ||
                      (kind == kRoute && object.has_route()) ||
                      (kind == kService && object.has_service());
  if (!agrees) reporter.Invalid("spec", fmt::format("must be that of a {}", kind));
  return agrees;
}

void CheckLabels(const Object& object, Reporter& reporter) {
  if (object.labels_size() > 64) reporter.Invalid("labels", "must be at most 64");
  for (const auto& [key, value] : object.labels()) {
    const std::string at = api::KeyPath("labels", key);
    if (!IsSegment(key)) reporter.Invalid(at, "the key must be [a-z0-9-]{1,63}");
    if (value.size() > 256) reporter.Invalid(at, "must be at most 256 bytes");
  }
}

// A client that is newer than this server may send fields of which nothing is known here; a setting
// that nobody heeds must not look accepted.
void CheckUnknownFields(const Message& message, const std::string& path, Reporter& reporter) {
  const auto* reflection = message.GetReflection();
  const auto& unknown = reflection->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    reporter.Add(kNotImplemented, path.empty() ? "spec" : path,
                 fmt::format("field number {} is not known to this server", unknown.field(i).number()));
  }
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    const bool spec = path.empty() && field->real_containing_oneof() != nullptr;
    if (path.empty() && !spec) continue;
    const std::string at = api::JoinPath(path, spec ? "spec" : field->name());
    if (!field->is_repeated()) {
      CheckUnknownFields(reflection->GetMessage(message, field), at, reporter);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      CheckUnknownFields(reflection->GetRepeatedMessage(message, field, i), api::IndexPath(at, i),
                         reporter);
    }
  }
}

}  // namespace

bool CheckEnvelope(const Object& object, Reporter& reporter) {
  if (!CheckKind(object, reporter)) return false;
  reporter.Check("name", object.name(), NameError(object.kind(), object.name()));
  CheckLabels(object, reporter);
  CheckUnknownFields(object, "", reporter);
  return true;
}

}  // namespace sluice::model
