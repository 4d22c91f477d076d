// The digest of a set of resources (wire.md, TypeState): the sum modulo 2^256 of
// SHA-256(name, 0x00, version). Order does not matter, so it is kept up as members come and go.
// A value; equal sets have equal sums.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::snapshot {

class DigestSum final {
 public:
  void Add(std::string_view name, std::string_view version);
  // Of a member.
  void Remove(std::string_view name, std::string_view version);
  // 32 bytes, big-endian.
  std::string bytes() const;
  friend bool operator==(const DigestSum&, const DigestSum&) = default;

 private:
  std::array<uint8_t, 32> sum_{};  // big-endian
};

}  // namespace sluice::snapshot
