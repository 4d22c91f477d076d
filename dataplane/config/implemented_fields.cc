#include "dataplane/config/implemented_fields.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <vector>

namespace sluice::config {

void RefuseAllBut(const google::protobuf::Message& message,
                  std::initializer_list<std::string_view> implemented, const std::string& path,
                  ErrorList& errors) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const auto* field : set) {
    const std::string_view name = field->name();
    if (std::find(implemented.begin(), implemented.end(), name) != implemented.end()) continue;
    errors.Add(JoinPath(path, name), "not implemented yet");
  }
}

}  // namespace sluice::config
