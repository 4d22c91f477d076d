#include "controlplane/model/hash_key.h"

#include "controlplane/model/content.h"

namespace sluice::model {

std::string HashKey(const sluice::v1::Service& service) {
  if (service.balancing().hash().empty()) return "";
  sluice::v1::Balancing only;
  *only.mutable_hash() = service.balancing().hash();
  return DeterministicBytes(only);
}

}  // namespace sluice::model
