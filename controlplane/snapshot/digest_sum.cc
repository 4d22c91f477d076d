#include "controlplane/snapshot/digest_sum.h"

#include "controlplane/crypto/digest.h"

namespace sluice::snapshot {

namespace {

std::array<uint8_t, 32> MemberDigest(std::string_view name, std::string_view version) {
  std::string text(name);
  text += '\0';
  text += version;
  return crypto::Sha256Of(text);
}

}  // namespace

void DigestSum::Add(std::string_view name, std::string_view version) {
  const std::array<uint8_t, 32> member = MemberDigest(name, version);
  unsigned carry = 0;
  for (size_t i = sum_.size(); i-- > 0;) {
    const unsigned digit = sum_[i] + member[i] + carry;
    sum_[i] = static_cast<uint8_t>(digit);
    carry = digit >> 8;
  }
}

void DigestSum::Remove(std::string_view name, std::string_view version) {
  const std::array<uint8_t, 32> member = MemberDigest(name, version);
  int borrow = 0;
  for (size_t i = sum_.size(); i-- > 0;) {
    const int digit = sum_[i] - member[i] - borrow;
    sum_[i] = static_cast<uint8_t>(digit);
    borrow = digit < 0 ? 1 : 0;
  }
}

std::string DigestSum::bytes() const { return std::string(sum_.begin(), sum_.end()); }

}  // namespace sluice::snapshot
