#include "controlplane/compile/resource.h"

#include "controlplane/crypto/digest.h"
#include "controlplane/model/content.h"

namespace sluice::compile {

ResourcePtr MakeResource(std::string_view type, std::string name, std::string bytes) {
  std::string version = crypto::Hex(crypto::Sha256Of(bytes), 32);
  return std::make_shared<const Resource>(
      Resource{std::move(name), std::move(version), std::move(bytes), type});
}

ResourcePtr MakeResource(std::string_view type, std::string name,
                         const google::protobuf::Message& message) {
  return MakeResource(type, std::move(name), model::DeterministicBytes(message));
}

}  // namespace sluice::compile
