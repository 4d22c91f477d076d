#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace {

TEST(ZlibTest, WhatIsCompressedComesBack) {
  const std::string text(10000, 'x');
  std::vector<Bytef> packed(compressBound(text.size()));
  uLongf packed_size = packed.size();
  ASSERT_EQ(compress(packed.data(), &packed_size, reinterpret_cast<const Bytef*>(text.data()),
                     text.size()),
            Z_OK);
  EXPECT_LT(packed_size, 200u);

  std::string back(text.size(), '\0');
  uLongf back_size = back.size();
  ASSERT_EQ(
      uncompress(reinterpret_cast<Bytef*>(back.data()), &back_size, packed.data(), packed_size),
      Z_OK);
  EXPECT_EQ(back, text);
}

}  // namespace
